import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeStored } from '../../../../src/main/django/session-data.ts';
import { SigningKeys } from '../../../../src/main/django/signing.ts';
import type { FindQuery, JobView, SessionSummary } from '../../../../src/preload/api.ts';
import { freshFolder } from '../folder.ts';
import { type Opened, open } from '../opened.ts';
import { builtThreads, type Threads } from './threads.ts';

// Ten searches of a store of odd rows, twice: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SECRET_KEY = 'django-insecure-scan';
const NOW = Date.parse('2025-07-02T17:46:20Z');
const KEYS = new SigningKeys([SECRET_KEY]);

const keyOf = (index: number) => `s${index.toString(36).padStart(31, '0')}`;
const signed = (payload: string, keys = KEYS) => encodeStored(Buffer.from(payload, 'latin1'), { keys, format: 'signed', now: NOW / 1000 });

const large = (payload: string) =>
  encodeStored(Buffer.from(payload, 'latin1'), { keys: KEYS, format: 'signed', now: NOW / 1000, compress: false });

/** Every kind of row, over and over. */
function rowOf(index: number): string {
  const user = String(index % 97);
  switch (index % 20) {
    case 0:
      return signed(`{"a":{"_auth_user_id":"${user}"}}`);
    case 1:
      return signed(`{"a":{"_auth_user_id":"5"},"_auth_user_id":"${user}"}`);
    case 2:
      return signed(`{"_auth_user_id":"${user}"}`, new SigningKeys(['another']));
    case 3:
      return signed(`{"_auth_user_id":"${user}"`);
    case 4:
      return `${signed(`{"_auth_user_id":"${user}"}`).slice(1, -50)}`;
    case 5:
      return encodeStored(Buffer.from(`{"_auth_user_id":"${user}"}`), { keys: KEYS, format: 'legacy', now: NOW / 1000 });
    case 6:
      return signed(`{"_auth\\u005fuser_id":"${user}"}`);
    case 7:
      return signed(`{"_auth_user_id":"5","_auth_user_id":"${user}"}`);
    case 8:
      return large(`{"_auth_user_id":"${user}","cart":"${'Caf\\u00e9 ØØ '.repeat(index % 200 === 8 ? 6000 : 20)}"}`);
    case 9:
      return signed('[]');
    case 10:
      return '';
    default:
      return signed(`{"_auth_user_id":"${user}","Ref":"Blue ${index}"}`);
  }
}

const ROWS = 1300;
const QUERIES: readonly FindQuery[] = [
  { user: '5' },
  { user: '96' },
  { user: 'nobody' },
  { user: '5', state: 'unsigned' },
  { user: '7', keyPrefix: keyOf(1).slice(0, 29) },
  { text: 'blue 11' },
  { text: 'café' },
  { text: 'none' },
  { state: 'corrupt' },
  { state: 'unsigned' },
];

// SQLite looks once, when it is loaded, whether names of files may be URIs.
process.env['SQLITE_USE_URI'] = '1';
const { default: Database } = await import('better-sqlite3');

let threads: Threads;
beforeAll(async () => {
  threads = await builtThreads();
});
afterAll(() => threads[Symbol.asyncDispose]());

async function sqlite(count = ROWS): Promise<string> {
  const path = join(await freshFolder(), 'db.sqlite3');
  const database = new Database(path);
  database.exec(`create table django_session (session_key varchar(40) not null primary key, session_data text not null, expire_date datetime not null);
    create index django_session_expire on django_session (expire_date)`);
  const insert = database.prepare('insert into django_session values (?, ?, ?)');
  database.transaction(() => {
    for (let index = 0; index < count; index += 1) insert.run(keyOf(index), rowOf(index), '2026-01-01 00:00:00');
    // Gaps, as clear_expired leaves them.
    database.prepare('delete from django_session where rowid between 300 and 1100 and rowid % 3 = 0').run();
  })();
  database.close();
  return path;
}

function found(opened: Opened): readonly SessionSummary[] {
  return opened.events
    .splice(0)
    .flatMap(({ hits }) => hits ?? [])
    .sort((one, other) => (one.session_key < other.session_key ? -1 : 1));
}

const told = ({ state, scanned, found: hits, bad }: JobView) => ({ state, scanned, hits, bad });

describe('a search with threads finds what a search without them finds', () => {
  test('SQLite, read by the threads themselves', async () => {
    const profile = { SESSION_ENGINE: 'db', DATABASES: { ENGINE: 'sqlite3', NAME: await sqlite() } } as const;
    await compare(profile);
  });

  test('a table without rowids', async () => {
    const path = join(await freshFolder(), 'db.sqlite3');
    const database = new Database(path);
    database.exec(
      'create table django_session (session_key varchar(40) not null primary key, session_data text not null, expire_date datetime not null) without rowid',
    );
    const insert = database.prepare('insert into django_session values (?, ?, ?)');
    for (let index = 0; index < 200; index += 1) insert.run(keyOf(index), rowOf(index), '2026-01-01 00:00:00');
    database.close();
    await compare({ SESSION_ENGINE: 'db', DATABASES: { ENGINE: 'sqlite3', NAME: path } });
  });

  test('an empty table', async () => {
    await compare({ SESSION_ENGINE: 'db', DATABASES: { ENGINE: 'sqlite3', NAME: await sqlite(0) } });
  });

  test('files, read by the process', async () => {
    const folder = join(await freshFolder(), 'sessions');
    await mkdir(folder);
    for (let index = 0; index < 400; index += 1) await writeFile(join(folder, `sessionid${keyOf(index)}`), rowOf(index));
    await compare({ SESSION_ENGINE: 'file', SESSION_FILE_PATH: folder });
  });

  async function compare(profile: Parameters<typeof open>[0]): Promise<void> {
    const without = await open(profile, { SECRET_KEY }, () => NOW);
    const with_ = await open(profile, { SECRET_KEY }, () => NOW, threads.start);
    try {
      for (const query of QUERIES) {
        const name = JSON.stringify(query);
        const [slow, fast] = [await without.run({ kind: 'find', query }), await with_.run({ kind: 'find', query })];
        expect(told(fast), name).toEqual(told(slow));
        expect(found(with_), name).toEqual(found(without));
      }
    } finally {
      await without.close();
      await with_.close();
    }
  }
});

describe('threads', () => {
  const rows = async () => ({ SESSION_ENGINE: 'db', DATABASES: { ENGINE: 'sqlite3', NAME: await sqlite() } }) as const;

  test('what a scan saw is told first when the user is looked for again, and read again', async () => {
    const profile = await rows();
    const opened = await open(profile, { SECRET_KEY }, () => NOW, threads.start);
    const first = await opened.run({ kind: 'find', query: { user: '11' } });
    const before = found(opened);
    expect(before.length).toBeGreaterThan(5);
    const [gone] = before;
    const database = new Database(profile.DATABASES.NAME);
    database.prepare('delete from django_session where session_key = ?').run(gone?.session_key);
    database.prepare('insert into django_session values (?, ?, ?)').run('new', signed('{"_auth_user_id":"11"}'), '2026-01-01 00:00:00');
    database.close();
    const again = await opened.run({ kind: 'find', query: { user: '11' } });
    const keys = opened.events.flatMap(({ hits }) => hits ?? []).map(({ session_key }) => session_key);
    expect(new Set(keys)).toEqual(new Set([...before.slice(1).map(({ session_key }) => session_key), 'new']));
    expect(keys).toHaveLength(again.found);
    expect(again.scanned).toBe(first.scanned);
    await opened.close();
  });

  test('a stopped search ends at once and leaves the workers usable', async () => {
    const opened = await open(await rows(), { SECRET_KEY }, () => NOW, threads.start);
    await opened.run({ kind: 'find', query: { user: 'nobody' } });
    const { job } = await opened.handlers['jobs.start']({ connection: '', job: { kind: 'find', query: { text: 'blue' } } }, opened.signal);
    await new Promise((resolve) => setTimeout(resolve, 3));
    await opened.handlers['jobs.stop']({ job }, opened.signal);
    const stopped = performance.now();
    const state = async () => (await opened.handlers['jobs.list']({}, opened.signal)).find((one) => one.job === job)?.state;
    while ((await state()) === 'stopping') await new Promise((resolve) => setTimeout(resolve, 1));
    expect(performance.now() - stopped).toBeLessThan(1000);
    expect(['stopped', 'done']).toContain(await state());
    opened.events.splice(0);
    expect((await opened.run({ kind: 'find', query: { user: '96' } })).state).toBe('done');
    await opened.close();
  });

  test('a worker that does not start leaves the reading to the process', async () => {
    const opened = await open(
      await rows(),
      { SECRET_KEY },
      () => NOW,
      (setup) => threads.start({ ...setup, sqlite: { NAME: '/nowhere/x', session_table: 'x' } }),
    );
    expect(await opened.run({ kind: 'find', query: { user: '96' } })).toMatchObject({ state: 'failed', error: { code: 'MissingFile' } });
    await opened.close();
    const { Worker } = await import('node:worker_threads');
    const broken = await open(
      await rows(),
      { SECRET_KEY },
      () => NOW,
      () => new Worker('/nowhere/worker.mjs'),
    );
    const view = await broken.run({ kind: 'find', query: { user: '96' } });
    expect(view).toMatchObject({ state: 'done' });
    expect(view.found).toBeGreaterThan(5);
    await broken.close();
  });
});
