/** SESSION_ENGINE cache: django/contrib/sessions/backends/cache.py, over any of the caches. The value is the cache's own: no signature. */
import type { Cache, CacheEntry, CacheQuery, KeyPattern, NextEntry, WritableCache } from '../caches/base.ts';
import { type CacheKeySettings, sessionKeyPattern } from '../django/cache-key.ts';
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

/** How the site makes stored keys from session keys: KEY_FUNCTION over the engine's prefix and the key. */
export type CacheKeys = Readonly<{
  /** the stored key */
  make(session_key: string): string;
  /** what stands before and after the session key in a stored key, and whose entries begin alike */
  pattern: KeyPattern;
}>;

/** @throws InspectorError ImproperlyConfigured where the pattern of KEY_FUNCTION cannot be read backwards */
export function cacheKeys(settings: CacheKeySettings): CacheKeys {
  const pattern = sessionKeyPattern(settings);
  if (pattern === null) {
    throw new InspectorError('ImproperlyConfigured', 'KEY_FUNCTION must hold {key} once', {
      hint: "Leave it empty for Django's own function.",
    });
  }
  return { make: (session_key) => pattern.head + session_key + pattern.tail, pattern };
}

export function openCache(cache: Cache, keys: CacheKeys): SessionStore {
  return new CacheSessions(cache, keys, false);
}

export function openWritableCache(cache: WritableCache, keys: CacheKeys): WritableSessionStore {
  return new WritableCacheSessions(cache, keys);
}

/** Sentences for what no cache can do. */
const NO_CLEAR =
  'Django has nothing to clear in a cache: entries end by their own time. What can be cleared here are sessions without one, which nothing ever removes.';

class CacheSessions implements SessionStore {
  readonly capabilities: Capabilities;
  protected readonly keys: CacheKeys;
  readonly #cache: Cache;

  constructor(cache: Cache, keys: CacheKeys, write: boolean) {
    const { facts } = cache;
    this.#cache = cache;
    this.keys = keys;
    this.capabilities = {
      list: facts.list,
      sort: facts.sort,
      filterState: facts.keepsExpired,
      count: facts.count,
      write,
      setExpiry: write,
      clearExpired: facts.list === 'none' ? 'none' : 'no-ttl',
      limits: [...facts.limits, NO_CLEAR],
      ...(facts.server === undefined ? {} : { server: facts.server }),
    };
  }

  async list(query: ListQuery, signal: AbortSignal): Promise<StoredPage> {
    this.#refuseUnlisted();
    if (query.state === 'expired' && !this.capabilities.filterState) return { sessions: [] };
    const { entries, ...page } = await this.#cache.page(this.#pattern(query), cacheQuery(query), signal);
    return { ...page, sessions: entries.flatMap((entry) => this.session(entry) ?? []) };
  }

  async count(query: Pick<ListQuery, 'state' | 'now' | 'keyPrefix'>, exact: boolean, signal: AbortSignal): Promise<Count> {
    this.#refuseUnlisted();
    if (query.state === 'expired' && !this.capabilities.filterState) return { value: 0, kind: 'exact' };
    return this.#cache.count(this.#pattern(query), query, exact, signal);
  }

  async get(session_key: string, signal: AbortSignal): Promise<StoredSession | null> {
    const made = this.keys.make(session_key);
    const entry = (await this.#cache.getMany([made], signal)).get(made);
    return entry === undefined ? null : sessionOf(entry, session_key);
  }

  /** A cache has no order of its own, so that `after` cannot resume: the scan begins anew. */
  async *scan(signal: AbortSignal): AsyncIterable<readonly StoredSession[]> {
    this.#refuseUnlisted();
    for await (const entries of this.#cache.scan(this.keys.pattern, signal)) {
      const sessions = entries.flatMap((entry) => this.session(entry) ?? []);
      if (sessions.length > 0) yield sessions;
    }
  }

  async close(): Promise<void> {
    await this.#cache.close();
  }

  protected session(entry: CacheEntry): StoredSession | null {
    const { head, tail } = this.keys.pattern;
    const whole = entry.key.startsWith(head) && entry.key.endsWith(tail);
    return sessionOf(entry, whole ? entry.key.slice(head.length, entry.key.length - tail.length) : entry.key);
  }

  #pattern({ keyPrefix = '' }: Pick<ListQuery, 'keyPrefix'>): KeyPattern {
    const { pattern } = this.keys;
    return { ...pattern, head: pattern.head + keyPrefix };
  }

  #refuseUnlisted(): void {
    if (this.capabilities.list !== 'none') return;
    throw new InspectorError('Unsupported', 'The sessions of this cache cannot be listed', {
      hint: this.capabilities.limits[0] ?? 'Look a session up by its key.',
    });
  }
}

class WritableCacheSessions extends CacheSessions implements WritableSessionStore {
  readonly #cache: WritableCache;
  /** the walk of clearExpired between two batches of one job, which share their `now` */
  #walk: { now: number; sessions: AsyncIterator<readonly StoredSession[]>; rest: readonly StoredSession[] } | null = null;

  constructor(cache: WritableCache, keys: CacheKeys) {
    super(cache, keys, true);
    this.#cache = cache;
  }

  statements(change: Readonly<{ before: StoredSession | null; after: NextSession | null; session_key: string }>): readonly Statement[] {
    const { before, after, session_key } = change;
    return this.#cache.statements({
      key: this.keys.make(session_key),
      before: before === null ? null : this.entry(before),
      after: after === null ? null : nextEntry(after),
    });
  }

  async save(before: StoredSession, after: NextSession, signal: AbortSignal): Promise<StoredSession> {
    return sessionOf(await this.#cache.save(this.entry(before), nextEntry(after), signal), before.session_key);
  }

  async create(session_key: string, next: NextSession, signal: AbortSignal): Promise<StoredSession> {
    return sessionOf(await this.#cache.create(this.keys.make(session_key), nextEntry(next), signal), session_key);
  }

  async delete(before: readonly StoredSession[], signal: AbortSignal): Promise<readonly string[]> {
    const gone = new Set(
      await this.#cache.delete(
        before.map((session) => this.entry(session)),
        signal,
      ),
    );
    return before.map(({ session_key }) => session_key).filter((session_key) => gone.has(this.keys.make(session_key)));
  }

  /** Removes sessions that have no TTL; those that have one end by themselves. The walk goes on where the last batch ended. */
  async clearExpired(
    batch: Readonly<{ now: number; limit: number; before: (rows: readonly StoredSession[]) => Promise<void> }>,
    signal: AbortSignal,
  ): Promise<Readonly<{ deleted: number; done: boolean }>> {
    const { now, limit } = batch;
    const kept = this.#walk?.now === now ? this.#walk : null;
    const walk = kept ?? { now, sessions: this.scan(signal)[Symbol.asyncIterator](), rest: [] };
    this.#walk = null;
    const found = [...walk.rest];
    let done = false;
    while (found.length < limit && !done) {
      const block = await walk.sessions.next();
      done = block.done === true;
      if (block.done !== true) found.push(...block.value.filter(isEndless));
    }
    const rest = found.slice(limit);
    if (!done) this.#walk = { ...walk, rest };
    return { deleted: await this.#clear(found.slice(0, limit), batch, signal), done };
  }

  async #clear(
    found: readonly StoredSession[],
    batch: Readonly<{ before: (rows: readonly StoredSession[]) => Promise<void> }>,
    signal: AbortSignal,
  ): Promise<number> {
    if (found.length === 0) return 0;
    await batch.before(found);
    return (await this.delete(found, signal)).length;
  }

  protected entry(session: StoredSession): CacheEntry {
    const { stored, expiry, flags, token, place, oversize } = session;
    return {
      key: this.keys.make(session.session_key),
      value: stored,
      expiry: entryExpiry(expiry),
      ...(flags === undefined ? {} : { flags }),
      ...(token === undefined ? {} : { token }),
      ...(place === undefined ? {} : { place }),
      ...(oversize === undefined ? {} : { oversize }),
    };
  }
}

/** No TTL; the database cache writes the last second of the year 9999 for that. */
function isEndless({ expiry }: StoredSession): boolean {
  if (expiry.source === 'ttl') return expiry.milliseconds === null;
  return expiry.source === 'cache' && (expiry.text === null || expiry.text.startsWith('9999-12-3'));
}

function sessionOf(entry: CacheEntry, session_key: string): StoredSession {
  const { value, expiry, flags, token, place, oversize } = entry;
  return {
    session_key,
    stored: value,
    expiry,
    ...(flags === undefined ? {} : { flags }),
    ...(token === undefined ? {} : { token }),
    ...(place === undefined ? {} : { place }),
    ...(oversize === undefined ? {} : { oversize }),
  };
}

function nextEntry({ stored, expiry, flags }: NextSession): NextEntry {
  return { value: stored, expiry: entryExpiry(expiry), ...(flags === undefined ? {} : { flags }) };
}

function entryExpiry(expiry: NextSession['expiry']): NextEntry['expiry'] {
  if (expiry.source === 'ttl' || expiry.source === 'cache') return expiry;
  throw new InspectorError('BadValue', `A cache entry does not end by ${expiry.source}`);
}

function cacheQuery({ sort, direction, now, state, cursor, limit }: ListQuery): CacheQuery {
  return { sort, direction, now, limit, ...(state === undefined ? {} : { state }), ...(cursor === undefined ? {} : { cursor }) };
}
