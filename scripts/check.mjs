/** npm run check: what can be said in seconds and without a window. Arguments go to the unit tests' runner. */
import { CHECKS } from './lib/checks.mjs';
import { main } from './lib/console.mjs';
import { ensureRuntime } from './lib/setup.mjs';
import { runSteps } from './lib/steps.mjs';
import { vitest } from './lib/tests.mjs';

await main(async () => {
  const { executable } = await ensureRuntime();
  return runSteps([CHECKS.types, CHECKS.lint, CHECKS.unused, vitest(executable, ['unit'], process.argv.slice(2))]);
});
