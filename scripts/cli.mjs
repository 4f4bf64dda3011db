/**
 * npm run --silent cli -- COMMAND: the app without its window, which says nothing on stdout but its answer. Commands that
 * open a store run in Electron's own Node, for which better-sqlite3 is built; the others need neither.
 */
import { join } from 'node:path';
import { ensureBuild } from './lib/build.mjs';
import { main } from './lib/console.mjs';
import { asNode } from './lib/electron.mjs';
import { withLock } from './lib/lock.mjs';
import { ensureNodeModules } from './lib/node-modules.mjs';
import { CLONE_CACHE, inRoot } from './lib/paths.mjs';
import { inherit } from './lib/processes.mjs';
import { ensureRuntime } from './lib/setup.mjs';

const WITHOUT_STORE = ['identify', 'encode', 'help', '--help'];

await main(async () => {
  const args = process.argv.slice(2);
  if (args[0] === undefined || WITHOUT_STORE.includes(args[0])) {
    await withLock(join(CLONE_CACHE, 'setup.lock'), ensureNodeModules);
    await ensureBuild();
    return inherit(process.execPath, [inRoot('out', 'main', 'cli.js'), ...args]);
  }
  const { executable } = await ensureRuntime();
  await ensureBuild();
  return inherit(executable, [inRoot('out', 'main', 'cli.js'), ...args], { env: asNode() });
});
