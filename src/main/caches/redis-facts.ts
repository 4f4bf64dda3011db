import { InspectorError } from '../errors.ts';
import type { CacheFacts } from './base.ts';
import type { RedisConnection } from './redis.ts';
import { isRefused } from './redis-error.ts';
import type { RedisConfig } from './redis-options.ts';

export type RedisFacts = Readonly<{
  facts: CacheFacts;
  /** SCAN takes TYPE (6.0) */
  scanType: boolean;
}>;

/**
 * What the server is and what this user may do there: asked for once, when a connection is opened. What is refused is not
 * needed, but said.
 * @throws InspectorError naming the failing layer; ImproperlyConfigured where the topology is another than the profile's
 */
export async function redisFacts(connection: RedisConnection, config: RedisConfig, signal: AbortSignal): Promise<RedisFacts> {
  await connection.send(['PING'], signal).catch(ifRefused);
  const info = await serverInfo(connection, signal);
  if (config.TOPOLOGY === 'single' && info?.['redis_mode'] === 'cluster') {
    throw new InspectorError('ImproperlyConfigured', `${connection.where} is a node of a cluster`, { hint: 'Set TOPOLOGY to “cluster”.' });
  }
  const scan = await probeScan(connection, signal);
  const limits = [
    ...(info === null ? ['INFO is refused to this user: version, memory policy and role of the server are not known.'] : []),
    ...(scan === 'refused' ? ['SCAN is refused to this user: sessions cannot be listed, only looked up by their key.'] : []),
    ...touchLimit(connection, info),
    ...replicaLimit(config),
    'Redis removes expired sessions by itself; what is listed is live.',
  ];
  const server = serverName(info);
  const facts: CacheFacts = {
    list: scan === 'refused' ? 'none' : 'unordered',
    sort: [],
    keepsExpired: false,
    count: scan === 'refused' ? 'none' : 'estimate',
    limits,
    ...(server === null ? {} : { server }),
  };
  return { facts, scanType: scan === 'typed' };
}

function ifRefused(thrown: unknown): null {
  if (thrown instanceof InspectorError && isRefused(thrown)) return null;
  throw thrown;
}

async function serverInfo(connection: RedisConnection, signal: AbortSignal): Promise<Readonly<Record<string, string>> | null> {
  const reply = await connection.send(['INFO'], signal).catch(ifRefused);
  if (reply === null) return null;
  const lines = String(reply)
    .split('\r\n')
    .filter((line) => line.includes(':'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

async function probeScan(connection: RedisConnection, signal: AbortSignal): Promise<'typed' | 'plain' | 'refused'> {
  const [master = null] = await connection.masters(signal);
  try {
    await connection.send(['SCAN', '0', 'COUNT', 1, 'TYPE', 'string'], signal, master);
    return 'typed';
  } catch (thrown) {
    if (!(thrown instanceof InspectorError)) throw thrown;
    if (isRefused(thrown)) return 'refused';
    if (thrown.code !== 'StoreFailed') throw thrown;
    await connection.send(['SCAN', '0', 'COUNT', 1], signal, master);
    return 'plain';
  }
}

function touchLimit(connection: RedisConnection, info: Readonly<Record<string, string>> | null): readonly string[] {
  if (connection.leavesNoTrace) return [];
  const policy = info?.['maxmemory_policy'];
  const matters = policy !== undefined && /l[rf]u/.test(policy) ? `, and ${policy} evicts by it` : '';
  return [
    `Reading a value resets the key's idle time (OBJECT IDLETIME)${matters}; what avoids that, CLIENT NO-TOUCH, came with Redis 7.2.`,
  ];
}

function replicaLimit(config: RedisConfig): readonly string[] {
  if (config.TOPOLOGY !== 'single' || config.LOCATION.length < 2) return [];
  return [
    'Everything is read from the first LOCATION, where Django writes; Django itself reads from one of the others, which may lag behind.',
  ];
}

function serverName(info: Readonly<Record<string, string>> | null): string | null {
  if (info === null) return null;
  if (info['valkey_version'] !== undefined) return `Valkey ${info['valkey_version']}`;
  return info['redis_version'] === undefined ? null : `Redis ${info['redis_version']}`;
}
