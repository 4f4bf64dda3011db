import { type BigIntStats, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InspectorError } from '../errors.ts';

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
const HEADER_BYTES = 100;

export type SqliteFile = Readonly<{ path: string; wal: boolean }>;

/**
 * Looks at a file before SQLite does, because SQLite reports most of what can be wrong as "unable to open database file".
 * @param name DATABASES NAME: a path, or a `file:` URL as Django takes it (its options are not used)
 * @throws InspectorError MissingFile, NotADatabase, PermissionDenied, ImproperlyConfigured
 */
export async function inspectFile(name: string): Promise<SqliteFile> {
  const path = pathOf(name);
  const header = await readHeader(path);
  if (header.length === 0) {
    throw new InspectorError('NotADatabase', `${path} is empty (0 bytes)`, {
      hint: 'Django creates an empty file when it is started in another folder. Run "manage.py migrate", or choose the file that the site uses.',
    });
  }
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw notSqlite(path, header);
  // Bytes 18 and 19 are 2 in WAL mode; 1 means a rollback journal. SQLite file format, section 1.3.
  return { path, wal: header[18] === 2 || header[19] === 2 };
}

function pathOf(name: string): string {
  if (name === '' || name === ':memory:' || /[?&]mode=memory\b/.test(name)) {
    throw new InspectorError('ImproperlyConfigured', 'The profile names no database file', {
      hint: 'Choose the file that DATABASES NAME points to.',
    });
  }
  if (!name.startsWith('file:')) return resolve(name);
  const path = name.replace(/[?#].*$/, '');
  return path.startsWith('file:/') ? fileURLToPath(path.replace(/^file:\/(?!\/)/, 'file:///')) : resolve(decodeURIComponent(path.slice(5)));
}

async function readHeader(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch(async (cause) => Promise.reject(await unreadable(path, cause)));
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw await unreadable(path, cause);
  } finally {
    await file.close();
  }
}

async function unreadable(path: string, cause: unknown): Promise<InspectorError> {
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  if (code === 'EACCES' || code === 'EPERM') {
    return new InspectorError('PermissionDenied', `${path} must not be read by this user`, {
      hint: 'Check the permissions of the file and its folders.',
      cause,
    });
  }
  if (code === 'EISDIR')
    return new InspectorError('NotADatabase', `${path} is a folder`, { hint: 'Choose the database file inside it.', cause });
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const folder = await stat(resolve(path, '..')).catch(() => null);
    const hint =
      folder === null
        ? 'Its folder does not exist either; is a drive not mounted?'
        : 'It may have been moved or renamed; choose it again in the profile.';
    return new InspectorError('MissingFile', `There is no file ${path}`, { hint, cause });
  }
  return new InspectorError('StoreFailed', `${path} cannot be read: ${String(code)}`, { cause });
}

function notSqlite(path: string, header: Buffer): InspectorError {
  const printable = header.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d);
  const hint = printable
    ? 'It begins with plain text: perhaps a dump (.sql), a settings file or a session file.'
    : 'It is another format, or an encrypted database (SQLCipher), which cannot be opened here.';
  return new InspectorError('NotADatabase', `${path} is not an SQLite database`, { hint });
}

/** @param immutable tells SQLite that nobody writes: it then takes no locks and makes no -shm or -wal file */
export function uriOf(path: string, mode: 'ro' | 'rw' | 'immutable'): string {
  return `${pathToFileURL(path).href}?${mode === 'immutable' ? 'immutable=1' : `mode=${mode}`}`;
}

/** True where the write-ahead log holds something that the main file does not have yet. */
export function hasLog(path: string): boolean {
  return (statOf(`${path}-wal`)?.size ?? 0n) > 0n;
}

/** Changes whenever the main file does. */
export function stampOf(path: string): string {
  const stats = statOf(path);
  return stats === undefined ? 'gone' : `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
