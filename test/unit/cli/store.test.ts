import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { COMMANDS } from '../../../src/main/cli/commands.ts';
import { encodeStored } from '../../../src/main/django/session-data.ts';
import { SigningKeys } from '../../../src/main/django/signing.ts';
import { freshFolder } from '../main/folder.ts';

// SQLite looks once, when it is loaded, whether names of files may be URIs.
process.env['SQLITE_USE_URI'] = '1';
const { default: Database } = await import('better-sqlite3');

vi.setConfig({ testTimeout: 30_000 });

const SECRET_KEY = 'django-insecure-cli';
const KEYS = new SigningKeys([SECRET_KEY]);
const keyOf = (index: number) => `k${String(index).padStart(31, '0')}`;
const signed = (payload: string) => encodeStored(Buffer.from(payload), { keys: KEYS, format: 'signed', now: 1_700_000_000 });

type Ran = Readonly<{ code: number; out: string; warned: string }>;
type Place = Readonly<{ folder: string; file: string; database: InstanceType<typeof Database> }>;

/** A store with 50 sessions, half of them expired, and the file of a profile for it. */
async function place(profile: Readonly<Record<string, unknown>> = {}): Promise<Place> {
  const folder = await freshFolder();
  const NAME = join(folder, 'db.sqlite3');
  const database = new Database(NAME);
  database.exec(
    `create table django_session (session_key varchar(40) not null primary key, session_data text not null, expire_date datetime not null)`,
  );
  const insert = database.prepare('insert into django_session values (?, ?, ?)');
  for (let index = 0; index < 50; index += 1) {
    insert.run(
      keyOf(index),
      signed(`{"_auth_user_id":"${index % 5}","n":1.0}`),
      index % 2 === 0 ? '2001-01-01 00:00:00' : '2999-01-01 00:00:00',
    );
  }
  const file = join(folder, 'site.json');
  const site = { SESSION_ENGINE: 'db', DATABASES: { ENGINE: 'sqlite3', NAME }, user_table: null, ...profile };
  await writeFile(file, JSON.stringify(site));
  return { folder, file, database };
}

async function run(
  name: string,
  args: readonly string[],
  more: Readonly<{ input?: string; environment?: Record<string, string> }> = {},
): Promise<Ran> {
  let [out, warned] = ['', ''];
  const input = (async function* () {
    yield Buffer.from(more.input ?? '');
  })();
  const code = await COMMANDS[name]?.run({
    args,
    input,
    write: async (text) => {
      out += text;
    },
    warn: (text) => {
      warned += text;
    },
    now: () => 0,
    world: { environment: more.environment ?? { SESSION_INSPECTOR_SECRET_KEY: SECRET_KEY } },
  });
  return { code: code ?? -1, out, warned };
}

const lines = ({ out }: Ran): Record<string, unknown>[] =>
  out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const count = ({ database }: Place) => (database.prepare('select count(*) as n from django_session').get() as { n: number }).n;

describe('commands that look', () => {
  test('list, find, show and export', async () => {
    const { file } = await place();
    const listed = await run('list', ['--profile', file, '--json', '--limit', '7', '--state', 'live']);
    expect(listed.code).toBe(0);
    expect(lines(listed)).toHaveLength(7);
    const found = lines(await run('find', ['--profile', file, '--json', '--user', '3']));
    expect(found).toHaveLength(10);
    expect(found[0]).toMatchObject({ user: { id: '3' }, keys: 2 });
    const [shown] = lines(await run('show', ['--profile', file, '--json', keyOf(3)]));
    expect(shown).toMatchObject({ signature: { verified: true, key: 0 } });
    const exported = lines(await run('export', ['--profile', file]).then((ran) => ran));
    expect(exported).toHaveLength(50);
    expect(exported[3]).toMatchObject({ session_key: keyOf(3), stored: { text: signed('{"_auth_user_id":"3","n":1.0}'), cut: false } });
  });

  test('text for people without --json', async () => {
    const { file } = await place();
    expect((await run('find', ['--profile', file, '--user', '3'])).out).toContain(`${keyOf(3)}\tlive`);
  });

  test('a key that is not there, a wrong option, no profile', async () => {
    const { file } = await place();
    expect(await run('show', ['--profile', file, 'nothing'])).toMatchObject({
      code: 3,
      warned: 'DoesNotExist: There is no such session\n',
    });
    expect((await run('list', ['--profile', file, '--keep', 'x'])).code).toBe(2);
    expect((await run('list', [])).code).toBe(2);
    expect((await run('find', ['--profile', file])).code).toBe(2);
    expect((await run('list', ['--profile', join(file, '..', 'none.json')])).code).toBe(3);
    expect((await run('list', ['--profile', 'Nobody'], { environment: { SESSION_INSPECTOR_DATA: join(file, '..') } })).warned).toContain(
      'No profile Nobody',
    );
  });
});

describe('commands that write', () => {
  test('keep what was there, and say what they did', async () => {
    const here = await place();
    const keep = join(here.folder, 'kept.jsonl');
    const before = here.database.prepare('select session_data from django_session where session_key = ?').get(keyOf(1)) as {
      session_data: string;
    };
    expect(await run('delete', ['--profile', here.file, '--json', '--keep', keep, keyOf(1), 'nothing'])).toMatchObject({ code: 1 });
    expect(count(here)).toBe(49);
    const [kept] = (await readFile(keep, 'utf8')).split('\n');
    expect(JSON.parse(kept ?? '')).toMatchObject({
      session_key: keyOf(1),
      stored_base64: Buffer.from(before.session_data).toString('base64'),
    });
    // A file of images is never written over.
    expect((await run('delete', ['--profile', here.file, '--keep', keep, keyOf(3)])).code).toBe(3);
    expect(count(here)).toBe(49);
  });

  test('set changes one value and nothing else', async () => {
    const here = await place();
    expect((await run('set', ['--profile', here.file, '--no-keep', keyOf(1), 'theme', '"dark"'])).code).toBe(0);
    expect((await run('set', ['--profile', here.file, '--no-keep', keyOf(1), '_auth_user_id', '"77"'])).code).toBe(0);
    const [shown] = lines(await run('show', ['--profile', here.file, '--json', keyOf(1)]));
    const { document } = shown as { document: { draft: { payload: string } } };
    expect(document.draft.payload).toBe('{"_auth_user_id":"77","n":1.0,"theme":"dark"}');
  });

  test('expire, and clear-expired', async () => {
    const here = await place();
    expect((await run('expire', ['--profile', here.file, '--no-keep', '--seconds=-5', keyOf(1), keyOf(3)])).code).toBe(0);
    const dry = await run('clear-expired', ['--profile', here.file, '--dry-run', '--json']);
    expect(lines(dry)).toEqual([{ dryRun: true, expired: 27 }]);
    expect(count(here)).toBe(50);
    expect((await run('clear-expired', ['--profile', here.file, '--no-keep', '--pause', '0'])).code).toBe(0);
    expect(count(here)).toBe(23);
  });

  test('a dry run writes nothing and shows what would run', async () => {
    const here = await place();
    expect((await run('delete', ['--profile', here.file, '--dry-run', keyOf(1)])).out).toMatch(/^delete from "django_session"/);
    expect((await run('set', ['--profile', here.file, '--dry-run', keyOf(1), 'a', '1'])).out).toMatch(/^update "django_session"/);
    expect((await run('expire', ['--profile', here.file, '--dry-run', '--default', keyOf(1)])).code).toBe(0);
    expect(count(here)).toBe(50);
  });

  test('are refused without a word on images, in production without its name, and where the profile is read-only', async () => {
    const here = await place();
    expect((await run('delete', ['--profile', here.file, keyOf(1)])).code).toBe(2);
    const production = await place({ name: 'Shop', environment: 'production' });
    expect((await run('delete', ['--profile', production.file, '--no-keep', keyOf(1)])).code).toBe(2);
    expect((await run('delete', ['--profile', production.file, '--no-keep', '--confirm', 'Shop', keyOf(1)])).code).toBe(0);
    const readOnly = await place({ readOnly: true });
    expect(await run('delete', ['--profile', readOnly.file, '--no-keep', keyOf(1)])).toMatchObject({
      code: 3,
      warned: expect.stringContaining('ReadOnly'),
    });
    expect([count(here), count(production), count(readOnly)]).toEqual([50, 49, 50]);
  });
});

describe('secrets', () => {
  test('come from the file, the environment or standard input, the later before the earlier, and never into a message', async () => {
    const { file } = await place({ secrets: { SECRET_KEY: 'of the file' } });
    const verified = async (ran: Promise<Ran>) => (lines(await ran)[0] as { signature: { verified: boolean } }).signature.verified;
    const args = ['--profile', file, '--json', keyOf(1)];
    expect(await verified(run('show', args, { environment: {} }))).toBe(false);
    expect(await verified(run('show', args))).toBe(true);
    const input = JSON.stringify({ SECRET_KEY });
    expect(await verified(run('show', [...args, '--secrets', '-'], { environment: { SESSION_INSPECTOR_SECRET_KEY: 'x' }, input }))).toBe(
      true,
    );
    const wrong = await run('show', [...args, '--secrets', '-'], { input: '{"SECRET_KEY":["hidden-word"]}' });
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.warned).not.toContain('hidden-word');
    expect((await run('show', [...args, '--secrets', 'hidden-word'])).warned).not.toContain('hidden-word');
  });
});
