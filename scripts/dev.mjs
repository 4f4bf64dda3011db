/** npm run dev: the window with hot reload; main and preload are built again and restarted when they change. */
import { electronVite, forgetBuild } from './lib/build.mjs';
import { main } from './lib/console.mjs';
import { requireDisplay } from './lib/display.mjs';
import { ROOT } from './lib/paths.mjs';
import { inherit } from './lib/processes.mjs';
import { sandboxArguments } from './lib/sandbox.mjs';
import { ensureRuntime } from './lib/setup.mjs';

await main(async () => {
  requireDisplay('npm run dev');
  const { executable } = await ensureRuntime();
  await forgetBuild();
  const sandbox = sandboxArguments().length > 0 ? ['--noSandbox'] : [];
  return inherit(process.execPath, [electronVite(), 'dev', '--watch', '--sourcemap', ...sandbox, ...process.argv.slice(2)], {
    cwd: ROOT,
    env: { ...process.env, ELECTRON_EXEC_PATH: executable },
  });
});
