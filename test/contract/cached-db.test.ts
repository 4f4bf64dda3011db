import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionStore, WritableSessionStore } from '../../src/main/backends/base.ts';
import { cacheKeys } from '../../src/main/backends/cache.ts';
import { openCachedDb } from '../../src/main/backends/cached-db.ts';
import { openWritableCachedDb } from '../../src/main/backends/cached-db-writes.ts';
import { EXPIRY_HEADER } from '../../src/main/backends/caches.ts';
import { openDb, openWritableDb } from '../../src/main/backends/db.ts';
import type { Cache, WritableCache } from '../../src/main/caches/base.ts';
import { openDatabaseCache, openWritableDatabaseCache } from '../../src/main/caches/db.ts';
import { openFileBased, openWritableFileBased } from '../../src/main/caches/filebased.ts';
import { openRedis } from '../../src/main/caches/redis-cache.ts';
import { openWritableRedis } from '../../src/main/caches/redis-writes.ts';
import { openSqlite3, openWritableSqlite3 } from '../../src/main/databases/sqlite3.ts';
import { CACHE_KEY_PREFIXES } from '../../src/main/django/cache-key.ts';
import { Django } from '../django/oracle.ts';
import { djangoDatabase, encode, expireText, folderPrint, forever, OPTIONS, SECRET_KEY, sqliteSettings } from './db-places.ts';
import { djangoRedis, fingerprintOf, redisConfig } from './redis-places.ts';
import { type RedisServer, startRedis } from './servers/redis.ts';
import { type ContractPlace, sessionStoreContract } from './suite.ts';

const NOW = Math.floor(Date.now() / 1000) * 1000 + 123;
const DAY = 86_400_000;
const KEY = 'c'.repeat(32);
const KEYS = cacheKeys({ KEY_PREFIX: '', VERSION: 1, KEY_FUNCTION: '', cache_key_prefix: CACHE_KEY_PREFIXES.cached_db });

/** Epoch seconds of the file-based cache, or UTC text of the table, against the frozen clock; TTLs as they are. */
function remaining(
  expiry: Readonly<{ source: 'ttl'; milliseconds: number | null } | { source: 'cache'; text: string | null }>,
): number | null {
  if (expiry.source === 'ttl') return expiry.milliseconds;
  if (expiry.text === null) return null;
  return (/-/.test(expiry.text) ? Date.parse(`${expiry.text}Z`) : Number(expiry.text) * 1000) - NOW;
}

type Opened = Readonly<{ folder: string; django: Django; store: WritableSessionStore; readOnly: SessionStore; close(): Promise<void> }>;

/** cached_db over SQLite and some cache, with real Django over both. */
async function open(
  cache: (
    folder: string,
  ) => Readonly<{ settings: Record<string, unknown>; read: () => Promise<Cache>; write: () => Promise<WritableCache> }>,
): Promise<Opened> {
  const root = await mkdtemp(join(tmpdir(), 'inspector-cached-'));
  const folder = join(root, 'site');
  for (const name of ['cache', 'db']) await mkdir(join(folder, name), { recursive: true });
  const settings = sqliteSettings(join(folder, 'db', 'db.sqlite3'));
  const { settings: CACHE, read, write } = cache(folder);
  const django = await Django.start({
    SECRET_KEY,
    SESSION_ENGINE: 'cached_db',
    CACHES: { default: CACHE },
    DATABASES: djangoDatabase(settings, 'sqlite3'),
  });
  await django.ask('migrate', { now: NOW / 1000, cachetable: true });
  const options = { keys: KEYS, remaining };
  const rows = await openWritableDb(await openWritableSqlite3(settings, forever), OPTIONS, forever);
  const store = await openWritableCachedDb(rows, write, options, forever);
  const readOnly = await openCachedDb(await openDb(await openSqlite3(settings, forever), OPTIONS, forever), read, options, forever);
  const close = async () => {
    await store.close();
    await readOnly.close();
    await django.stop();
    await rm(root, { recursive: true });
  };
  return { folder, django, store, readOnly, close };
}

async function contractPlace({ folder, django, store, readOnly, close }: Opened, empty: () => Promise<void>): Promise<ContractPlace> {
  const fingerprint = () => Promise.all(['db', 'cache'].map((name) => folderPrint(join(folder, name))));
  return { store, readOnly, django, now: NOW, clock: 'frozen', encode, fingerprint, empty, close };
}

sessionStoreContract('cached_db over a cache in files', async () => {
  const opened = await open((folder) => {
    const config = { LOCATION: [join(folder, 'cache')], isSession: () => true, header: EXPIRY_HEADER };
    return {
      settings: { BACKEND: 'django.core.cache.backends.filebased.FileBasedCache', LOCATION: join(folder, 'cache') },
      read: async () => openFileBased(config),
      write: async () => openWritableFileBased(config),
    };
  });
  return contractPlace(opened, async () => {
    await opened.django.ask('sql', { sql: 'DELETE FROM django_session' });
    for (const name of await readdir(join(opened.folder, 'cache'))) await rm(join(opened.folder, 'cache', name));
  });
});

sessionStoreContract('cached_db over a cache in a table', async () => {
  const opened = await open((folder) => {
    const settings = sqliteSettings(join(folder, 'db', 'db.sqlite3'));
    const options = { LOCATION: ['cache_table'], SCHEMA: '', expireText };
    return {
      settings: { BACKEND: 'django.core.cache.backends.db.DatabaseCache', LOCATION: 'cache_table' },
      read: async () => openDatabaseCache(await openSqlite3(settings, forever), options, forever),
      write: async () => openWritableDatabaseCache(await openWritableSqlite3(settings, forever), options, forever),
    };
  });
  return contractPlace(opened, async () => {
    await opened.django.ask('sql', { sql: 'DELETE FROM django_session' });
    await opened.django.ask('sql', { sql: 'DELETE FROM cache_table' });
  });
});

describe('cached_db over Redis', () => {
  let redis: RedisServer;
  let site: Opened;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.server.stop());
  beforeEach(async () => {
    await redis.cli('FLUSHALL');
    const address = `redis://127.0.0.1:${redis.port}/0`;
    site = await open(() => ({
      settings: djangoRedis(address),
      read: () => openRedis(redisConfig(address), forever),
      write: () => openWritableRedis(redisConfig(address), forever),
    }));
  });
  afterEach(() => site?.close());

  const create = (data: unknown) => site.django.ask('create', { session_key: KEY, data, now: Date.now() / 1000 });
  const dropCached = () => redis.cli('DEL', KEYS.make(KEY));
  const deleteRow = () => site.django.ask('sql', { sql: 'DELETE FROM django_session' });
  const get = async () => {
    const session = await site.store.get(KEY, forever);
    if (session === null) throw new Error('The session is not there');
    return session;
  };

  test('shows both sides, and which of them have it', async () => {
    await create({ cart: 1 });
    const both = await get();
    expect(both.only).toBeUndefined();
    expect(both.stored.length).toBeGreaterThan(0);
    expect(both.twin?.stored?.[0]).toBe(0x80);
    expect(both.twin?.milliseconds).toBeGreaterThan(13 * DAY);
    await dropCached();
    expect(await get()).toMatchObject({ only: 'database', twin: { stored: null } });
    await site.django.ask('load', { session_key: KEY });
    await deleteRow();
    expect(await get()).toMatchObject({ only: 'cache', stored: new Uint8Array(0), expiry: { source: 'ttl' } });
    await dropCached();
    expect(await site.store.get(KEY, forever)).toBeNull();
  });

  test('lists rows with their cached side, and finds what is only in the cache by scanning', async () => {
    await create({ cart: 1 });
    const other = 'd'.repeat(32);
    await redis.cli('SET', KEYS.make(other), 'not a session, yet there');
    await site.django.ask('create', { session_key: 'e'.repeat(32), data: {}, now: Date.now() / 1000 });
    await redis.cli('DEL', KEYS.make('e'.repeat(32)));
    const query = { sort: 'session_key', direction: 'ascending', now: Date.now(), limit: 10 } as const;
    const { sessions } = await site.readOnly.list(query, forever);
    expect(sessions.map(({ session_key, only }) => [session_key, only])).toEqual([
      [KEY, undefined],
      ['e'.repeat(32), 'database'],
    ]);
    const scanned: unknown[] = [];
    for await (const block of site.readOnly.scan(forever)) scanned.push(...block.map(({ session_key, only }) => [session_key, only]));
    expect(scanned).toEqual([
      [KEY, undefined],
      ['e'.repeat(32), 'database'],
      [other, 'cache'],
    ]);
  });

  test('a browse leaves row and cache entry as they were, and fills nothing', async () => {
    await create({ cart: 1 });
    const print = () => Promise.all([fingerprintOf([redis]), folderPrint(join(site.folder, 'db'))]);
    const before = await print();
    for await (const _ of site.store.scan(forever));
    await get();
    expect(await print()).toEqual(before);
    await dropCached();
    for await (const _ of site.readOnly.scan(forever));
    await site.readOnly.get(KEY, forever);
    expect(await redis.cli('DBSIZE')).toBe('0');
  });

  test('a save reaches Django: the row is written, the cache entry dropped', async () => {
    await create({ cart: 1 });
    const before = await get();
    const after = encode({ cart: 2 }, Date.now() + DAY);
    const statements = site.store.statements({ session_key: KEY, before, after });
    expect(statements.map(({ language }) => language)).toEqual(['sql', 'redis']);
    expect(statements[1]?.text).toBe(`UNLINK ${KEYS.make(KEY)}`);
    const saved = await site.store.save(before, after, forever);
    expect(saved).toMatchObject({ only: 'database', twin: { stored: null } });
    expect(await redis.cli('DBSIZE')).toBe('0');
    expect(await site.django.ask('load', { session_key: KEY, now: Date.now() / 1000 })).toMatchObject({
      accepted: true,
      data: { cart: 2 },
    });
  });

  test('a row that changed since is neither written nor dropped from the cache', async () => {
    await create({ cart: 1 });
    const before = await get();
    await site.django.ask('save', { session_key: KEY, data: { cart: 3 }, now: Date.now() / 1000 });
    await expect(site.store.save(before, encode({ cart: 2 }, Date.now() + DAY), forever)).rejects.toMatchObject({ code: 'UpdateError' });
    expect(await redis.cli('DBSIZE')).toBe('1');
  });

  test('deleting takes both sides: the user is logged out', async () => {
    await create({ cart: 1 });
    expect(await site.store.delete([await get()], forever)).toEqual([KEY]);
    expect(await redis.cli('DBSIZE')).toBe('0');
    expect(await site.django.ask('load', { session_key: KEY })).toMatchObject({ accepted: false });
    await create({ cart: 1 });
    await deleteRow();
    const cached = await get();
    expect(await site.django.ask('load', { session_key: KEY })).toMatchObject({ accepted: true });
    expect(await site.store.delete([cached], forever)).toEqual([KEY]);
    expect(await site.django.ask('load', { session_key: KEY })).toMatchObject({ accepted: false });
    // What Undo does with the image of it.
    await site.store.create(KEY, cached, forever);
    expect(await get()).toMatchObject({ only: 'cache' });
    expect(await site.django.ask('load', { session_key: KEY })).toMatchObject({ accepted: true, data: { cart: 1 } });
  });

  test('a session that is only in the cache is not written', async () => {
    await create({ cart: 1 });
    await deleteRow();
    await expect(site.store.save(await get(), encode({}, Date.now() + DAY), forever)).rejects.toMatchObject({ code: 'NotEditable' });
    expect(await redis.cli('DBSIZE')).toBe('1');
  });

  test('clear_expired also drops the cache entries of the rows that went', async () => {
    await create({ cart: 1 });
    await site.django.ask('sql', { sql: "UPDATE django_session SET expire_date = '2020-01-01 00:00:00'" });
    const images: string[] = [];
    const before = async (rows: readonly { session_key: string }[]) => void images.push(...rows.map(({ session_key }) => session_key));
    expect(await site.store.clearExpired({ now: Date.now(), limit: 10, before }, forever)).toMatchObject({ deleted: 1 });
    expect(images).toEqual([KEY]);
    expect(await redis.cli('DBSIZE')).toBe('0');
  });
});

describe('cached_db while the cache is down', () => {
  let redis: RedisServer;
  let site: Opened;
  beforeEach(async () => {
    redis = await startRedis();
    const address = `redis://127.0.0.1:${redis.port}/0`;
    site = await open(() => ({
      settings: djangoRedis(address),
      read: () => openRedis(redisConfig(address), forever),
      write: () => openWritableRedis(redisConfig(address), forever),
    }));
    await site.django.ask('create', { session_key: KEY, data: { cart: 1 }, now: Date.now() / 1000 });
  });
  afterEach(async () => {
    await site?.close();
    await redis?.server.stop();
  });

  test('rows are shown and written, and the cache is said to be down', async () => {
    await redis.server.kill();
    const seen = await site.store.get(KEY, forever);
    if (seen === null) throw new Error('The row is not shown');
    expect(seen.twin).toMatchObject({ stored: null, unavailable: expect.stringContaining('127.0.0.1') });
    expect(seen.only).toBeUndefined();
    const saved = await site.store.save(seen, encode({ cart: 2 }, Date.now() + DAY), forever);
    expect(saved.twin?.unavailable).toMatch(/Redis/);
    await expect(site.store.delete([saved], forever)).rejects.toMatchObject({
      code: 'StoreFailed',
      message: expect.stringContaining('row was deleted'),
    });
    expect(await site.store.get(KEY, forever)).toBeNull();
  });

  test('a profile opens, and says so', async () => {
    await redis.server.kill();
    const settings = sqliteSettings(join(site.folder, 'db', 'db.sqlite3'));
    const rows = await openDb(await openSqlite3(settings, forever), OPTIONS, forever);
    const reach = () => openRedis(redisConfig(`127.0.0.1:${redis.port}`), forever);
    const opened = await openCachedDb(rows, reach, { keys: KEYS, remaining }, forever);
    expect(opened.capabilities.limits.join(' ')).toMatch(/Redis at 127\.0\.0\.1:\d+: nothing listens there/);
    expect(await opened.get(KEY, forever)).toMatchObject({ twin: { unavailable: expect.any(String) } });
    await opened.close();
  });
});
