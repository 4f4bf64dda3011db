import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright/test';
import type { ProfileInput } from '../../src/preload/profile.ts';
import { freePort } from '../contract/servers/local.ts';
import { type PostgresqlServer, startPostgresql } from '../contract/servers/postgresql.ts';
import { type RedisServer, startRedis } from '../contract/servers/redis.ts';
import { dialog, expect, test } from './app.ts';
import { filesIn, filesWith, heapWith, memoryWith, processesOf, toldOf } from './secret-search.ts';
import { ask, callBridge, choose, editValue, newSite, openProfile, openSession, profileButton } from './steps.ts';

/**
 * Markers in every secret field, the whole app driven, then a search of all it left and is.
 *
 * What is asserted of the window's process: what is stored never comes back to it, so a process that is not the one it
 * was typed in holds no byte of it (its memory read whole, through /proc). What is typed passes the form on its way to
 * main: of the process it was typed in it is asserted that nothing of the page holds it once the form is closed. Bytes
 * that the engine has freed and not used again yet are beyond the app. A key typed into the Cookie Lab stays in its field
 * as long as the window is there: it is searched everywhere else.
 */

const marker = (name: string) => `marker-${name}-${randomBytes(6).toString('hex')}`;
const SECRET_KEY = marker('key');
const FALLBACK = marker('fallback');
const DATABASE_PASSWORD = marker('database');
const CACHE_PASSWORD = marker('cache');
const SENTINEL_PASSWORD = marker('sentinel');
const LAB_KEY = marker('lab');
const STORED = [SECRET_KEY, FALLBACK, DATABASE_PASSWORD, CACHE_PASSWORD, SENTINEL_PASSWORD];
const ALL = [...STORED, LAB_KEY];
/** of resources/demo/demo.json */
const demoSecrets = () => {
  const { secrets } = JSON.parse(readFileSync(join(import.meta.dirname, '../../resources/demo/demo.json'), 'utf8')) as DemoFile;
  return [secrets.SECRET_KEY, ...secrets.SECRET_KEY_FALLBACKS];
};
type DemoFile = Readonly<{ secrets: Readonly<{ SECRET_KEY: string; SECRET_KEY_FALLBACKS: readonly string[] }> }>;

const SECRETS = { SECRET_KEY, SECRET_KEY_FALLBACKS: [FALLBACK], DATABASE_PASSWORD, CACHE_PASSWORD, SENTINEL_PASSWORD };
/** Files that a run like this writes: a search of an empty folder would find nothing, too. */
const WRITTEN = ['activity.jsonl', 'profiles.json', 'logs/main.log', 'demo/demo.sqlite3'];
const SESSION = 'm'.repeat(32);

// A trace would keep what is typed, in the page and on disk.
test.use({ trace: 'off' });

/** A new profile in the window's own form, with a marker in each of its secret fields. */
async function typeSecrets(page: Page, port: number): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'New profile' }).click();
  const form = dialog(page, 'New profile');
  const field = (name: string) => form.getByRole('textbox', { name, exact: true });
  await field('Name').fill('Typed');
  await choose(form.getByLabel('SESSION_ENGINE', { exact: true }), /^cached_db/);
  await choose(form.getByLabel('ENGINE', { exact: true }), 'postgresql');
  await field('HOST').fill('127.0.0.1');
  await field('PORT').fill(String(port));
  await choose(form.getByLabel('Topology', { exact: true }), 'Sentinel');
  await field('LOCATION').fill(`redis://127.0.0.1:${port}/0`);
  await field('PASSWORD').fill(DATABASE_PASSWORD);
  await field('Cache password').fill(CACHE_PASSWORD);
  await field('Sentinel password').fill(SENTINEL_PASSWORD);
  await field('SECRET_KEY').fill(SECRET_KEY);
  await field('SECRET_KEY_FALLBACKS').fill(FALLBACK);
  await form.getByRole('button', { name: 'Save and open' }).click();
  await expect(form).toBeHidden();
  await expect(
    page
      .getByRole('main')
      .getByText(/refused/i)
      .first(),
  ).toBeVisible();
}

/** A key for the Cookie Lab alone, which no profile keeps. */
async function typeLabKey(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Cookie Lab' }).first().click();
  await page.getByLabel('Cookie, header, cURL command or value').fill(`eyJhIjoxfQ:1tA2bC:${'a'.repeat(43)}`);
  await choose(page.getByLabel('Verify with'), 'A key I type');
  await page.getByLabel('SECRET_KEY', { exact: true }).fill(LAB_KEY);
  await expect(page.getByText(/combinations? tried/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Activity' }).first().click();
  await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible();
}

/** Profiles that connect, and that fail in each of the ways in which a driver might quote what it was given. */
async function saveProfiles(page: Page, file: string, postgresql: PostgresqlServer, redis: RedisServer): Promise<void> {
  const common = { DJANGO_VERSION: '3.2', TIME_ZONE: 'UTC' };
  const server = { ENGINE: 'postgresql' as const, HOST: '127.0.0.1', PORT: postgresql.port, NAME: 'postgres', USER: postgresql.user };
  const save = (name: string, DATABASES: ProfileInput['DATABASES']) => {
    const profile = { ...common, id: name.toLowerCase().replaceAll(' ', '-'), name, DATABASES };
    return ask(page, 'profiles.save', { profile, secrets: SECRETS });
  };
  await save('Site', { ENGINE: 'sqlite3', NAME: file });
  await save('Wrong password', server);
  await save('Untrusted', { ...server, TLS: 'verify' });
  await save('Refused', { ...server, PORT: await freePort() });
  const cache = { BACKEND: 'RedisCache' as const, LOCATION: [`redis://127.0.0.1:${redis.port}/0`] };
  const cached = { ...common, SESSION_ENGINE: 'cache' as const };
  await ask(page, 'profiles.save', { profile: { ...cached, id: 'cache', name: 'Cache', CACHES: cache }, secrets: SECRETS });
  await ask(page, 'profiles.save', {
    profile: { ...cached, id: 'sentinel', name: 'Sentinel', CACHES: { ...cache, TOPOLOGY: 'sentinel' } },
    secrets: SECRETS,
  });
}

/** The window closes, the app stays, a new window opens: as on macOS. Its page has a process of its own. */
async function anotherWindow(electron: ElectronApplication): Promise<Page> {
  const opened = electron.waitForEvent('window');
  await electron.evaluate(async ({ app, BrowserWindow }) => {
    app.removeAllListeners('window-all-closed');
    app.on('window-all-closed', () => undefined);
    const [window] = BrowserWindow.getAllWindows();
    await new Promise<void>((resolve) => {
      window?.once('closed', () => resolve());
      window?.close();
    });
    app.emit('activate');
  });
  const page = await opened;
  await page.waitForLoadState('domcontentloaded');
  return page;
}

function rendererOf(electron: ElectronApplication): Promise<number> {
  return electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0);
}

/** Each profile that fails, opened by its button. @returns what the window and the bridge say */
async function failToConnect(page: Page): Promise<readonly string[]> {
  const said: string[] = [];
  for (const [name, code] of Object.entries({
    'Wrong password': 'LoginFailed',
    Untrusted: 'TlsFailed',
    Refused: 'ConnectionRefused',
    Sentinel: 'LoginFailed',
  })) {
    await profileButton(page, name).click();
    await expect(page.getByRole('main').getByRole('button', { name: 'Try again' })).toBeVisible();
    said.push((await page.locator('body').textContent()) ?? '');
    const reply = await callBridge(page, 'connections.open', { profile: name.toLowerCase().replaceAll(' ', '-') });
    expect(reply, name).toMatchObject({ ok: false, error: { code } });
    said.push(JSON.stringify(reply));
  }
  return said;
}

/** The main work of the app, on the site: edit, apply, undo, delete, sign, look. */
async function work(page: Page): Promise<void> {
  await openProfile(page, 'Site');
  const pane = await openSession(page, 'mmmm');
  await pane.getByRole('tab', { name: 'Data' }).click();
  await editValue(pane, 'plan', 'paid');
  await pane.getByRole('button', { name: 'Review…' }).click();
  const review = dialog(page, 'Review the changes');
  await review.getByRole('button', { name: 'Apply' }).click();
  await expect(review).toBeHidden();
  await page.getByRole('button', { name: 'Activity' }).first().click();
  await page.getByRole('main').getByRole('button', { name: 'Undo' }).first().click();
  await expect(page.getByText('1 session restored').first()).toBeVisible();
  const { connection } = await ask(page, 'connections.open', { profile: 'site' });
  const { job } = await ask(page, 'jobs.start', {
    connection,
    job: { kind: 'clear_expired', dryRun: false, batch: 500, pause: 0, confirmation: undefined },
  });
  await expect.poll(async () => (await ask(page, 'jobs.list', {})).find((view) => view.job === job)?.state).toBe('done');
  await ask(page, 'connections.open', { profile: 'cache' });
  await openProfile(page, 'Cache');
}

/** Reads and signs with the demo's keys and the site's, which main fetches: the window names a profile. */
async function workInTheLab(page: Page): Promise<void> {
  await ask(page, 'demo.open', {});
  await page.reload();
  await openProfile(page, 'Demo');
  const [cookie] = await ask(page, 'demo.cookies', {});
  await page.getByRole('button', { name: 'Cookie Lab' }).first().click();
  await page.getByLabel('Cookie, header, cURL command or value').fill(cookie?.value ?? '');
  for (const name of ['Site', 'Demo']) {
    await choose(page.getByLabel('Verify with'), name);
    await expect(page.getByText(/combinations? tried/).first()).toBeVisible();
  }
  const [reading] = await ask(page, 'cookies.read', { text: cookie?.value ?? '', keys: { profile: 'demo' } });
  expect(reading?.signature.verified).toBe(true);
}

/** Ends a connection's process as a defect in a driver would. */
async function crashConnection(page: Page, processes: readonly number[]): Promise<void> {
  const [connection] = processes.filter(isConnection);
  process.kill(connection ?? 0, 'SIGSEGV');
  await expect.poll(() => processes.filter(isConnection).filter((pid) => toldOf(pid).length > 1)).not.toContain(connection);
  await expect(page.getByRole('heading').first()).toBeVisible();
}

function isConnection(pid: number): boolean {
  return toldOf(pid).includes('--utility-sub-type=node.mojom.NodeService');
}

test('secrets are in main, in the processes of connections, and nowhere else', async ({ launch, electron, folder, data }) => {
  const site = newSite(folder, SECRET_KEY, [
    { op: 'create', session_key: SESSION, data: { plan: 'free' } },
    { op: 'create', session_key: 'n'.repeat(32), data: { plan: 'none' }, expiry: { seconds: -60 } },
  ]);
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const postgresql = await startPostgresql();
  const redis = await startRedis({ args: ['--requirepass', CACHE_PASSWORD], cliArgs: ['--no-auth-warning', '-a', CACHE_PASSWORD] });
  await redis.cli('SET', `:1:django.contrib.sessions.cache${SESSION}`, 'x');
  try {
    const first = await launch({ env: { TMPDIR: temporary } });
    const main = electron().process().pid ?? 0;
    await saveProfiles(first, site.file, postgresql, redis);
    await first.reload();
    await typeSecrets(first, await freePort());
    await typeLabKey(first);
    expect(await heapWith(first, [...STORED, 'Wrong password']), 'held by the page they were typed in').toEqual(['Wrong password']);
    const typedIn = await rendererOf(electron());

    const page = await anotherWindow(electron());
    const renderer = await rendererOf(electron());
    expect(renderer).not.toBe(typedIn);
    const said = await failToConnect(page);
    await work(page);
    await workInTheLab(page);
    const shown = await page.locator('body').textContent();
    const told = [...said, shown, JSON.stringify(await ask(page, 'profiles.list', {}))].join('\n');

    const secrets = [...ALL, ...demoSecrets()];
    for (const secret of secrets) expect(told).not.toContain(secret);
    const processes = processesOf(main);
    expect(processes.filter(isConnection).length).toBeGreaterThan(1);
    for (const pid of processes)
      for (const secret of secrets) expect(toldOf(pid), `arguments and environment of ${pid}`).not.toContain(secret);
    const elsewhere = processes.filter((pid) => pid !== main && !isConnection(pid));
    expect(elsewhere).toContain(renderer);
    await page.requestGC();
    const memory = memoryWith(renderer, ['Wrong password', ...secrets]);
    expect(memory.found, 'the window knows names of profiles and no secret').toEqual(['Wrong password']);
    for (const pid of elsewhere) expect(memoryWith(pid, secrets).found, `memory of ${toldOf(pid).slice(0, 200)}`).toEqual([]);
    expect(memoryWith(main, STORED).found, 'the search itself: main keeps them').toEqual(STORED);

    await crashConnection(page, processes);
    await electron().close();
    const found = filesWith([data, temporary], secrets);
    expect(filesIn([data]).map((path) => path.slice(data.length + 1))).toEqual(expect.arrayContaining(WRITTEN));
    expect(found).toEqual([]);
    console.log(
      `${secrets.length} secrets searched in ${filesIn([data, temporary]).length} files, ${processes.length} processes and ${Math.round(memory.bytes / 1024 ** 2)} MB of the window's memory`,
    );
  } finally {
    await redis.server.stop();
    await postgresql.stop();
  }
});
