import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fixtureCopy, folderPrint } from '../../contract/db-places.ts';
import { type Opened, open } from './opened.ts';
import { type FixtureDatabase, type FixtureRow, sqliteFixtures } from './sqlite-fixtures.ts';

const FIXTURES = sqliteFixtures();

test('ten databases, of five Django releases', () => {
  expect(FIXTURES).toHaveLength(10);
  expect(new Set(FIXTURES.map(({ django }) => django)).size).toBe(5);
});

describe.each(FIXTURES.map((fixture) => [fixture.id, fixture] as const))('%s', (_, fixture) => {
  let opened: Opened;
  let copy: Awaited<ReturnType<typeof fixtureCopy>>;
  beforeEach(async () => {
    copy = await fixtureCopy(fixture.file.replace('sqlite/', ''));
    opened = await openFixture(fixture, copy.path);
  });
  afterEach(async () => {
    await opened.close();
    await copy.remove();
  });

  test('every row is read as Django reads it', async () => {
    const listed = await opened.list();
    expect(listed.map(({ session_key }) => session_key)).toEqual(fixture.rows.map(({ session_key }) => session_key).sort());
    for (const row of fixture.rows) {
      const name = `${row.session_key} (${row.note})`;
      const view = await opened.get(row.session_key);
      if (view === null) throw new Error(name);
      expect(view.summary, name).toEqual(listed.find(({ session_key }) => session_key === row.session_key));
      expect(loads(view), name).toBe(row.load_at_now[0] === 'data');
      expect(view.summary.expiry.raw, name).toBe(row.expire_text);
      expectExpiry(view.summary.expiry.at, row, fixture, name);
      if (row.json !== null && view.document !== null && row.load_at_now[0] === 'data') {
        expect(keysOf(row.json), name).toEqual(view.document.root.children?.map(({ key }) => key?.text));
      }
    }
  });

  test('who is logged in, and what becomes of the session at the next request', async () => {
    for (const row of fixture.rows) {
      const name = `${row.session_key} (${row.note})`;
      const view = await opened.get(row.session_key);
      if (view === null) throw new Error(name);
      // AUTHENTICATION_BACKENDS is not among a profile's settings.
      if (row.note.startsWith('backend not in')) continue;
      const [user, , fate] = row.user_at_now;
      const { verdict } = view.acceptance;
      if (typeof user === 'number') {
        expect(view.summary.user, name).toMatchObject({
          id: String(user),
          username: fixture.users.find(({ id }) => id === user)?.username,
        });
        expect(verdict, name).toBe(
          fate === 'cycled' || view.signature.reason === 'verified-by-fallback' ? 'accepted by a fallback key' : 'accepted',
        );
      } else if (fate === 'flushed') expect(verdict, name).toBe('logged out at the next request');
      else if (row.load_at_now[0] === 'data') expect(verdict, name).toBe(view.summary.user === null ? acceptedBy(view) : 'anonymous');
      else if (row.json !== '{}' || row.load_at_now[1] === 'key reset') expect(verdict, name).toBe('empty session');
    }
  });

  test('opening and browsing leaves bytes and times as they were', async () => {
    const before = await folderPrint(copy.folder);
    for (const sort of ['session_key', 'expire_date', 'size'] as const) {
      for (const direction of ['ascending', 'descending'] as const) await opened.list({ sort, direction, limit: 7 });
    }
    for (const state of ['live', 'expired'] as const) await opened.list({ state });
    await opened.handlers['sessions.count']({ connection: '', exact: true }, opened.signal);
    await opened.run({ kind: 'find', query: { text: 'a' } });
    await opened.run({ kind: 'clear_expired', dryRun: true, batch: 500, pause: 0 });
    expect(await folderPrint(copy.folder)).toEqual(before);
  });

  test('clear_expired counts first, then removes what Django removes and nothing else', async () => {
    const expected = [...fixture.expect.clear_expired_at_now_removes].sort();
    const before = await stored(opened, fixture);
    const counted = await opened.run({ kind: 'clear_expired', dryRun: true, batch: 500, pause: 0 });
    expect(counted).toMatchObject({ state: 'done', found: expected.length, changed: 0 });
    expect(opened.recorder.entries.size).toBe(0);
    const cleared = await opened.run({ kind: 'clear_expired', dryRun: false, batch: 3, pause: 0 });
    expect(cleared).toMatchObject({ state: 'done', changed: expected.length, failed: 0 });
    const after = await stored(opened, fixture);
    expect([...before.keys()].filter((key) => !after.has(key)).sort()).toEqual(expected);
    for (const [key, text] of after) expect(text, key).toBe(before.get(key));
    const { images, ended } = opened.recorder.last;
    expect(images.map(({ session_key }) => session_key).sort()).toEqual(expected);
    expect(ended).toEqual({ outcome: 'done', count: expected.length });
    expect(await opened.inspector.restore(images, false, opened.signal, async () => undefined)).toEqual({
      restored: expected.length,
      conflicts: [],
    });
    expect(await stored(opened, fixture)).toEqual(before);
  });
});

function openFixture(fixture: FixtureDatabase, NAME: string): Promise<Opened> {
  const { settings, secret, fallbacks, now } = fixture;
  const profile = {
    DJANGO_VERSION: fixture.django.split('.').slice(0, 2).join('.'),
    DATABASES: { ENGINE: 'sqlite3' as const, NAME },
    USE_TZ: settings['USE_TZ'] === true,
    TIME_ZONE: String(settings['TIME_ZONE']),
    SESSION_COOKIE_AGE: Number(settings['SESSION_COOKIE_AGE']),
  };
  return open(profile, { SECRET_KEY: secret, SECRET_KEY_FALLBACKS: fallbacks }, () => now * 1000);
}

type View = NonNullable<Awaited<ReturnType<Opened['get']>>>;

/** Whether Django finds data in it: it loads the session, and that is not empty. */
function loads(view: View): boolean {
  return view.acceptance.verdict !== 'empty session' && (view.summary.keys ?? 0) > 0;
}

function acceptedBy(view: View): string {
  return view.signature.reason === 'verified-by-fallback' ? 'accepted by a fallback key' : 'accepted';
}

/** Django's own reading of the column, as a clock of the site's zone shows it; the fraction as it is stored. */
function expectExpiry(at: string | null, row: FixtureRow, fixture: FixtureDatabase, name: string): void {
  if (typeof row.expire_iso !== 'string') return;
  if (at === null) throw new Error(`${name}: no date`);
  const zone = row.expire_iso.endsWith('+00:00') ? 'UTC' : String(fixture.settings['TIME_ZONE']);
  const shown = new Date(at.replace(/\.\d+/, '')).toLocaleString('sv-SE', { timeZone: zone });
  expect(shown, name).toBe(row.expire_iso.slice(0, 19).replace('T', ' '));
  expect(/\.\d+/.exec(at)?.[0], name).toBe(/\.\d+/.exec(row.expire_iso)?.[0]);
}

/** Keys in the order of the text, which JSON.parse would change for those that look like numbers. */
function keysOf(json: string): readonly string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const [token, , colon] of json.matchAll(/"(\\.|[^"\\])*"(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && colon !== undefined) keys.push(JSON.parse(token.slice(0, -1)));
  }
  return keys;
}

async function stored(opened: Opened, fixture: FixtureDatabase): Promise<ReadonlyMap<string, string>> {
  const rows = new Map<string, string>();
  for (const { session_key } of fixture.rows) {
    const view = await opened.get(session_key);
    if (view !== null) rows.set(session_key, `${view.stored.text} ${view.summary.expiry.raw}`);
  }
  return rows;
}
