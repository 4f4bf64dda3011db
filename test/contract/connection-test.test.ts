import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testConnection } from '../../src/main/connection-test/connection-test.ts';
import type { TestStep } from '../../src/preload/api.ts';
import { Profile, type ProfileInput, type Secrets } from '../../src/preload/profile.ts';
import { Django } from '../django/oracle.ts';
import { dbOnMysql, dbOnPostgresql, dbOnSqlite, type InspectorPlace } from './inspector-places.ts';
import { freePort } from './servers/local.ts';
import { type MemcachedServer, startMemcached } from './servers/memcached.ts';
import { type MysqlServer, startMysql } from './servers/mysql.ts';
import { type PostgresqlServer, startPostgresql } from './servers/postgresql.ts';
import { type RedisServer, startRedis } from './servers/redis.ts';

/** The test of a connection, on real servers: every layer passes, and each is named where it is the one that fails. */

const SECRET_KEY = 'django-insecure-contract';
const never = new AbortController().signal;

let folder: string;
let postgresql: PostgresqlServer;
let mysql: MysqlServer;
let redis: RedisServer;
let memcached: MemcachedServer;
let silent: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspector-test-'));
  silent = createServer(() => undefined);
  [postgresql, mysql, redis, memcached] = await Promise.all([startPostgresql(), startMysql(), startRedis(), startMemcached()]);
});
afterAll(async () => {
  silent?.close();
  await postgresql?.stop();
  await mysql?.stop();
  for (const { server } of [redis, memcached]) await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

type Site = Readonly<{ profile: Partial<ProfileInput>; secrets?: Secrets }>;

async function steps({ profile, secrets = {} }: Site, signal = never, time?: number): Promise<readonly TestStep[]> {
  const told: TestStep[] = [];
  const parsed = Profile.parse({ id: 'test', name: 'Test', TIME_ZONE: 'UTC', DJANGO_VERSION: '3.2', ...profile });
  const all = await testConnection(parsed, secrets, (step) => told.push(step), signal, Date.now, time);
  expect(told).toEqual(all);
  return all;
}

const outline = (all: readonly TestStep[]) => all.map(({ layer, state }) => `${layer} ${state}`);
const failed = (all: readonly TestStep[]) => all.find(({ state }) => state === 'failed');
const at = (all: readonly TestStep[], layer: TestStep['layer']) => all.find((step) => step.layer === layer);

/** What failed, with everything below it passed and everything above it not tried. */
function brokenAt(all: readonly TestStep[], layer: TestStep['layer']): TestStep {
  const index = all.findIndex(({ state }) => state === 'failed');
  const step = all[index];
  expect(outline(all)[index]).toBe(`${layer} failed`);
  expect(all.slice(0, index).every(({ state }) => state === 'ok' || state === 'warning')).toBe(true);
  expect(all.slice(index + 1).every(({ state }) => state === 'skipped')).toBe(true);
  expect(step?.message).not.toBe('');
  expect(step?.hint ?? '').not.toBe('');
  return step as TestStep;
}

const TABLE = ['table ok', 'read ok', 'sample ok', 'signature ok', 'users ok'];
const SERVER = ['settings ok', 'name ok', 'reach ok', 'tls ok', 'login ok', 'database ok'];

let databases = 0;
describe.each([
  ['PostgreSQL', () => dbOnPostgresql(postgresql, `tested${++databases}`)],
  ['MariaDB', () => dbOnMysql(mysql, `tested${++databases}`)],
] as const)('%s', (name, start) => {
  let place: InspectorPlace;
  beforeAll(async () => {
    place = await start();
    await place.django.ask('create_user', { username: 'anna', password: 'a' });
    await place.django.ask('login', { username: 'anna', password: 'a' });
  });
  afterAll(() => place?.close());

  const changed = (change: Partial<NonNullable<ProfileInput['DATABASES']>>, more: Partial<ProfileInput> = {}): Site => ({
    profile: { ...place.profile, ...more, DATABASES: { ...place.profile.DATABASES, ...change } },
    secrets: place.secrets,
  });

  test('every layer passes, and nothing is changed', async () => {
    const before = await place.django.ask('sql', { sql: 'SELECT * FROM django_session' });
    const all = await steps(changed({}));
    expect(outline(all)).toEqual([...SERVER, ...TABLE]);
    expect(at(all, 'tls')?.message).toMatch(/^TLSv1\.\d; the certificate of the server is not verified\.$/);
    expect(at(all, 'login')?.message).toContain(name);
    expect(at(all, 'read')?.message).toContain('1 rows');
    expect(at(all, 'signature')?.message).toMatch(/^1 of 1 signatures hold/);
    expect(at(all, 'users')?.message).toContain('1 of 1 users');
    expect(await place.django.ask('sql', { sql: 'SELECT * FROM django_session' })).toEqual(before);
  });

  test('the name, the port, TLS, the login, the database, the table and its columns', async () => {
    expect(brokenAt(await steps(changed({ HOST: 'no-such-host.invalid' })), 'name').code).toBe('NameNotFound');
    expect(brokenAt(await steps(changed({ PORT: await freePort() })), 'reach').code).toBe('ConnectionRefused');
    expect(brokenAt(await steps(changed({ TLS: 'verify' })), 'tls').code).toBe('TlsFailed');
    const ca = name === 'PostgreSQL' ? postgresql.ca : mysql.ca;
    expect(at(await steps(changed({ TLS: 'verify', TLS_CA: ca, HOST: 'localhost' })), 'tls')?.message).toMatch(/is verified\.$/);
    const wrong = brokenAt(await steps({ ...changed({}), secrets: { DATABASE_PASSWORD: 'not this one' } }), 'login');
    expect(wrong.code).toBe('LoginFailed');
    expect(JSON.stringify(wrong)).not.toContain('not this one');
    expect(brokenAt(await steps(changed({ NAME: 'nosuchdatabase' })), 'database').code).toMatch(/MissingDatabase|PermissionDenied/);
    expect(brokenAt(await steps(changed({}, { session_table: 'nosuchtable' })), 'table').code).toBe('MissingTable');
    expect(brokenAt(await steps(changed({}, { session_table: 'auth_user' })), 'table').code).toBe('WrongColumns');
    expect(brokenAt(await steps(changed({ NAME: '', USER: '' })), 'settings').code).toBe('ImproperlyConfigured');
  });

  test('the right to read', async () => {
    const database = String(place.profile.DATABASES?.NAME);
    if (name === 'PostgreSQL') await postgresql.admin(`create user guest password 'g'`, database);
    else await mysql.admin(`create user guest@'%' identified by 'g'; grant select on ${database}.auth_user to guest@'%'`);
    const guest = { ...changed({ USER: 'guest' }), secrets: { DATABASE_PASSWORD: 'g' } };
    // MariaDB hides a table that may not be read.
    const { code } = brokenAt(await steps(guest), name === 'PostgreSQL' ? 'read' : 'table');
    expect(code).toBe(name === 'PostgreSQL' ? 'PermissionDenied' : 'MissingTable');
  });

  test('another SECRET_KEY, none at all, and no users', async () => {
    const other = at(await steps({ ...changed({}), secrets: { ...place.secrets, SECRET_KEY: 'another' } }), 'signature');
    expect(other).toMatchObject({ state: 'warning', message: expect.stringMatching(/^0 of 1 signatures hold/) });
    const { DATABASE_PASSWORD = '' } = place.secrets;
    expect(at(await steps({ ...changed({}), secrets: { DATABASE_PASSWORD } }), 'signature')).toMatchObject({
      state: 'warning',
      hint: expect.stringContaining('SECRET_KEY'),
    });
    const older = { ...place.secrets, SECRET_KEY: 'newer', SECRET_KEY_FALLBACKS: [SECRET_KEY] };
    expect(at(await steps({ ...changed({}), secrets: older }), 'signature')?.message).toContain(
      '1 of them with one of SECRET_KEY_FALLBACKS',
    );
    expect(at(await steps(changed({}, { user_table: { table: 'nobody' } })), 'users')).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('nobody'),
    });
    expect(at(await steps(changed({}, { user_table: null })), 'users')?.state).toBe('skipped');
  });

  test('a socket, and one that is not there', async () => {
    const socket = name === 'PostgreSQL' ? postgresql.server.folder : mysql.socket;
    const all = await steps(changed({ UNIX_SOCKET: socket }));
    expect(outline(all)).toEqual([...SERVER.filter((step) => step !== 'name ok'), ...TABLE]);
    expect(brokenAt(await steps(changed({ UNIX_SOCKET: '/nowhere/socket' })), 'reach').code).toBe('ConnectionRefused');
  });
});

describe('SQLite', () => {
  let place: InspectorPlace;
  beforeAll(async () => {
    place = await dbOnSqlite();
  });
  afterAll(() => place?.close());
  const sqlite = (NAME: string, more: Partial<ProfileInput> = {}): Site => ({
    profile: { ...place.profile, ...more, DATABASES: { ENGINE: 'sqlite3', NAME } },
    secrets: place.secrets,
  });

  test('every layer', async () => {
    const file = String(place.profile.DATABASES?.NAME);
    expect(outline(await steps(sqlite(file)))).toEqual([
      'settings ok',
      'file ok',
      'database ok',
      'table ok',
      'read ok',
      'sample warning',
      'signature skipped',
      'users ok',
    ]);
    await place.django.ask('create', { session_key: 'k'.repeat(32), data: { a: 1 } });
    expect(outline(await steps(sqlite(file)))).toEqual(['settings ok', 'file ok', 'database ok', ...TABLE]);
    expect(brokenAt(await steps(sqlite(join(folder, 'nowhere.sqlite3'))), 'file').code).toBe('MissingFile');
    await writeFile(join(folder, 'text.sqlite3'), 'this is not a database');
    expect(brokenAt(await steps(sqlite(join(folder, 'text.sqlite3'))), 'database').code).toBe('NotADatabase');
    expect(brokenAt(await steps(sqlite(file, { session_table: 'nosuch' })), 'table').code).toBe('MissingTable');
    expect(brokenAt(await steps(sqlite(file, { TIME_ZONE: 'Nowhere/Land' })), 'settings').code).toBe('ImproperlyConfigured');
  });
});

describe('Redis', () => {
  const profile = (LOCATION: string, more: ProfileInput['CACHES'] = {}): Partial<ProfileInput> => ({
    SESSION_ENGINE: 'cache',
    user_table: null,
    CACHES: { BACKEND: 'django_redis', LOCATION: [LOCATION], ...more },
  });
  const url = (number = 0) => `redis://127.0.0.1:${redis.port}/${number}`;
  const CACHE = ['settings ok', 'name ok', 'reach ok', 'tls ok', 'login ok', 'database ok', 'server ok', 'list ok'];

  test('every layer', async () => {
    const django = await Django.start({
      SECRET_KEY,
      SESSION_ENGINE: 'cache',
      CACHES: { default: { BACKEND: 'django_redis.cache.RedisCache', LOCATION: url() } },
    });
    await django.ask('create', { session_key: 'k'.repeat(32), data: { a: 1 } });
    await django.stop();
    const all = await steps({ profile: profile(url()) });
    expect(outline(all)).toEqual([...CACHE, 'sample ok', 'signature skipped', 'users skipped']);
    expect(at(all, 'server')?.message).toMatch(/^(Redis|Valkey) \d/);
    expect(at(await steps({ profile: profile(url(1)) }), 'sample')?.state).toBe('warning');
  });

  test('the name, the port, TLS, the database, the topology', async () => {
    expect(brokenAt(await steps({ profile: profile('redis://no-such-host.invalid/0') }), 'name').code).toBe('NameNotFound');
    expect(brokenAt(await steps({ profile: profile(`redis://127.0.0.1:${await freePort()}/0`) }), 'reach').code).toBe('ConnectionRefused');
    expect(brokenAt(await steps({ profile: profile(url(), { TLS: 'require' }) }), 'tls').code).toMatch(/TlsFailed|ConnectionLost/);
    expect(brokenAt(await steps({ profile: profile(url(99)) }), 'database').code).toBe('MissingDatabase');
    brokenAt(await steps({ profile: profile(url(), { TOPOLOGY: 'cluster' }) }), 'server');
    expect(brokenAt(await steps({ profile: profile('http://127.0.0.1/') }), 'settings').code).toBe('ImproperlyConfigured');
  });

  test('the login, and what an ACL refuses', async () => {
    await redis.cli('ACL', 'SETUSER', 'reader', 'on', '>secret', '~*', '+@all');
    await redis.cli('ACL', 'SETUSER', 'blind', 'on', '>secret', '~*', '+@all', '-scan', '-info');
    const wrong = await steps({ profile: profile(url(), { USER: 'reader' }), secrets: { CACHE_PASSWORD: 'wrong' } });
    expect(brokenAt(wrong, 'login').code).toBe('LoginFailed');
    expect(outline(await steps({ profile: profile(url(), { USER: 'reader' }), secrets: { CACHE_PASSWORD: 'secret' } }))).toContain(
      'list ok',
    );
    const blind = await steps({ profile: profile(url(), { USER: 'blind' }), secrets: { CACHE_PASSWORD: 'secret' } });
    expect(outline(blind)).toEqual([
      ...CACHE.slice(0, 6),
      'server warning',
      'list warning',
      'sample skipped',
      'signature skipped',
      'users skipped',
    ]);
    expect(at(blind, 'list')?.message).toContain('SCAN is refused');
  });
});

test('memcached: one of two that is down is a warning, none that answers a failure', async () => {
  const gone = await freePort();
  const profile = (ports: readonly number[]): Partial<ProfileInput> => ({
    SESSION_ENGINE: 'cache',
    user_table: null,
    CACHES: { BACKEND: 'PyMemcacheCache', LOCATION: ports.map((port) => `127.0.0.1:${port}`) },
  });
  expect(outline(await steps({ profile: profile([memcached.port]) }))).toEqual([
    'settings ok',
    'name ok',
    'reach ok',
    'tls ok',
    'login ok',
    'server ok',
    'list ok',
    'sample warning',
    'signature skipped',
    'users skipped',
  ]);
  const one = await steps({ profile: profile([memcached.port, gone]) });
  expect(at(one, 'reach')).toMatchObject({ state: 'warning', message: expect.stringContaining(`${gone}`) });
  expect(failed(one)).toBeUndefined();
  expect(brokenAt(await steps({ profile: profile([gone]) }), 'reach').code).toBe('ConnectionRefused');
});

test('session files: the folder, its rights and what is in it', async () => {
  const path = join(folder, 'sessions');
  await mkdir(path);
  const profile = { SESSION_ENGINE: 'file', SESSION_FILE_PATH: path, user_table: null } as const;
  expect(outline(await steps({ profile }))).toEqual(['settings ok', 'folder ok', 'sample warning', 'signature warning', 'users skipped']);
  const django = await Django.start({ SECRET_KEY, SESSION_ENGINE: 'file', SESSION_FILE_PATH: path });
  await django.ask('create', { session_key: 'k'.repeat(32), data: { a: 1 } });
  await django.stop();
  const all = await steps({ profile, secrets: { SECRET_KEY } });
  expect(outline(all)).toEqual(['settings ok', 'folder ok', 'sample ok', 'signature ok', 'users skipped']);
  expect(at(all, 'folder')?.message).toContain('1 files that begin with “sessionid”');
  expect(brokenAt(await steps({ profile: { ...profile, SESSION_FILE_PATH: join(folder, 'nowhere') } }), 'folder').code).toBe('MissingFile');
  if (process.getuid?.() === 0) return;
  await chmod(path, 0o000);
  expect(brokenAt(await steps({ profile }), 'folder').code).toBe('PermissionDenied');
  await chmod(path, 0o700);
});

test('caches in a table and in a folder, cached_db with the cache down, and signed cookies', async () => {
  const place = await dbOnSqlite();
  const table: Partial<ProfileInput> = {
    ...place.profile,
    SESSION_ENGINE: 'cache',
    CACHES: { BACKEND: 'DatabaseCache', LOCATION: ['cache_table'] },
  };
  expect(brokenAt(await steps({ profile: table }), 'table').code).toBe('MissingTable');
  await place.django.ask('sql', {
    sql: 'CREATE TABLE cache_table (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires datetime NOT NULL)',
  });
  expect(outline(await steps({ profile: table }))).toEqual([
    'settings ok',
    'file ok',
    'database ok',
    'table ok',
    'sample warning',
    'signature skipped',
    'users ok',
  ]);
  const files: Partial<ProfileInput> = {
    ...place.profile,
    SESSION_ENGINE: 'cache',
    CACHES: { BACKEND: 'FileBasedCache', LOCATION: [folder] },
  };
  expect(outline(await steps({ profile: files })).slice(0, 2)).toEqual(['settings ok', 'folder ok']);
  const both: Partial<ProfileInput> = {
    ...place.profile,
    SESSION_ENGINE: 'cached_db',
    CACHES: { BACKEND: 'django_redis', LOCATION: [`redis://127.0.0.1:${await freePort()}/0`] },
  };
  const cached = await steps({ profile: both, secrets: place.secrets });
  expect(cached.filter(({ part }) => part === 'database').map(({ state }) => state)).not.toContain('failed');
  expect(failed(cached)).toMatchObject({ part: 'cache', layer: 'reach', code: 'ConnectionRefused' });
  expect(outline(await steps({ profile: { SESSION_ENGINE: 'signed_cookies' }, secrets: { SECRET_KEY } }))).toEqual([
    'settings ok',
    'signature ok',
  ]);
  expect(outline(await steps({ profile: { SESSION_ENGINE: 'signed_cookies' } }))).toEqual(['settings ok', 'signature warning']);
  await place.close();
});

test('a server that says nothing: the test ends when it is canceled, and by its own limit', async () => {
  const port = await new Promise<number>((resolve) => {
    silent.listen(0, '127.0.0.1', () => {
      const address = silent.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const profile = { DATABASES: { ENGINE: 'postgresql', NAME: 'x', USER: 'x', HOST: '127.0.0.1', PORT: port } } as const;
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 200);
  await expect(steps({ profile }, controller.signal)).rejects.toMatchObject({ code: 'Canceled' });
  expect(brokenAt(await steps({ profile }, never, 300), 'tls').code).toBe('Timeout');
});
