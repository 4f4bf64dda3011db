/** The db engine: django/contrib/sessions/backends/db.py, on any of the databases. */
import { bytesOf, type Database, type WritableDatabase } from '../databases/database.ts';
import { deleteRows, rowStatement, swapRow } from '../databases/row-writes.ts';
import { LIMITS } from '../django/document.ts';
import { InspectorError } from '../errors.ts';
import type {
  Capabilities,
  Count,
  ListQuery,
  NextSession,
  SessionStore,
  Statement,
  StoredPage,
  StoredSession,
  WritableSessionStore,
} from './base.ts';
import { cursorOf, readCursor } from './db-cursor.ts';
import { type DbQueries, describeTable, type Filter, type Row } from './db-queries.ts';

export type DbOptions = Readonly<{
  /** `name` or `schema.name` */
  session_table: string;
  /** of the profile; '' = the database's own default */
  SCHEMA: string;
  /** epoch milliseconds to the text that this site's expire_date column holds for that moment */
  expireText(milliseconds: number): string;
}>;

/** Bytes of session_data that come with a row of a list or a scan; larger ones are fetched one by one. */
const INLINE_BYTES = 64 * 1024;
/** Bytes of larger rows that one page fetches. */
const PAGE_BYTES = 16 * 1024 * 1024;
/** Rows, and bytes, of one block of a scan. */
const BLOCK_ROWS = 500;
const BLOCK_BYTES = 8 * 1024 * 1024;
/** Rows that are counted before the server's estimate is good enough. */
const COUNTED_ROWS = 10_000;
/** Rows up to which sorting by size, which no index helps, stays bearable. */
const SIZE_SORT_ROWS = 2_000_000;
/** Rows that one transaction deletes. */
const DELETE_ROWS = 100;
/** Rows of one batch of clear_expired, whatever was asked for: a statement names each, and SQLite takes 32,766 parameters. */
const CLEAR_ROWS = 10_000;

/** @throws InspectorError MissingTable, WrongColumns, PermissionDenied */
export async function openDb(database: Database, options: DbOptions, signal: AbortSignal): Promise<SessionStore> {
  const queries = await describeTable(database, options.session_table, options.SCHEMA, signal);
  return new DbStore(database, queries, await describe(database, queries, false, signal), options);
}

/** @throws InspectorError MissingTable, WrongColumns, PermissionDenied */
export async function openWritableDb(database: WritableDatabase, options: DbOptions, signal: AbortSignal): Promise<WritableSessionStore> {
  const queries = await describeTable(database, options.session_table, options.SCHEMA, signal);
  return new WritableDbStore(database, queries, await describe(database, queries, true, signal), options);
}

async function describe(database: Database, queries: DbQueries, write: boolean, signal: AbortSignal): Promise<Capabilities> {
  // Also the first read of the table: a missing permission shows here.
  const { value } = await countRows(database, queries, {}, false, signal);
  const bySize = value <= SIZE_SORT_ROWS;
  return {
    list: 'paged',
    sort: bySize ? ['session_key', 'expire_date', 'size'] : ['session_key', 'expire_date'],
    filterState: true,
    count: 'exact',
    write,
    setExpiry: true,
    clearExpired: 'rows',
    limits: bySize ? [] : ['The table is too large to sort by size: no index helps, and every page would read all rows.'],
    server: database.server,
  };
}

class DbStore implements SessionStore {
  readonly capabilities: Capabilities;
  protected readonly queries: DbQueries;
  protected readonly options: DbOptions;
  readonly #database: Database;

  constructor(database: Database, queries: DbQueries, capabilities: Capabilities, options: DbOptions) {
    this.#database = database;
    this.queries = queries;
    this.capabilities = capabilities;
    this.options = options;
  }

  async list(query: ListQuery, signal: AbortSignal): Promise<StoredPage> {
    const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
    const order = { sort: query.sort, direction: query.direction, ...(after === undefined ? {} : { after }) };
    const rows = await this.#database.rows(this.queries.page(this.#filter(query), order, query.limit + 1, INLINE_BYTES), signal);
    const page = rows.slice(0, query.limit);
    const sessions: StoredSession[] = [];
    let budget = PAGE_BYTES;
    for (const row of page) {
      const session = await this.#whole(row, Math.min(budget, LIMITS.storedBytes), signal);
      if (session === null) continue;
      if (row.b === null) budget -= session.stored.length;
      sessions.push(session);
    }
    const last = page.at(-1);
    return { sessions, ...(rows.length > query.limit && last !== undefined ? { next: cursorOf(query, last) } : {}) };
  }

  count(query: Pick<ListQuery, 'state' | 'now' | 'keyPrefix'>, exact: boolean, signal: AbortSignal): Promise<Count> {
    return countRows(this.#database, this.queries, this.#filter(query), exact, signal);
  }

  async get(session_key: string, signal: AbortSignal): Promise<StoredSession | null> {
    const [row] = await this.#database.rows(this.queries.one(session_key, LIMITS.storedBytes), signal);
    return row === undefined ? null : this.session(row);
  }

  async *scan(signal: AbortSignal, after?: string): AsyncIterable<readonly StoredSession[]> {
    let position = after;
    for (;;) {
      const order = {
        sort: 'session_key',
        direction: 'ascending',
        ...(position === undefined ? {} : { after: { value: '', key: position } }),
      } as const;
      const rows = await this.#database.rows(this.queries.page({}, order, BLOCK_ROWS, INLINE_BYTES), signal);
      yield* this.#blocks(rows, signal);
      position = rows.at(-1)?.k;
      if (rows.length < BLOCK_ROWS || position === undefined) return;
    }
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  protected session(row: Row): StoredSession {
    const columns = Object.fromEntries(
      this.queries.extra.map((name, index) => [name, (row[`x${index}`] as string | null | undefined) ?? null]),
    );
    return {
      session_key: row.k,
      stored: bytesOf(row.b),
      expiry: { source: 'expire_date', text: row.d },
      ...(row.b === null && row.s !== null ? { oversize: Number(row.s) } : {}),
      ...(this.queries.extra.length === 0 ? {} : { columns }),
    };
  }

  /** The session of a listed row; null where it vanished since. @param bound bytes that may still be fetched */
  async #whole(row: Row, bound: number, signal: AbortSignal): Promise<StoredSession | null> {
    if (row.b !== null || Number(row.s) > bound) return this.session(row);
    return this.get(row.k, signal);
  }

  async *#blocks(rows: readonly Row[], signal: AbortSignal): AsyncIterable<readonly StoredSession[]> {
    let block: StoredSession[] = [];
    let bytes = 0;
    for (const row of rows) {
      const session = await this.#whole(row, LIMITS.storedBytes, signal);
      if (session === null) continue;
      block.push(session);
      bytes += session.stored.length;
      if (bytes < BLOCK_BYTES) continue;
      yield block;
      block = [];
      bytes = 0;
    }
    if (block.length > 0) yield block;
  }

  #filter({ state, now, keyPrefix }: Pick<ListQuery, 'state' | 'now' | 'keyPrefix'>): Filter {
    return {
      ...(keyPrefix === undefined ? {} : { keyPrefix }),
      // load() wants expire_date > now: a session that ends at this very moment is expired.
      ...(state === 'live' ? { liveAt: this.options.expireText(now) } : {}),
      ...(state === 'expired' ? { expiredAt: this.options.expireText(now) } : {}),
    };
  }
}

class WritableDbStore extends DbStore implements WritableSessionStore {
  readonly #database: WritableDatabase;

  constructor(database: WritableDatabase, queries: DbQueries, capabilities: Capabilities, options: DbOptions) {
    super(database, queries, capabilities, options);
    this.#database = database;
  }

  statements({
    before,
    after,
    session_key,
  }: Readonly<{ before: StoredSession | null; after: NextSession | null; session_key: string }>): readonly Statement[] {
    return rowStatement(this.#database, this.queries, { key: session_key, before, after });
  }

  async save(before: StoredSession, after: NextSession, signal: AbortSignal): Promise<StoredSession> {
    const statement = this.queries.update(before, after);
    if (statement === null) return before;
    await swapRow(this.#database, statement, 'session', signal);
    return this.#readBack(before.session_key, { ...before, ...after }, signal);
  }

  async create(session_key: string, next: NextSession, signal: AbortSignal): Promise<StoredSession> {
    await this.#database.transaction((run) => run(this.queries.insert(session_key, next)), signal);
    return this.#readBack(session_key, { session_key, ...next }, signal);
  }

  async delete(before: readonly StoredSession[], signal: AbortSignal): Promise<readonly string[]> {
    const deleted: string[] = [];
    for (let start = 0; start < before.length; start += DELETE_ROWS) {
      const batch = before.slice(start, start + DELETE_ROWS);
      const gone = await deleteRows(this.#database, batch, (session) => this.queries.delete(session), signal);
      deleted.push(...gone.map(({ session_key }) => session_key));
    }
    return deleted;
  }

  async clearExpired(
    { now, limit, before }: Readonly<{ now: number; limit: number; before: (rows: readonly StoredSession[]) => Promise<void> }>,
    signal: AbortSignal,
  ): Promise<Readonly<{ deleted: number; done: boolean }>> {
    // clear_expired() in backends/db.py: expire_date__lt=timezone.now()
    const expiredBefore = this.options.expireText(now);
    const order = { sort: 'expire_date', direction: 'ascending' } as const;
    const most = Math.min(limit, CLEAR_ROWS);
    const rows = await this.#database.rows(this.queries.page({ expiredBefore }, order, most, INLINE_BYTES), signal);
    const sessions = await this.#images(rows, signal);
    if (sessions.length === 0) return { deleted: 0, done: rows.length === 0 };
    await before(sessions);
    const keys = sessions.map(({ session_key }) => session_key);
    const deleted = await this.#database.transaction((run) => run(this.queries.deleteExpired(keys, expiredBefore)), signal);
    if (deleted < keys.length) await this.#refuseStuck(keys, expiredBefore, signal);
    return { deleted, done: rows.length < most && sessions.length === rows.length };
  }

  /** As many of the rows, whole, as fit a block: what Undo restores must be complete. */
  async #images(rows: readonly Row[], signal: AbortSignal): Promise<readonly StoredSession[]> {
    const sessions: StoredSession[] = [];
    let bytes = 0;
    for (const row of rows) {
      const whole = row.b !== null && this.queries.extra.length === 0 ? this.session(row) : await this.#unbounded(row.k, signal);
      if (whole === null) continue;
      sessions.push(whole);
      bytes += whole.stored.length;
      if (bytes > BLOCK_BYTES) break;
    }
    return sessions;
  }

  async #unbounded(session_key: string, signal: AbortSignal): Promise<StoredSession | null> {
    const [row] = await this.#database.rows(this.queries.one(session_key, Number.MAX_SAFE_INTEGER), signal);
    return row === undefined ? null : this.session(row);
  }

  /** Rows that the statement did not take were renewed or deleted meanwhile; if they still match, a loop would never end. */
  async #refuseStuck(keys: readonly string[], expiredBefore: string, signal: AbortSignal): Promise<void> {
    const [row] = await this.#database.rows(this.queries.countExpired(keys, expiredBefore), signal);
    if (Number(row?.n ?? 0) === 0) return;
    throw new InspectorError('StoreFailed', `${row?.n} expired rows cannot be deleted`, {
      hint: 'A trigger or a rule of the database may keep them.',
    });
  }

  /** What the database made of a write: it may round or reformat the date. */
  async #readBack(session_key: string, written: StoredSession, signal: AbortSignal): Promise<StoredSession> {
    return (await this.get(session_key, signal.aborted ? new AbortController().signal : signal)) ?? written;
  }
}

async function countRows(database: Database, queries: DbQueries, filter: Filter, exact: boolean, signal: AbortSignal): Promise<Count> {
  const count = async (bound: number | null) => Number((await database.rows(queries.count(filter, bound), signal))[0]?.n ?? 0);
  if (exact) return { value: await count(null), kind: 'exact' };
  const counted = await count(COUNTED_ROWS);
  if (counted < COUNTED_ROWS) return { value: counted, kind: 'exact' };
  const estimate = Object.keys(filter).length === 0 ? await database.estimate(queries.name, signal) : null;
  return estimate === null || estimate < counted ? { value: counted, kind: 'atLeast' } : { value: estimate, kind: 'estimate' };
}
