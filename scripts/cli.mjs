/**
 * npm run --silent cli -- COMMAND: the app without its window. It opens no store, so it needs neither Electron nor
 * better-sqlite3, and it says nothing on stdout but its answer.
 */
import { join } from 'node:path';
import { ensureBuild } from './lib/build.mjs';
import { main } from './lib/console.mjs';
import { withLock } from './lib/lock.mjs';
import { ensureNodeModules } from './lib/node-modules.mjs';
import { CLONE_CACHE, inRoot } from './lib/paths.mjs';
import { inherit } from './lib/processes.mjs';

await main(async () => {
  await withLock(join(CLONE_CACHE, 'setup.lock'), ensureNodeModules);
  await ensureBuild();
  return inherit(process.execPath, [inRoot('out', 'main', 'cli.js'), ...process.argv.slice(2)]);
});
