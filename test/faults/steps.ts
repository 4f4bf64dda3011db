import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';

/** Calls `step` before each thing by which this process can change anything outside: a statement, a command, a file. */
export async function watchSteps(step: () => void): Promise<void> {
  // As the app does: the driver looks at this once, when it is loaded.
  process.env['SQLITE_USE_URI'] = '1';
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(':memory:');
  before(Object.getPrototypeOf(database.prepare('SELECT 1')), ['run', 'get', 'all', 'iterate'], step);
  before(Object.getPrototypeOf(database), ['exec'], step);
  database.close();
  before(Socket.prototype, ['write'], step);
  const handle = await fs.open(process.execPath);
  before(Object.getPrototypeOf(handle), ['appendFile', 'datasync', 'sync', 'truncate', 'write', 'writeFile'], step);
  await handle.close();
  before(fs, ['rename', 'rm', 'unlink', 'open', 'writeFile'], step);
  syncBuiltinESMExports();
}

function before(target: object, names: readonly string[], step: () => void): void {
  for (const name of names) {
    const original: unknown = Reflect.get(target, name);
    if (typeof original !== 'function') throw new Error(`There is no ${name} to watch`);
    Reflect.set(target, name, function watched(this: unknown, ...args: unknown[]): unknown {
      step();
      return Reflect.apply(original, this, args);
    });
  }
}
