import Database from 'better-sqlite3';
import { fixtureFile } from '../fixtures-table.ts';

/** The rows of a fixture database, read from a copy in memory, so that looking leaves no -wal and -shm files beside it. */
export function sqliteRows(path: string, sql: string): readonly Readonly<Record<string, unknown>>[] {
  const bytes = Buffer.from(fixtureFile(path));
  // A database in memory cannot have a write-ahead log: the header says "legacy" instead (fileformat2.html, 1.3.3).
  bytes[18] = 1;
  bytes[19] = 1;
  const database = new Database(bytes, { readonly: true });
  try {
    return database.prepare(sql).all() as Record<string, unknown>[];
  } finally {
    database.close();
  }
}
