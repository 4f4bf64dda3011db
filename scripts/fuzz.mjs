import { Worker } from 'node:worker_threads';
import { Failure, main, progress, say } from './lib/console.mjs';
import { CLONE_CACHE, inRoot, ROOT } from './lib/paths.mjs';

/**
 * `npm run fuzz -- --inputs 1000000 --seed 1`: mutated inputs through every decoder, each in a worker of limited memory
 * that is ended when one input takes too long. Prints inputs, crashes, hangs and limits passed; exit code 1 where there
 * was any. `--target NAME` drives one decoder; the same seed makes the same inputs.
 */

/** An input that takes longer than this is a hang that does not end by itself. */
const STUCK_MS = 10_000;
/** Inputs of one target in one worker: a leak would add up over them. */
const BLOCK = 50_000;
/** Of a worker's heap; V8 ends the worker beyond it. */
const HEAP_MB = 256;

/** @typedef {{ target: string, index: number, kind: 'crash' | 'hang' | 'limit', message: string }} Finding */
/** @typedef {{ inputs: number, accepted: number, refused: number, slowestMs: number, findings: Finding[] }} Tally */

await main(async () => {
  const args = process.argv.slice(2);
  const inputs = option(args, 'inputs', 1_000_000);
  const seed = option(args, 'seed', 1);
  const only = args.includes('--target') ? args[args.indexOf('--target') + 1] : undefined;
  const worker = await bundled();
  const names = /** @type {{ names: string[] }} */ (await run(worker, { target: -1, seed, from: 0, to: 0 })).names;
  const chosen = names.flatMap((name, target) => (only === undefined || only === name ? [{ name, target }] : []));
  if (chosen.length === 0) throw new Failure(`No target ${only}; there are: ${names.join(', ')}.`);
  say(`${inputs} inputs, seed ${seed}, Node ${process.versions.node}`);
  const each = Math.ceil(inputs / chosen.length);
  const tallies = [];
  for (const { name, target } of chosen) tallies.push({ name, tally: await drive(worker, name, target, seed, each) });
  return report(tallies);
});

/**
 * @param {string} worker
 * @param {string} name
 * @param {number} target
 * @param {number} seed
 * @param {number} count
 */
async function drive(worker, name, target, seed, count) {
  /** @type {Tally} */
  const sum = { inputs: 0, accepted: 0, refused: 0, slowestMs: 0, findings: [] };
  const told = progress(name);
  for (let from = 0; from < count; ) {
    const to = Math.min(count, from + BLOCK);
    const result = await run(worker, { target, seed, from, to });
    if (result.tally) add(sum, result.tally);
    if (result.finding) add(sum, { ...result.finding, target: name });
    from = result.next ?? to;
    told.update(`${sum.inputs} inputs`);
  }
  told.done(`${sum.inputs} inputs, ${sum.accepted} accepted, ${sum.refused} refused, slowest ${sum.slowestMs.toFixed(0)} ms`);
  return sum;
}

/**
 * @param {Tally} sum
 * @param {Tally | (Finding & { inputs: number })} part
 */
function add(sum, part) {
  sum.inputs += part.inputs;
  if ('kind' in part) {
    sum.findings.push({ target: part.target, index: part.index, kind: part.kind, message: part.message });
    return;
  }
  sum.accepted += part.accepted;
  sum.refused += part.refused;
  sum.slowestMs = Math.max(sum.slowestMs, part.slowestMs);
  sum.findings.push(...part.findings);
}

/**
 * One worker over one range. Where it dies or stands still, the input at which it did is the finding, and the range goes
 * on behind it.
 * @param {string} file
 * @param {{ target: number, seed: number, from: number, to: number }} task
 * @returns {Promise<{ tally?: Tally, names?: string[], finding?: Finding & { inputs: number }, next?: number }>}
 */
function run(file, task) {
  const counter = new SharedArrayBuffer(4);
  const at = new Int32Array(counter);
  const worker = new Worker(file, {
    workerData: { ...task, fixtures: inRoot('test', 'fixtures'), counter },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  return new Promise((resolve) => {
    let last = -1;
    const watch = setInterval(() => {
      const index = Atomics.load(at, 0);
      if (index === last && index > 0) void worker.terminate().then(() => died('hang', `no end within ${STUCK_MS} ms`));
      last = index;
    }, STUCK_MS);
    /** @param {Parameters<typeof resolve>[0]} result */
    const settle = (result) => {
      clearInterval(watch);
      resolve(result);
    };
    /**
     * @param {Finding['kind']} kind
     * @param {string} message
     */
    const died = (kind, message) => {
      const index = Atomics.load(at, 0);
      settle({ finding: { target: '', index, kind, message, inputs: index + 1 - task.from }, next: index + 1 });
    };
    worker.on('message', settle);
    worker.on('error', (error) => died('crash', String(error)));
  });
}

/** @param {readonly { name: string, tally: Tally }[]} tallies */
function report(tallies) {
  const findings = tallies.flatMap(({ tally }) => tally.findings);
  const count = (/** @type {Finding['kind']} */ kind) => findings.filter((finding) => finding.kind === kind).length;
  const inputs = tallies.reduce((sum, { tally }) => sum + tally.inputs, 0);
  for (const { target, index, kind, message } of findings.slice(0, 50)) say(`${kind}: ${target}, input ${index}: ${message}`);
  process.stdout.write(`inputs ${inputs}, crashes ${count('crash')}, hangs ${count('hang')}, limits passed ${count('limit')}\n`);
  return findings.length === 0 ? 0 : 1;
}

/** The worker with every decoder in one file, as the app itself is built. */
async function bundled() {
  const { build } = await import('vite');
  const outDir = `${CLONE_CACHE}/fuzz`;
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: { ssr: inRoot('test', 'fuzz', 'worker.ts'), outDir, emptyOutDir: true, target: 'node20.18', minify: false },
  });
  return `${outDir}/worker.js`;
}

/**
 * @param {readonly string[]} args
 * @param {string} name
 * @param {number} fallback
 */
function option(args, name, fallback) {
  const at = args.indexOf(`--${name}`);
  if (at < 0) return fallback;
  const value = Number(args[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Failure(`--${name} takes a whole number from 1 up.`);
  return value;
}
