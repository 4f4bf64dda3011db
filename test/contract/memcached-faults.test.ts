import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredSession, WritableSessionStore } from '../../src/main/backends/base.ts';
import { openCache, openWritableCache } from '../../src/main/backends/cache.ts';
import { type MemcachedConfig, openMemcached } from '../../src/main/caches/memcached.ts';
import { type MemcachedCommandName, READ_ONLY, WRITE_COMMANDS } from '../../src/main/caches/memcached-commands.ts';
import { MemcachedConnection, parseMemcachedLocation } from '../../src/main/caches/memcached-connection.ts';
import { openWritableMemcached } from '../../src/main/caches/memcached-writes.ts';
import { Django } from '../django/oracle.ts';
import { djangoMemcached, memcachedConfig } from './memcached-places.ts';
import { pickled } from './pickled.ts';
import { forever, KEYS } from './redis-places.ts';
import { makeCertificates } from './servers/certificates.ts';
import { freePort, LocalServer } from './servers/local.ts';
import { type MemcachedServer, startMemcached } from './servers/memcached.ts';

const QUERY = { sort: 'session_key', direction: 'ascending', now: Date.now(), limit: 10 } as const;
const key = (number: number) => `k${String(number).padStart(31, '0')}`;
const text = (value: string) => Buffer.from(value);
const ttl = (seconds: number | null) => ({ source: 'ttl', milliseconds: seconds === null ? null : seconds * 1000 }) as const;

const openStore = async (config: MemcachedConfig) => openWritableCache(await openWritableMemcached(config, forever), KEYS);

async function fill(store: WritableSessionStore, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1)
    await store.create(key(number), { stored: text(`value ${number}`), expiry: ttl(3600), flags: 1 }, forever);
}

async function get(store: WritableSessionStore, number: number): Promise<StoredSession> {
  const session = await store.get(key(number), forever);
  if (session === null) throw new Error('The session is not there');
  return session;
}

describe('memcached', () => {
  let servers: MemcachedServer[];
  let store: WritableSessionStore;
  beforeAll(async () => {
    servers = [await startMemcached(), await startMemcached()];
  });
  beforeEach(async () => {
    for (const server of servers) await server.empty();
    store = await openStore(memcachedConfig(servers));
  });
  afterEach(() => store.close());
  afterAll(async () => {
    for (const { server } of servers ?? []) await server.stop();
  });
  const ends = async (number: number) => {
    const lines = (await Promise.all(servers.map((server) => server.print()))).flat();
    return lines.find((line) => line.startsWith(KEYS.make(key(number))))?.split(' ')[1];
  };

  test('puts new keys where pymemcache looks for them, and finds those that it put', async () => {
    const django = await Django.start({ SESSION_ENGINE: 'cache', CACHES: { default: djangoMemcached(servers) } });
    for (let number = 0; number < 40; number += 1) {
      await store.create(key(number), { stored: pickled({ number }), expiry: ttl(100), flags: 1 }, forever);
      expect(await django.ask('load', { session_key: key(number) })).toMatchObject({ accepted: true, data: { number } });
      await django.ask('create', { session_key: key(100 + number), data: {} });
    }
    const counts = await Promise.all(servers.map(async (server) => (await server.print()).length));
    expect(Math.min(...counts)).toBeGreaterThan(10);
    const places = new Set<string | undefined>();
    for (let number = 0; number < 40; number += 1) places.add((await get(store, 100 + number)).place);
    expect([...places].sort()).toEqual(servers.map(({ port }) => `127.0.0.1:${port}`).sort());
    await django.stop();
  });

  test('a key on a server where the site would not look for it is found all the same', async () => {
    for (const server of servers) {
      for (const one of servers) await one.empty();
      await server.ask(`set ${KEYS.make(key(3))} 1 0 5\r\nthere\r\n`);
      expect(await get(store, 3)).toMatchObject({ stored: text('there'), place: `127.0.0.1:${server.port}` });
    }
  });

  test('python-memcached and pylibmc: every server is asked; where pylibmc would put a new key is not known', async () => {
    const crc = await openStore(memcachedConfig(servers, { BACKEND: 'MemcachedCache' }));
    await fill(crc, 10);
    expect((await crc.list(QUERY, forever)).sessions).toHaveLength(10);
    const pylibmc = await openStore(memcachedConfig(servers, { BACKEND: 'PyLibMCCache' }));
    expect((await get(pylibmc, 5)).stored).toEqual(text('value 5'));
    await expect(pylibmc.create(key(99), { stored: text('x'), expiry: ttl(10) }, forever)).rejects.toMatchObject({ code: 'Unsupported' });
    await crc.close();
    await pylibmc.close();
  });

  test('a save keeps the second in which an entry ends and the flags, unless they are what changes', async () => {
    await fill(store, 1);
    const end = await ends(0);
    const before = await get(store, 0);
    const saved = await store.save(before, { stored: text('other'), expiry: before.expiry }, forever);
    expect(await ends(0)).toBe(end);
    expect(saved.flags).toBe(1);
    const year = await store.save(saved, { stored: text('other'), expiry: ttl(31_536_000), flags: 9 }, forever);
    expect(Number(await ends(0)) - Math.floor(Date.now() / 1000)).toBeGreaterThan(31_535_990);
    expect(await get(store, 0)).toMatchObject({ flags: 9, token: year.token });
    const kept = await store.save(year, { stored: text('again'), expiry: year.expiry }, forever);
    expect(Number(await ends(0)) - Math.floor(Date.now() / 1000)).toBeGreaterThan(31_535_990);
    const endless = await store.save(kept, { stored: text('endless'), expiry: ttl(null) }, forever);
    expect(endless.expiry).toEqual(ttl(null));
    await store.save(endless, { stored: text('still'), expiry: endless.expiry }, forever);
    expect((await get(store, 0)).expiry).toEqual(ttl(null));
    await expect(store.save(await get(store, 0), { stored: text('x'), expiry: ttl(-1) }, forever)).rejects.toMatchObject({
      code: 'BadValue',
    });
  });

  test('what does not fit is refused before it is sent: the server would drop the old value', async () => {
    await fill(store, 1);
    const before = await get(store, 0);
    await expect(store.save(before, { stored: Buffer.alloc(1024 * 1024), expiry: before.expiry }, forever)).rejects.toMatchObject({
      code: 'LimitExceeded',
    });
    expect((await get(store, 0)).stored).toEqual(text('value 0'));
    const most = await store.save(before, { stored: Buffer.alloc(1024 * 1024 - 2048, 1), expiry: before.expiry }, forever);
    expect((await get(store, 0)).stored.length).toBe(most.stored.length);
  });

  test('shows the exact line', async () => {
    await fill(store, 1);
    const before = await get(store, 0);
    const lines = (after: Parameters<typeof store.statements>[0]['after']) =>
      store.statements({ session_key: key(0), before, after })[0]?.text;
    expect(lines(null)).toBe(`md ${KEYS.make(key(0))} C${before.token}`);
    expect(lines({ stored: Buffer.from([0x80, 0x41]), expiry: ttl(60) })).toBe(`ms ${KEYS.make(key(0))} 2 C${before.token} F1 T60\n\\x80A`);
  });

  test('keys that the protocol cannot carry are not sent', async () => {
    for (const odd of ['with space', 'new\nline', 'k'.repeat(240), 'tab\t']) {
      await expect(store.get(odd, forever)).rejects.toMatchObject({ code: 'InvalidSessionKey' });
    }
    expect(await store.get('käse', forever)).toBeNull();
  });

  test('many keys come in several pages, each once', async () => {
    const lines = Array.from(
      { length: 700 },
      (_, number) => `set ${KEYS.make(key(number))} 1 0 1\r\nx\r\nset other${number} 0 0 1\r\nx\r\n`,
    );
    await servers[0]?.ask(lines.join(''), /(STORED\r\n){1400}$/);
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await store.list({ ...QUERY, limit: 250, ...(cursor === undefined ? {} : { cursor }) }, forever);
      expect(page.sessions.length).toBeLessThanOrEqual(250);
      seen.push(...page.sessions.map(({ session_key }) => session_key));
      cursor = page.next;
      if (cursor === undefined) break;
    }
    expect(seen.sort()).toEqual(Array.from({ length: 700 }, (_, number) => key(number)));
    await expect(store.list({ ...QUERY, cursor: 'nonsense' }, forever)).rejects.toMatchObject({ code: 'BadRequest' });
  });

  test('listing keys moves nothing; reading values is said to mark them', async () => {
    for (const number of [0, 1, 2]) await servers[0]?.ask(`set ${KEYS.make(key(number))} 1 0 1\r\nx\r\n`);
    const reader = openCache(await openMemcached(memcachedConfig(servers), forever), KEYS);
    await reader.count({ now: 0 }, true, forever);
    const fetched = async () =>
      (await Promise.all(servers.map((server) => server.ask('lru_crawler metadump hash\r\n', /END\r\n$/)))).join('').match(/fetch=yes/g);
    expect(await fetched()).toBeNull();
    await reader.list(QUERY, forever);
    expect(await fetched()).toHaveLength(3);
    expect(reader.capabilities.limits.join(' ')).toMatch(/marks it as fetched/);
    await reader.close();
  });

  test('clear_expired offers what has no TTL', async () => {
    await fill(store, 2);
    await store.create(key(9), { stored: text('x'), expiry: ttl(null), flags: 1 }, forever);
    const images: string[] = [];
    const before = async (rows: readonly StoredSession[]) => void images.push(...rows.map(({ session_key }) => session_key));
    expect(await store.clearExpired({ now: 1, limit: 10, before }, forever)).toEqual({ deleted: 1, done: true });
    expect(images).toEqual([key(9)]);
  });

  test('a read-only connection sends nothing but what is on the list', async () => {
    const connection = new MemcachedConnection(
      parseMemcachedLocation(`127.0.0.1:${servers[0]?.port}`),
      memcachedConfig(servers),
      READ_ONLY,
    );
    for (const name of [...WRITE_COMMANDS, 'flush_all', 'set', 'delete', 'touch', 'gat', 'ma']) {
      const send = async () =>
        connection.exchange([{ name: name as MemcachedCommandName, words: ['a'] }], (replies) => replies.line(), forever);
      await expect(send()).rejects.toMatchObject({ code: 'ReadOnly' });
    }
    expect(await connection.exchange([{ name: 'version', words: [] }], (replies) => replies.line(), forever)).toMatch(/^VERSION/);
    connection.close();
  });
});

describe('memcached as servers are configured', () => {
  const started: MemcachedServer[] = [];
  const start = async (...args: string[]) => {
    const server = await startMemcached(args);
    started.push(server);
    return server;
  };
  afterAll(async () => {
    for (const { server } of started) await server.stop();
  });

  test('without the crawler nothing is listed, and a key is found', async () => {
    const server = await start('-o', 'no_lru_crawler');
    const store = await openStore(memcachedConfig([server]));
    await fill(store, 1);
    expect(store.capabilities).toMatchObject({ list: 'none', count: 'none', clearExpired: 'none' });
    expect(store.capabilities.limits[0]).toMatch(/crawler is off/);
    await expect(store.list(QUERY, forever)).rejects.toMatchObject({ code: 'Unsupported' });
    expect((await get(store, 0)).stored).toEqual(text('value 0'));
    await store.close();
  });

  test('dumping forbidden (-X): the same', async () => {
    const store = await openStore(memcachedConfig([await start('-X')]));
    expect(store.capabilities.list).toBe('none');
    await store.close();
  });

  test('a password file: logs in, and says when it cannot', async () => {
    const file = join(tmpdir(), `inspector-memcached-${process.pid}`);
    await writeFile(file, 'inspector:se:cret\n', { mode: 0o644 });
    const server = await start('-Y', file);
    const store = await openStore(memcachedConfig([server], { USER: 'inspector', password: 'se:cret' }));
    await fill(store, 2);
    expect((await store.list(QUERY, forever)).sessions).toHaveLength(2);
    await store.close();
    await expect(openStore(memcachedConfig([server], { USER: 'inspector', password: 'wrong' }))).rejects.toMatchObject({
      code: 'LoginFailed',
    });
    await expect(openStore(memcachedConfig([server]))).rejects.toMatchObject({ code: 'LoginFailed' });
    await rm(file);
  });
});

test('memcached over TLS verifies the certificate and the name, unless told not to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inspector-tls-'));
  const { ca, cert, key: privateKey } = await makeCertificates(folder);
  const port = await freePort();
  const args = [
    '-u',
    'nobody',
    '-l',
    '127.0.0.1',
    '-p',
    String(port),
    '-U',
    '0',
    '-Z',
    '-o',
    `ssl_chain_cert=${cert},ssl_key=${privateKey}`,
  ];
  const opened = async (more: Partial<MemcachedConfig>, host = 'localhost') => {
    const cache = await openMemcached({ ...memcachedConfig([]), LOCATION: [`${host}:${port}`], timeout: 1000, ...more }, forever);
    await cache.close();
    return cache.facts.server;
  };
  const server = await LocalServer.start(
    'memcached',
    () => args,
    () => opened({ TLS: 'require' }),
  );
  try {
    expect(await opened({ TLS: 'verify', TLS_CA: ca })).toMatch(/^memcached/);
    expect(await opened({ TLS: 'verify', TLS_CA: ca }, '127.0.0.1')).toMatch(/^memcached/);
    await expect(opened({ TLS: 'verify' })).rejects.toMatchObject({ code: 'TlsFailed' });
    await expect(opened({})).rejects.toMatchObject({ code: expect.stringMatching(/ConnectionLost|Timeout/) });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});

describe('memcached that goes away', () => {
  let servers: MemcachedServer[];
  let store: WritableSessionStore;
  beforeEach(async () => {
    servers = [await startMemcached(), await startMemcached()];
    store = await openStore(memcachedConfig(servers, { timeout: 700 }));
    await fill(store, 30);
  });
  afterEach(async () => {
    await store.close();
    for (const { server } of servers) await server.stop();
  });

  test('one of two: the listing says what is missing, keys of the other are found, and a profile opens', async () => {
    const left = (await servers[0]?.print())?.length ?? 0;
    await servers[1]?.server.kill();
    const page = await store.list({ ...QUERY, limit: 50 }, forever);
    expect(page.sessions).toHaveLength(left);
    expect(page.partial).toMatch(/nothing listens there.*not listed/);
    const missing =
      Array.from({ length: 30 }, (_, number) => key(number)).find((one) => !page.sessions.some(({ session_key }) => session_key === one)) ??
      '';
    await expect(store.get(missing, forever)).rejects.toMatchObject({ code: 'ConnectionRefused' });
    const again = await openStore(memcachedConfig(servers));
    expect(again.capabilities.limits.join(' ')).toMatch(/nothing listens there/);
    await again.close();
  });

  test('both, in the middle of a listing, and back again', async () => {
    const first = await store.list({ ...QUERY, limit: 5 }, forever);
    for (const { server } of servers) await server.kill();
    const next = store.list({ ...QUERY, ...(first.next === undefined ? {} : { cursor: first.next }) }, forever);
    await expect(next).rejects.toSatisfy(({ code }: { code: string }) => ['ConnectionLost', 'ConnectionRefused'].includes(code));
    await expect(store.list(QUERY, forever)).rejects.toMatchObject({ code: 'ConnectionRefused' });
    await expect(openStore(memcachedConfig(servers))).rejects.toMatchObject({ code: 'ConnectionRefused' });
  });

  test('in the middle of a write and of a bulk delete', async () => {
    const seen = await Promise.all(Array.from({ length: 30 }, (_, number) => get(store, number)));
    const [before] = seen;
    if (before === undefined) throw new Error('nothing was seen');
    for (const { server } of servers) server.pause();
    const outcomes = Promise.allSettled([
      store.save(before, { stored: text('x'), expiry: before.expiry }, forever),
      store.delete(seen, forever),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const { server } of servers) await server.kill();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: expect.stringMatching(/ConnectionLost|ConnectionRefused/) } });
    }
  });

  test('without closing the connection: the call ends, and the next one works when the server answers again', async () => {
    for (const { server } of servers) server.pause();
    await expect(store.get(key(1), forever)).rejects.toMatchObject({ code: 'Timeout' });
    const controller = new AbortController();
    const canceled = store.get(key(1), controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(canceled).rejects.toMatchObject({ code: 'Canceled' });
    for (const { server } of servers) server.resume();
    expect((await get(store, 1)).stored).toEqual(text('value 1'));
  });

  test('what vanishes between listing and reading is left out', async () => {
    const first = await store.list({ ...QUERY, limit: 5 }, forever);
    for (const server of servers) await server.empty();
    const rest = await store.list({ ...QUERY, limit: 50, ...(first.next === undefined ? {} : { cursor: first.next }) }, forever);
    expect(rest.sessions).toEqual([]);
  });
});

/** What no memcached would answer: a server of the test's own. */
describe('something else on the port', () => {
  const opened: Array<() => Promise<unknown>> = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });
  const answering = async (answer: (line: string, socket: Socket) => void) => {
    const port = await freePort();
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => answer(String(data), socket));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    opened.push(() => new Promise((resolve) => server.close(resolve)));
    return { ...memcachedConfig([]), LOCATION: [`127.0.0.1:${port}`], timeout: 500 };
  };
  /** A memcached up to its first `mg`, which gets `answer`. */
  const lying = (answer: string) =>
    answering((line, socket) => {
      if (line.startsWith('version')) socket.write('VERSION 1.6.18\r\n');
      else if (line.startsWith('stats')) socket.write('STAT item_size_max 1048576\r\nEND\r\n');
      else socket.write(answer);
    });

  test.each([
    ['an endless line', 'x'.repeat(10_000), 'Corrupt'],
    ['a length that is no number', 'VA -1 f0\r\n', 'Corrupt'],
    ['a length that the value does not have', 'VA 1000 f0\r\nshort\r\n', 'Timeout'],
    ['a length of many gigabytes', 'VA 99999999999 f0\r\nshort\r\n', 'Timeout'],
    ['an unknown answer', 'HELLO\r\n', 'Corrupt'],
    ['an error', 'SERVER_ERROR out of memory\r\n', 'StoreFailed'],
    ['nothing', '', 'Timeout'],
  ])('%s', async (_, answer, code) => {
    const cache = await openMemcached(await lying(answer), forever);
    await expect(cache.getMany(['a'], forever)).rejects.toMatchObject({ code });
    await cache.close();
  });

  test('a server that cannot walk its hash table lists its LRU, and the listing says so', async () => {
    const config = await answering((line, socket) => {
      if (line.startsWith('version')) socket.write('VERSION 1.6.0\r\n');
      else if (line.startsWith('stats')) socket.write('STAT lru_crawler yes\r\nEND\r\n');
      else if (line.includes('metadump hash')) socket.write('BADCLASS invalid class id\r\n');
      else if (line.includes('metadump all'))
        socket.write('key=%3A1%3Adjango.contrib.sessions.cacheabcdefgh exp=-1 la=1 cas=1 fetch=no cls=1 size=9\nEND\r\n');
      else socket.write('VA 1 f1 t-1 c1\r\nx\r\n');
    });
    const store = openCache(await openMemcached(config, forever), KEYS);
    const page = await store.list(QUERY, forever);
    expect(page.sessions).toMatchObject([{ session_key: 'abcdefgh', expiry: ttl(null) }]);
    expect(page.partial).toMatch(/lists its LRU only/);
    expect(await store.count({ now: 0 }, true, forever)).toEqual({ value: 1, kind: 'estimate' });
    await store.close();
  });

  test('an old version is refused with the reason', async () => {
    const config = await answering((_, socket) => socket.write('VERSION 1.4.25\r\n'));
    await expect(openMemcached(config, forever)).rejects.toMatchObject({ code: 'Unsupported', message: expect.stringContaining('1.4.25') });
  });

  test('a connection that is closed at once is lost, not waited for', async () => {
    const config = await answering((_, socket) => socket.destroy());
    await expect(openMemcached(config, forever)).rejects.toMatchObject({ code: 'ConnectionLost', hint: expect.stringContaining('SASL') });
  });

  test('a port without TLS', async () => {
    const config = await answering((_, socket) => socket.end('ERROR\r\n'));
    await expect(openMemcached({ ...config, TLS: 'verify' }, forever)).rejects.toMatchObject({ code: 'TlsFailed' });
  });
});
