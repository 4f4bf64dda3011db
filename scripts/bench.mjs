import { pathToFileURL } from 'node:url';
import { ensurePackages } from './lib/apt.mjs';
import { Failure, main } from './lib/console.mjs';
import { asNode } from './lib/electron.mjs';
import { CLONE_CACHE, inRoot, ROOT } from './lib/paths.mjs';
import { inherit } from './lib/processes.mjs';
import { ensureRuntime } from './lib/setup.mjs';
import { serverNeeds } from './lib/system.mjs';

/**
 * `npm run bench -- --rows 100000 --servers 20000 --files 3000 --rounds 3 --seed 1` for whole stores, and `npm run bench
 * -- decode --rows 50000` for one value after the other: in Electron's own Node, beside Debian's Django.
 */

const BENCHES = ['store', 'decode'];

await main(async () => {
  const args = process.argv.slice(2);
  const [name = 'store'] = args.filter((_, at) => at === 0 && !args[0]?.startsWith('--'));
  const rest = args[0]?.startsWith('--') ? args : args.slice(1);
  if (!BENCHES.includes(name)) throw new Failure(`No benchmark ${name}; there are: ${BENCHES.join(', ')}.`);
  const options = {
    rows: option(rest, 'rows', name === 'store' ? 100_000 : 50_000),
    servers: option(rest, 'servers', 20_000),
    files: option(rest, 'files', 3_000),
    index: option(rest, 'index', 1_000_000),
    rounds: option(rest, 'rounds', 3),
    seed: option(rest, 'seed', 1),
    worker: '',
  };
  const { executable } = await ensureRuntime();
  await ensurePackages(serverNeeds());
  const bundle = await bundled(name, inRoot('bench', `${name}.ts`));
  if (name === 'store') options.worker = await bundled('worker', inRoot('src', 'main', 'scan', 'worker.ts'));
  const start = `import(${JSON.stringify(pathToFileURL(bundle).href)}).then(({ run }) => run(${JSON.stringify(inRoot('bench'))}, ${JSON.stringify(options)}))`;
  return inherit(executable, ['--input-type=module', '--eval', start], { cwd: ROOT, env: asNode() });
});

/**
 * One file, as the app itself is built: what is timed is what ships.
 * @param {string} name
 * @param {string} entry
 */
async function bundled(name, entry) {
  const { build } = await import('vite');
  const outDir = `${CLONE_CACHE}/bench`;
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: { ssr: entry, outDir, emptyOutDir: false, target: 'node20.18', minify: false },
  });
  return `${outDir}/${name}.js`;
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
