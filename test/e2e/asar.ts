import { readFileSync } from 'node:fs';

type Entry = Readonly<{ files?: Readonly<Record<string, Entry>>; unpacked?: boolean; integrity?: unknown }>;
export type ArchivedFile = Readonly<{ path: string; integrity: boolean }>;

/** What Electron's archive holds: its header is JSON behind four 32-bit lengths. */
export function listArchive(path: string): readonly ArchivedFile[] {
  const bytes = readFileSync(path);
  const header = JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString('utf8')) as Entry;
  return walk(header, []);
}

function walk(entry: Entry, path: readonly string[]): readonly ArchivedFile[] {
  if (entry.files === undefined) return [{ path: path.join('/'), integrity: entry.integrity !== undefined }];
  return Object.entries(entry.files).flatMap(([name, inner]) => walk(inner, [...path, name]));
}
