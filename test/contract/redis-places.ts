import { setMaxListeners } from 'node:events';
import { cacheKeys, openCache, openWritableCache } from '../../src/main/backends/cache.ts';
import { openRedis } from '../../src/main/caches/redis-cache.ts';
import type { RedisConfig } from '../../src/main/caches/redis-options.ts';
import { openWritableRedis } from '../../src/main/caches/redis-writes.ts';
import { CACHE_KEY_PREFIXES } from '../../src/main/django/cache-key.ts';
import { Django } from '../django/oracle.ts';
import { pickled } from './pickled.ts';
import type { RedisServer } from './servers/redis.ts';
import type { ContractPlace } from './suite.ts';

export const forever = new AbortController().signal;
setMaxListeners(0, forever);
const BASE = {
  SENTINEL_MASTER: 'mymaster',
  SENTINEL_USER: '',
  USER: '',
  DB: null,
  TLS: 'off',
  TLS_CA: '',
  TLS_CERT: '',
  TLS_KEY: '',
} as const;

export function redisConfig(LOCATION: string | readonly string[], more: Partial<RedisConfig> = {}): RedisConfig {
  return { ...BASE, TOPOLOGY: 'single', LOCATION: typeof LOCATION === 'string' ? [LOCATION] : LOCATION, ...more };
}

export const KEYS = cacheKeys({ KEY_PREFIX: '', VERSION: 1, KEY_FUNCTION: '', cache_key_prefix: CACHE_KEY_PREFIXES.cache });

/** What the cache engine would store: the dict itself, ending after a time of the server's clock. */
export function encodeTtl(data: Readonly<Record<string, unknown>>, expires: number) {
  return { stored: pickled(data), expiry: { source: 'ttl', milliseconds: Math.max(1, expires - Date.now()) } } as const;
}

/** Every key with its value and the moment it ends; this moves idle times, so that those are tested apart. */
const PRINT =
  "local out = {} for _, key in ipairs(redis.call('KEYS', '*')) do out[#out + 1] = key .. ' ' .. redis.sha1hex(redis.call('GET', key)) .. ' ' .. redis.call('PEXPIRETIME', key) end table.sort(out) return out";

export function fingerprintOf(servers: readonly RedisServer[]): Promise<readonly string[]> {
  return Promise.all(servers.map(({ cli }) => cli('EVAL', PRINT, '0')));
}

/** @param servers the masters, for what only the server itself can tell */
export async function redisPlace(
  config: RedisConfig,
  cache: Readonly<Record<string, unknown>>,
  servers: readonly RedisServer[],
  settings: Readonly<Record<string, unknown>> = {},
): Promise<ContractPlace> {
  const django = await Django.start({ SESSION_ENGINE: 'cache', CACHES: { default: cache }, ...settings });
  const store = openWritableCache(await openWritableRedis(config, forever), KEYS);
  const readOnly = openCache(await openRedis(config, forever), KEYS);
  const close = async () => {
    await store.close();
    await readOnly.close();
    await django.stop();
  };
  const empty = async () => {
    for (const { cli } of servers) await cli('FLUSHALL');
  };
  return {
    store,
    readOnly,
    django,
    now: Date.now(),
    clock: 'server',
    encode: encodeTtl,
    fingerprint: () => fingerprintOf(servers),
    empty,
    close,
  };
}

export function djangoRedis(LOCATION: string, OPTIONS: Readonly<Record<string, unknown>> = {}) {
  return { BACKEND: 'django_redis.cache.RedisCache', LOCATION, OPTIONS };
}
