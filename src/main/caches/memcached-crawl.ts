import { InspectorError } from '../errors.ts';
import { type KeyPattern, matches } from './base.ts';
import type { MemcachedConnection, Replies } from './memcached-connection.ts';

/** Keys of one listing that are kept at most. */
const KEY_LIMIT = 2_000_000;
const BUSY_TRIES = 20;

export type Crawl = Readonly<{
  keys: readonly string[];
  /** false: it stopped at the limit */
  complete: boolean;
  /** hash: every entry that was there all the time is among them; all: what moved in the LRU meanwhile may be missing or twice */
  walk: Walk;
}>;
type Walk = 'hash' | 'all';

/**
 * The matching keys of one server, by `lru_crawler metadump` (doc/protocol.txt, "LRU_Crawler"), which touches nothing. It
 * walks the hash table where the server can do that (1.6), else the LRU. Neither is a snapshot.
 * @param limit stop after that many matches
 * @throws InspectorError Unsupported where the crawler is off or dumping is forbidden
 */
export async function crawl(connection: MemcachedConnection, pattern: KeyPattern, signal: AbortSignal, limit = KEY_LIMIT): Promise<Crawl> {
  const own = connection.apart();
  try {
    for (let attempt = 0, walk: Walk = 'hash'; attempt < BUSY_TRIES; attempt += 1) {
      const command = { name: 'lru_crawler metadump', words: [walk] } as const;
      const found = await own.exchange([command], (replies) => readDump(replies, pattern, limit, walk, own.where), signal);
      if (typeof found !== 'string') return found;
      if (found === 'unknown') walk = 'all';
      // One crawl at a time: another one, of somebody else or of the server itself, is under way.
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new InspectorError('Timeout', `${own.where}: its crawler is busy`, { hint: 'Another listing is under way there; try again.' });
  } finally {
    own.close();
  }
}

/** busy: another crawl is under way; unknown: this server cannot walk like that */
async function readDump(
  replies: Replies,
  pattern: KeyPattern,
  limit: number,
  walk: Walk,
  where: string,
): Promise<Crawl | 'busy' | 'unknown'> {
  const keys: string[] = [];
  for (;;) {
    const line = await dumpLine(replies, where);
    if (line === 'END') return { keys, complete: true, walk };
    if (line.startsWith('BUSY') || line.startsWith('LOCKED')) return 'busy';
    if (line.startsWith('BADCLASS') && walk === 'hash') return 'unknown';
    const key = keyOf(line);
    if (key !== null && matches(key, pattern)) keys.push(key);
    if (keys.length >= limit) return { keys, complete: false, walk };
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
