import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredSession, WritableSessionStore } from '../../src/main/backends/base.ts';
import { cacheKeys, openCache, openWritableCache } from '../../src/main/backends/cache.ts';
import { RedisConnection } from '../../src/main/caches/redis.ts';
import { openRedis } from '../../src/main/caches/redis-cache.ts';
import { READ_COMMANDS, READ_ONLY, type RedisCommandName, WRITE_COMMANDS } from '../../src/main/caches/redis-commands.ts';
import type { RedisConfig } from '../../src/main/caches/redis-options.ts';
import { openWritableRedis } from '../../src/main/caches/redis-writes.ts';
import { forever, KEYS, redisConfig } from './redis-places.ts';
import { makeCertificates } from './servers/certificates.ts';
import { eventually } from './servers/local.ts';
import { type RedisServer, startCluster, startRedis, startSentinels } from './servers/redis.ts';

const QUERY = { sort: 'session_key', direction: 'ascending', now: Date.now(), limit: 10 } as const;
const key = (number: number) => `k${String(number).padStart(31, '0')}`;
const text = (value: string) => Buffer.from(value);
const ttl = (milliseconds: number | null) => ({ source: 'ttl', milliseconds }) as const;

const openStore = async (config: RedisConfig) => openWritableCache(await openWritableRedis(config, forever), KEYS);

async function fill(store: WritableSessionStore, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    await store.create(key(number), { stored: text(`value ${number}`), expiry: ttl(3_600_000) }, forever);
  }
}

async function get(store: WritableSessionStore, number: number): Promise<StoredSession> {
  const session = await store.get(key(number), forever);
  if (session === null) throw new Error('The session is not there');
  return session;
}

describe('Redis', () => {
  let redis: RedisServer;
  let store: WritableSessionStore;
  const address = () => `127.0.0.1:${redis.port}`;
  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    await redis.cli('FLUSHALL');
    store = await openStore(redisConfig(address()));
  });
  afterEach(() => store.close());
  afterAll(() => redis?.server.stop());

  test('a save keeps the moment an entry ends, to the millisecond, unless the end is what changes', async () => {
    await fill(store, 1);
    const ends = () => redis.cli('PEXPIRETIME', KEYS.make(key(0)));
    const before = await get(store, 0);
    const end = await ends();
    const saved = await store.save(before, { stored: text('other'), expiry: before.expiry }, forever);
    expect(await ends()).toBe(end);
    await store.save(saved, { stored: saved.stored, expiry: ttl(7_200_000) }, forever);
    expect(Number(await ends()) - Number(end)).toBeGreaterThan(3_590_000);
    await store.save(await get(store, 0), { stored: saved.stored, expiry: ttl(null) }, forever);
    expect(await ends()).toBe('-1');
    await expect(store.save(await get(store, 0), { stored: saved.stored, expiry: ttl(0) }, forever)).rejects.toMatchObject({
      code: 'BadValue',
    });
  });

  test('shows the exact command', async () => {
    await fill(store, 1);
    const before = await get(store, 0);
    const [statement] = store.statements({
      session_key: key(0),
      before,
      after: { stored: Buffer.from([0x80, 0x22, 0x0a]), expiry: ttl(1500) },
    });
    expect(statement?.text).toMatch(/ 1 :1:django\.contrib\.sessions\.cachek0+ "value 0" "\\x80\\"\\n" 1500$/);
    const [created] = store.statements({ session_key: key(1), before: null, after: { stored: text('a b'), expiry: ttl(1500) } });
    expect(created?.text).toBe(`SET ${KEYS.make(key(1))} "a b" PX 1500 NX`);
  });

  test('what a redis-cli makes of the shown command is what a save would have done', async () => {
    await fill(store, 1);
    const before = await get(store, 0);
    const after = { stored: Buffer.from([0x80, 0x04, 0x7d, 0x22, 0x5c, 0xff]), expiry: before.expiry };
    const [statement] = store.statements({ session_key: key(0), before, after });
    expect(await redis.pipe(`${statement?.text}\n`)).toBe('1\n');
    expect((await get(store, 0)).stored).toEqual(after.stored);
  });

  test('names of sites are taken literally, and custom key functions are read backwards', async () => {
    for (const other of [':1:django', 'a*:1:django', 'aXb:1:django', 'a*[b]?\\:2:django'])
      await redis.cli('SET', `${other}.contrib.sessions.cache${key(7)}`, 'x');
    const naming = { KEY_PREFIX: 'a*[b]?\\', VERSION: 1, KEY_FUNCTION: '', cache_key_prefix: 'django.contrib.sessions.cache' };
    const named = openWritableCache(await openWritableRedis(redisConfig(address()), forever), cacheKeys(naming));
    await fill(named, 3);
    expect((await named.list(QUERY, forever)).sessions.map(({ session_key }) => session_key).sort()).toEqual([0, 1, 2].map(key));
    expect(await named.count({ now: 0 }, true, forever)).toEqual({ value: 3, kind: 'exact' });
    const own = openWritableCache(
      await openWritableRedis(redisConfig(address()), forever),
      cacheKeys({ ...naming, KEY_FUNCTION: '{key}@{prefix}/{version}' }),
    );
    await fill(own, 2);
    expect((await own.list(QUERY, forever)).sessions.map(({ session_key }) => session_key).sort()).toEqual([0, 1].map(key));
    expect(await redis.cli('EXISTS', `django.contrib.sessions.cache${key(0)}@a*[b]?\\/1`)).toBe('1');
    await named.close();
    await own.close();
  });

  test('several pages, counts and a scan hold each of many sessions', async () => {
    await redis.cli(
      'EVAL',
      "for i = 0, 2999 do redis.call('SET', string.format(':1:django.contrib.sessions.cachek%031d', i), 'v' .. i, 'EX', 1000) redis.call('SET', 'other' .. i, 'x') end",
      '0',
    );
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await store.list({ ...QUERY, limit: 100, ...(cursor === undefined ? {} : { cursor }) }, forever);
      expect(page.sessions.length).toBeLessThanOrEqual(100);
      seen.push(...page.sessions.map(({ session_key }) => session_key));
      cursor = page.next;
      if (cursor === undefined) break;
    }
    const all = Array.from({ length: 3000 }, (_, number) => key(number));
    expect([...new Set(seen)].sort()).toEqual(all);
    const scanned: string[] = [];
    for await (const block of store.scan(forever)) scanned.push(...block.map(({ session_key }) => session_key));
    expect(scanned.sort()).toEqual(all);
    expect(await store.count({ now: 0 }, true, forever)).toEqual({ value: 3000, kind: 'exact' });
  });

  test('an estimate looks at a part of a large keyspace', async () => {
    await redis.cli(
      'EVAL',
      "for i = 1, 20000 do redis.call('SET', ':1:django.contrib.sessions.cache' .. i, 'v') redis.call('SET', 'other' .. i, 'x') end",
      '0',
    );
    const { value, kind } = await store.count({ now: 0 }, false, forever);
    expect(kind).toBe('estimate');
    expect(value).toBeGreaterThan(15_000);
    expect(value).toBeLessThan(25_000);
  });

  test('large values are read whole, and over the limit only measured', async () => {
    await redis.cli('SETRANGE', KEYS.make(key(0)), '3000000', 'end');
    await redis.cli('SETRANGE', KEYS.make(key(1)), '68000000', 'end');
    expect((await get(store, 0)).stored.length).toBe(3_000_003);
    const large = await get(store, 1);
    expect(large).toMatchObject({ oversize: 68_000_003, stored: Buffer.alloc(0) });
    const listed = (await store.list(QUERY, forever)).sessions;
    expect(listed.map(({ session_key, oversize }) => [session_key, oversize]).sort()).toEqual([
      [key(0), undefined],
      [key(1), 68_000_003],
    ]);
    await expect(store.save(large, { stored: text('x'), expiry: large.expiry }, forever)).rejects.toMatchObject({ code: 'LimitExceeded' });
    await redis.cli('APPEND', KEYS.make(key(1)), '!');
    expect(await store.delete([large], forever)).toEqual([]);
    expect(await store.delete([await get(store, 1)], forever)).toEqual([key(1)]);
  });

  test('keys that hold no string, or vanish after they were scanned, are left out and counted', async () => {
    await fill(store, 12);
    await redis.cli('HSET', KEYS.make(key(50)), 'a', 'b');
    const first = await store.list({ ...QUERY, limit: 3 }, forever);
    const listed = new Set(first.sessions.map(({ session_key }) => session_key));
    const [gone = ''] = Array.from({ length: 12 }, (_, number) => key(number)).filter((one) => !listed.has(one));
    await redis.cli('DEL', KEYS.make(gone));
    const second = await store.list({ ...QUERY, limit: 20, ...(first.next === undefined ? {} : { cursor: first.next }) }, forever);
    expect([...listed, ...second.sessions.map(({ session_key }) => session_key)].sort()).toEqual(
      Array.from({ length: 12 }, (_, number) => key(number)).filter((one) => one !== gone),
    );
    expect(await store.get(key(50), forever)).toBeNull();
    expect(await store.get(gone, forever)).toBeNull();
  });

  test('clear_expired offers what has no TTL, in batches, and leaves the rest', async () => {
    await fill(store, 5);
    for (const number of [10, 11, 12]) await redis.cli('SET', KEYS.make(key(number)), 'endless');
    expect(store.capabilities.clearExpired).toBe('no-ttl');
    const images: string[] = [];
    const before = async (rows: readonly StoredSession[]) => void images.push(...rows.map(({ session_key }) => session_key));
    let deleted = 0;
    for (let done = false; !done; ) {
      const batch = await store.clearExpired({ now: 1, limit: 2, before }, forever);
      expect(batch.deleted).toBeLessThanOrEqual(2);
      deleted += batch.deleted;
      done = batch.done;
    }
    expect(deleted).toBe(3);
    expect(images.sort()).toEqual([10, 11, 12].map(key));
    expect(await redis.cli('DBSIZE')).toBe('5');
  });

  test('says what reading does to idle times where the server cannot leave them alone', async () => {
    // This Redis is older than 7.2: CLIENT NO-TOUCH is not known to it.
    expect(await redis.cli('CLIENT', 'NO-TOUCH', 'ON')).toMatch(/unknown subcommand/i);
    expect(store.capabilities.limits.join(' ')).toMatch(/idle time \(OBJECT IDLETIME\)/);
    await redis.cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const again = await openStore(redisConfig(address()));
    expect(again.capabilities.limits.join(' ')).toMatch(/allkeys-lru evicts by it/);
    await again.close();
    await redis.cli('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  });

  describe('read-only', () => {
    test('the connection sends nothing but what is on the list', async () => {
      const connection = new RedisConnection(redisConfig(address()), READ_ONLY);
      for (const name of WRITE_COMMANDS) {
        const command = [name, 'a', 'b'] as readonly [RedisCommandName, ...string[]];
        await expect(connection.send(command, forever)).rejects.toMatchObject({ code: 'ReadOnly' });
        await expect(connection.pipeline([['PING'], command], forever)).rejects.toMatchObject({ code: 'ReadOnly' });
        await expect(connection.transaction([command], forever)).rejects.toMatchObject({ code: 'ReadOnly' });
      }
      expect(String(await connection.send(['PING'], forever))).toBe('PONG');
      await connection.close();
    });

    test('a browse runs read commands alone, as the server counts them', async () => {
      await fill(store, 5);
      const reader = openCache(await openRedis(redisConfig(address()), forever), KEYS);
      await redis.cli('CONFIG', 'RESETSTAT');
      await reader.list(QUERY, forever);
      await reader.get(key(1), forever);
      for await (const _ of reader.scan(forever));
      await reader.count({ now: 0 }, true, forever);
      const stats = await redis.cli('INFO', 'commandstats');
      const ran = [...stats.matchAll(/cmdstat_([\w|-]+):/g)]
        .map(([, name = '']) => name.toUpperCase())
        .filter((name) => !name.startsWith('CONFIG'));
      expect(ran.length).toBeGreaterThan(2);
      expect(ran.filter((name) => !(READ_COMMANDS as readonly string[]).includes(name))).toEqual([]);
      await reader.close();
    });

    test('the server refuses a write within the script that reads', async () => {
      const connection = new RedisConnection(redisConfig(address()), READ_ONLY);
      await expect(connection.send(['EVAL_RO', "return redis.call('SET', KEYS[1], 'x')", 1, 'a'], forever)).rejects.toMatchObject({
        code: 'StoreFailed',
      });
      await connection.close();
    });
  });

  describe('what an ACL refuses', () => {
    const user = (...rules: string[]) => redis.cli('ACL', 'SETUSER', 'limited', 'reset', 'on', '>pw', '~*', ...rules);
    const as = () => redisConfig(address(), { USER: 'limited', password: 'pw' });

    test('INFO, DBSIZE and scripts: works all the same, and says what is not known', async () => {
      await fill(store, 4);
      await user('+@all', '-info', '-@scripting');
      const limited = await openStore(as());
      expect(limited.capabilities.limits.join(' ')).toMatch(/INFO is refused/);
      expect(limited.capabilities.server).toBeUndefined();
      expect((await limited.list(QUERY, forever)).sessions).toHaveLength(4);
      const before = await get(limited, 1);
      const end = await redis.cli('PEXPIRETIME', KEYS.make(key(1)));
      const saved = await limited.save(before, { stored: text('new'), expiry: before.expiry }, forever);
      expect(await redis.cli('PEXPIRETIME', KEYS.make(key(1)))).toBe(end);
      await expect(limited.save(before, { stored: text('newer'), expiry: before.expiry }, forever)).rejects.toMatchObject({
        code: 'UpdateError',
      });
      const seen = await Promise.all([0, 1, 2].map((number) => get(limited, number)));
      await redis.cli('SET', KEYS.make(key(2)), 'theirs');
      expect(limited.statements({ session_key: key(0), before: seen[0] ?? null, after: null })[0]?.text).toBe(
        `UNLINK ${KEYS.make(key(0))}`,
      );
      expect(await limited.delete(seen, forever)).toEqual([key(0), key(1)]);
      expect(saved.stored).toEqual(text('new'));
      await limited.close();
    });

    test('SCAN: nothing is listed, a key is found', async () => {
      await fill(store, 2);
      await user('+@all', '-scan');
      const limited = await openStore(as());
      expect(limited.capabilities.list).toBe('none');
      expect(limited.capabilities.limits[0]).toMatch(/SCAN is refused/);
      await expect(limited.list(QUERY, forever)).rejects.toMatchObject({ code: 'Unsupported' });
      expect((await get(limited, 1)).stored).toEqual(text('value 1'));
      await limited.close();
    });

    test('keys of others: they are left out', async () => {
      await fill(store, 3);
      await redis.cli('ACL', 'SETUSER', 'limited', 'reset', 'on', '>pw', '~*0001', '+@all');
      const limited = await openStore(as());
      const page = await limited.list(QUERY, forever);
      expect(page.sessions.map(({ session_key }) => session_key)).toEqual([key(1)]);
      expect(page.partial).toMatch(/2 keys were left out/);
      await limited.close();
    });

    test('writes: nothing is changed', async () => {
      await fill(store, 1);
      await user('+@read', '+@connection', '+@scripting', '+info');
      const limited = await openStore(as());
      const before = await get(limited, 0);
      await expect(limited.save(before, { stored: text('x'), expiry: before.expiry }, forever)).rejects.toMatchObject({
        code: 'PermissionDenied',
      });
      await expect(limited.delete([before], forever)).rejects.toMatchObject({ code: 'PermissionDenied' });
      expect((await get(store, 0)).stored).toEqual(text('value 0'));
      await limited.close();
    });
  });

  describe('names the layer that fails', () => {
    const opening = (config: RedisConfig) => openRedis(config, forever);
    test.each([
      ['NameNotFound', () => redisConfig('redis://no-such-host.invalid:6379')],
      ['ConnectionRefused', () => redisConfig('127.0.0.1:1')],
      ['ConnectionRefused', () => redisConfig('unix:///no/such/socket')],
      ['LoginFailed', () => redisConfig(address(), { USER: 'nobody', password: 'wrong' })],
      ['MissingDatabase', () => redisConfig(address(), { DB: 99 })],
      ['TlsFailed', () => redisConfig(address(), { TLS: 'verify', timeout: 1000 })],
      ['ImproperlyConfigured', () => redisConfig([])],
      ['ImproperlyConfigured', () => redisConfig('http://127.0.0.1')],
    ])('%s', async (code, config) => {
      await expect((async () => opening(config()))()).rejects.toMatchObject({ code });
    });

    test('a password is never part of a message', async () => {
      const error = await opening(redisConfig('redis://me:hunter2@127.0.0.1:1/0')).catch((thrown: Error) => thrown);
      expect(String(error)).toMatch(/127\.0\.0\.1:1/);
      expect(JSON.stringify(error) + String(error)).not.toMatch(/hunter2/);
    });
  });
});

describe('Redis that goes away', () => {
  let redis: RedisServer;
  let store: WritableSessionStore;
  beforeEach(async () => {
    redis = await startRedis();
    store = await openStore(redisConfig(`127.0.0.1:${redis.port}`, { timeout: 1000 }));
    await fill(store, 30);
  });
  afterEach(async () => {
    await store.close();
    await redis.server.stop();
  });

  test('in the middle of a listing: the next page fails at once, and works when the server is back', async () => {
    const first = await store.list({ ...QUERY, limit: 5 }, forever);
    await redis.server.kill();
    const next = store.list({ ...QUERY, limit: 5, ...(first.next === undefined ? {} : { cursor: first.next }) }, forever);
    await expect(next).rejects.toSatisfy((error: { code: string }) => ['ConnectionLost', 'ConnectionRefused'].includes(error.code));
    await expect(store.list(QUERY, forever)).rejects.toMatchObject({ code: 'ConnectionRefused' });
    await redis.server.stop();
    redis = await startRedis({ port: redis.port });
    await fill(store, 2);
    expect((await store.list(QUERY, forever)).sessions).toHaveLength(2);
  });

  test('in the middle of a scan', async () => {
    const scanned = (async () => {
      for await (const _ of store.scan(forever)) await redis.server.kill();
      await store.list(QUERY, forever);
    })();
    await expect(scanned).rejects.toSatisfy((error: { code: string }) => ['ConnectionLost', 'ConnectionRefused'].includes(error.code));
  });

  test('in the middle of a write and of a bulk delete', async () => {
    const seen = await Promise.all(Array.from({ length: 30 }, (_, number) => get(store, number)));
    const [before] = seen;
    if (before === undefined) throw new Error('nothing was seen');
    redis.server.pause();
    const write = store.save(before, { stored: text('x'), expiry: before.expiry }, forever);
    const bulk = store.delete(seen, forever);
    const outcomes = Promise.allSettled([write, bulk]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await redis.server.kill();
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ConnectionLost' } });
  });

  test('without closing the connection: the call ends, and the next one works when the server answers again', async () => {
    redis.server.pause();
    await expect(store.get(key(1), forever)).rejects.toMatchObject({ code: 'Timeout' });
    redis.server.resume();
    expect((await get(store, 1)).stored).toEqual(text('value 1'));
  });

  test('a canceled call does not wait for it', async () => {
    redis.server.pause();
    const controller = new AbortController();
    const listing = store.list(QUERY, controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(listing).rejects.toMatchObject({ code: 'Canceled' });
    redis.server.resume();
  });

  test('for those with the old password', async () => {
    await redis.cli('CONFIG', 'SET', 'requirepass', 'new');
    await redis.cli('-a', 'new', '--no-auth-warning', 'CLIENT', 'KILL', 'TYPE', 'normal');
    await eventually(async () => {
      await expect(store.get(key(1), forever)).rejects.toMatchObject({ code: 'LoginFailed' });
    });
  });
});

test('several LOCATIONs: the first is read and written, and a replica in its place is refused', async () => {
  const master = await startRedis();
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(master.port)] });
  await eventually(async () => expect(await replica.cli('ROLE')).toContain('connected'));
  const [first, second] = [`redis://127.0.0.1:${master.port}`, `redis://127.0.0.1:${replica.port}`];
  const store = await openStore(redisConfig([first, second]));
  try {
    expect(store.capabilities.limits.join(' ')).toMatch(/read from the first LOCATION/);
    await fill(store, 1);
    await eventually(async () => expect(await replica.cli('DBSIZE')).toBe('1'));
    const turned = await openStore(redisConfig([second, first]));
    const before = await get(turned, 0);
    await expect(turned.save(before, { stored: text('x'), expiry: before.expiry }, forever)).rejects.toMatchObject({
      code: 'PermissionDenied',
      message: expect.stringContaining('replica'),
    });
    await expect(turned.delete([before], forever)).rejects.toMatchObject({ code: 'PermissionDenied' });
    expect((await get(store, 0)).stored).toEqual(text('value 0'));
    await turned.close();
  } finally {
    await store.close();
    for (const { server } of [replica, master]) await server.stop();
  }
});

describe('Redis over TLS', () => {
  let folder: string;
  let redis: RedisServer;
  let ca: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inspector-tls-'));
    const made = await makeCertificates(folder);
    ca = made.ca;
    const args = ['--tls-cert-file', made.cert, '--tls-key-file', made.key, '--tls-ca-cert-file', ca, '--tls-auth-clients', 'no'];
    redis = await startRedis({ args, tls: ca });
  });
  afterAll(async () => {
    await redis?.server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const opened = async (config: RedisConfig) => {
    const cache = await openRedis(config, forever);
    await cache.close();
    return cache.facts.server;
  };

  test('verifies the certificate and the name, unless told not to', async () => {
    const at = (host: string) => `rediss://${host}:${redis.port}`;
    expect(await opened(redisConfig(at('localhost'), { TLS_CA: ca }))).toMatch(/^Redis/);
    expect(await opened(redisConfig(at('127.0.0.1'), { TLS_CA: ca, TLS: 'verify' }))).toMatch(/^Redis/);
    expect(await opened(redisConfig(at('localhost'), { TLS: 'require' }))).toMatch(/^Redis/);
    await expect(opened(redisConfig(at('localhost')))).rejects.toMatchObject({ code: 'TlsFailed' });
    await expect(opened(redisConfig(at('127.0.0.2'), { TLS_CA: ca }))).rejects.toSatisfy(({ code }: { code: string }) =>
      ['TlsFailed', 'ConnectionRefused'].includes(code),
    );
    await expect(opened(redisConfig(at('localhost'), { TLS_CA: join(folder, 'none.pem') }))).rejects.toMatchObject({
      code: 'FileUnreadable',
    });
    await expect(opened(redisConfig(`redis://localhost:${redis.port}`))).rejects.toSatisfy(({ code }: { code: string }) =>
      ['ConnectionLost', 'Timeout'].includes(code),
    );
  });
});

describe('a Redis Cluster', () => {
  let nodes: readonly RedisServer[];
  beforeAll(async () => {
    nodes = await startCluster();
  });
  afterAll(async () => {
    for (const { server } of nodes ?? []) await server.stop();
  });

  test('is not taken for a single server, nor a single server for one', async () => {
    const [node] = nodes;
    await expect(openRedis(redisConfig(`127.0.0.1:${node?.port}`), forever)).rejects.toMatchObject({
      code: 'ImproperlyConfigured',
      hint: expect.stringContaining('cluster'),
    });
    const single = await startRedis();
    try {
      await expect(openRedis(redisConfig(`127.0.0.1:${single.port}`, { TOPOLOGY: 'cluster' }), forever)).rejects.toMatchObject({
        code: 'ImproperlyConfigured',
      });
    } finally {
      await single.server.stop();
    }
  });

  test('has sessions on every master, all of which are listed, scanned and deleted', async () => {
    const store = await openStore(redisConfig(`127.0.0.1:${nodes[1]?.port}`, { TOPOLOGY: 'cluster' }));
    await fill(store, 40);
    for (const { cli } of nodes) expect(Number(await cli('DBSIZE'))).toBeGreaterThan(0);
    const seen: StoredSession[] = [];
    for await (const block of store.scan(forever)) seen.push(...block);
    expect(seen).toHaveLength(40);
    expect(await store.count({ now: 0 }, true, forever)).toEqual({ value: 40, kind: 'exact' });
    expect(await store.delete(seen, forever)).toHaveLength(40);
    await store.close();
  });

  test('that moves a slot from one master to another loses no session on the way', async () => {
    const store = await openStore(redisConfig(`127.0.0.1:${nodes[0]?.port}`, { TOPOLOGY: 'cluster' }));
    await fill(store, 6);
    const made = KEYS.make(key(1));
    const slot = await (nodes[0]?.cli('CLUSTER', 'KEYSLOT', made) ?? '');
    const has = await Promise.all(nodes.map(async ({ cli }) => (await cli('EXISTS', made)) === '1'));
    const source = nodes[has.indexOf(true)];
    const target = nodes[has.indexOf(false)];
    if (source === undefined || target === undefined) throw new Error('The key is nowhere');
    await target.cli('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await source.cli('CLUSTER', 'MYID'));
    await source.cli('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await target.cli('CLUSTER', 'MYID'));
    expect(await source.cli('MIGRATE', '127.0.0.1', String(target.port), made, '0', '1000')).toBe('OK');
    const seen: string[] = [];
    for await (const block of store.scan(forever)) seen.push(...block.map(({ session_key }) => session_key));
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5].map(key));
    expect((await get(store, 1)).stored).toEqual(text('value 1'));
    await store.close();
  });

  test('with a master gone answers with an error, not for ever with nothing', async () => {
    const store = await openStore(
      redisConfig(
        nodes.map(({ port }) => `127.0.0.1:${port}`),
        { TOPOLOGY: 'cluster', timeout: 3000 },
      ),
    );
    await nodes[2]?.server.kill();
    const scanned = (async () => {
      for await (const _ of store.scan(forever));
    })();
    await expect(scanned).rejects.toSatisfy(({ code }: { code: string }) =>
      ['ConnectionLost', 'ConnectionRefused', 'Timeout'].includes(code),
    );
    await store.close();
  });
});

test('Redis Sentinel: a failover during a browse is over with the next call', async () => {
  const group = await startSentinels('sessions');
  const LOCATION = group.sentinels.map(({ port }) => `127.0.0.1:${port}`);
  const store = await openStore(redisConfig(LOCATION, { TOPOLOGY: 'sentinel', SENTINEL_MASTER: 'sessions', timeout: 3000 }));
  try {
    await fill(store, 20);
    const first = await store.list({ ...QUERY, limit: 5 }, forever);
    expect(first.next).toBeDefined();
    await eventually(async () => expect(await group.replica.cli('DBSIZE')).toBe('20'));
    await group.master.server.kill();
    await expect(store.list(QUERY, forever)).rejects.toMatchObject({
      code: expect.stringMatching(/ConnectionLost|ConnectionRefused|Timeout/),
    });
    const rest = await eventually(() => store.list({ ...QUERY, limit: 100 }, forever));
    expect(rest.sessions).toHaveLength(20);
    const before = await get(store, 3);
    await eventually(() => store.save(before, { stored: text('after the failover'), expiry: before.expiry }, forever));
    expect(await group.replica.cli('GET', KEYS.make(key(3)))).toBe('after the failover');
    await expect(openRedis(redisConfig(LOCATION, { TOPOLOGY: 'sentinel', SENTINEL_MASTER: 'unknown' }), forever)).rejects.toMatchObject({
      code: 'ConnectionRefused',
    });
  } finally {
    await store.close();
    await group.stop();
  }
});
