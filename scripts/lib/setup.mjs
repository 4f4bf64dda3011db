import { join } from 'node:path';
import { ensurePackages } from './apt.mjs';
import { ensureBetterSqlite3 } from './better-sqlite3.mjs';
import { ensureElectron } from './electron.mjs';
import { withLock } from './lock.mjs';
import { ensureNodeModules } from './node-modules.mjs';
import { CLONE_CACHE } from './paths.mjs';
import { electronNeeds } from './system.mjs';

/**
 * Everything that running the app or its tests needs, from nothing: packages, an Electron and the libraries it is linked
 * with, a better-sqlite3 that loads in it.
 * @param {Parameters<typeof ensureElectron>[0]} [options]
 */
export async function ensureRuntime(options) {
  return withLock(join(CLONE_CACHE, 'setup.lock'), async () => {
    await ensureNodeModules();
    const runtime = await ensureElectron(options);
    await ensurePackages(electronNeeds(runtime.executable));
    await ensureBetterSqlite3(runtime.executable);
    return runtime;
  });
}
