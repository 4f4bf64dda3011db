/** npm start: makes ready what is missing, builds what changed and opens the window. */
import { ensureBuild } from './lib/build.mjs';
import { main } from './lib/console.mjs';
import { requireDisplay } from './lib/display.mjs';
import { ROOT } from './lib/paths.mjs';
import { inherit } from './lib/processes.mjs';
import { sandboxArguments } from './lib/sandbox.mjs';
import { ensureRuntime } from './lib/setup.mjs';

await main(async () => {
  requireDisplay('npm start');
  const { executable } = await ensureRuntime();
  await ensureBuild();
  return inherit(executable, [...sandboxArguments(), ROOT, ...process.argv.slice(2)]);
});
