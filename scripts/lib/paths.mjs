import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** What belongs to this clone alone and may be deleted at any time. */
export const CLONE_CACHE = join(ROOT, '.cache');

/** What every clone of this user shares: an Electron, a compiled better-sqlite3. May be deleted at any time, too. */
export const USER_CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'session-inspector');

/** @param {...string} parts */
export function inRoot(...parts) {
  return join(ROOT, ...parts);
}

/**
 * A short name for a set of inputs.
 * @param {...string | Uint8Array} parts
 */
export function digest(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 20);
}
