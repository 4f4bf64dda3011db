import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionView, ValueNode } from '../../src/preload/api.ts';
import type { ProfileInput } from '../../src/preload/profile.ts';
import { Django } from '../django/oracle.ts';
import { type Opened, open } from '../unit/main/opened.ts';
import { folderPrint } from './db-places.ts';
import { pickled } from './pickled.ts';
import { fingerprintOf } from './redis-places.ts';
import { type MemcachedServer, startMemcached } from './servers/memcached.ts';
import { type RedisServer, startCluster, startRedis } from './servers/redis.ts';

/**
 * Every engine from end to end, both ways: what real Django writes is listed, read, edited, given another end, deleted and
 * restored through the inspector, and real Django loads what comes of it.
 */

const SECRET_KEY = 'django-insecure-engines';
const key = (number: number) => `k${String(number).padStart(31, '0')}`;
const DATA = { _auth_user_id: '4711', cart: { '10': 2, '2': [1.0, null, true, 'é😀'] }, note: 'old', long: 'compressible '.repeat(100) };

type Site = Readonly<{
  profile: Partial<ProfileInput>;
  /** Django's settings besides the engine */
  settings: Readonly<Record<string, unknown>>;
  migrate?: boolean;
  /** what looking must not change, as the servers themselves tell it */
  fingerprint(): Promise<unknown>;
}>;

let folder: string;
let redis: RedisServer;
let cluster: readonly RedisServer[];
let memcached: readonly MemcachedServer[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspector-engines-'));
  [redis, cluster, memcached] = await Promise.all([startRedis(), startCluster(), Promise.all([startMemcached(), startMemcached()])]);
});
afterAll(async () => {
  for (const { server } of [redis, ...(cluster ?? []), ...(memcached ?? [])]) await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const place = async (name: string) => {
  const path = join(folder, name);
  await mkdir(path);
  return path;
};
const redisUrl = (number: number) => `redis://127.0.0.1:${redis.port}/${number}`;
const printDatabase = async (number: number) => {
  const keys = (await redis.cli('-n', String(number), 'KEYS', '*')).split('\n').sort();
  return Promise.all(
    keys.map(async (one) => [
      one,
      await redis.cli('-n', String(number), 'DUMP', one),
      await redis.cli('-n', String(number), 'PEXPIRETIME', one),
    ]),
  );
};

/** django-redis with a serializer and a compressor, in a database of its own. */
function djangoRedisSite(
  number: number,
  options: Readonly<Record<string, string>>,
  cache: ProfileInput['CACHES'] = {},
): () => Promise<Site> {
  return async () => ({
    profile: {
      SESSION_ENGINE: 'cache',
      CACHES: { BACKEND: 'django_redis', LOCATION: [redisUrl(number)], KEY_PREFIX: 'site', VERSION: 3, ...cache },
    },
    settings: {
      CACHES: {
        default: { BACKEND: 'django_redis.cache.RedisCache', LOCATION: redisUrl(number), KEY_PREFIX: 'site', VERSION: 3, OPTIONS: options },
      },
    },
    fingerprint: () => printDatabase(number),
  });
}

const SERIALIZERS = 'django_redis.serializers';
const COMPRESSORS = 'django_redis.compressors';
const sqlite = (path: string) => ({
  profile: { ENGINE: 'sqlite3', NAME: join(path, 'db.sqlite3') } as const,
  settings: { default: { ENGINE: 'sqlite3', NAME: join(path, 'db.sqlite3') } },
});

const SITES: ReadonlyArray<readonly [name: string, open: () => Promise<Site>]> = [
  ['django-redis, pickle', djangoRedisSite(1, {})],
  [
    'django-redis, JSON, zlib',
    djangoRedisSite(2, { SERIALIZER: `${SERIALIZERS}.json.JSONSerializer`, COMPRESSOR: `${COMPRESSORS}.zlib.ZlibCompressor` }),
  ],
  [
    'django-redis, msgpack, lz4',
    djangoRedisSite(3, { SERIALIZER: `${SERIALIZERS}.msgpack.MSGPackSerializer`, COMPRESSOR: `${COMPRESSORS}.lz4.Lz4Compressor` }),
  ],
  [
    'django-redis, pickle, lzma, named in the profile',
    djangoRedisSite(4, { COMPRESSOR: `${COMPRESSORS}.lzma.LzmaCompressor` }, { SERIALIZER: 'pickle', COMPRESSOR: 'lzma' }),
  ],
  [
    'a Redis Cluster as Django 4.0+ writes to it',
    async () => {
      const address = `127.0.0.1:${cluster[0]?.port}`;
      return {
        profile: { SESSION_ENGINE: 'cache', CACHES: { BACKEND: 'RedisCache', TOPOLOGY: 'cluster', LOCATION: [address] } },
        settings: { CACHES: { default: { BACKEND: 'cluster_cache.ClusterCache', LOCATION: address } } },
        fingerprint: () => fingerprintOf(cluster),
      };
    },
  ],
  [
    'memcached on two servers',
    async () => {
      const LOCATION = memcached.map(({ port }) => `127.0.0.1:${port}`);
      return {
        profile: { SESSION_ENGINE: 'cache', CACHES: { BACKEND: 'PyMemcacheCache', LOCATION } },
        settings: { CACHES: { default: { BACKEND: 'django.core.cache.backends.memcached.PyMemcacheCache', LOCATION } } },
        fingerprint: () => Promise.all(memcached.map((server) => server.print())),
      };
    },
  ],
  [
    'a cache in a table',
    async () => {
      const path = await place('cache-table');
      const { profile, settings } = sqlite(path);
      return {
        profile: { SESSION_ENGINE: 'cache', CACHES: { BACKEND: 'DatabaseCache', LOCATION: ['cache_table'] }, DATABASES: profile },
        settings: {
          CACHES: { default: { BACKEND: 'django.core.cache.backends.db.DatabaseCache', LOCATION: 'cache_table' } },
          DATABASES: settings,
        },
        migrate: true,
        fingerprint: () => folderPrint(path),
      };
    },
  ],
  [
    'a cache in files',
    async () => {
      const path = await place('cache-files');
      return {
        profile: { SESSION_ENGINE: 'cache', CACHES: { BACKEND: 'FileBasedCache', LOCATION: [path] } },
        settings: { CACHES: { default: { BACKEND: 'django.core.cache.backends.filebased.FileBasedCache', LOCATION: path } } },
        fingerprint: () => folderPrint(path),
      };
    },
  ],
  [
    'session files',
    async () => {
      const path = await place('session-files');
      return {
        profile: { SESSION_ENGINE: 'file', SESSION_FILE_PATH: path, SESSION_COOKIE_NAME: 'mysession' },
        settings: { SESSION_FILE_PATH: path, SESSION_COOKIE_NAME: 'mysession' },
        fingerprint: () => folderPrint(path),
      };
    },
  ],
  [
    'cached_db on Redis',
    async () => {
      const path = await place('cached-redis');
      const { profile, settings } = sqlite(path);
      return {
        profile: { SESSION_ENGINE: 'cached_db', CACHES: { BACKEND: 'django_redis', LOCATION: [redisUrl(5)] }, DATABASES: profile },
        settings: { CACHES: { default: { BACKEND: 'django_redis.cache.RedisCache', LOCATION: redisUrl(5) } }, DATABASES: settings },
        migrate: true,
        fingerprint: async () => [await folderPrint(path), await printDatabase(5)],
      };
    },
  ],
  [
    'cached_db on memcached',
    async () => {
      const path = await place('cached-memcached');
      const { profile, settings } = sqlite(path);
      const LOCATION = memcached.map(({ port }) => `127.0.0.1:${port}`);
      return {
        profile: { SESSION_ENGINE: 'cached_db', CACHES: { BACKEND: 'PyMemcacheCache', LOCATION, KEY_PREFIX: 'cdb' }, DATABASES: profile },
        settings: {
          CACHES: { default: { BACKEND: 'django.core.cache.backends.memcached.PyMemcacheCache', LOCATION, KEY_PREFIX: 'cdb' } },
          DATABASES: settings,
        },
        migrate: true,
        fingerprint: async () => [await folderPrint(path), await Promise.all(memcached.map((server) => server.print()))],
      };
    },
  ],
];

describe.each(SITES)('%s', (_, openSite) => {
  let site: Site;
  let django: Django;
  let opened: Opened;
  let readOnly: Opened;
  beforeAll(async () => {
    site = await openSite();
    const SESSION_ENGINE = site.profile.SESSION_ENGINE ?? 'db';
    django = await Django.start({ SECRET_KEY, SESSION_ENGINE, ...site.settings });
    if (site.migrate === true) await django.ask('migrate', { cachetable: true });
    const profile = { DJANGO_VERSION: '3.2', TIME_ZONE: 'UTC', user_table: null, ...site.profile };
    for (const number of [1, 2, 3, 4, 5]) await django.ask('create', { session_key: key(number), data: { ...DATA, number } });
    opened = await open(profile, { SECRET_KEY }, Date.now);
    readOnly = await open({ ...profile, readOnly: true }, { SECRET_KEY }, Date.now);
  });
  afterAll(async () => {
    await opened?.close();
    await readOnly?.close();
    await django?.stop();
  });

  const view = async (number: number): Promise<SessionView> => {
    const session = await opened.get(key(number));
    if (session === null) throw new Error('The session is not there');
    return session;
  };
  /** The draft with one value of the root replaced. */
  const edited = async (session: SessionView, name: string, value: string) => {
    if (session.document === null) throw new Error('The session does not decode');
    const index = (session.document.root.children ?? []).findIndex((child) => child.key?.text === name);
    const edit = { op: 'set' as const, path: [index], value: { type: 'str' as const, text: value } };
    return (await opened.handlers['document.edit']({ connection: '', draft: session.document.draft, edit }, opened.signal)).draft;
  };
  const load = (number: number) => django.ask('load', { session_key: key(number) });

  test('lists and decodes what Django wrote', async () => {
    const listed = await opened.list();
    const named = listed.filter(({ session_key }) => !session_key.endsWith('.djcache')).map(({ session_key }) => session_key);
    if (site.profile.CACHES?.BACKEND !== 'FileBasedCache') expect(named.sort()).toEqual([1, 2, 3, 4, 5].map(key));
    expect(listed).toHaveLength(5);
    for (const summary of listed) {
      expect(summary).toMatchObject({ state: 'live', keys: 5, user: { id: '4711' } });
      if (site.profile.SESSION_ENGINE === 'cached_db') expect(summary.agreement).toBe('equal');
    }
    const session = await view(1);
    expect(plain(session.document?.root)).toEqual({ ...DATA, number: 1 });
    expect(Math.abs(Date.parse(session.summary.expiry.at ?? '') - Date.now() - 14 * 86_400_000)).toBeLessThan(60_000);
  });

  test('looking changes nothing', async () => {
    const before = await site.fingerprint();
    for (const one of [opened, readOnly]) {
      await one.list();
      for (const number of [1, 2, 9]) await one.get(key(number));
      await one.run({ kind: 'find', query: { text: 'compress' } });
      await one.handlers['sessions.count']({ connection: '', exact: true }, one.signal);
    }
    expect(await site.fingerprint()).toEqual(before);
  });

  test('an edit reaches Django, with the rest of the data and the end as they were', async () => {
    const before = await view(1);
    const draft = await edited(before, 'note', 'new');
    const change = { connection: '', session_key: key(1), revision: before.revision, draft, expiry: 'keep' } as const;
    const preview = await opened.handlers['sessions.preview'](change, opened.signal);
    expect(preview.differences).toHaveLength(1);
    expect(preview.statements.length).toBeGreaterThan(0);
    const result = await opened.handlers['sessions.apply'](change, opened.signal);
    expect(result.outcome).toBe('applied');
    expect(await load(1)).toMatchObject({ accepted: true, data: { ...DATA, number: 1, note: 'new' } });
    const after = await view(1);
    expect(Math.abs(Date.parse(after.summary.expiry.at ?? '') - Date.parse(before.summary.expiry.at ?? ''))).toBeLessThan(2000);
  });

  test('a value that becomes short, and one that becomes long, are still read by Django', async () => {
    for (const text of ['', 'long '.repeat(500)]) {
      const before = await view(5);
      const draft = await edited(before, 'long', text);
      const change = { connection: '', session_key: key(5), revision: before.revision, draft, expiry: 'renew' } as const;
      expect((await opened.handlers['sessions.apply'](change, opened.signal)).outcome).toBe('applied');
      expect(await load(5)).toMatchObject({ accepted: true, data: { ...DATA, number: 5, long: text } });
    }
  });

  test('what Django wrote meanwhile is a conflict, and stays', async () => {
    const before = await view(2);
    const draft = await edited(before, 'note', 'ours');
    await django.ask('save', { session_key: key(2), data: { ...DATA, note: 'theirs' } });
    const change = { connection: '', session_key: key(2), revision: before.revision, draft, expiry: 'keep' } as const;
    const result = await opened.handlers['sessions.apply'](change, opened.signal);
    expect(result.outcome).toBe('conflict');
    expect(await load(2)).toMatchObject({ data: { note: 'theirs' } });
  });

  test('set_expiry gives the session another end', async () => {
    const job = await opened.run({ kind: 'set_expiry', session_keys: [key(3)], expiry: { kind: 'seconds', seconds: 5000 } });
    expect(job).toMatchObject({ state: 'done', changed: 1, failed: 0 });
    expect(await load(3)).toMatchObject({ accepted: true, expiry_age: 5000, data: { number: 3, _session_expiry: 5000 } });
    const { expiry } = (await view(3)).summary;
    // A number never ends in session files.
    if (site.profile.SESSION_ENGINE === 'file') expect(expiry.note?.code).toBe('expiry-relative');
    else expect(Math.abs(Date.parse(expiry.at ?? '') - Date.now() - 5_000_000)).toBeLessThan(20_000);
  });

  test('a user is found, deleted and, by Undo, back', async () => {
    const found = await opened.run({ kind: 'find', query: { user: '4711' } });
    expect(found).toMatchObject({ state: 'done', found: 5 });
    const deleted = await opened.run({ kind: 'delete', session_keys: [key(4)] });
    expect(deleted).toMatchObject({ state: 'done', changed: 1, failed: 0 });
    expect(await load(4)).toMatchObject({ accepted: false });
    const { images } = opened.recorder.last;
    expect(images.map(({ session_key }) => session_key)).toEqual([key(4)]);
    const restored = await opened.inspector.restore(images, false, opened.signal, async () => undefined);
    expect(restored).toEqual({ restored: 1, conflicts: [] });
    expect(await load(4)).toMatchObject({ accepted: true, data: { ...DATA, number: 4 } });
  });

  test('cycle_key moves the data to a new key', async () => {
    const before = await view(4);
    const moved = await opened.handlers['sessions.cycle_key'](
      { connection: '', session_key: key(4), revision: before.revision, dryRun: false },
      opened.signal,
    );
    const new_key = moved.session?.summary.session_key ?? '';
    expect(await django.ask('load', { session_key: new_key })).toMatchObject({ accepted: true, data: { ...DATA, number: 4 } });
    expect(await load(4)).toMatchObject({ accepted: false });
  });

  test('a read-only profile cannot write', async () => {
    const before = await site.fingerprint();
    const session = await readOnly.get(key(1));
    const change = { connection: '', session_key: key(1), revision: session?.revision ?? '', draft: null, expiry: 'renew' } as const;
    await expect(readOnly.handlers['sessions.apply'](change, readOnly.signal)).rejects.toMatchObject({ code: 'ReadOnly' });
    await expect(
      (async () => readOnly.handlers['jobs.start']({ connection: '', job: { kind: 'delete', session_keys: [key(1)] } }, readOnly.signal))(),
    ).rejects.toMatchObject({ code: 'ReadOnly' });
    await expect(
      readOnly.inspector.restore([{ session_key: key(1), before: null, after: '' }], true, readOnly.signal, async () => undefined),
    ).rejects.toMatchObject({ code: 'ReadOnly' });
    expect(readOnly.inspector.capabilities.write).toBe(false);
    expect(await site.fingerprint()).toEqual(before);
  });
});

test('memcached: a compressed value that becomes short is stored plain, under plain flags', async () => {
  const LOCATION = memcached.map(({ port }) => `127.0.0.1:${port}`);
  const naming = { LOCATION, KEY_PREFIX: 'packed' };
  const CACHES = { default: { BACKEND: 'django.core.cache.backends.memcached.PyMemcacheCache', ...naming } };
  const django = await Django.start({ SESSION_ENGINE: 'cache', CACHES });
  const opened = await open({ SESSION_ENGINE: 'cache', CACHES: { BACKEND: 'PyMemcacheCache', ...naming } }, {}, Date.now);
  await django.ask('create', { session_key: key(1), data: {} });
  const made = `packed:1:django.contrib.sessions.cache${key(1)}`;
  const packed = deflateSync(pickled({ long: 'x'.repeat(1000) })).toString('latin1');
  // Only where the key is: that is the server where Django looks for it.
  for (const server of memcached) await server.ask(`replace ${made} 9 100 ${packed.length}\r\n${packed}\r\n`);
  const session = await opened.get(key(1));
  expect(plain(session?.document?.root)).toEqual({ long: 'x'.repeat(1000) });
  const edit = { op: 'set' as const, path: [0], value: { type: 'str' as const, text: 'short' } };
  const draft = session?.document?.draft;
  if (session === null || draft === undefined) throw new Error('The session does not decode');
  const changed = await opened.handlers['document.edit']({ connection: '', draft, edit }, opened.signal);
  const change = { connection: '', session_key: key(1), revision: session.revision, draft: changed.draft, expiry: 'keep' } as const;
  expect((await opened.handlers['sessions.apply'](change, opened.signal)).outcome).toBe('applied');
  expect(await django.ask('load', { session_key: key(1) })).toMatchObject({ accepted: true, data: { long: 'short' } });
  await opened.close();
  await django.stop();
});

test('signed_cookies: nothing is listed, and it says what works', async () => {
  const cookies = await open({ SESSION_ENGINE: 'signed_cookies' }, { SECRET_KEY }, Date.now);
  expect(cookies.inspector.capabilities).toMatchObject({ list: 'none', write: false, clearExpired: 'none' });
  expect(cookies.inspector.capabilities.limits.join(' ')).toMatch(/cannot be revoked.*new password.*Cookie Lab/s);
  await expect(cookies.list()).rejects.toMatchObject({ code: 'Unsupported' });
  await expect(cookies.get(key(1))).rejects.toMatchObject({ code: 'Unsupported', hint: expect.stringContaining('Cookie Lab') });
  await cookies.close();
});

/** JSON's own view of a typed tree, for what JSON can say. */
function plain(node: ValueNode | undefined): unknown {
  switch (node?.type) {
    case 'dict':
      return Object.fromEntries((node.children ?? []).map(({ key: name, value }) => [name?.text, plain(value)]));
    case 'list':
      return (node.children ?? []).map(({ value }) => plain(value));
    case 'NoneType':
      return null;
    case 'bool':
      return node.text === 'True' || node.text === 'true';
    case 'int':
    case 'float':
      return Number(node.text);
    default:
      return node?.text;
  }
}
