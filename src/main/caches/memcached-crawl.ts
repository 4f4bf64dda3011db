import { InspectorError } from '../errors.ts';
import { type KeyPattern, matches } from './base.ts';
import type { MemcachedConnection, Replies } from './memcached-connection.ts';

/** Keys of one listing that are kept at most. */
const KEY_LIMIT = 2_000_000;
const BUSY_TRIES = 20;

export type Crawl = Readonly<{ keys: readonly string[]; complete: boolean }>;

/**
 * The matching keys of one server, by `lru_crawler metadump all` (1.4.31+; doc/protocol.txt "LRU_Crawler"), which is no
 * snapshot: what is written while it walks may be missing. It touches nothing.
 * @param limit stop after that many matches
 * @throws InspectorError Unsupported where the crawler is off or dumping is forbidden
 */
export async function crawl(connection: MemcachedConnection, pattern: KeyPattern, signal: AbortSignal, limit = KEY_LIMIT): Promise<Crawl> {
  const own = connection.apart();
  try {
    for (let attempt = 0; attempt < BUSY_TRIES; attempt += 1) {
      const found = await own.exchange(
        [{ name: 'lru_crawler metadump', words: ['all'] }],
        (replies) => readDump(replies, pattern, limit, own.where),
        signal,
      );
      if (found !== null) return found;
      // One crawl at a time: another one, of somebody else or of the server itself, is under way.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new InspectorError('Timeout', `${own.where}: its crawler is busy`, { hint: 'Another listing is under way there; try again.' });
  } finally {
    own.close();
  }
}

/** null: the crawler is busy */
async function readDump(replies: Replies, pattern: KeyPattern, limit: number, where: string): Promise<Crawl | null> {
  const keys: string[] = [];
  for (;;) {
    const line = await dumpLine(replies, where);
    if (line === 'END') return { keys, complete: true };
    if (line.startsWith('BUSY') || line.startsWith('LOCKED')) return null;
    const key = keyOf(line);
    if (key !== null && matches(key, pattern)) keys.push(key);
    if (keys.length >= limit) return { keys, complete: false };
  }
}

async function dumpLine(replies: Replies, where: string): Promise<string> {
  try {
    return await replies.line();
  } catch (thrown) {
    if (thrown instanceof InspectorError && (thrown.code === 'StoreFailed' || thrown.code === 'Unsupported')) {
      throw new InspectorError('Unsupported', `${where}: the LRU crawler is off or may not dump keys`, {
        hint: 'Look sessions up by their key, or start the server with -o lru_crawler and without -X.',
        cause: thrown,
      });
    }
    throw thrown;
  }
}

/** `key=<percent-encoded> exp=… la=… cas=… fetch=… cls=… size=…` */
function keyOf(line: string): string | null {
  const match = /^key=(\S+) /.exec(line);
  if (match?.[1] === undefined) return null;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    // no UTF-8: nobody's session key
    return null;
  }
}
