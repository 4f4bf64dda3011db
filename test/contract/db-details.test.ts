import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredSession, WritableSessionStore } from '../../src/main/backends/base.ts';
import { openDatabase, openWritableDatabase } from '../../src/main/backends/databases.ts';
import { openDb, openWritableDb } from '../../src/main/backends/db.ts';
import { openUsers } from '../../src/main/backends/users.ts';
import { Django } from '../django/oracle.ts';
import { open } from '../unit/main/opened.ts';
import { encode, expireText, forever, mysqlSettings, NOW, OPTIONS, postgresqlSettings, SECRET_KEY } from './db-places.ts';
import { dbOnMysql, dbOnPostgresql, dbOnSqlite, type InspectorPlace } from './inspector-places.ts';
import { type MysqlServer, startMysql } from './servers/mysql.ts';
import { type PostgresqlServer, startPostgresql } from './servers/postgresql.ts';

let postgresql: PostgresqlServer;
let mysql: MysqlServer;
beforeAll(async () => {
  [postgresql, mysql] = await Promise.all([startPostgresql(), startMysql()]);
});
afterAll(async () => {
  await postgresql?.stop();
  await mysql?.stop();
});

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const ALL = { sort: 'session_key', direction: 'ascending', now: NOW, limit: 500 } as const;

async function seen(store: WritableSessionStore, session_key: string): Promise<StoredSession> {
  const session = await store.get(session_key, forever);
  if (session === null) throw new Error('not there');
  return session;
}

describe('MariaDB takes letters of either case for the same', () => {
  let store: WritableSessionStore;
  let sql: (text: string) => Promise<string>;
  beforeAll(async () => {
    await mysql.admin(
      'create database letters; use letters; create table django_session (session_key varchar(40) primary key, session_data longtext not null, expire_date datetime(6) not null)',
    );
    sql = (text) => mysql.admin(`use letters; ${text}`);
    const database = await openWritableDatabase({ ...mysqlSettings(mysql, 'letters'), ENGINE: 'mysql' }, forever);
    store = await openWritableDb(database, OPTIONS, forever);
  });
  beforeEach(async () => {
    await sql('delete from django_session');
    await store.create(KEY, encode({ a: 1 }, NOW + 1000), forever);
  });
  afterAll(() => store?.close());

  test('a key is found as it is written, and only so', async () => {
    expect(await store.get(KEY.toUpperCase(), forever)).toBeNull();
    expect(await store.get(`${KEY} `, forever)).toBeNull();
    expect(await store.get(KEY, forever)).toMatchObject({ session_key: KEY });
    expect((await store.list({ ...ALL, keyPrefix: 'abc' }, forever)).sessions).toHaveLength(1);
    expect((await store.list({ ...ALL, keyPrefix: 'ABC' }, forever)).sessions).toHaveLength(0);
    await expect(store.create(KEY.toUpperCase(), encode({}, NOW), forever)).rejects.toMatchObject({ code: 'CreateError' });
  });

  test('a change of letter case in the data is a change', async () => {
    await sql("update django_session set session_data = 'abc:DEF:g'");
    const before = await seen(store, KEY);
    await sql("update django_session set session_data = 'ABC:def:g'");
    await expect(store.save(before, encode({}, NOW), forever)).rejects.toMatchObject({ code: 'UpdateError' });
    expect(await store.delete([before], forever)).toEqual([]);
    expect(Buffer.from((await seen(store, KEY)).stored).toString()).toBe('ABC:def:g');
  });

  test('pages keep their order among keys of mixed case', async () => {
    await sql('delete from django_session');
    const keys = ['Bbbbbbbb', 'aaaaaaaa', 'AAAAAAAb', 'cccccccc', 'bbbbbbba', 'Cccccccd'];
    for (const key of keys) await store.create(key, encode({}, NOW), forever);
    const found: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await store.list({ ...ALL, limit: 2, ...(cursor === undefined ? {} : { cursor }) }, forever);
      found.push(...page.sessions.map(({ session_key }) => session_key));
      if (page.next === undefined) break;
      cursor = page.next;
    }
    expect(found).toEqual([...keys].sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1)));
  });

  test('text with quotes, backslashes and what MySQL escapes arrives as it is', async () => {
    const text = 'a\'b"c\\d\0e\nf\x1ag%_é😀';
    await store.save(
      await seen(store, KEY),
      { stored: Buffer.from(text), expiry: { source: 'expire_date', text: expireText(NOW) } },
      forever,
    );
    expect(Buffer.from((await seen(store, KEY)).stored).toString()).toBe(text);
    const [statement] = store.statements({ session_key: KEY, before: await seen(store, KEY), after: encode({ z: 1 }, NOW) });
    await sql(String(statement?.text).replace('`django_session`', 'letters.django_session'));
    expect(await store.get(KEY, forever)).toMatchObject({ stored: Buffer.from(encode({ z: 1 }, NOW).stored) });
  });
});

describe('the boundary of clear_expired is a microsecond', () => {
  const places: readonly (readonly [string, () => Promise<InspectorPlace>])[] = [
    ['SQLite', () => dbOnSqlite()],
    [
      'SQLite, local time',
      () => dbOnSqlite({ USE_TZ: false, TIME_ZONE: 'America/New_York' }, { USE_TZ: false, TIME_ZONE: 'America/New_York' }),
    ],
    ['PostgreSQL', () => dbOnPostgresql(postgresql, 'microsecond')],
    ['MariaDB', () => dbOnMysql(mysql, 'microsecond')],
  ];
  test.each(places)('%s', async (_, start) => {
    const place = await start();
    const now = NOW / 1000 + 0.000456;
    const microseconds = [-2, -1, 0, 1, 2];
    for (const [index, offset] of microseconds.entries()) {
      const session_key = `${'k'.repeat(31)}${index}`;
      await place.django.ask('create', { session_key, data: {}, now: now + offset / 1e6 - 1209600 });
    }
    const opened = await open(place.profile, place.secrets, () => now * 1000);
    expect(await opened.run({ kind: 'clear_expired', dryRun: true, batch: 500, pause: 0 })).toMatchObject({ found: 2 });
    expect((await opened.list({ state: 'live' })).map(({ session_key }) => session_key.at(-1))).toEqual(['3', '4']);
    const copies = await Promise.all(microseconds.map((__, index) => opened.get(`${'k'.repeat(31)}${index}`)));
    expect(copies.map((copy) => copy?.summary.state)).toEqual(['expired', 'expired', 'expired', 'live', 'live']);
    expect(await opened.run({ kind: 'clear_expired', dryRun: false, batch: 1, pause: 0 })).toMatchObject({ changed: 2, state: 'done' });
    expect((await opened.list()).map(({ session_key }) => session_key.at(-1))).toEqual(['2', '3', '4']);
    await place.django.ask('clear_expired', { now });
    expect(await opened.list()).toHaveLength(3);
    await opened.close();
    await place.close();
  });
});

describe('zones', () => {
  const zones: readonly (readonly [string, Record<string, unknown>, Record<string, unknown>])[] = [
    ['USE_TZ', { USE_TZ: true, TIME_ZONE: 'America/New_York' }, {}],
    ['local time', { USE_TZ: false, TIME_ZONE: 'America/New_York' }, {}],
    ["a database's own zone", { USE_TZ: true, TIME_ZONE: 'Europe/Berlin' }, { TIME_ZONE: 'Asia/Kolkata' }],
  ];
  test.each(zones)('%s: what is saved here, Django takes for the same moment', async (_, settings, database) => {
    for (const [ENGINE, start] of [
      ['sqlite3', () => dbOnSqlite()],
      ['mysql', () => dbOnMysql(mysql, `zones${Math.random().toString(36).slice(2)}`)],
    ] as const) {
      const plain = await start();
      const profile = { ...plain.profile, ...settings, DATABASES: { ...plain.profile.DATABASES, ...database } };
      const { NAME = '', HOST = '', PORT, USER = '' } = plain.profile.DATABASES ?? {};
      const DATABASES = {
        default: { ENGINE, NAME, HOST, PORT: PORT ? String(PORT) : '', USER, PASSWORD: plain.secrets.DATABASE_PASSWORD ?? '', ...database },
      };
      const django = await Django.start({ SECRET_KEY, ...settings, DATABASES });
      await django.ask('create', { session_key: KEY, data: { a: 1 }, now: NOW / 1000 });
      const opened = await open(profile, plain.secrets, () => NOW);
      const view = await opened.get(KEY);
      expect(Date.parse(view?.summary.expiry.at ?? '') - NOW, ENGINE).toBe(1209600_000);
      await opened.run({ kind: 'set_expiry', session_keys: [KEY], expiry: { kind: 'seconds', seconds: 3600 } });
      for (const [after, accepted] of [
        [3599, true],
        [3601, false],
      ] as const) {
        expect(await django.ask('load', { session_key: KEY, now: NOW / 1000 + after }), `${ENGINE} ${after}`).toMatchObject({ accepted });
      }
      await opened.close();
      await django.stop();
      await plain.close();
    }
  });
});

describe('tables of other packages', () => {
  test('further columns are shown, kept by saving, and restored', async () => {
    await postgresql.admin('create database packages');
    await postgresql.admin(
      `create table qsessions_session (session_key varchar(40) primary key, session_data text not null, expire_date timestamptz not null,
        user_id integer, user_agent text, created_at timestamptz not null, updated_at timestamptz not null, ip inet)`,
      'packages',
    );
    const settings = { ...postgresqlSettings(postgresql, 'packages'), ENGINE: 'postgresql' } as const;
    const store = await openWritableDb(
      await openWritableDatabase(settings, forever),
      { ...OPTIONS, session_table: 'qsessions_session' },
      forever,
    );
    const columns = {
      user_id: '7',
      user_agent: 'Firefox "1"',
      created_at: '2025-01-02 03:04:05.5+00',
      updated_at: '2025-01-02 03:04:05+00',
      ip: '10.0.0.1',
    };
    const created = await store.create(KEY, { ...encode({ a: 1 }, NOW), columns: { ...columns, nosuch: 'x' } }, forever);
    expect(created.columns).toEqual({ ...columns, ip: '10.0.0.1/32' });
    const saved = await store.save(created, encode({ a: 2 }, NOW), forever);
    expect(saved.columns).toEqual(created.columns);
    expect((await store.list(ALL, forever)).sessions[0]?.columns).toEqual(created.columns);
    const images: StoredSession[] = [];
    await store.clearExpired({ now: NOW + 1, limit: 10, before: async (rows) => void images.push(...rows) }, forever);
    expect(images).toEqual([saved]);
    await store.close();
  });

  test('schemas: of the profile, or before the name', async () => {
    await postgresql.admin('create database schemas');
    await postgresql.admin('create schema "my site"', 'schemas');
    await postgresql.admin(
      'create table "my site".django_session (session_key varchar(40) primary key, session_data text, expire_date timestamptz)',
      'schemas',
    );
    const settings = { ...postgresqlSettings(postgresql, 'schemas'), ENGINE: 'postgresql' } as const;
    for (const options of [
      { ...OPTIONS, SCHEMA: 'my site' },
      { ...OPTIONS, session_table: 'my site.django_session' },
    ]) {
      const store = await openWritableDb(await openWritableDatabase(settings, forever), options, forever);
      await store.create(KEY, encode({ a: 1 }, NOW + 1000), forever);
      expect((await store.list(ALL, forever)).sessions).toHaveLength(1);
      expect(await store.delete([await seen(store, KEY)], forever)).toEqual([KEY]);
      await store.close();
    }
    const without = openDb(await openDatabase(settings, forever), OPTIONS, forever);
    await expect(without).rejects.toMatchObject({ code: 'MissingTable', hint: expect.stringContaining('my site.django_session') });
  });
});

test('estimates come from the statistics of the server, exact counts on demand', async () => {
  const place = await dbOnPostgresql(postgresql, 'estimates');
  await postgresql.admin(
    "insert into django_session select 'k' || lpad(i::text, 31, '0'), 'x', now() + i * interval '1 second' from generate_series(1, 30000) i; analyze django_session",
    'estimates',
  );
  const opened = await open(place.profile, place.secrets, place.now);
  const count = (exact: boolean) => opened.handlers['sessions.count']({ connection: '', exact }, opened.signal);
  expect(await count(true)).toEqual({ value: 30000, kind: 'exact' });
  const estimate = await count(false);
  expect(estimate.kind).toBe('estimate');
  expect(Math.abs(estimate.value - 30000)).toBeLessThan(3000);
  const live = await opened.handlers['sessions.count']({ connection: '', exact: false, state: 'live' }, opened.signal);
  expect(live.kind).toBe('atLeast');
  await opened.close();
  await place.close();
});

test.each([
  ['SQLite', () => dbOnSqlite(), 'char(32)', '0123456789abcdef0123456789abcdef'],
  ['PostgreSQL', () => dbOnPostgresql(postgresql, 'uuids'), 'uuid', '01234567-89ab-cdef-0123-456789abcdef'],
  ['MariaDB', () => dbOnMysql(mysql, 'uuids'), 'char(32)', '0123456789abcdef0123456789abcdef'],
] as const)('users by numbers, by UUIDs, and ids that fit no column (%s)', async (_, start, type, id) => {
  const place = await start();
  await place.django.ask('create_user', { username: 'Çelik', password: 'x', email: 'c@example.org', is_active: false });
  await place.django.ask('sql', { sql: `CREATE TABLE people (pk ${type} PRIMARY KEY, login varchar(50))` });
  await place.django.ask('sql', { sql: `INSERT INTO people VALUES ('${id}', 'uuid-user')` });
  const { ENGINE = 'sqlite3', NAME = '', HOST = '', PORT = null, USER = '' } = place.profile.DATABASES ?? {};
  const { DATABASE_PASSWORD = '' } = place.secrets;
  const settings = {
    ENGINE,
    NAME,
    HOST,
    PORT,
    USER,
    UNIX_SOCKET: '',
    SCHEMA: '',
    TLS: 'prefer',
    TLS_CA: '',
    TLS_CERT: '',
    TLS_KEY: '',
    PASSWORD: DATABASE_PASSWORD,
  } as const;
  const database = await openDatabase(settings, forever);
  const names = { table: 'auth_user', id: 'id', username: 'username', email: 'email', password: 'password', is_active: 'is_active' };
  const users = await openUsers(database, names, '', forever);
  const odd = ['1', '01', '2', 'x', '1; drop table auth_user', '99999999999999999999', '3000000000', "'", '\0', ''];
  const found = await users.get(odd, forever);
  expect([...found.keys()].sort()).toEqual(['01', '1']);
  expect(found.get('1')).toMatchObject({ id: '1', username: 'Çelik', email: 'c@example.org', is_active: false });
  for (const text of ['1', 'çelik', 'Çelik', 'C@EXAMPLE.ORG']) {
    // SQLite folds the case of ASCII alone.
    if (text === 'çelik' && ENGINE === 'sqlite3') continue;
    expect(
      (await users.find(text, forever)).map(({ username }) => username),
      text,
    ).toEqual(['Çelik']);
  }
  expect(await users.find('%', forever)).toEqual([]);
  const people = await openUsers(
    database,
    { table: 'people', id: 'pk', username: 'login', email: '', password: 'password', is_active: '' },
    '',
    forever,
  );
  expect(people.notes).toEqual(['people has no column password.']);
  expect((await people.get(['01234567-89ab-cdef-0123-456789abcdef'], forever)).get('01234567-89ab-cdef-0123-456789abcdef')).toMatchObject({
    username: 'uuid-user',
    is_active: null,
  });
  expect((await openUsers(database, { ...names, table: 'nobody' }, '', forever)).notes[0]).toContain('no nobody table');
  await database.close();
  await place.close();
});
