import { tableName } from '../databases/database.ts';
import { type RangeRow, type RowIds, SqliteRanges } from '../databases/sqlite3-ranges.ts';

/** The db engine's table of an SQLite file, read by ranges of rowid. */
export type DbRanges = Readonly<{ bounds(): RowIds; rows(from: number, to: number): readonly RangeRow[] }>;

/** @param NAME of the profile's database @throws InspectorError as opening the database does */
export function openDbRanges(NAME: string, session_table: string): Promise<DbRanges> {
  return SqliteRanges.open(NAME, tableName(session_table, '').table);
}
