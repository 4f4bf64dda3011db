import { describe, expect, test } from 'vitest';
import { DraftBuilder } from '../../../src/main/import/draft.ts';
import { urlDraft } from '../../../src/main/import/env-draft.ts';

function read(url: string) {
  const builder = new DraftBuilder();
  urlDraft(url, builder);
  return builder.build();
}

describe('databases', () => {
  test.each([
    [
      'postgres://shop:secret@db.example.org:5433/shop',
      { ENGINE: 'postgresql', NAME: 'shop', USER: 'shop', HOST: 'db.example.org', PORT: 5433 },
      'secret',
    ],
    ['postgresql+psycopg2://shop@[::1]/shop', { ENGINE: 'postgresql', NAME: 'shop', USER: 'shop', HOST: '::1' }, undefined],
    ['postgres://%2Fvar%2Frun%2Fpostgresql/shop', { ENGINE: 'postgresql', NAME: 'shop', UNIX_SOCKET: '/var/run/postgresql' }, undefined],
    ['postgres:///shop?host=/var/run/postgresql', { ENGINE: 'postgresql', NAME: 'shop', UNIX_SOCKET: '/var/run/postgresql' }, undefined],
    ['postgis://u:a%40b@h/n?sslmode=require', { ENGINE: 'postgresql', NAME: 'n', USER: 'u', HOST: 'h', TLS: 'require' }, 'a@b'],
    [
      'postgres://u:p@h/n?sslmode=disable&options=-c%20search_path%3Dsite',
      { ENGINE: 'postgresql', NAME: 'n', USER: 'u', HOST: 'h', TLS: 'off', SCHEMA: 'site' },
      'p',
    ],
    // What should have been percent-encoded.
    ['postgres://u:p@ss@h:1/n', { ENGINE: 'postgresql', NAME: 'n', USER: 'u', HOST: 'h', PORT: 1 }, 'p@ss'],
    ['postgres://u:p/a#s?s@h:1/n', { ENGINE: 'postgresql', NAME: 'n', USER: 'u', HOST: 'h', PORT: 1 }, 'p/a#s?s'],
    ['postgres://u:100%@h/n', { ENGINE: 'postgresql', NAME: 'n', USER: 'u', HOST: 'h' }, '100%'],
    [
      'mysql://u:p@h:3307/n?ssl_mode=VERIFY_IDENTITY&ssl_ca=/ca.pem',
      { ENGINE: 'mysql', NAME: 'n', USER: 'u', HOST: 'h', PORT: 3307, TLS: 'verify', TLS_CA: '/ca.pem' },
      'p',
    ],
    [
      'mariadb://u@/n?unix_socket=/run/mysqld/mysqld.sock',
      { ENGINE: 'mysql', NAME: 'n', USER: 'u', UNIX_SOCKET: '/run/mysqld/mysqld.sock' },
      undefined,
    ],
    ['sqlite:////srv/site/db.sqlite3', { ENGINE: 'sqlite3', NAME: '/srv/site/db.sqlite3' }, undefined],
    ['sqlite:///db.sqlite3', { ENGINE: 'sqlite3', NAME: 'db.sqlite3' }, undefined],
    ['sqlite:///C:/site/db.sqlite3', { ENGINE: 'sqlite3', NAME: 'C:/site/db.sqlite3' }, undefined],
  ] as const)('%s', (url, DATABASES, DATABASE_PASSWORD) => {
    const { profile, secrets } = read(url);
    expect(profile).toEqual({ SESSION_ENGINE: 'db', DATABASES });
    expect(secrets).toEqual(DATABASE_PASSWORD === undefined ? {} : { DATABASE_PASSWORD });
  });

  test('a database in memory cannot be opened from outside', () => {
    expect(read('sqlite://:memory:').findings).toContainEqual(
      expect.objectContaining({ setting: "DATABASES['default']['NAME']", state: 'unreadable' }),
    );
  });
});

describe('caches', () => {
  test.each([
    ['redis://:secret@cache:6380/2', { BACKEND: 'RedisCache', LOCATION: ['redis://cache:6380/2'] }, 'secret'],
    [
      'rediss://app:s%2F@cache/0?ssl_cert_reqs=none',
      { BACKEND: 'RedisCache', LOCATION: ['rediss://cache/0'], USER: 'app', TLS: 'require' },
      's/',
    ],
    ['redis://cache/0?password=secret&db=3', { BACKEND: 'RedisCache', LOCATION: ['redis://cache/0?db=3'] }, 'secret'],
    ['unix:///run/redis.sock?db=1', { BACKEND: 'RedisCache', LOCATION: ['unix:///run/redis.sock?db=1'] }, undefined],
    ['unix://:secret@/run/redis.sock', { BACKEND: 'RedisCache', LOCATION: ['unix:///run/redis.sock'] }, 'secret'],
    [
      'rediscache://cache:6379/1?key_prefix=shop',
      { BACKEND: 'RedisCache', LOCATION: ['redis://cache:6379/1'], KEY_PREFIX: 'shop' },
      undefined,
    ],
    [
      'redis+sentinel://:p%40ss@a:26379,b:26380/main/3',
      { BACKEND: 'django_redis', LOCATION: ['redis://a:26379', 'redis://b:26380'], TOPOLOGY: 'sentinel', SENTINEL_MASTER: 'main', DB: 3 },
      'p@ss',
    ],
    [
      'rediss+cluster://u:p@a:7000,b:7001',
      { BACKEND: 'django_redis', LOCATION: ['rediss://a:7000', 'rediss://b:7001'], TOPOLOGY: 'cluster', USER: 'u' },
      'p',
    ],
    ['memcache://a:11211,b', { BACKEND: 'PyMemcacheCache', LOCATION: ['a:11211', 'b:11211'] }, undefined],
    ['pymemcache:///run/memcached.sock', { BACKEND: 'PyMemcacheCache', LOCATION: ['unix:/run/memcached.sock'] }, undefined],
    ['127.0.0.1:11211, 10.0.0.2:11211', { BACKEND: 'PyMemcacheCache', LOCATION: ['127.0.0.1:11211', '10.0.0.2:11211'] }, undefined],
    ['dbcache://cache_table', { BACKEND: 'DatabaseCache', LOCATION: ['cache_table'] }, undefined],
    ['filecache:///var/tmp/cache', { BACKEND: 'FileBasedCache', LOCATION: ['/var/tmp/cache'] }, undefined],
  ] as const)('%s', (url, CACHES, CACHE_PASSWORD) => {
    const { profile, secrets } = read(url);
    expect(profile).toEqual({ SESSION_ENGINE: 'cache', CACHES });
    expect(secrets).toEqual(CACHE_PASSWORD === undefined ? {} : { CACHE_PASSWORD });
  });

  test('a cache inside the site’s own process says so', () => {
    expect(read('locmemcache://').findings).toContainEqual(
      expect.objectContaining({ state: 'unreadable', note: expect.stringContaining("inside the site's own process") }),
    );
  });
});

test.each(['', 'hello', 'https://example.org/', 'oracle://u:secret@h/n', 'postgres:/u:secret@h', 'x'.repeat(9000)])(
  '%s is refused, and never repeated',
  (url) => {
    expect(() => read(url)).toThrow(expect.objectContaining({ code: 'BadValue', message: expect.not.stringContaining('secret') }));
  },
);

test('no finding holds a password', () => {
  for (const url of [
    'postgres://u:hunter2@h/n',
    'redis://u:hunter2@h/1',
    'redis://h/1?password=hunter2',
    'redis+sentinel://u:hunter2@h/1/m',
    'unix://u:hunter2@/s',
  ]) {
    const { findings, profile, secrets } = read(url);
    expect(JSON.stringify({ findings, profile }), url).not.toContain('hunter2');
    expect(Object.values(secrets), url).toEqual(['hunter2']);
  }
});
