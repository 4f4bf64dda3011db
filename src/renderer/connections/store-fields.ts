import { all, is, type SectionSpec, usesCache, usesDatabase } from './field-spec.ts';

const server = is('DATABASES.ENGINE', 'postgresql', 'mysql');
const redis = is('CACHES.BACKEND', 'RedisCache', 'django_redis');
const folder = is('CACHES.BACKEND', 'FileBasedCache');
const encryptedDatabase = all(server, (values) => values['DATABASES.TLS'] !== 'off');
/** Memcached takes a login (its password file) and TLS, too. */
const cacheServer = is('CACHES.BACKEND', 'RedisCache', 'django_redis', 'PyMemcacheCache', 'PyLibMCCache', 'MemcachedCache');
const encryptedCache = all(cacheServer, (values) => values['CACHES.TLS'] !== 'off');

export const DATABASE_SECTION: SectionSpec = {
  id: 'database',
  show: usesDatabase,
  fields: [
    {
      path: 'DATABASES.ENGINE',
      label: 'ENGINE',
      help: 'ENGINE',
      kind: 'select',
      values: ['sqlite3', 'postgresql', 'mysql'],
      words: 'database',
    },
    {
      path: 'DATABASES.NAME',
      label: 'NAME',
      help: 'NAME_file',
      kind: 'text',
      choose: 'database',
      show: is('DATABASES.ENGINE', 'sqlite3'),
    },
    { path: 'DATABASES.NAME', label: 'NAME', help: 'NAME', kind: 'text', show: server },
    { path: 'DATABASES.HOST', label: 'HOST', help: 'HOST', kind: 'text', show: server },
    { path: 'DATABASES.PORT', label: 'PORT', help: 'PORT', kind: 'number', optional: true, show: server },
    { path: 'DATABASES.USER', label: 'USER', help: 'USER', kind: 'text', show: server },
    {
      path: 'DATABASE_PASSWORD',
      label: 'PASSWORD',
      help: 'DATABASE_PASSWORD',
      kind: 'secret',
      secret: 'DATABASE_PASSWORD',
      show: server,
    },
    { path: 'DATABASES.UNIX_SOCKET', label: 'UNIX_SOCKET', help: 'UNIX_SOCKET', kind: 'text', show: server },
    { path: 'DATABASES.SCHEMA', label: 'schema', help: 'SCHEMA', kind: 'text', show: is('DATABASES.ENGINE', 'postgresql') },
    {
      path: 'DATABASES.TLS',
      label: 'TLS',
      help: 'TLS',
      kind: 'select',
      values: ['off', 'prefer', 'require', 'verify'],
      words: 'databaseTls',
      show: server,
    },
    { path: 'DATABASES.TLS_CA', label: 'TLS CA', help: 'TLS_CA', kind: 'text', choose: 'file', show: encryptedDatabase },
    { path: 'DATABASES.TLS_CERT', label: 'TLS certificate', help: 'TLS_CERT', kind: 'text', choose: 'file', show: encryptedDatabase },
    { path: 'DATABASES.TLS_KEY', label: 'TLS key', help: 'TLS_KEY', kind: 'text', choose: 'file', show: encryptedDatabase },
  ],
};

export const CACHE_SECTION: SectionSpec = {
  id: 'cache',
  show: usesCache,
  fields: [
    {
      path: 'CACHES.BACKEND',
      label: 'BACKEND',
      help: 'BACKEND',
      kind: 'select',
      values: ['RedisCache', 'django_redis', 'PyMemcacheCache', 'PyLibMCCache', 'MemcachedCache', 'DatabaseCache', 'FileBasedCache'],
    },
    { path: 'CACHES.LOCATION', label: 'LOCATION', help: 'LOCATION', kind: 'lines', show: (values) => !folder(values) },
    { path: 'CACHES.LOCATION', label: 'LOCATION', help: 'LOCATION_folder', kind: 'lines', choose: 'folder', show: folder },
    { path: 'SESSION_CACHE_ALIAS', label: 'SESSION_CACHE_ALIAS', help: 'SESSION_CACHE_ALIAS', kind: 'text' },
    { path: 'CACHES.KEY_PREFIX', label: 'KEY_PREFIX', help: 'KEY_PREFIX', kind: 'text' },
    { path: 'cache_key_prefix', label: 'cache key prefix', help: 'cache_key_prefix', kind: 'text' },
    { path: 'CACHES.VERSION', label: 'VERSION', help: 'VERSION', kind: 'number' },
    { path: 'CACHES.KEY_FUNCTION', label: 'KEY_FUNCTION', help: 'KEY_FUNCTION', kind: 'text' },
    {
      path: 'CACHES.TOPOLOGY',
      label: 'topology',
      help: 'TOPOLOGY',
      kind: 'select',
      values: ['single', 'sentinel', 'cluster'],
      words: 'topology',
      show: redis,
    },
    {
      path: 'CACHES.SENTINEL_MASTER',
      label: 'Sentinel master',
      help: 'SENTINEL_MASTER',
      kind: 'text',
      show: all(redis, is('CACHES.TOPOLOGY', 'sentinel')),
    },
    {
      path: 'CACHES.SENTINEL_USER',
      label: 'Sentinel user',
      help: 'SENTINEL_USER',
      kind: 'text',
      show: all(redis, is('CACHES.TOPOLOGY', 'sentinel')),
    },
    {
      path: 'SENTINEL_PASSWORD',
      label: 'Sentinel password',
      help: 'SENTINEL_PASSWORD',
      kind: 'secret',
      secret: 'SENTINEL_PASSWORD',
      show: all(redis, is('CACHES.TOPOLOGY', 'sentinel')),
    },
    { path: 'CACHES.USER', label: 'Cache user', help: 'CACHE_USER', kind: 'text', show: cacheServer },
    {
      path: 'CACHE_PASSWORD',
      label: 'Cache password',
      help: 'CACHE_PASSWORD',
      kind: 'secret',
      secret: 'CACHE_PASSWORD',
      show: cacheServer,
    },
    { path: 'CACHES.DB', label: 'DB', help: 'DB', kind: 'number', optional: true, show: redis },
    {
      path: 'CACHES.TLS',
      label: 'Cache TLS',
      help: 'TLS',
      kind: 'select',
      values: ['off', 'require', 'verify'],
      words: 'cacheTls',
      show: cacheServer,
    },
    { path: 'CACHES.TLS_CA', label: 'Cache TLS CA', help: 'TLS_CA', kind: 'text', choose: 'file', show: encryptedCache },
    { path: 'CACHES.TLS_CERT', label: 'Cache TLS certificate', help: 'TLS_CERT', kind: 'text', choose: 'file', show: encryptedCache },
    { path: 'CACHES.TLS_KEY', label: 'Cache TLS key', help: 'TLS_KEY', kind: 'text', choose: 'file', show: encryptedCache },
    {
      path: 'CACHES.SERIALIZER',
      label: 'SERIALIZER',
      help: 'SERIALIZER',
      kind: 'select',
      values: ['auto', 'pickle', 'json', 'msgpack'],
      words: 'auto',
      show: redis,
    },
    {
      path: 'CACHES.COMPRESSOR',
      label: 'COMPRESSOR',
      help: 'COMPRESSOR',
      kind: 'select',
      values: ['auto', 'none', 'zlib', 'gzip', 'lzma', 'lz4', 'zstd'],
      words: 'auto',
      show: redis,
    },
  ],
};
