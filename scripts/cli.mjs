/**
 * npm run --silent cli -- ARGUMENTS: the app without its window. Needs no Electron: the file compiled for the one loads
 * in the other.
 */
import { join } from 'node:path';
import { ensureBetterSqlite3 } from './lib/better-sqlite3.mjs';
import { ensureBuild } from './lib/build.mjs';
import { main } from './lib/console.mjs';
import { withLock } from './lib/lock.mjs';
import { ensureNodeModules } from './lib/node-modules.mjs';
import { CLONE_CACHE, inRoot } from './lib/paths.mjs';
import { inherit } from './lib/processes.mjs';

await main(async () => {
  await withLock(join(CLONE_CACHE, 'setup.lock'), async () => {
    await ensureNodeModules();
    await ensureBetterSqlite3(process.execPath);
  });
  await ensureBuild();
  return inherit(process.execPath, [inRoot('out', 'main', 'cli.js'), ...process.argv.slice(2)]);
});
