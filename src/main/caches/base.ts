import { InspectorError } from '../errors.ts';

/**
 * What a place that keeps cache entries can do, in the words of the stored key: what Django's make_key (or the site's
 * KEY_FUNCTION) made. Backends turn session keys into these and back. Read and write are different types, as for sessions.
 */
export type EntryExpiry =
  /** remaining milliseconds, null = no TTL */
  | Readonly<{ source: 'ttl'; milliseconds: number | null }>
  /** database cache: the column's text; file-based cache: epoch seconds as Python's repr, null = never */
  | Readonly<{ source: 'cache'; text: string | null }>;

export type CacheEntry = Readonly<{
  /** as stored; of the file-based cache, which does not store keys, the file's name where only that is known */
  key: string;
  value: Uint8Array;
  expiry: EntryExpiry;
  /** memcached */
  flags?: number;
  /** what compare-and-swap compares besides the value (memcached's cas) */
  token?: string;
  /** server or file, where the key alone does not say it */
  place?: string;
  /** bytes of a value that was not read, because it is over VALUE_LIMIT: `value` is then empty */
  oversize?: number;
}>;

export type NextEntry = Readonly<{ value: Uint8Array; expiry: EntryExpiry; flags?: number }>;

/** Which stored keys are sought: those that begin with `head` and end with `tail`, but not those that begin with `except`. */
export type KeyPattern = Readonly<{ head: string; tail: string; except?: string }>;

export type CacheFacts = Readonly<{
  list: 'paged' | 'unordered' | 'none';
  /** what a paged listing can be sorted by */
  sort: readonly CacheSort[];
  /** expired entries stay until somebody reads or culls them, so that a listing can ask for them */
  keepsExpired: boolean;
  count: 'exact' | 'estimate' | 'none';
  /** sentences for the window: what this cache cannot do or could not say, and why */
  limits: readonly string[];
  /** name and version, where the server told */
  server?: string;
}>;

export type CacheSort = 'session_key' | 'expire_date' | 'size';
/** Of a cache that cannot sort or filter, `cursor` and `limit` alone count. */
export type CacheQuery = Readonly<{
  sort: CacheSort;
  direction: 'ascending' | 'descending';
  /** epoch milliseconds that `state` is judged against */
  now: number;
  state?: 'live' | 'expired';
  /** the previous page's `next` */
  cursor?: string;
  limit: number;
}>;

export type CachePage = Readonly<{ entries: readonly CacheEntry[]; next?: string; partial?: string }>;
export type CacheCount = Readonly<{ value: number; kind: 'exact' | 'estimate' | 'atLeast' }>;
export type CacheStatement = Readonly<{ language: 'sql' | 'redis' | 'memcached' | 'file'; text: string }>;
export type CacheChange = Readonly<{ key: string; before: CacheEntry | null; after: NextEntry | null }>;

export interface Cache {
  readonly facts: CacheFacts;
  /** the entries there are of these stored keys, by key; those that are missing or expired are absent */
  getMany(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, CacheEntry>>;
  page(pattern: KeyPattern, query: CacheQuery, signal: AbortSignal): Promise<CachePage>;
  /** every matching entry once */
  scan(pattern: KeyPattern, signal: AbortSignal): AsyncIterable<readonly CacheEntry[]>;
  count(pattern: KeyPattern, query: Pick<CacheQuery, 'now' | 'state'>, exact: boolean, signal: AbortSignal): Promise<CacheCount>;
  close(): Promise<void>;
}

export interface WritableCache extends Cache {
  /** what `save`, `create` and `delete` would run */
  statements(change: CacheChange): readonly CacheStatement[];
  /** @throws InspectorError UpdateError when the entry is not as `before` any more */
  save(before: CacheEntry, after: NextEntry, signal: AbortSignal): Promise<CacheEntry>;
  /** @throws InspectorError CreateError when the key exists */
  create(key: string, next: NextEntry, signal: AbortSignal): Promise<CacheEntry>;
  /** deletes those that are still as `before`, and answers with the keys it deleted */
  delete(before: readonly CacheEntry[], signal: AbortSignal): Promise<readonly string[]>;
  /** deletes one entry whatever it holds, so that Django reads it anew from elsewhere; false where there was none */
  drop(key: string, signal: AbortSignal): Promise<boolean>;
  /** what `drop` would run */
  dropStatement(key: string): CacheStatement;
}

/** Bytes of one value that are read at most: what is larger is named, not loaded. */
export const VALUE_LIMIT = 64 * 1024 * 1024;

/** @throws InspectorError Canceled */
export function checkCanceled(signal: AbortSignal): void {
  if (signal.aborted) throw new InspectorError('Canceled', 'Canceled');
}

export function matches(key: string, { head, tail, except }: KeyPattern): boolean {
  if (except !== undefined && key.startsWith(except)) return false;
  return key.length >= head.length + tail.length && key.startsWith(head) && key.endsWith(tail);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** Whether a write leaves the remaining time alone: the same expiry was handed back. */
export function sameExpiry(a: EntryExpiry, b: EntryExpiry): boolean {
  if (a.source === 'ttl') return b.source === 'ttl' && a.milliseconds === b.milliseconds;
  return b.source === 'cache' && a.text === b.text;
}
