/**
 * SESSION_ENGINE cached_db: django/contrib/sessions/backends/cached_db.py. The row and the cache entry beside each other,
 * because Django serves a cached session without looking at its row. Looking, unlike Django's load(), fills no cache.
 */
import type { Cache, CacheEntry } from '../caches/base.ts';
import type { Capabilities, Count, ListQuery, SessionStore, StoredPage, StoredSession } from './base.ts';
import type { CacheKeys } from './cache.ts';
import { type Reach, ReachableCache } from './reachable-cache.ts';

export type CachedDbOptions = Readonly<{
  keys: CacheKeys;
  /** milliseconds until an entry ends, negative where it has ended, null = never */
  remaining(expiry: CacheEntry['expiry']): number | null;
}>;

const CACHE_ONLY =
  'A session whose row is gone stays usable while it is cached: such sessions are found by searching and by their key, not listed with the rows.';

/** @param reach asked at once and, where the cache does not answer, again later: the rows can be worked with meanwhile */
export async function openCachedDb(
  rows: SessionStore,
  reach: Reach<Cache>,
  options: CachedDbOptions,
  signal: AbortSignal,
): Promise<SessionStore> {
  const cache = new ReachableCache(reach);
  return new CachedDbSessions(rows, cache, await capabilitiesOf(rows, cache, signal), options);
}

export async function capabilitiesOf(rows: SessionStore, cache: ReachableCache<Cache>, signal: AbortSignal): Promise<Capabilities> {
  const asked = await cache.attempt(signal, async ({ facts }) => facts);
  const { server, limits, ...others } = rows.capabilities;
  const servers = [server, 'value' in asked ? asked.value.server : undefined].filter((name) => name !== undefined);
  const ofCache =
    'value' in asked ? asked.value.limits : [`${asked.problem}. The rows can be worked with; what the cache serves is not known.`];
  return { ...others, limits: [...limits, CACHE_ONLY, ...ofCache], ...(servers.length === 0 ? {} : { server: servers.join(', ') }) };
}

/** What a look into the cache found for some sessions. */
type Cached = Readonly<{ entries: ReadonlyMap<string, CacheEntry>; problem?: string }>;

export class CachedDbSessions<R extends SessionStore = SessionStore, C extends Cache = Cache> implements SessionStore {
  readonly capabilities: Capabilities;
  protected readonly rows: R;
  protected readonly cache: ReachableCache<C>;
  protected readonly options: CachedDbOptions;

  constructor(rows: R, cache: ReachableCache<C>, capabilities: Capabilities, options: CachedDbOptions) {
    this.rows = rows;
    this.cache = cache;
    this.capabilities = capabilities;
    this.options = options;
  }

  async list(query: ListQuery, signal: AbortSignal): Promise<StoredPage> {
    const page = await this.rows.list(query, signal);
    const cached = await this.cached(page.sessions, signal);
    return { ...page, sessions: page.sessions.map((row) => this.beside(row, cached)) };
  }

  count(query: Pick<ListQuery, 'state' | 'now' | 'keyPrefix'>, exact: boolean, signal: AbortSignal): Promise<Count> {
    return this.rows.count(query, exact, signal);
  }

  async get(session_key: string, signal: AbortSignal): Promise<StoredSession | null> {
    const row = await this.rows.get(session_key, signal);
    const cached = await this.cached([{ session_key }], signal);
    return row === null ? this.#cacheOnly(session_key, cached) : this.beside(row, cached);
  }

  /** Every row with what is cached of it, and then the sessions that are in the cache alone. */
  async *scan(signal: AbortSignal, after?: string): AsyncIterable<readonly StoredSession[]> {
    const seen = new Set<string>();
    for await (const block of this.rows.scan(signal, after)) {
      const cached = await this.cached(block, signal);
      for (const { session_key } of block) seen.add(session_key);
      yield block.map((row) => this.beside(row, cached));
    }
    // A scan that resumes has not seen the rows before: the cache's own were told when it began.
    if (after !== undefined) return;
    yield* this.#scanCache(seen, signal);
  }

  async close(): Promise<void> {
    await this.rows.close();
    await this.cache.close();
  }

  protected async cached(sessions: ReadonlyArray<Pick<StoredSession, 'session_key'>>, signal: AbortSignal): Promise<Cached> {
    const { make } = this.options.keys;
    const made = sessions.map(({ session_key }) => make(session_key));
    const found = await this.cache.attempt(signal, (cache) => cache.getMany(made, signal));
    return 'value' in found ? { entries: found.value } : { entries: new Map(), problem: found.problem };
  }

  protected beside(row: StoredSession, cached: Cached): StoredSession {
    if (cached.problem !== undefined) return { ...row, twin: { stored: null, milliseconds: null, unavailable: cached.problem } };
    const entry = this.#live(row.session_key, cached);
    return entry === undefined
      ? { ...row, only: 'database', twin: { stored: null, milliseconds: null } }
      : { ...row, twin: this.#twin(entry) };
  }

  #cacheOnly(session_key: string, cached: Cached): StoredSession | null {
    const entry = this.#live(session_key, cached);
    if (entry === undefined) return null;
    const { expiry, token, place } = entry;
    return {
      session_key,
      stored: new Uint8Array(0),
      expiry,
      only: 'cache',
      twin: this.#twin(entry),
      ...(token === undefined ? {} : { token }),
      ...(place === undefined ? {} : { place }),
    };
  }

  /** An entry that Django would find: tables and folders keep expired ones, which count as none. */
  #live(session_key: string, { entries }: Cached): CacheEntry | undefined {
    const entry = entries.get(this.options.keys.make(session_key));
    const left = entry === undefined ? null : this.options.remaining(entry.expiry);
    return left !== null && left < 0 ? undefined : entry;
  }

  #twin({ value, expiry, flags }: CacheEntry): NonNullable<StoredSession['twin']> {
    return { stored: value, milliseconds: this.options.remaining(expiry), ...(flags === undefined ? {} : { flags }) };
  }

  async *#scanCache(seen: ReadonlySet<string>, signal: AbortSignal): AsyncIterable<readonly StoredSession[]> {
    const { head, tail } = this.options.keys.pattern;
    const found = await this.cache.attempt(signal, async (cache) =>
      cache.facts.list === 'none' ? null : cache.scan(this.options.keys.pattern, signal),
    );
    if (!('value' in found) || found.value === null) return;
    for await (const entries of found.value) {
      const keys = entries.filter(({ key }) => key.startsWith(head)).map(({ key }) => key.slice(head.length, key.length - tail.length));
      const sessions: StoredSession[] = [];
      for (const session_key of keys.filter((key) => !seen.has(key))) {
        // The row may have come since the rows were read.
        const session = await this.get(session_key, signal);
        if (session?.only === 'cache') sessions.push(session);
      }
      if (sessions.length > 0) yield sessions;
    }
  }
}
