/**
 * What a place that keeps sessions can do. Stores know nothing of encodings, codecs nothing of servers;
 * inspector.ts joins them. Read and write are different types: a read-only profile never gets the second.
 */

/** Where an entry's end comes from, exactly as the store has it. */
export type StoredExpiry =
  /** db engines: the column's text as stored (SQLite text, `YYYY-MM-DD HH:MM:SS[.ffffff][+00]` of the servers) */
  | Readonly<{ source: 'expire_date'; text: string }>
  /** caches: remaining milliseconds, null = no TTL */
  | Readonly<{ source: 'ttl'; milliseconds: number | null }>
  /** database cache: the column's text; file-based cache: epoch seconds as Python's repr, null = never */
  | Readonly<{ source: 'cache'; text: string | null }>
  /** file engine: the file's modification time, nanoseconds since the epoch as decimal text */
  | Readonly<{ source: 'mtime'; nanoseconds: string }>;

export type StoredSession = Readonly<{
  session_key: string;
  /** the stored value, byte for byte (text columns as UTF-8) */
  stored: Uint8Array;
  expiry: StoredExpiry;
  /** bytes of a stored value that was not fetched, because it is over the limit of what was asked: `stored` is then empty */
  oversize?: number;
  /** memcached flags */
  flags?: number;
  /** further columns of the row (django-qsessions, django-user-sessions), as text */
  columns?: Readonly<Record<string, string | null>>;
  /** the store's own name of the entry where it differs from the key: cache key, file name */
  place?: string;
  /** opaque to everybody but the store: what its compare-and-swap compares besides `stored` and `expiry` (memcached cas) */
  token?: string;
  /** cached_db: the cache's side; `stored` is then the row, or null bytes length 0 with `only: 'cache'` */
  twin?: Readonly<{
    stored: Uint8Array | null;
    milliseconds: number | null;
    flags?: number;
    unavailable?: string;
  }>;
  /** cached_db: which sides have it */
  only?: 'database' | 'cache';
}>;

export type SortColumn = 'session_key' | 'expire_date' | 'size';
export type Direction = 'ascending' | 'descending';

export type ListQuery = Readonly<{
  sort: SortColumn;
  direction: Direction;
  /** epoch milliseconds; what is live and what expired is judged against this moment */
  now: number;
  state?: 'live' | 'expired';
  /** only keys that begin with this */
  keyPrefix?: string;
  /** opaque, from the previous page */
  cursor?: string;
  limit: number;
}>;

export type StoredPage = Readonly<{
  sessions: readonly StoredSession[];
  /** absent on the last page */
  next?: string;
  /** one sentence where the listing is only a part: "memcached lists at most …" */
  partial?: string;
}>;

/** exact: counted now; estimate: from the server's statistics; atLeast: more exist than were counted */
export type Count = Readonly<{
  value: number;
  kind: 'exact' | 'estimate' | 'atLeast';
}>;

export type Capabilities = Readonly<{
  /** paged: keyset pages in order; unordered: pages in the store's own order; none: keys must be known */
  list: 'paged' | 'unordered' | 'none';
  sort: readonly SortColumn[];
  filterState: boolean;
  count: 'exact' | 'estimate' | 'none';
  write: boolean;
  /** can expiry be changed without changing the data */
  setExpiry: boolean;
  clearExpired: 'rows' | 'files' | 'no-ttl' | 'none';
  /** sentences for the window, in English: what this store cannot do and why */
  limits: readonly string[];
  /** server name and version where the server told */
  server?: string;
}>;

/** What a write will run, for the preview: the exact SQL, Redis command or file operation, with its parameters written out. */
export type Statement = Readonly<{
  language: 'sql' | 'redis' | 'memcached' | 'file' | 'python';
  text: string;
}>;

export type NextSession = Readonly<{
  stored: Uint8Array;
  expiry: StoredExpiry;
  flags?: number;
  /** create only: further columns of the row, as `StoredSession` has them */
  columns?: Readonly<Record<string, string | null>>;
  /** create only, cached_db: the entry of a session that was in the cache alone */
  twin?: NonNullable<StoredSession['twin']>;
}>;

export interface SessionStore {
  readonly capabilities: Capabilities;
  list(query: ListQuery, signal: AbortSignal): Promise<StoredPage>;
  count(query: Pick<ListQuery, 'state' | 'now' | 'keyPrefix'>, exact: boolean, signal: AbortSignal): Promise<Count>;
  /** null where there is none. Looking changes nothing. */
  get(session_key: string, signal: AbortSignal): Promise<StoredSession | null>;
  /** every session once, in blocks the store chooses; `after` resumes behind a key where the store is ordered */
  scan(signal: AbortSignal, after?: string): AsyncIterable<readonly StoredSession[]>;
  /** reachability and rights, layer by layer @throws InspectorError naming the failing layer */
  close(): Promise<void>;
}

export interface WritableSessionStore extends SessionStore {
  /** what `save`, `create` and `delete` would run */
  statements(
    change: Readonly<{
      before: StoredSession | null;
      after: NextSession | null;
      session_key: string;
    }>,
  ): readonly Statement[];
  /** compare-and-swap on the old entry @throws InspectorError UpdateError when it is not as `before` any more */
  save(before: StoredSession, after: NextSession, signal: AbortSignal): Promise<StoredSession>;
  /** @throws InspectorError CreateError when the key exists */
  create(session_key: string, next: NextSession, signal: AbortSignal): Promise<StoredSession>;
  /** deletes those that are still as `before` (all keys it is given in one go, in as few statements as sensible) and
   *  answers with the keys it deleted; the others changed or vanished meanwhile */
  delete(before: readonly StoredSession[], signal: AbortSignal): Promise<readonly string[]>;
  /** one small batch of what Django's clear_expired removes; `done` when nothing is left. The caller loops, pauses, stops. */
  clearExpired(
    batch: Readonly<{
      now: number;
      limit: number;
      before: (rows: readonly StoredSession[]) => Promise<void>;
    }>,
    signal: AbortSignal,
  ): Promise<Readonly<{ deleted: number; done: boolean }>>;
}
