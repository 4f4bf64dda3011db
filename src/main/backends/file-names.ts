import * as fs from 'node:fs';
import { join } from 'node:path';
import { checkCanceled } from '../caches/base.ts';
import { breathe, fileError } from '../caches/folder.ts';
import { isFileEngineKey, validSessionKey } from '../django/session-key.ts';
import type { ListQuery } from './base.ts';

/** The session files of a folder by name, in the order of their keys. */
export type FileNames = Readonly<{
  entries: ReadonlyArray<Readonly<{ key: string; size: number }>>;
  /** whether sizes were asked for; they are 0 otherwise */
  sizes: boolean;
  /** entries that begin with the cookie's name and are no sessions */
  others: number;
}>;

/** What Django's file engine would load: _key_to_file() with SessionBase's least length, and short enough for a file's name. */
export function isSessionKey(key: string): boolean {
  return isFileEngineKey(key) && validSessionKey(key) !== null && key.length <= 200;
}

/** @throws InspectorError MissingFile, PermissionDenied, Canceled */
export async function namesOf(folder: string, prefix: string, signal: AbortSignal, sizes = false): Promise<FileNames> {
  const entries: Array<{ key: string; size: number }> = [];
  let others = 0;
  try {
    const directory = fs.opendirSync(folder, { bufferSize: 1024 });
    try {
      for (let seen = 1, entry = directory.readSync(); entry !== null; entry = directory.readSync(), seen += 1) {
        if (seen % 2000 === 0) await breathe();
        checkCanceled(signal);
        if (!entry.name.startsWith(prefix)) continue;
        const key = entry.name.slice(prefix.length);
        // A file system that does not say what an entry is (isFile() false, isDirectory() false …) is asked when it is read.
        const plain = !entry.isDirectory() && !entry.isSymbolicLink() && !entry.isFIFO() && !entry.isSocket();
        if (plain && isSessionKey(key)) entries.push({ key, size: sizes ? sizeOf(join(folder, entry.name)) : 0 });
        else others += 1;
      }
    } finally {
      directory.closeSync();
    }
  } catch (thrown) {
    throw fileError(thrown, 'The session folder cannot be read');
  }
  return { entries: entries.sort((a, b) => (a.key < b.key ? -1 : 1)), sizes, others };
}

function sizeOf(path: string): number {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The keys behind the query's cursor, in its order, each with the cursor that resumes behind it. */
export function* pageOf(names: FileNames, query: ListQuery): Iterable<Readonly<{ key: string; cursor: string }>> {
  const bySize = query.sort === 'size';
  const sign = query.direction === 'ascending' ? 1 : -1;
  const entries = names.entries.filter(({ key }) => key.startsWith(query.keyPrefix ?? ''));
  if (bySize) entries.sort((a, b) => a.size - b.size || (a.key < b.key ? -1 : 1));
  if (sign < 0) entries.reverse();
  const from = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  for (const { key, size } of entries) {
    if (from !== undefined && sign * ((bySize ? size - from.size : 0) || compare(key, from.key)) <= 0) continue;
    yield { key, cursor: `${size}:${key}` };
  }
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function parseCursor(cursor: string): { key: string; size: number } {
  const colon = cursor.indexOf(':');
  return { size: Number(cursor.slice(0, colon)), key: cursor.slice(colon + 1) };
}
