import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDb, openWritableDb } from '../../src/main/backends/db.ts';
import { openSqlite3, openWritableSqlite3 } from '../../src/main/databases/sqlite3.ts';
import { Django } from '../django/oracle.ts';
import { djangoDatabase, encode, fixtureCopy, folderPrint, forever, NOW, OPTIONS, SECRET_KEY, sqliteSettings } from './db-places.ts';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const QUERY = { sort: 'session_key', direction: 'ascending', now: NOW, limit: 100 } as const;

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspector-sqlite-'));
  path = join(folder, 'db.sqlite3');
});
afterEach(() => rm(folder, { recursive: true }));

const site = async () => {
  const django = await Django.start({ SECRET_KEY, DATABASES: djangoDatabase(sqliteSettings(path), 'sqlite3') });
  await django.ask('migrate', { now: NOW / 1000 });
  return django;
};
const open = async (NAME = path) => openDb(await openSqlite3(sqliteSettings(NAME), forever), OPTIONS, forever);
const openWritable = async () => openWritableDb(await openWritableSqlite3(sqliteSettings(path), forever), OPTIONS, forever);

describe('what is no session database says so', () => {
  test.each([
    ['an empty file', Buffer.alloc(0), /empty \(0 bytes\)/],
    ['text', Buffer.from('CREATE TABLE django_session (…);\n'.repeat(10)), /not an SQLite database/],
    ['an encrypted database', randomBytes(4096), /not an SQLite database/],
    ['a header without a database', Buffer.concat([Buffer.from('SQLite format 3\0'), randomBytes(4080)]), /./],
  ])('%s', async (_, bytes, message) => {
    await writeFile(path, bytes);
    const before = await folderPrint(folder);
    await expect(open()).rejects.toMatchObject({ code: 'NotADatabase', message: expect.stringMatching(message) });
    expect(await folderPrint(folder)).toEqual(before);
  });

  test('a folder, a missing file, a missing folder, nothing', async () => {
    await mkdir(join(folder, 'sub'));
    await expect(open(join(folder, 'sub'))).rejects.toMatchObject({ code: 'NotADatabase', hint: expect.any(String) });
    await expect(open(join(folder, 'other.sqlite3'))).rejects.toMatchObject({
      code: 'MissingFile',
      hint: expect.stringContaining('moved'),
    });
    await expect(open(join(folder, 'no', 'other.sqlite3'))).rejects.toMatchObject({
      code: 'MissingFile',
      hint: expect.stringContaining('folder'),
    });
    await expect(open('')).rejects.toMatchObject({ code: 'ImproperlyConfigured' });
    await expect(open(':memory:')).rejects.toMatchObject({ code: 'ImproperlyConfigured' });
    expect(await readdir(folder)).toEqual(['sub']);
  });

  test('a database without the table names those that it could be', async () => {
    await using django = await site();
    await django.ask('sql', { sql: 'ALTER TABLE django_session RENAME TO my_sessions' });
    await expect(open()).rejects.toMatchObject({ code: 'MissingTable', hint: expect.stringContaining('my_sessions') });
  });

  test('a table with other columns', async () => {
    await using django = await site();
    await django.ask('sql', { sql: 'ALTER TABLE django_session RENAME COLUMN expire_date TO ends' });
    await expect(open()).rejects.toMatchObject({ code: 'WrongColumns', message: expect.stringContaining('expire_date') });
  });
});

test('a path may be a file: URL, as Django takes it', async () => {
  await using _ = await site();
  const store = await open(`file:${path}?mode=ro`);
  expect(await store.list(QUERY, forever)).toEqual({ sessions: [] });
  await store.close();
});

describe('locks', () => {
  test('a database that somebody writes exclusively is reported as locked, and is read once they are done', async () => {
    await using django = await site();
    const store = await open();
    await django.ask('sql', { sql: 'BEGIN EXCLUSIVE' });
    await expect(store.list(QUERY, forever)).rejects.toMatchObject({ code: 'Locked', hint: expect.any(String) });
    await django.ask('sql', { sql: 'ROLLBACK' });
    expect(await store.list(QUERY, forever)).toEqual({ sessions: [] });
    await store.close();
  });

  test('a write that meets a lock changes nothing, and works once it is gone', async () => {
    await using django = await site();
    const store = await openWritable();
    await django.ask('sql', { sql: 'BEGIN IMMEDIATE' });
    await expect(store.create(KEY, encode({}, NOW + 1000), forever)).rejects.toMatchObject({ code: 'Locked' });
    await django.ask('sql', { sql: 'ROLLBACK' });
    expect(await store.get(KEY, forever)).toBeNull();
    expect(await store.create(KEY, encode({}, NOW + 1000), forever)).toMatchObject({ session_key: KEY });
    await store.close();
  });
});

describe('WAL mode', () => {
  const wal = async () => {
    const django = await site();
    await django.ask('sql', { sql: 'PRAGMA journal_mode=wal' });
    await django.ask('create', { session_key: KEY, data: { a: 1 } });
    return django;
  };

  test.each([
    ['read-only', () => open()],
    ['writable', () => openWritable()],
  ])('looking into an idle database leaves no file behind (%s)', async (_, openStore) => {
    await (await wal()).stop();
    const before = await folderPrint(folder);
    expect(before).toHaveLength(1);
    const store = await openStore();
    expect((await store.list(QUERY, forever)).sessions).toHaveLength(1);
    expect(await folderPrint(folder)).toEqual(before);
    await store.close();
    expect(await folderPrint(folder)).toEqual(before);
  });

  test('what the site writes while the database is open is seen at once', async () => {
    await (await wal()).stop();
    const store = await open();
    expect((await store.list(QUERY, forever)).sessions).toHaveLength(1);
    await using django = await site();
    const other = KEY.replace('a', 'z');
    await django.ask('create', { session_key: other, data: { b: 2 } });
    expect((await store.list(QUERY, forever)).sessions.map(({ session_key }) => session_key)).toEqual([KEY, other]);
    await django.ask('delete', { session_key: KEY });
    expect((await store.list(QUERY, forever)).sessions.map(({ session_key }) => session_key)).toEqual([other]);
    await store.close();
  });

  test('a log that is written back and removed between two looks is noticed', async () => {
    await (await wal()).stop();
    const store = await open();
    expect((await store.list(QUERY, forever)).sessions).toHaveLength(1);
    const django = await site();
    await django.ask('delete', { session_key: KEY });
    await django.stop();
    expect((await readdir(folder)).sort()).toEqual(['db.sqlite3']);
    expect((await store.list(QUERY, forever)).sessions).toHaveLength(0);
    await store.close();
  });
});

test('a read-only connection cannot write, whatever it is asked to run', async () => {
  await using _ = await site();
  for (const openIt of [openSqlite3, openWritableSqlite3]) {
    const database = await openIt(sqliteSettings(path), forever);
    const before = await folderPrint(folder);
    for (const statement of [sql`delete from django_session`, sql`create table t (a)`, sql`pragma user_version = 7`, sql`vacuum`]) {
      await database.rows({ compile: () => statement.compile(database.build) }, forever).catch(() => undefined);
    }
    expect(await folderPrint(folder)).toEqual(before);
    await database.close();
  }
});

test('a row over the limit is listed with its size and not fetched; it can still be cleared', async () => {
  await using django = await site();
  const bytes = 64 * 1024 * 1024 + 1;
  await django.ask('sql', {
    sql: "INSERT INTO django_session VALUES (%s, replace(hex(zeroblob(%s)), '00', 'x'), '2001-01-01 00:00:00'), ('small', 'x', '2001-01-01 00:00:00')",
    params: [KEY, bytes],
  });
  const store = await openWritable();
  const { sessions } = await store.list(QUERY, forever);
  expect(sessions.map(({ session_key, stored, oversize }) => [session_key, stored.length, oversize])).toEqual([
    [KEY, 0, bytes],
    ['small', 1, undefined],
  ]);
  expect(await store.get(KEY, forever)).toMatchObject({ oversize: bytes });
  const images: number[] = [];
  const before = async (rows: readonly { stored: Uint8Array }[]) => void images.push(...rows.map(({ stored }) => stored.length));
  for (let done = false; !done; ) done = (await store.clearExpired({ now: NOW, limit: 10, before }, forever)).done;
  expect(images.sort((one, other) => one - other)).toEqual([1, bytes]);
  expect((await store.list(QUERY, forever)).sessions).toEqual([]);
  await store.close();
}, 60_000);

test('bytes that are no UTF-8 are kept as they are', async () => {
  await using django = await site();
  await django.ask('sql', { sql: "INSERT INTO django_session VALUES ('odd', CAST(X'ff00fe27' AS TEXT), '2099-01-01 00:00:00')" });
  const store = await openWritable();
  const [odd] = (await store.list(QUERY, forever)).sessions;
  if (odd === undefined) throw new Error('not listed');
  expect(odd.stored).toEqual(Buffer.from('ff00fe27', 'hex'));
  expect(await store.delete([odd], forever)).toEqual(['odd']);
  await store.create('odd', odd, forever);
  const { rows } = await django.ask('sql', { sql: 'SELECT hex(session_data), typeof(session_data) FROM django_session' });
  expect(rows).toEqual([['FF00FE27', 'text']]);
  await store.close();
});

test('a file of an old Django: opening and browsing leaves bytes and times', async () => {
  const { path: copy, folder: place, remove } = await fixtureCopy('dj22_naive.sqlite3');
  const before = await folderPrint(place);
  const store = await openWritableDb(await openWritableSqlite3(sqliteSettings(copy), forever), OPTIONS, forever);
  for (const sort of store.capabilities.sort) await store.list({ ...QUERY, sort }, forever);
  await store.close();
  expect(await folderPrint(place)).toEqual(before);
  await remove();
});
