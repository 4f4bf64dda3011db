/**
 * npm test: everything there is to check, from a fresh clone on. `npm test -- unit contract` runs only the named steps,
 * in which case what is left of the arguments goes to the runner: `npm test -- e2e --grep keyboard`.
 */
import { ensurePackages } from './lib/apt.mjs';
import { ensureBetterSqlite3 } from './lib/better-sqlite3.mjs';
import { CHECKS } from './lib/checks.mjs';
import { main } from './lib/console.mjs';
import { ensureRuntime } from './lib/setup.mjs';
import { runSteps } from './lib/steps.mjs';
import { displayNeeds, keychainNeeds, serverNeeds } from './lib/system.mjs';
import { endToEnd, vitest } from './lib/tests.mjs';

const STEPS = ['types', 'lint', 'unused', 'unit', 'contract', 'e2e'];

await main(async () => {
  const args = process.argv.slice(2);
  const named = args.filter((arg) => STEPS.includes(arg));
  const rest = args.filter((arg) => !STEPS.includes(arg));
  /** @param {string} step */
  const has = (step) => named.length === 0 || named.includes(step);

  const { executable } = await ensureRuntime();
  if (has('contract') || has('e2e'))
    await ensurePackages([...serverNeeds(), ...(has('e2e') ? [...displayNeeds(), ...keychainNeeds()] : [])]);
  // End-to-end tests look into databases from the plain Node that Playwright runs in.
  if (has('e2e')) await ensureBetterSqlite3(process.execPath);

  const projects = ['unit', 'contract'].filter(has);
  return runSteps([
    ...['types', 'lint', 'unused'].filter(has).map((name) => CHECKS[/** @type {keyof typeof CHECKS} */ (name)]),
    ...(projects.length > 0 ? [vitest(executable, projects, rest)] : []),
    ...(has('e2e') ? [endToEnd(executable, rest)] : []),
  ]);
});
