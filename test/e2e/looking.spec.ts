import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { copyFixture, expect, test } from './app.ts';
import { addProfile, openProfile, openSession, profileButton, sessionGrid } from './steps.ts';

/** Looking changes nothing: whatever is opened and browsed, the files of the site stay as they were. */

const DEMO = new URL('../../resources/demo/', import.meta.url).pathname;
const SESSIONS = 246;
const { secrets } = JSON.parse(readFileSync(join(DEMO, 'demo.json'), 'utf8')) as { secrets: { SECRET_KEY: string } };

/** Root has to give up its rights first, or no folder would be read-only for it. */
const WITHOUT_ROOTS_RIGHTS =
  'if [ "$(id -u)" = 0 ]; then exec setpriv --inh-caps=-all --bounding-set=-dac_override,-dac_read_search,-fowner "$@"; fi; exec "$@"';

type Trace = Readonly<Record<string, Readonly<{ sha256: string; mtime: bigint }>>>;

/** Every file of a folder: its bytes and when they were written, in nanoseconds. */
function traceOf(folder: string): Trace {
  return Object.fromEntries(
    readdirSync(folder).map((name) => {
      const path = join(folder, name);
      const { mtimeNs } = statSync(path, { bigint: true });
      return [name, { sha256: createHash('sha256').update(readFileSync(path)).digest('hex'), mtime: mtimeNs }];
    }),
  );
}

function siteFolder(folder: string): Readonly<{ site: string; file: string }> {
  const site = join(folder, 'site');
  mkdirSync(site);
  const file = join(site, 'db.sqlite3');
  copyFileSync(join(DEMO, 'demo.sqlite3'), file);
  return { site, file };
}

function python(script: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync('/usr/bin/python3', ['-c', script, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** All there is to look at. */
async function browse(page: Page): Promise<void> {
  await openProfile(page, 'Site');
  const grid = sessionGrid(page);
  await grid.getByRole('row').nth(1).focus();
  await expect(async () => {
    await page.keyboard.press('End');
    await expect(grid).toHaveAttribute('aria-rowcount', String(SESSIONS + 1), { timeout: 500 });
  }).toPass();
  for (const column of ['Session key', 'Expires', 'Size']) {
    await grid.getByRole('columnheader', { name: column }).getByRole('button').click();
    await expect(grid.getByRole('columnheader', { name: column })).toHaveAttribute('aria-sort', /ending/);
  }
  for (const state of ['Live', 'Expired', 'Corrupt', 'Unverified']) {
    await page.getByRole('button', { name: state, exact: true }).click();
    await expect(grid.getByRole('row').filter({ hasText: state }).first()).toBeVisible();
    const pane = await openSession(page, state);
    for (const tab of await pane.getByRole('tab').all()) await tab.click();
  }
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.getByLabel('Find sessions').fill('anna@example.org');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Search ended|scanned · \d+ found/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Reveal session keys' }).click();
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  await lookUp(page);
}

/** From the Cookie Lab into the store. */
async function lookUp(page: Page): Promise<void> {
  const cell = sessionGrid(page).getByRole('row').nth(1).getByRole('gridcell').nth(1);
  await expect(cell).toHaveText(/^[a-z0-9]{32}$/);
  const key = (await cell.textContent()) ?? '';
  await page.getByRole('navigation', { name: 'Profiles' }).getByRole('button', { name: 'Cookie Lab' }).click();
  await page.getByLabel('Cookie, header, cURL command or value').fill(key);
  await page.getByRole('button', { name: 'Look up in Site' }).click();
  await page.getByRole('complementary', { name: 'Session' }).getByRole('button', { name: 'Reveal the session key' }).click();
  await expect(page.getByRole('complementary', { name: 'Session' }).getByRole('heading', { name: key })).toBeVisible();
}

test('leaves an ordinary database byte-identical and its time as it was', async ({ launch, electron, folder }) => {
  const { site, file } = siteFolder(folder);
  const before = traceOf(site);
  const page = await launch();
  await addProfile(page, { name: 'Site', file, DJANGO_VERSION: '5.2' }, secrets);
  await browse(page);
  expect(traceOf(site), 'while it is open').toEqual(before);
  await electron().close();
  expect(traceOf(site), 'after it was closed').toEqual(before);
});

test('leaves a database in WAL mode as it was, closed or in use', async ({ launch, electron, folder }) => {
  const { site, file } = siteFolder(folder);
  python('import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("PRAGMA journal_mode=WAL"); c.close()', file);
  const closed = traceOf(site);
  expect(Object.keys(closed)).toEqual(['db.sqlite3']);
  const page = await launch();
  await addProfile(page, { name: 'Site', file, DJANGO_VERSION: '5.2' }, secrets);
  await browse(page);
  expect(traceOf(site)).toEqual(closed);

  // A site that ended without closing leaves a log that has not been written back.
  python(
    'import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("DELETE FROM auth_user WHERE id = 20"); c.commit(); os._exit(0)',
    file,
  );
  const { 'db.sqlite3-shm': _, ...used } = traceOf(site);
  expect(Object.keys(used)).toEqual(['db.sqlite3', 'db.sqlite3-wal']);
  await page.reload();
  await profileButton(page, 'Site').click();
  await browse(page);
  await electron().close();
  const { 'db.sqlite3-shm': __, ...after } = traceOf(site);
  expect(after).toEqual(used);
});

test('reads a database in a read-only folder', async ({ launch, electron, folder }) => {
  const { site, file } = siteFolder(folder);
  chmodSync(file, 0o444);
  chmodSync(site, 0o555);
  const before = traceOf(site);
  const page = await launch({ through: WITHOUT_ROOTS_RIGHTS });
  const writable = await electron().evaluate((_, path) => {
    try {
      process.getBuiltinModule('node:fs').accessSync(path, 2);
      return true;
    } catch {
      return false;
    }
  }, site);
  expect(writable).toBe(false);
  await addProfile(page, { name: 'Site', file, DJANGO_VERSION: '5.2' }, secrets);
  await browse(page);
  await electron().close();
  expect(traceOf(site)).toEqual(before);
  chmodSync(site, 0o755);
});

test('leaves databases of the oldest and the newest Django as they were', async ({ launch, electron, folder }) => {
  const site = join(folder, 'site');
  mkdirSync(site);
  const releases = [
    ['2.2', copyFixture('sqlite/dj22_naive.sqlite3', site)],
    ['6.1', copyFixture('sqlite/dj61_tz.sqlite3', site)],
  ] as const;
  const before = traceOf(site);
  const page = await launch();
  for (const [DJANGO_VERSION, file] of releases) {
    await addProfile(
      page,
      { name: `Django ${DJANGO_VERSION}`, file, DJANGO_VERSION, USE_TZ: DJANGO_VERSION !== '2.2' },
      {},
      `d${DJANGO_VERSION[0]}`,
    );
    await openProfile(page, `Django ${DJANGO_VERSION}`);
    await sessionGrid(page).filter({ visible: true }).getByRole('row').nth(1).click();
    await expect(page.getByRole('complementary', { name: 'Session' }).getByRole('tab').first()).toBeVisible();
  }
  await electron().close();
  expect(traceOf(site)).toEqual(before);
});
