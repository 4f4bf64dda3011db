/** Django's DatabaseCache: one row per entry. django/core/cache/backends/db.py, 2.2 to 6.1. Reading never deletes or culls. */
import { bytesOf, type Column, type Database, tableName, type WritableDatabase } from '../databases/database.ts';
import { deleteRows, rowStatement, swapRow } from '../databases/row-writes.ts';
import { sqlText } from '../databases/sql-text.ts';
import { InspectorError } from '../errors.ts';
import {
  type Cache,
  type CacheChange,
  type CacheCount,
  type CacheEntry,
  type CacheFacts,
  type CachePage,
  type CacheQuery,
  type CacheStatement,
  type KeyPattern,
  matches,
  type NextEntry,
  VALUE_LIMIT,
  type WritableCache,
} from './base.ts';
import { DbCacheQueries, type Row } from './db-queries.ts';

export type DatabaseCacheOptions = Readonly<{
  /** the table's name, as settings have it */
  LOCATION: readonly string[];
  /** of the profile; '' = the database's own default */
  SCHEMA: string;
  /** epoch milliseconds to the text that the site's expires column holds for that moment */
  expireText(milliseconds: number): string;
}>;

/** Bytes of a value that come with its row; larger ones are fetched one by one. */
const INLINE_BYTES = 64 * 1024;
const PAGE_BYTES = 16 * 1024 * 1024;
const BLOCK_ROWS = 500;
const FORWARD = { sort: 'session_key', direction: 'ascending', now: 0 } as const;

/** @throws InspectorError MissingTable, WrongColumns, PermissionDenied */
export async function openDatabaseCache(database: Database, options: DatabaseCacheOptions, signal: AbortSignal): Promise<Cache> {
  return new DatabaseCache(database, await queriesOf(database, options, signal), options);
}

/** @throws InspectorError MissingTable, WrongColumns, PermissionDenied */
export async function openWritableDatabaseCache(
  database: WritableDatabase,
  options: DatabaseCacheOptions,
  signal: AbortSignal,
): Promise<WritableCache> {
  return new WritableDatabaseCache(database, await queriesOf(database, options, signal), options);
}

async function queriesOf(
  database: Database,
  { LOCATION: [identifier = ''], SCHEMA }: DatabaseCacheOptions,
  signal: AbortSignal,
): Promise<DbCacheQueries> {
  if (identifier === '')
    throw new InspectorError('ImproperlyConfigured', 'LOCATION is empty', { hint: 'Enter the name of the cache table.' });
  const name = tableName(identifier, SCHEMA);
  const columns: readonly Column[] = await database.columns(name, signal);
  if (columns.length === 0) {
    throw new InspectorError('MissingTable', `No ${identifier} table in ${database.place}`, {
      hint: 'Run "manage.py createcachetable", or check LOCATION.',
    });
  }
  const missing = ['cache_key', 'value', 'expires'].filter((own) => !columns.some((column) => column.name === own));
  if (missing.length > 0) {
    throw new InspectorError('WrongColumns', `${identifier} has no column ${missing.join(', ')}`, {
      hint: 'It is not a cache table of Django; check LOCATION.',
    });
  }
  return new DbCacheQueries(database, name);
}

class DatabaseCache implements Cache {
  readonly facts: CacheFacts;
  protected readonly queries: DbCacheQueries;
  readonly #database: Database;
  readonly #options: DatabaseCacheOptions;

  constructor(database: Database, queries: DbCacheQueries, options: DatabaseCacheOptions) {
    this.#database = database;
    this.queries = queries;
    this.#options = options;
    this.facts = {
      list: 'paged',
      sort: ['session_key', 'expire_date', 'size'],
      keepsExpired: true,
      count: 'exact',
      limits: ['Django keeps 300 entries (MAX_ENTRIES) in this cache unless told otherwise, and culls the rest.'],
      server: database.server,
    };
  }

  async getMany(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, CacheEntry>> {
    const found = new Map<string, CacheEntry>();
    for (const key of keys) {
      const entry = await this.#one(key, signal);
      if (entry !== null) found.set(key, entry);
    }
    return found;
  }

  async page(pattern: KeyPattern, query: CacheQuery, signal: AbortSignal): Promise<CachePage> {
    const rows = await this.#database.rows(this.queries.page(pattern, this.#filter(query), query, query.limit + 1, INLINE_BYTES), signal);
    const entries: CacheEntry[] = [];
    let bytes = 0;
    for (const row of rows.slice(0, query.limit)) {
      if (!matches(row.k, pattern)) continue;
      const entry = row.b === null && bytes + Number(row.s) <= PAGE_BYTES ? await this.#one(row.k, signal) : entryOf(row);
      if (entry === null) continue;
      entries.push(entry);
      bytes += entry.value.length;
    }
    const last = rows.at(query.limit - 1);
    return { entries, ...(rows.length > query.limit && last !== undefined ? { next: this.queries.cursor(query, last) } : {}) };
  }

  async *scan(pattern: KeyPattern, signal: AbortSignal): AsyncIterable<readonly CacheEntry[]> {
    let cursor: string | undefined;
    for (;;) {
      const query: CacheQuery = { ...FORWARD, limit: BLOCK_ROWS, ...(cursor === undefined ? {} : { cursor }) };
      const rows = await this.#database.rows(this.queries.page(pattern, {}, query, BLOCK_ROWS, INLINE_BYTES), signal);
      const matching = rows.filter(({ k }) => matches(k, pattern));
      const small = matching.filter(({ b }) => b !== null).map(entryOf);
      if (small.length > 0) yield small;
      for (const { k } of matching.filter(({ b }) => b === null)) {
        const entry = await this.#one(k, signal);
        if (entry !== null) yield [entry];
      }
      const last = rows.at(-1);
      if (rows.length < BLOCK_ROWS || last === undefined) return;
      cursor = this.queries.cursor(query, last);
    }
  }

  async count(pattern: KeyPattern, query: Pick<CacheQuery, 'now' | 'state'>, _exact: boolean, signal: AbortSignal): Promise<CacheCount> {
    const [row] = await this.#database.rows(this.queries.count(pattern, this.#filter(query)), signal);
    return { value: Number(row?.n ?? 0), kind: 'exact' };
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  async #one(key: string, signal: AbortSignal): Promise<CacheEntry | null> {
    const [row] = await this.#database.rows(this.queries.one(key, VALUE_LIMIT), signal);
    return row === undefined ? null : entryOf(row);
  }

  /** get(): expired iff `expires < now`; has_key() alone wants `expires > now`. */
  #filter({ state, now }: Pick<CacheQuery, 'now' | 'state'>) {
    if (state === undefined) return {};
    const text = this.#options.expireText(now);
    return state === 'expired' ? { before: text } : { notBefore: text };
  }
}

class WritableDatabaseCache extends DatabaseCache implements WritableCache {
  readonly #database: WritableDatabase;

  constructor(database: WritableDatabase, queries: DbCacheQueries, options: DatabaseCacheOptions) {
    super(database, queries, options);
    this.#database = database;
  }

  statements(change: CacheChange): readonly CacheStatement[] {
    return rowStatement(this.#database, this.queries, change);
  }

  async save(before: CacheEntry, after: NextEntry, signal: AbortSignal): Promise<CacheEntry> {
    const statement = this.queries.update(before, after);
    if (statement === null) return before;
    await swapRow(this.#database, statement, 'entry', signal);
    return this.#reread(before.key, { ...before, ...after }, signal);
  }

  async create(key: string, next: NextEntry, signal: AbortSignal): Promise<CacheEntry> {
    await this.#database.transaction((run) => run(this.queries.insert(key, next)), signal);
    return this.#reread(key, { key, ...next }, signal);
  }

  async delete(before: readonly CacheEntry[], signal: AbortSignal): Promise<readonly string[]> {
    const gone = await deleteRows(this.#database, before, (entry) => this.queries.delete(entry), signal);
    return gone.map(({ key }) => key);
  }

  async drop(key: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#database.transaction((run) => run(this.queries.drop(key)), signal)) > 0;
  }

  dropStatement(key: string): CacheStatement {
    return { language: 'sql', text: sqlText(this.queries.drop(key), this.#database.dialect) };
  }

  /** The database may round or reformat the date. */
  async #reread(key: string, written: CacheEntry, signal: AbortSignal): Promise<CacheEntry> {
    return (await this.getMany([key], signal)).get(key) ?? written;
  }
}

function entryOf(row: Row): CacheEntry {
  return {
    key: row.k,
    value: bytesOf(row.b),
    expiry: { source: 'cache', text: row.d },
    ...(row.b === null && row.s !== null ? { oversize: Number(row.s) } : {}),
  };
}
