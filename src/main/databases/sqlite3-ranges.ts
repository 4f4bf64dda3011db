import { InspectorError } from '../errors.ts';
import { guarded, Reader } from './sqlite3.ts';
import { inspectFile } from './sqlite3-file.ts';

/** Bytes of session_data that come with a range; larger ones are fetched one by one. */
const INLINE_BYTES = 64 * 1024;

/** A session's key and value; null where the value is over the bound. */
export type RangeRow = readonly [session_key: string, session_data: string | Uint8Array | null];

/** Lowest and highest rowid; null for an empty table. */
export type RowIds = Readonly<{ first: number; last: number }> | null;

/**
 * A session table read by ranges of rowid, in the order in which it lies in the file: for workers that share a scan. The
 * connection is one more that cannot write.
 */
export class SqliteRanges {
  readonly #reader: Reader;
  readonly #table: string;

  private constructor(reader: Reader, table: string) {
    this.#reader = reader;
    this.#table = `"${table.replaceAll('"', '""')}"`;
  }

  /** @param NAME of the profile's database @param table its name @throws InspectorError as opening the database does */
  static async open(NAME: string, table: string): Promise<SqliteRanges> {
    return new SqliteRanges(await Reader.open(await inspectFile(NAME), new AbortController().signal), table);
  }

  /** @throws InspectorError WrongColumns for a table WITHOUT ROWID, Unsupported for a view */
  bounds(): RowIds {
    const [row] = this.#all(`select min(rowid), max(rowid) from ${this.#table}`, []);
    const [first, last] = row as readonly [unknown, unknown];
    if (typeof first === 'number' && typeof last === 'number') return { first, last };
    const [some] = this.#all(`select 1 from ${this.#table} limit 1`, []);
    if (some === undefined) return null;
    throw new InspectorError('Unsupported', 'The table has no rowids');
  }

  /** The rows whose rowid lies from `from` up to, not including, `to`. */
  rows(from: number, to: number): readonly RangeRow[] {
    const text = `select cast(session_key as text), case when octet_length(session_data) <= ${INLINE_BYTES} then session_data end
      from ${this.#table} where rowid >= ? and rowid < ?`;
    return this.#all(text, [from, to]) as RangeRow[];
  }

  close(): void {
    this.#reader.close();
  }

  #all(text: string, parameters: readonly unknown[]): unknown[] {
    return guarded(this.#reader.file.path, () => this.#reader.all(text, parameters, true));
  }
}
