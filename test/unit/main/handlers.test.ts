import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { ActivityEntry, Input, JobView, Profile } from '../../../src/preload/api.ts';
import { type TestCore, testCore } from './core.ts';
import { freshFolder } from './folder.ts';
import { type Opened, smallInspectors } from './small-inspector.ts';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
type Overrides = Partial<Pick<Profile, 'name' | 'environment' | 'readOnly'>>;
type Site = TestCore & Readonly<{ folder: string; connection: string; opened: readonly Opened[]; rows: Map<string, string> }>;

const profile = (overrides: Overrides = {}) => ({ id: 'shop', name: 'Shop', ...overrides });
const draft = (payload: string) => ({ serializer: 'json', payload }) as const;

async function openSite(overrides: Overrides = {}): Promise<Site> {
  const folder = await freshFolder();
  const rows = new Map([[KEY, 'old']]);
  const { open, opened } = smallInspectors(rows);
  const core = await testCore(folder, open);
  await core.ask('profiles.save', { profile: profile(overrides), secrets: { SECRET_KEY: 'marker-secret' } });
  const { connection } = await core.ask('connections.open', { profile: 'shop' });
  return { ...core, folder, connection, opened, rows };
}

const apply = (site: Site, payload: string, confirmation?: { profileName: string }): Input<'sessions.apply'> => ({
  connection: site.connection,
  session_key: KEY,
  revision: 'r',
  draft: draft(payload),
  expiry: 'keep',
  ...(confirmation === undefined ? {} : { confirmation }),
});

/** Every way to write, each with and without its confirmation. */
const WRITES: readonly Readonly<{
  name: string;
  run: (site: Site, confirmation?: { profileName: string }) => ReturnType<TestCore['call']>;
}>[] = [
  { name: 'sessions.apply', run: (site, confirmation) => site.call('sessions.apply', apply(site, 'new', confirmation)) },
  {
    name: 'sessions.cycle_key',
    run: ({ call, connection }, confirmation) =>
      call('sessions.cycle_key', { connection, session_key: KEY, revision: 'r', dryRun: false, confirmation }),
  },
  {
    name: 'delete',
    run: ({ call, connection }, confirmation) =>
      call('jobs.start', { connection, job: { kind: 'delete', session_keys: [KEY], confirmation } }),
  },
  {
    name: 'clear_expired',
    run: ({ call, connection }, confirmation) =>
      call('jobs.start', { connection, job: { kind: 'clear_expired', dryRun: false, confirmation } }),
  },
  {
    name: 'set_expiry',
    run: ({ call, connection }, confirmation) =>
      call('jobs.start', { connection, job: { kind: 'set_expiry', session_keys: [KEY], expiry: { kind: 'default' }, confirmation } }),
  },
];
const WRITE_CALLS = [
  'sessions.apply',
  'sessions.cycle_key',
  'jobs.start delete',
  'jobs.start clear_expired',
  'jobs.start set_expiry',
  'restore',
];
const written = (site: Site) => site.opened.flatMap(({ calls }) => calls).filter((name) => WRITE_CALLS.includes(name));

describe('a read-only profile', () => {
  test.each(WRITES)('refuses $name before anything is forwarded, confirmed or not', async ({ run }) => {
    const site = await openSite({ readOnly: true });
    for (const confirmation of [undefined, { profileName: 'Shop' }]) {
      expect(await run(site, confirmation)).toMatchObject({ ok: false, error: { code: 'ReadOnly' } });
    }
    expect(written(site)).toEqual([]);
    expect(site.opened[0]?.options.profile?.readOnly).toBe(true);
  });

  test('may look, and count what would be cleared', async () => {
    const { ask, connection } = await openSite({ readOnly: true });
    expect(
      (await ask('sessions.list', { connection, query: { sort: 'session_key', direction: 'ascending', limit: 5 } })).sessions,
    ).toHaveLength(1);
    await ask('sessions.preview', { connection, session_key: KEY, revision: 'r', draft: null, expiry: 'keep' });
    await ask('jobs.start', { connection, job: { kind: 'clear_expired', dryRun: true } });
    await ask('jobs.start', { connection, job: { kind: 'find', query: {} } });
  });

  test('is read-only from the moment it is saved, for a connection that is open too', async () => {
    const site = await openSite();
    await site.ask('profiles.save', { profile: profile({ readOnly: true }), secrets: {} });
    expect(await site.call('sessions.apply', apply(site, 'new'))).toMatchObject({ error: { code: 'ReadOnly' } });
    await site.ask('profiles.save', { profile: profile(), secrets: {} });
    expect(await site.call('sessions.apply', apply(site, 'new'))).toMatchObject({ ok: true });
  });
});

describe('a production profile', () => {
  test.each(WRITES)('needs its own name typed for $name', async ({ run }) => {
    const site = await openSite({ environment: 'production' });
    for (const profileName of [undefined, '', 'shop', 'Shop ', 'Demo']) {
      const reply = await run(site, profileName === undefined ? undefined : { profileName });
      expect(reply).toMatchObject({ ok: false, error: { code: 'NotConfirmed' } });
    }
    expect(written(site)).toEqual([]);
    expect(await run(site, { profileName: 'Shop' })).toMatchObject({ ok: true });
  });

  test('previews without a name', async () => {
    const { ask, connection } = await openSite({ environment: 'production' });
    await ask('sessions.cycle_key', { connection, session_key: KEY, revision: 'r', dryRun: true });
    await ask('sessions.delete_preview', { connection, session_keys: [KEY] });
  });

  test('cannot lose that rule by being changed while it is open', async () => {
    const site = await openSite({ environment: 'production' });
    await site.ask('profiles.save', { profile: profile({ environment: 'development' }), secrets: {} });
    expect(await site.call('sessions.apply', apply(site, 'new'))).toMatchObject({ error: { code: 'NotConfirmed' } });
  });
});

describe('undo', () => {
  const entryOf = async (site: Site): Promise<ActivityEntry> => {
    const [entry] = await site.ask('activity.list', { limit: 1 });
    if (entry === undefined) throw new Error('nothing was recorded');
    return entry;
  };

  test('restores the bytes, and is recorded itself', async () => {
    const site = await openSite();
    await site.ask('sessions.apply', apply(site, 'new'));
    const { id } = await entryOf(site);
    expect(await site.ask('activity.undo', { id, force: false })).toMatchObject({
      restored: 1,
      conflicts: [],
      entry: { action: 'undo', outcome: 'done', count: 1, session_keys: ['abcd…'] },
    });
    expect(site.rows.get(KEY)).toBe('old');
    expect((await site.ask('activity.list', { limit: 9 })).map(({ undo }) => undo)).toEqual(['not kept', 'done']);
    expect(await site.call('activity.undo', { id, force: false })).toMatchObject({ error: { code: 'Unsupported' } });
  });

  test('leaves what was written since, unless forced', async () => {
    const site = await openSite();
    await site.ask('sessions.apply', apply(site, 'new'));
    const { id } = await entryOf(site);
    site.rows.set(KEY, 'theirs');
    expect(await site.ask('activity.undo', { id, force: false })).toMatchObject({
      restored: 0,
      conflicts: [KEY],
      entry: { outcome: 'conflict' },
    });
    expect(site.rows.get(KEY)).toBe('theirs');
    const forced = await site.ask('activity.undo', { id, force: true });
    expect(forced).toMatchObject({ restored: 1, conflicts: [], entry: { undo: 'possible' } });
    expect(site.rows.get(KEY)).toBe('old');
    // What was overwritten by force is not lost either.
    await site.ask('activity.undo', { id: forced.entry.id, force: false });
    expect(site.rows.get(KEY)).toBe('theirs');
  });

  test('opens the profile for itself where it is closed', async () => {
    const site = await openSite();
    await site.ask('sessions.apply', apply(site, 'new'));
    await site.ask('connections.close', { connection: site.connection });
    await site.ask('activity.undo', { id: (await entryOf(site)).id, force: false });
    expect(site.rows.get(KEY)).toBe('old');
  });

  test('asks for the name on production, and is refused on read-only', async () => {
    const site = await openSite({ environment: 'production' });
    await site.ask('sessions.apply', apply(site, 'new', { profileName: 'Shop' }));
    const { id } = await entryOf(site);
    expect(await site.call('activity.undo', { id, force: false })).toMatchObject({ error: { code: 'NotConfirmed' } });
    await site.ask('profiles.save', { profile: profile({ environment: 'production', readOnly: true }), secrets: {} });
    const confirmation = { profileName: 'Shop' };
    expect(await site.call('activity.undo', { id, force: true, confirmation })).toMatchObject({ error: { code: 'ReadOnly' } });
    expect(site.rows.get(KEY)).toBe('new');
  });

  test('does not write into another place than it came from', async () => {
    const site = await openSite();
    await site.ask('sessions.apply', apply(site, 'new'));
    const { id } = await entryOf(site);
    const elsewhere = { ...profile(), DATABASES: { NAME: '/srv/other.sqlite3' } };
    await site.ask('profiles.save', { profile: elsewhere, secrets: {} });
    expect(await site.call('activity.undo', { id, force: false })).toMatchObject({ error: { code: 'ImproperlyConfigured' } });
    expect(site.rows.get(KEY)).toBe('new');
  });

  test('of a crash in the middle of a write restores what was there', async () => {
    const site = await openSite();
    site.rows.set('crash-in-write', 'old');
    const writing = site.call('sessions.apply', { ...apply(site, 'new'), session_key: 'crash-in-write' });
    await vi.waitFor(async () => expect(await entryOf(site)).toMatchObject({ outcome: 'pending', undo: 'possible' }));
    const { id } = await entryOf(site);
    expect(await site.call('activity.undo', { id, force: false })).toMatchObject({ error: { code: 'Locked' } });
    site.rows.set('crash-in-write', 'new');
    site.twins[0]?.crash(139);
    expect(await writing).toMatchObject({ ok: false, error: { code: 'ProcessGone' } });
    await vi.waitFor(async () => expect(await entryOf(site)).toMatchObject({ id, outcome: 'interrupted' }));
    expect(await site.ask('activity.undo', { id, force: false })).toMatchObject({ restored: 1 });
    expect(site.rows.get('crash-in-write')).toBe('old');
  });
});

describe('connections', () => {
  test('of one profile are shared until it changes, also when they are opened at once', async () => {
    const site = await openSite();
    const again = await Promise.all([1, 2].map(() => site.ask('connections.open', { profile: 'shop' })));
    expect(again.map(({ connection }) => connection)).toEqual([site.connection, site.connection]);
    await site.ask('profiles.save', { profile: profile({ name: 'Renamed' }), secrets: {} });
    expect((await site.ask('connections.open', { profile: 'shop' })).connection).not.toBe(site.connection);
    expect(site.opened).toHaveLength(2);
    expect(site.events).toContainEqual({ event: 'connection.closed', payload: { connection: site.connection } });
  });

  test('get profile and secrets in their first message, and the window never does', async () => {
    const site = await openSite();
    expect(site.opened[0]?.options.secrets).toEqual({ SECRET_KEY: 'marker-secret' });
    const views = [await site.ask('profiles.list', {}), await site.ask('connections.open', { profile: 'shop' }), site.events];
    expect(JSON.stringify(views)).not.toContain('marker');
    expect((await site.ask('profiles.list', {}))[0]?.secrets).toEqual({ SECRET_KEY: 1 });
  });

  test('that fail to open say why, and leave nothing behind', async () => {
    const site = await openSite();
    await site.ask('profiles.save', { profile: { id: 'bad', name: 'Bad', DATABASES: { NAME: 'missing' } }, secrets: {} });
    const reply = await site.call('connections.open', { profile: 'bad' });
    expect(reply).toEqual({ ok: false, error: { code: 'MissingFile', message: 'No such file', hint: 'Choose another.' } });
    expect(site.twins[1]?.killed()).toEqual([false]);
    expect(await site.call('connections.open', { profile: 'unknown' })).toMatchObject({ error: { code: 'DoesNotExist' } });
  });

  test('end with their profile', async () => {
    const site = await openSite();
    await site.ask('profiles.remove', { id: 'shop' });
    expect(await site.call('sessions.get', { connection: site.connection, session_key: KEY })).toMatchObject({
      error: { code: 'ProcessGone' },
    });
    expect(await site.ask('profiles.list', {})).toEqual([]);
    expect(await readFile(join(site.folder, 'secrets.json'), 'utf8')).not.toContain('shop');
  });
});

describe('jobs', () => {
  const find = (site: Site) => site.ask('jobs.start', { connection: site.connection, job: { kind: 'find', query: {} } });

  test('carry the connection they belong to, and are stopped through it', async () => {
    const site = await openSite();
    const { job, connection } = await find(site);
    expect(connection).toBe(site.connection);
    expect(site.events).toContainEqual({ event: 'job', payload: { view: expect.objectContaining({ job, connection }) } });
    expect((await site.ask('jobs.list', {})).map((view) => view.connection)).toEqual([connection]);
    expect(await site.ask('jobs.stop', { job })).toMatchObject({ state: 'stopped', connection });
    expect(await site.call('jobs.stop', { job: 'unknown' })).toMatchObject({ error: { code: 'DoesNotExist' } });
  });

  test('of a process that is gone are told as failed', async () => {
    const site = await openSite();
    const { job } = await find(site);
    site.twins[0]?.crash(1);
    await vi.waitFor(() =>
      expect(site.events.at(-1)).toMatchObject({ event: 'connection.closed', payload: { error: { code: 'ProcessGone' } } }),
    );
    const views = site.events.flatMap(({ event, payload }) => (event === 'job' ? [(payload as { view: JobView }).view] : []));
    expect(views.at(-1)).toMatchObject({ job, state: 'failed', error: { code: 'ProcessGone' } });
  });
});

describe('the Cookie Lab', () => {
  test('has a process without a store, and gets the keys of the profile that is asked for', async () => {
    const site = await openSite();
    await site.ask('cookies.read', { text: 'x', keys: {} });
    await site.ask('cookies.read', { text: 'x', keys: { profile: 'shop' } });
    await site.ask('document.edit', { connection: null, draft: draft('{}'), edit: { op: 'text', text: '{}' } });
    await site.ask('document.set_expiry', { connection: null, profile: 'shop', draft: draft('{}'), expiry: { kind: 'default' } });
    expect(site.opened).toHaveLength(2);
    expect(site.opened[1]).toMatchObject({
      options: { profile: null, secrets: {} },
      calls: ['cookies.read undefined undefined', 'cookies.read shop marker-secret', 'document.edit', 'document.set_expiry shop'],
    });
  });

  test('starts again after a crash', async () => {
    const site = await openSite();
    await site.ask('cookies.read', { text: 'x', keys: {} });
    site.twins[1]?.crash(1);
    await vi.waitFor(async () => expect(await site.call('cookies.read', { text: 'x', keys: {} })).toMatchObject({ ok: true }));
    expect(site.twins).toHaveLength(3);
  });
});

test('what a crash in the middle of a save left is removed at the next start', async () => {
  const folder = await freshFolder();
  await writeFile(join(folder, 'secrets.json.0123456789ab.tmp'), 'half');
  await writeFile(join(folder, 'notes.tmp'), 'somebody else’s');
  await testCore(folder, smallInspectors().open);
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual(['notes.tmp']);
});

describe('profiles', () => {
  test('are duplicated with their secrets under a name of their own', async () => {
    const site = await openSite();
    const first = await site.ask('profiles.duplicate', { id: 'shop' });
    const second = await site.ask('profiles.duplicate', { id: first.profile.id });
    expect([first.profile.name, second.profile.name]).toEqual(['Shop (2)', 'Shop (3)']);
    await site.ask('connections.open', { profile: second.profile.id });
    expect(site.opened[1]?.options.secrets).toEqual({ SECRET_KEY: 'marker-secret' });
  });

  test('with signed_cookies have no store to open', async () => {
    const site = await openSite();
    await site.ask('profiles.save', { profile: { id: 'c', name: 'C', SESSION_ENGINE: 'signed_cookies' }, secrets: {} });
    expect(await site.call('connections.open', { profile: 'c' })).toMatchObject({ error: { code: 'Unsupported' } });
  });
});

describe('the demo', () => {
  test('is copied once, can be broken, and is whole again after a reset', async () => {
    const site = await openSite();
    expect((await site.ask('profiles.list', {})).some(({ demo }) => demo)).toBe(false);
    const { profile: demo, secrets } = await site.ask('demo.open', {});
    expect(demo).toMatchObject({ id: 'demo', DATABASES: { ENGINE: 'sqlite3', NAME: join(site.folder, 'demo', 'demo.sqlite3') } });
    expect(secrets).toEqual({ SECRET_KEY: 1, SECRET_KEY_FALLBACKS: 1 });
    const { size } = await stat(demo.DATABASES.NAME);
    await writeFile(demo.DATABASES.NAME, 'broken');
    await writeFile(`${demo.DATABASES.NAME}-journal`, 'stale');
    await site.ask('demo.open', {});
    expect(await readFile(demo.DATABASES.NAME, 'utf8')).toBe('broken');
    await site.ask('demo.reset', {});
    expect((await stat(demo.DATABASES.NAME)).size).toBe(size);
    expect(await readdir(join(site.folder, 'demo'))).toEqual(['demo.sqlite3']);
    expect((await site.ask('profiles.list', {})).map((view) => view.demo)).toEqual([true, false]);
  });

  test('cannot be edited, but duplicated, and goes with its file', async () => {
    const site = await openSite();
    const { profile: demo } = await site.ask('demo.open', {});
    expect(await site.call('profiles.save', { profile: { ...demo }, secrets: {} })).toMatchObject({ error: { code: 'ReadOnly' } });
    expect(await site.ask('profiles.duplicate', { id: 'demo' })).toMatchObject({ demo: false, secrets: { SECRET_KEY: 1 } });
    await site.ask('profiles.remove', { id: 'demo' });
    expect(await readdir(site.folder)).not.toContain('demo');
  });
});
