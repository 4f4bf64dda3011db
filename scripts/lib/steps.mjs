import { say, seconds } from './console.mjs';

/**
 * @typedef {{ passed: number, failed: number }} Tests
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<{ code: number, tests?: Tests }>} run
 */

/**
 * Runs every step, also after one has failed, so that one run tells everything there is to tell.
 * @param {readonly Step[]} steps
 * @returns {Promise<number>} the exit code
 */
export async function runSteps(steps) {
  const outcomes = [];
  for (const step of steps) outcomes.push(await runStep(step));
  say(`\n${outcomes.map(describe).join('\n')}`);
  const failed = outcomes.filter(({ code }) => code !== 0).map(({ name }) => name);
  if (failed.length > 0) say(`\nFailed: ${failed.join(', ')}.`);
  return conclude(outcomes) || Number(failed.length > 0);
}

/** @param {Step} step */
async function runStep({ name, run }) {
  say(`\n── ${name}`);
  const started = Date.now();
  const { code, tests } = await run().catch((error) => {
    say(String(error instanceof Error ? error.message : error));
    return { code: 1, tests: undefined };
  });
  const outcome = { name, code, tests, duration: seconds(Date.now() - started) };
  say(describe(outcome));
  return outcome;
}

/** @param {{ name: string, code: number, tests: Tests | undefined, duration: string }} outcome */
function describe({ name, code, tests, duration }) {
  const counts = tests ? `  ${tests.passed} passed, ${tests.failed} failed` : '';
  return `${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)} ${duration.padStart(8)}${counts}`;
}

/**
 * The closing line, on stdout. A run that was to execute tests and executed none has failed.
 * @param {readonly { tests: Tests | undefined }[]} outcomes
 */
function conclude(outcomes) {
  const all = outcomes.flatMap(({ tests }) => tests ?? []);
  if (all.length === 0) return 0;
  const sum = all.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), { passed: 0, failed: 0 });
  process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed\n`);
  return sum.failed === 0 && all.every(({ passed }) => passed > 0) ? 0 : 1;
}
