/**
 * npm run faults: the app killed before every step of every write, on every store of the matrix; `npm test` tries each
 * write on one of them. The last lines say points tried, states seen, updates lost and data lost.
 */
import { ensurePackages } from './lib/apt.mjs';
import { main } from './lib/console.mjs';
import { ensureRuntime } from './lib/setup.mjs';
import { runSteps } from './lib/steps.mjs';
import { serverNeeds } from './lib/system.mjs';
import { vitest } from './lib/tests.mjs';

await main(async () => {
  const { executable } = await ensureRuntime();
  await ensurePackages(serverNeeds());
  process.env['FAULTS'] = 'all';
  return runSteps([vitest(executable, ['contract'], ['test/contract/faults-matrix.test.ts'])]);
});
