import { InspectorError } from '../errors.ts';
import {
  type CacheChange,
  type CacheEntry,
  type CacheStatement,
  checkCanceled,
  type NextEntry,
  sameExpiry,
  type WritableCache,
} from './base.ts';
import { connectionsOf, MemcachedCache, type MemcachedConfig, tokensOf } from './memcached.ts';
import { checkKey, metaDelete, metaLook, metaSet, READ_AND_WRITE, writtenOut } from './memcached-commands.ts';
import type { MemcachedConnection, Replies } from './memcached-connection.ts';
import { memcachedFacts, readStats } from './memcached-facts.ts';

/** django/core/cache/backends/memcached.py get_backend_timeout(): beyond 30 days the server takes a time of day. */
const RELATIVE_LIMIT = 2_592_000;
/** An item's header and suffix, which count against item_size_max with key and value. */
const OVERHEAD = 512;
const BLOCK = 200;

/** @throws InspectorError naming the failing layer */
export async function openWritableMemcached(config: MemcachedConfig, signal: AbortSignal): Promise<WritableCache> {
  const connections = connectionsOf(config, READ_AND_WRITE);
  return new WritableMemcachedCache(config, connections, await memcachedFacts(connections, signal));
}

class WritableMemcachedCache extends MemcachedCache implements WritableCache {
  statements({ key, before, after }: CacheChange): readonly CacheStatement[] {
    const text = (one: string): CacheStatement => ({ language: 'memcached', text: one });
    if (after === null) return [text(writtenOut(metaDelete(key, before?.token ?? null)))];
    const keeps = before !== null && sameExpiry(before.expiry, after.expiry);
    const expires =
      keeps && before.expiry.source === 'ttl' && before.expiry.milliseconds !== null ? '<when it ends now>' : String(secondsOf(after) ?? 0);
    return [text(writtenOut(metaSet(key, after.value, after.flags ?? before?.flags ?? 0, expires, before?.token ?? null)))];
  }

  async save(before: CacheEntry, after: NextEntry, signal: AbortSignal): Promise<CacheEntry> {
    checkCanceled(signal);
    const server = this.serverAt(before.place) ?? 0;
    const connection = this.connectionTo(server);
    this.#checkSize(before.key, after.value, server);
    const expires = sameExpiry(before.expiry, after.expiry)
      ? await this.#keptExpiry(before, connection, signal)
      : await this.#expires(after, connection, signal);
    const command = metaSet(before.key, after.value, after.flags ?? before.flags ?? 0, expires, before.token ?? '');
    const code = await connection.exchange([command], (replies) => replies.line(), signal);
    if (code !== 'HD') throw changed(code);
    return this.#reread(before.key, connection, { ...before, ...after, flags: after.flags ?? before.flags ?? 0 }, signal);
  }

  async create(key: string, next: NextEntry, signal: AbortSignal): Promise<CacheEntry> {
    checkCanceled(signal);
    checkKey(key);
    const server = this.expectedServer(key);
    if (server === null) {
      throw new InspectorError('Unsupported', 'Which of the servers the site looks on for a new key is not known for pylibmc', {
        hint: 'Existing sessions can be changed and deleted; new keys can be made where there is one server.',
      });
    }
    const connection = this.connectionTo(server);
    this.#checkSize(key, next.value, server);
    const command = metaSet(key, next.value, next.flags ?? 0, await this.#expires(next, connection, signal), null);
    const code = await connection.exchange([command], (replies) => replies.line(), signal);
    if (code !== 'HD') throw new InspectorError('CreateError', 'An entry of this key exists already');
    return this.#reread(key, connection, { key, ...next, flags: next.flags ?? 0, place: this.nameOf(server) }, signal);
  }

  async delete(before: readonly CacheEntry[], signal: AbortSignal): Promise<readonly string[]> {
    const deleted = new Set<string>();
    for (const server of new Set(before.map(({ place }) => this.serverAt(place) ?? 0))) {
      const entries = before.filter(({ place }) => (this.serverAt(place) ?? 0) === server);
      for (let start = 0; start < entries.length; start += BLOCK) {
        checkCanceled(signal);
        const block = entries.slice(start, start + BLOCK);
        const read = async (replies: Replies) => {
          for (const { key } of block) if ((await replies.line()) === 'HD') deleted.add(key);
        };
        await this.connectionTo(server).exchange(
          block.map(({ key, token }) => metaDelete(key, token ?? '')),
          read,
          signal,
        );
      }
    }
    return before.map(({ key }) => key).filter((key) => deleted.has(key));
  }

  /** On every server, because the entry may have come to any of them. */
  async drop(key: string, signal: AbortSignal): Promise<boolean> {
    checkKey(key);
    const codes = await Promise.all(
      this.connections.map((connection) => connection.exchange([metaDelete(key, null)], (replies) => replies.line(), signal)),
    );
    return codes.includes('HD');
  }

  dropStatement(key: string): CacheStatement {
    return { language: 'memcached', text: writtenOut(metaDelete(key, null)) };
  }

  /** A refused `ms` removes what was there before, so that what cannot fit is not sent. */
  #checkSize(key: string, value: Uint8Array, server: number): void {
    const limit = this.servers[server]?.itemSizeMax ?? 0;
    if (value.length + Buffer.byteLength(key) + OVERHEAD <= limit) return;
    throw new InspectorError('LimitExceeded', `The value has ${value.length} bytes; this server takes items of ${limit} bytes at most`, {
      hint: 'Nothing was changed. Remove something from the session, or start the server with a larger -I.',
    });
  }

  /** The same moment again: `ms` always sets the time, and a moment, unlike a number of seconds, does not drift. */
  async #keptExpiry(before: CacheEntry, connection: MemcachedConnection, signal: AbortSignal): Promise<string> {
    const look = async (replies: Replies) => ({ line: await replies.line(), stats: await readStats(replies) });
    const { line, stats } = await connection.exchange([metaLook(before.key), { name: 'stats', words: [] }], look, signal);
    const [code = '', ...flags] = line.split(' ');
    if (code !== 'HD') throw changed(code);
    const { t = '-1', c } = tokensOf(flags);
    if (c !== before.token) throw changed('EX');
    return t === '-1' ? '0' : String(Number(stats['time']) + Number(t));
  }

  async #expires(next: NextEntry, connection: MemcachedConnection, signal: AbortSignal): Promise<string> {
    const seconds = secondsOf(next);
    if (seconds === null) return '0';
    if (seconds <= RELATIVE_LIMIT) return String(seconds);
    const stats = await connection.exchange([{ name: 'stats', words: [] }], readStats, signal);
    return String(Number(stats['time']) + seconds);
  }

  async #reread(key: string, connection: MemcachedConnection, written: CacheEntry, signal: AbortSignal): Promise<CacheEntry> {
    const [code, ...flags] = (await connection.exchange([metaLook(key)], (replies) => replies.line(), signal)).split(' ');
    if (code !== 'HD') return written;
    const { t = '-1', c = '' } = tokensOf(flags);
    return { ...written, token: c, expiry: { source: 'ttl', milliseconds: t === '-1' ? null : Number(t) * 1000 } };
  }
}

/** Whole seconds, as memcached keeps them; null = never. @throws InspectorError BadValue */
function secondsOf({ expiry }: NextEntry): number | null {
  if (expiry.source !== 'ttl') throw new InspectorError('Internal', 'memcached keeps a TTL, no date');
  if (expiry.milliseconds === null) return null;
  const seconds = Math.round(expiry.milliseconds / 1000);
  if (seconds > 0) return seconds;
  throw new InspectorError('BadValue', 'A cache entry cannot end now or in the past', {
    hint: 'Delete the session instead; Django would do the same.',
  });
}

function changed(code: string): InspectorError {
  const what = code === 'EX' ? 'was written by somebody else since it was read' : 'is gone';
  return new InspectorError('UpdateError', `The entry ${what}`, { hint: 'Nothing was written. Look at the new version and decide again.' });
}
