import type { CacheEntry, WritableCache } from '../caches/base.ts';
import { InspectorError } from '../errors.ts';
import type { NextSession, Statement, StoredSession, WritableSessionStore } from './base.ts';
import { type CachedDbOptions, CachedDbSessions, capabilitiesOf } from './cached-db.ts';
import { type Reach, ReachableCache } from './reachable-cache.ts';

/** @param reach asked at once and, where the cache does not answer, again later: the rows can be worked with meanwhile */
export async function openWritableCachedDb(
  rows: WritableSessionStore,
  reach: Reach<WritableCache>,
  options: CachedDbOptions,
  signal: AbortSignal,
): Promise<WritableSessionStore> {
  const cache = new ReachableCache(reach);
  return new WritableCachedDbSessions(rows, cache, await capabilitiesOf(rows, cache, signal), options);
}

type Batch = Readonly<{ now: number; limit: number; before: (rows: readonly StoredSession[]) => Promise<void> }>;

/** The row first, by compare-and-swap; then the cache entry goes, so that Django reads the row anew. */
class WritableCachedDbSessions extends CachedDbSessions<WritableSessionStore, WritableCache> implements WritableSessionStore {
  statements(change: Readonly<{ before: StoredSession | null; after: NextSession | null; session_key: string }>): readonly Statement[] {
    const { before, after, session_key } = change;
    const made = this.options.keys.make(session_key);
    const cache = this.cache.reached;
    if (before?.only === 'cache')
      return cache === null || after !== null ? [] : cache.statements({ key: made, before: this.#entry(before), after: null });
    const rows = this.rows.statements(change);
    return before === null || cache === null ? rows : [...rows, cache.dropStatement(made)];
  }

  async save(before: StoredSession, after: NextSession, signal: AbortSignal): Promise<StoredSession> {
    if (before.only === 'cache') {
      throw new InspectorError('NotEditable', 'The session is only in the cache: its row is gone', {
        hint: 'Django would answer its next save with an error. Delete it.',
      });
    }
    const saved = await this.rows.save(before, after, signal);
    const dropped = await this.#drop([before], signal);
    if (dropped !== null) return { ...saved, twin: { stored: null, milliseconds: null, unavailable: dropped } };
    return this.beside(saved, await this.cached([saved], signal));
  }

  async create(session_key: string, next: NextSession, signal: AbortSignal): Promise<StoredSession> {
    const { twin } = next;
    if (twin?.stored !== undefined && twin.stored !== null) return this.#createCached(session_key, next, twin.stored, signal);
    const created = await this.rows.create(session_key, next, signal);
    return this.beside(created, await this.cached([created], signal));
  }

  /** Undo of a session that was in the cache alone. */
  async #createCached(session_key: string, next: NextSession, value: Uint8Array, signal: AbortSignal): Promise<StoredSession> {
    const entry = this.#entry({ ...next, session_key });
    const created = await this.cache.attempt(signal, (cache) => cache.create(entry.key, { ...entry, value }, signal));
    if ('problem' in created) throw new InspectorError('StoreFailed', `${created.problem}: nothing was written`, { hint: 'Try again.' });
    return {
      session_key,
      stored: new Uint8Array(0),
      expiry: next.expiry,
      only: 'cache',
      ...(next.twin === undefined ? {} : { twin: next.twin }),
    };
  }

  /**
   * Rows first, then their cache entries, then both are read back: a session counts as deleted when neither is there.
   * @throws InspectorError StoreFailed where the rows went and the cache could not be asked: what it holds stays usable
   */
  async delete(before: readonly StoredSession[], signal: AbortSignal): Promise<readonly string[]> {
    const gone = new Set(
      await this.rows.delete(
        before.filter(({ only }) => only !== 'cache'),
        signal,
      ),
    );
    const problem = await this.#drop(
      before.filter(({ session_key }) => gone.has(session_key)),
      signal,
    );
    for (const session_key of await this.#deleteCached(
      before.filter(({ only }) => only === 'cache'),
      signal,
    ))
      gone.add(session_key);
    if (problem !== null && gone.size > 0) throw halfDeleted(gone.size, problem);
    const deleted = before.filter(({ session_key }) => gone.has(session_key));
    const back = await this.cached(deleted, signal);
    if (back.problem !== undefined && deleted.length > 0) throw halfDeleted(gone.size, back.problem);
    // Somebody who is logged in may save again at any time: what is there again was not deleted.
    return deleted.map(({ session_key }) => session_key).filter((session_key) => !back.entries.has(this.options.keys.make(session_key)));
  }

  /** The rows that Django's clear_expired() removes, and, unlike Django, the cache entries of those rows. */
  async clearExpired(batch: Batch, signal: AbortSignal): Promise<Readonly<{ deleted: number; done: boolean }>> {
    const cleared: StoredSession[] = [];
    const before = async (rows: readonly StoredSession[]) => {
      await batch.before(rows);
      cleared.push(...rows);
    };
    const result = await this.rows.clearExpired({ ...batch, before }, signal);
    // An entry ends with its row; where the cache is down there is nothing that outlives it.
    await this.#drop(cleared, signal);
    return result;
  }

  /** @returns why the entries could not be dropped, or null */
  async #drop(sessions: readonly StoredSession[], signal: AbortSignal): Promise<string | null> {
    if (sessions.length === 0) return null;
    const keys = sessions.map(({ session_key }) => this.options.keys.make(session_key));
    const dropped = await this.cache.attempt(signal, async (cache) => {
      for (const key of keys) await cache.drop(key, signal);
    });
    return 'problem' in dropped ? dropped.problem : null;
  }

  async #deleteCached(sessions: readonly StoredSession[], signal: AbortSignal): Promise<readonly string[]> {
    if (sessions.length === 0) return [];
    const deleted = await this.cache.attempt(signal, (cache) =>
      cache.delete(
        sessions.map((session) => this.#entry(session)),
        signal,
      ),
    );
    if ('problem' in deleted)
      throw new InspectorError('StoreFailed', `${deleted.problem}: nothing was deleted from the cache`, { hint: 'Try again.' });
    const gone = new Set(deleted.value);
    return sessions.map(({ session_key }) => session_key).filter((session_key) => gone.has(this.options.keys.make(session_key)));
  }

  #entry({ session_key, twin, expiry, token, place }: StoredSession): CacheEntry {
    if (expiry.source !== 'ttl' && expiry.source !== 'cache')
      throw new InspectorError('Internal', 'The session is not one of the cache alone');
    return {
      key: this.options.keys.make(session_key),
      value: twin?.stored ?? new Uint8Array(0),
      expiry,
      ...(twin?.flags === undefined ? {} : { flags: twin.flags }),
      ...(token === undefined ? {} : { token }),
      ...(place === undefined ? {} : { place }),
    };
  }
}

function halfDeleted(count: number, problem: string): InspectorError {
  return new InspectorError(
    'StoreFailed',
    `${count === 1 ? 'The row was' : `${count} rows were`} deleted, but the cache could not be asked: ${problem}`,
    {
      hint: 'A cached session stays usable until its entry ends. Delete again when the cache answers.',
    },
  );
}
