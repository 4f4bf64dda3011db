import type { Locator, Page } from 'playwright/test';
import { dialog, expect, test } from './app.ts';
import { addProfile, choose, editValue, newSite, openProfile, openSession, type Row, type Site, sessionGrid } from './steps.ts';

/** Everything that writes, and Undo of it: bytes and expiry as they were, judged by the rows and by real Django. */

const SECRET_KEY = 'django-insecure-of-undo';
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => letter.repeat(32));

function makeSite(folder: string): Site {
  return newSite(folder, SECRET_KEY, [
    { op: 'create_user', username: 'anna', password: 'a' },
    ...KEYS.map((session_key, index) => ({
      op: 'create',
      session_key,
      data: { plan: 'free', number: index },
      ...(index > 3 ? { expiry: { seconds: -60 } } : {}),
    })),
    // As an older release may have left it: other bytes than this Django writes for the same data.
    { op: 'sql', sql: `UPDATE django_session SET expire_date = '2099-01-02 03:04:05' WHERE session_key = '${KEYS[0]}'` },
  ]);
}

async function open(launch: () => Promise<Page>, site: Site): Promise<Page> {
  const page = await launch();
  await addProfile(page, { name: 'Site', file: site.file }, { SECRET_KEY });
  await openProfile(page, 'Site');
  return page;
}

async function pressAction(page: Page, pane: Locator, item: string): Promise<void> {
  await pane.getByRole('button', { name: 'Actions for this session' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

/** Undoes the newest entry of Activity. */
async function undoNewest(page: Page, restored: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Profiles' }).getByRole('button', { name: 'Activity' }).click();
  await page.getByRole('list', { name: 'Activity' }).getByRole('listitem').first().getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText(restored, { exact: true }).first()).toBeVisible();
}

const keysOf = (rows: readonly Row[]) => rows.map(([key]) => key);

test('cycle_key: the same data and expiry under a new key, and back', async ({ launch, folder }) => {
  const site = makeSite(folder);
  const before = site.rows();
  const page = await open(launch, site);
  const pane = await openSession(page, 'aaaa');
  await pressAction(page, pane, 'cycle_key…');
  const cycle = dialog(page, /^cycle_key of aaaa/);
  await expect(cycle.getByText(/^(insert|update|delete) /i).first()).toBeVisible();
  await cycle.getByRole('button', { name: 'Cycle the key' }).click();
  await expect(page.getByText('The session has a new key')).toBeVisible();

  const after = site.rows();
  const added = after.filter(([key]) => !KEYS.includes(key));
  expect(after.filter(([key]) => KEYS.includes(key))).toEqual(before.slice(1));
  expect(added).toHaveLength(1);
  const [[key, data, expires] = ['', '', '']] = added;
  expect([data, expires]).toEqual(before[0]?.slice(1));
  expect(key).toMatch(/^[a-z0-9]{32}$/);
  const [loaded, old] = site.ask([
    { op: 'load', session_key: key },
    { op: 'load', session_key: KEYS[0] },
  ]);
  expect(loaded).toMatchObject({ accepted: true, data: { plan: 'free', number: 0 } });
  expect(old).toMatchObject({ accepted: false });
  await expect(pane.getByRole('heading', { name: key.slice(0, 4) })).toBeVisible();

  await undoNewest(page, '1 session restored');
  expect(site.rows()).toEqual(before);
});

test('flush and delete of one: gone for Django, and back', async ({ launch, folder }) => {
  const site = makeSite(folder);
  const before = site.rows();
  const page = await open(launch, site);
  for (const [key, item, title, verb] of [
    ['aaaa', 'flush…', /^flush aaaa/, 'Flush 1 session'],
    ['bbbb', 'Delete 1 session', /^Delete session bbbb/, 'Delete 1 session'],
  ] as const) {
    const pane = await openSession(page, key);
    await pressAction(page, pane, item);
    const ask = dialog(page, title);
    await expect(ask.getByText(/^delete from/i).first()).toBeVisible();
    await expect(ask.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await ask.getByRole('button', { name: verb }).click();
    await expect(sessionGrid(page).getByRole('row').filter({ hasText: key })).toHaveCount(0);
    expect(keysOf(site.rows())).toEqual(KEYS.filter((session_key) => !session_key.startsWith(key)));
    await undoNewest(page, '1 session restored');
    expect(site.rows()).toEqual(before);
    await page.getByRole('button', { name: /^Site/ }).click();
    await expect(sessionGrid(page).getByRole('row').filter({ hasText: key })).toHaveCount(1);
  }
});

test('delete, set_expiry and clear_expired of many, and back', async ({ launch, folder }) => {
  const site = makeSite(folder);
  const before = site.rows();
  const page = await open(launch, site);
  const select = async () => {
    for (const key of ['aaaa', 'bbbb', 'cccc']) {
      await sessionGrid(page).getByRole('row').filter({ hasText: key }).getByRole('checkbox').click();
    }
  };
  const back = async () => {
    expect(site.rows()).toEqual(before);
    await page.getByRole('button', { name: /^Site/ }).click();
  };
  await select();
  await page.getByRole('button', { name: 'Delete 3 sessions' }).click();
  await dialog(page, 'Delete 3 sessions?').getByRole('button', { name: 'Delete 3 sessions' }).click();
  await expect(page.getByText('3 sessions deleted')).toBeVisible();
  expect(keysOf(site.rows())).toEqual(KEYS.slice(3));
  await undoNewest(page, '3 sessions restored');
  await back();

  await select();
  await page.getByRole('button', { name: 'Set expiry…' }).click();
  const expiry = dialog(page, 'Set the expiry of 3 sessions');
  await expiry.getByRole('radio', { name: /After some time of inactivity/ }).click();
  await expiry.getByLabel('Amount').fill('3600');
  await choose(expiry.getByLabel('Unit'), 'Seconds');
  await expiry.getByRole('button', { name: 'Set expiry of 3 sessions' }).click();
  await expect(page.getByText('Expiry of 3 sessions set')).toBeVisible();
  const loaded = site.ask(KEYS.slice(0, 3).map((session_key) => ({ op: 'load', session_key })));
  for (const answer of loaded)
    expect(answer).toMatchObject({ accepted: true, expiry_age: 3600, data: { plan: 'free', _session_expiry: 3600 } });
  expect(site.rows().slice(3)).toEqual(before.slice(3));
  await undoNewest(page, '3 sessions restored');
  await back();

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'clear_expired…' }).click();
  const clear = dialog(page, 'Clear expired sessions');
  await clear.getByRole('button', { name: 'Clear 2 sessions' }).click();
  await expect(clear.getByText('2 expired sessions cleared')).toBeVisible();
  await clear.getByRole('button', { name: 'Close' }).last().click();
  expect(keysOf(site.rows())).toEqual(KEYS.slice(0, 4));
  await undoNewest(page, '2 sessions restored');
  await back();
});

test('Undo asks before it overwrites what the site has written since', async ({ launch, folder }) => {
  const site = makeSite(folder);
  const before = site.rows();
  const page = await open(launch, site);
  const pane = await openSession(page, 'aaaa');
  await editValue(pane, 'plan', 'paid');
  await pane.getByRole('button', { name: 'Review…' }).click();
  await dialog(page, 'Review the changes').getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText(/^Session aaaa.* changed$/)).toBeVisible();
  site.ask([{ op: 'save', session_key: KEYS[0], data: { plan: 'newer' } }]);
  const newer = site.rows();

  await page.getByRole('navigation', { name: 'Profiles' }).getByRole('button', { name: 'Activity' }).click();
  const entries = page.getByRole('list', { name: 'Activity' }).getByRole('listitem');
  await entries.first().getByRole('button', { name: 'Undo' }).click();
  const conflict = dialog(page, '1 session was written since');
  await conflict.getByRole('button', { name: 'Cancel' }).click();
  expect(site.rows()).toEqual(newer);
  await entries.filter({ hasText: '1 session changed' }).getByRole('button', { name: 'Undo' }).click();
  await conflict.getByRole('button', { name: 'Overwrite 1 session' }).click();
  await expect(page.getByText('1 session restored', { exact: true }).first()).toBeVisible();
  expect(site.rows()).toEqual(before);
});

test('Activity says what was done, to whom and where, with masked keys', async ({ launch, folder }) => {
  const site = makeSite(folder);
  const page = await open(launch, site);
  await page.getByRole('navigation', { name: 'Profiles' }).getByRole('button', { name: 'Activity' }).click();
  await expect(page.getByText('Nothing was written yet')).toBeVisible();
  await page.getByRole('button', { name: /^Site/ }).click();
  for (const key of ['aaaa', 'bbbb']) await sessionGrid(page).getByRole('row').filter({ hasText: key }).getByRole('checkbox').click();
  await page.getByRole('button', { name: 'Delete 2 sessions' }).click();
  await dialog(page, 'Delete 2 sessions?').getByRole('button', { name: 'Delete 2 sessions' }).click();
  await expect(page.getByText('2 sessions deleted')).toBeVisible();
  await undoNewest(page, '2 sessions restored');

  const entries = page.getByRole('list', { name: 'Activity' }).getByRole('listitem');
  await expect(entries).toHaveCount(2);
  await expect(entries.first()).toContainText('Undo: 2 sessions restored');
  const deleted = entries.nth(1);
  await expect(deleted).toContainText('2 sessions deleted');
  await expect(deleted).toContainText('Done');
  await expect(deleted).toContainText('Undone');
  await expect(deleted).toContainText(site.file);
  await expect(deleted).toContainText('aaaa…  bbbb…');
  await expect(page.getByRole('main')).not.toContainText('aaaaa');
  await expect(page.getByRole('main')).not.toContainText('free');
});
