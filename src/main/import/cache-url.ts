/** REDIS_URL, CACHE_URL and lists of memcached servers, as django-environ, django-cache-url and redis-py read them, to what a cache of CACHES is. */
import { InspectorError } from '../errors.ts';
import type { PythonDict, PythonValue } from './python/value.ts';
import { decoded, type SplitUrl, splitUrl } from './url.ts';

const REDIS = /^(redis|rediss|rediscache|redis-cache|unix|redis\+socket|redis\+unix|redis\+ssl|valkey|valkeys)$/;
const SENTINEL = /^(rediss?|valkeys?)[+-]sentinel$|^sentinel$/;
const CLUSTER = /^rediss?[+-]cluster$/;
const MEMCACHED = /^(memcached?|memcache|pymemcached?|pymemcache|pylibmc|djangopylibmc|libmemcached|elasticache)$/;
const REDIS_BACKEND = 'django.core.cache.backends.redis.RedisCache';
const SERVERS = /^[\w.[\]:-]+:\d{1,5}([,; ]+[\w.[\]:-]+:\d{1,5})*$/;

/** Whether a text is the address of a cache: a URL by its scheme, or host:port with commas between. */
export function isCacheAddress(text: string): boolean {
  const scheme = /^([A-Za-z][A-Za-z0-9+-]*):\/\//.exec(text.trim())?.[1]?.toLowerCase();
  if (scheme === undefined) return SERVERS.test(text.trim());
  return [REDIS, SENTINEL, CLUSTER, MEMCACHED, /^(dbcache|filecache|locmemcache|locmem|dummycache|dummy)$/].some((pattern) =>
    pattern.test(scheme),
  );
}

/** @throws InspectorError BadValue, Unsupported */
export function cacheUrl(text: string): PythonDict {
  const trimmed = text.trim();
  if (!trimmed.includes('://') && SERVERS.test(trimmed)) return memcached(trimmed.split(/[,; ]+/));
  const url = splitUrl(trimmed);
  const dict = dictOf(url, trimmed);
  const prefix = url.query.get('key_prefix') ?? url.query.get('KEY_PREFIX') ?? url.query.get('prefix');
  if (prefix !== undefined) dict.set('KEY_PREFIX', prefix);
  const version = url.query.get('version') ?? url.query.get('VERSION');
  if (version !== undefined && /^\d+$/.test(version)) dict.set('VERSION', Number(version));
  return dict;
}

function dictOf(url: SplitUrl, text: string): PythonDict {
  const { scheme, host, path } = url;
  if (SENTINEL.test(scheme)) return sentinel(url);
  if (CLUSTER.test(scheme)) return cluster(url);
  if (REDIS.test(scheme))
    return new Map<string, PythonValue>([
      ['BACKEND', REDIS_BACKEND],
      ['LOCATION', [redisLocation(scheme, text)]],
    ]);
  if (MEMCACHED.test(scheme)) return memcached(host === '' ? [`unix:${path}`] : host.split(',').map(withPort));
  switch (scheme) {
    case 'dbcache':
      return new Map<string, PythonValue>([
        ['BACKEND', 'django.core.cache.backends.db.DatabaseCache'],
        ['LOCATION', decoded(host) || path.slice(1)],
      ]);
    case 'filecache':
      return new Map<string, PythonValue>([
        ['BACKEND', 'django.core.cache.backends.filebased.FileBasedCache'],
        ['LOCATION', decoded(host) + path],
      ]);
    case 'locmemcache':
    case 'locmem':
      return new Map<string, PythonValue>([['BACKEND', 'django.core.cache.backends.locmem.LocMemCache']]);
    case 'dummycache':
    case 'dummy':
      return new Map<string, PythonValue>([['BACKEND', 'django.core.cache.backends.dummy.DummyCache']]);
    default:
      throw new InspectorError('Unsupported', `Caches of the kind ${scheme.slice(0, 40)} cannot be opened`, {
        hint: 'redis, rediss, unix, redis+sentinel, redis+cluster, memcache, dbcache and filecache can.',
      });
  }
}

/** The spellings of other clients as redis-py has them. */
function redisLocation(scheme: string, text: string): string {
  const rest = text.slice(text.indexOf('://'));
  if (scheme === 'redis+socket' || scheme === 'redis+unix') return `unix${rest}`;
  if (scheme === 'redis+ssl' || scheme === 'valkeys') return `rediss${rest}`;
  return scheme === 'unix' || scheme === 'rediss' ? text : `redis${rest}`;
}

/** redis+sentinel://:password@host1:26379,host2:26379/mymaster/0, or with the name in the query. */
function sentinel({ scheme, user, password, host, path, query }: SplitUrl): PythonDict {
  const parts = path.split('/').filter((part) => part !== '');
  const number = parts.find((part) => /^\d+$/.test(part)) ?? query.get('db') ?? '';
  const name =
    parts.find((part) => !/^\d+$/.test(part)) ??
    query.get('sentinelMasterId') ??
    query.get('service_name') ??
    query.get('master') ??
    query.get('name');
  return new Map<string, PythonValue>([
    ['BACKEND', 'django_redis.cache.RedisCache'],
    ['LOCATION', host.split(',').map((one) => `${tlsScheme(scheme)}://${one}`)],
    [
      'OPTIONS',
      new Map<string, PythonValue>([
        ['TOPOLOGY', 'sentinel'],
        ['SENTINEL_MASTER', name ?? 'mymaster'],
        ['USERNAME', user],
        ['PASSWORD', password],
        ['DB', number],
      ]),
    ],
  ]);
}

function cluster({ scheme, user, password, host }: SplitUrl): PythonDict {
  return new Map<string, PythonValue>([
    ['BACKEND', 'django_redis.cache.RedisCache'],
    ['LOCATION', host.split(',').map((one) => `${tlsScheme(scheme)}://${one}`)],
    [
      'OPTIONS',
      new Map<string, PythonValue>([
        ['TOPOLOGY', 'cluster'],
        ['USERNAME', user],
        ['PASSWORD', password],
      ]),
    ],
  ]);
}

function tlsScheme(scheme: string): string {
  return /^(rediss|valkeys)/.test(scheme) ? 'rediss' : 'redis';
}

function memcached(servers: readonly string[]): PythonDict {
  return new Map<string, PythonValue>([
    ['BACKEND', 'django.core.cache.backends.memcached.PyMemcacheCache'],
    ['LOCATION', [...servers]],
  ]);
}

function withPort(server: string): string {
  return /:\d+$/.test(server) ? server : `${server}:11211`;
}
