import { InspectorError } from '../errors.ts';
import type { CacheFacts } from './base.ts';
import type { MemcachedConnection, Replies } from './memcached-connection.ts';

export type ServerFacts = Readonly<{ version: string; itemSizeMax: number; crawler: boolean }>;

/** @throws InspectorError naming the failing layer; Unsupported before memcached 1.6 */
export async function memcachedFacts(
  connections: readonly MemcachedConnection[],
  signal: AbortSignal,
): Promise<Readonly<{ facts: CacheFacts; servers: readonly ServerFacts[] }>> {
  const answers = await Promise.allSettled(connections.map((connection) => serverFacts(connection, signal)));
  const failed = answers.filter((answer) => answer.status === 'rejected');
  const [reason] = failed.map((answer) => answer.reason);
  // A site with several servers works while one is down; with none there is nothing to show.
  if (failed.length === answers.length || (reason instanceof InspectorError && ['LoginFailed', 'Unsupported'].includes(reason.code))) {
    for (const connection of connections) connection.close();
    throw reason;
  }
  const servers = answers.map((answer) =>
    answer.status === 'fulfilled' ? answer.value : { version: '', itemSizeMax: 1024 * 1024, crawler: true },
  );
  const crawler = servers.some((server) => server.crawler);
  const limits = [
    ...(crawler
      ? ['The listing comes from the crawler of the server, which is no snapshot: what is written meanwhile may be missing.']
      : ['The LRU crawler is off or may not dump keys: sessions cannot be listed, only looked up by their key.']),
    'Listing keys touches nothing; reading a value marks it as fetched and, once a minute, as recently used: memcached has no read that does not.',
    'TTLs are whole seconds. memcached removes expired sessions by itself, and evicts live ones when memory runs out.',
    ...failed.map((answer) => `${answer.reason instanceof Error ? answer.reason.message : 'A server does not answer'}.`),
  ];
  const versions = [...new Set(servers.map(({ version }) => version).filter((version) => version !== ''))];
  const facts: CacheFacts = {
    list: crawler ? 'unordered' : 'none',
    sort: [],
    keepsExpired: false,
    count: crawler ? 'exact' : 'none',
    limits,
    server: `memcached ${versions.join(', ')}`,
  };
  return { facts, servers };
}

async function serverFacts(connection: MemcachedConnection, signal: AbortSignal): Promise<ServerFacts> {
  const version = (await connection.exchange([{ name: 'version', words: [] }], (replies) => replies.line(), signal)).replace(
    /^VERSION /,
    '',
  );
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 1 || (major === 1 && minor < 6)) {
    throw new InspectorError('Unsupported', `${connection.where}: version ${version.slice(0, 40)} has no meta commands`, {
      hint: 'memcached 1.6 or later is needed: before it, TTLs could not be read, and a write would lose them.',
    });
  }
  const settings = await connection.exchange([{ name: 'stats', words: ['settings'] }], readStats, signal);
  return {
    version,
    itemSizeMax: Number(settings['item_size_max'] ?? 1024 * 1024),
    crawler: settings['lru_crawler'] !== 'no' && settings['dump_enabled'] !== 'no',
  };
}

/** `STAT name value` lines up to `END`. */
export async function readStats(replies: Replies): Promise<Readonly<Record<string, string>>> {
  const stats: Record<string, string> = {};
  for (let line = await replies.line(), lines = 0; line !== 'END'; line = await replies.line(), lines += 1) {
    if (lines > 1000) throw new InspectorError('Corrupt', 'The statistics of the server do not end');
    const [, name = '', ...value] = line.split(' ');
    stats[name] = value.join(' ');
  }
  return stats;
}
