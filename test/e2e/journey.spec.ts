import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { askDjango, dialog, expect, test } from './app.ts';

/** The main job on a real store, by mouse and by keyboard alone; real Django made it and judges it afterwards. */

const SECRET_KEY = 'django-insecure-of-the-journey';

type Row = readonly [session_key: string, session_data: string, expire_date: string];
type Site = Readonly<{ file: string; ask: typeof askDjango; anna: string; others: readonly Row[] }>;

/** Users, two logins, a visitor, a browser-length session and three that ended: all by Django. */
function makeSite(folder: string): Site {
  const file = join(folder, 'db.sqlite3');
  const settings = { SECRET_KEY, DATABASES: { default: { ENGINE: 'sqlite3', NAME: file } } };
  const ask = (requests: Parameters<typeof askDjango>[0]) => askDjango([{ op: 'configure', settings }, ...requests]).slice(1);
  const answers = ask([
    { op: 'migrate' },
    { op: 'create_user', username: 'anna', password: 'a', email: 'anna@example.org' },
    { op: 'create_user', username: 'bob', password: 'b', email: 'bob@example.org' },
    { op: 'login', username: 'anna', password: 'a' },
    { op: 'login', username: 'bob', password: 'b' },
    { op: 'create', session_key: 'v'.repeat(32), json_text: '{"cart":{"10":{"price":1.0},"2":{}},"n":123456789012345678901234567890}' },
    { op: 'create', session_key: 'w'.repeat(32), data: { plan: 'free' }, expiry: { seconds: 0 } },
    ...['x', 'y', 'z'].map((letter) => ({ op: 'create', session_key: letter.repeat(32), data: { old: true }, expiry: { seconds: -60 } })),
  ]);
  const anna = String(answers[3]?.['session_key']);
  return { file, ask, anna, others: rowsOf(file).filter(([key]) => key !== anna && !/^[xyz]/.test(key)) };
}

/** Read without the app's own driver. */
function rowsOf(file: string): readonly Row[] {
  const script =
    'import json, sqlite3, sys; print(json.dumps(sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True).execute("SELECT * FROM django_session ORDER BY 1").fetchall()))';
  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Row[];
}

/** What Django makes of the file after the journey: the edit, its expiry, and nothing else different. */
function judge({ file, ask, anna, others }: Site): void {
  const [loaded, request] = ask([
    { op: 'load', session_key: anna },
    { op: 'request', session_key: anna },
  ]);
  expect(loaded).toMatchObject({ accepted: true, expiry_age: 7200 });
  expect(request).toMatchObject({ user: '1', data: { _auth_user_id: '1', seat: '12A', _session_expiry: 7200 } });
  const rows = rowsOf(file);
  expect(rows.filter(([key]) => key !== anna)).toEqual(others);
  const stored = rows.find(([key]) => key === anna)?.[2] ?? '';
  const expected = Date.parse(String(loaded?.['expire_date']));
  expect(Math.abs(Date.parse(`${stored.slice(0, 23).replace(' ', 'T')}Z`) - expected)).toBeLessThan(120_000);
}

async function bySession(page: Page): Promise<void> {
  await expect(page.getByRole('tab', { name: 'Data' })).toBeVisible();
}

test('find a user, change a value, set an expiry, clear the expired ones', async ({ launch, folder }) => {
  const site = makeSite(folder);
  site.ask([{ op: 'save', session_key: site.anna, data: { ...dataOf(site), seat: '11F' } }]);
  const page = await launch();

  await page.getByRole('main').getByRole('button', { name: 'New profile' }).click();
  const form = dialog(page, 'New profile');
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Journey');
  await form.getByRole('textbox', { name: 'Django version' }).fill('3.2');
  await form.getByRole('textbox', { name: 'NAME', exact: true }).fill(site.file);
  await form.getByRole('textbox', { name: 'SECRET_KEY', exact: true }).fill(SECRET_KEY);
  await form.getByRole('button', { name: 'Save and open' }).click();

  const grid = page.getByRole('grid', { name: 'Sessions' });
  await expect(grid.getByRole('row').filter({ hasText: 'Live' })).toHaveCount(4);
  await page.getByLabel('Find sessions').fill('anna@example.org');
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 found', { exact: false }).first()).toBeVisible();
  await grid.getByRole('row').filter({ hasText: 'anna' }).dblclick();
  await bySession(page);

  const data = page.getByRole('tree').or(page.getByRole('treegrid'));
  await data.getByText('seat', { exact: true }).click();
  await page.getByRole('button', { name: 'Edit value' }).click();
  await page.getByLabel('Value', { exact: true }).fill('12A');
  await page.getByRole('button', { name: 'Save value' }).click();
  await page.getByRole('tab', { name: 'Expiry' }).click();
  await page.getByRole('radio', { name: /After some time of inactivity/ }).click();
  await page.getByLabel('Amount').fill('7200');
  await page.getByLabel('Unit').click();
  await page.getByRole('option', { name: 'Seconds' }).click();
  await page.getByRole('button', { name: 'Use this expiry' }).click();

  await page.getByRole('button', { name: 'Review…' }).click();
  const review = dialog(page, 'Review the changes');
  await expect(review.getByText('11F')).toBeVisible();
  await expect(review.getByText('12A')).toBeVisible();
  await expect(review.getByText(/UPDATE .*django_session/i)).toBeVisible();
  await review.getByRole('radio', { name: 'Renew it, as save() does' }).check();
  await review.getByRole('button', { name: 'Apply' }).click();
  await expect(review).toBeHidden();

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'clear_expired…' }).click();
  const clear = dialog(page, 'Clear expired sessions');
  await expect(clear.getByText('3 sessions have expired.')).toBeVisible();
  await clear.getByRole('button', { name: 'Clear 3 sessions' }).click();
  await expect(clear.getByText('3 expired sessions cleared')).toBeVisible();
  await clear.getByRole('button', { name: 'Close' }).last().click();

  judge(site);
});

test('the same by keyboard alone', async ({ launch, folder }) => {
  const site = makeSite(folder);
  site.ask([{ op: 'save', session_key: site.anna, data: { ...dataOf(site), seat: '11F' } }]);
  const page = await launch();
  const press = (...keys: readonly string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const type = (text: string) => page.keyboard.type(text);

  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await press('Control+n');
  const form = dialog(page, 'New profile');
  await tabTo(page, form.getByRole('textbox', { name: 'Name', exact: true }));
  await type('Journey');
  await tabTo(page, form.getByRole('textbox', { name: 'Django version' }));
  await press('Control+a');
  await type('3.2');
  await tabTo(page, form.getByRole('textbox', { name: 'NAME', exact: true }));
  await type(site.file);
  await tabTo(page, form.getByRole('textbox', { name: 'SECRET_KEY', exact: true }));
  await type(SECRET_KEY);
  await tabTo(page, form.getByRole('button', { name: 'Save and open' }));
  await press('Enter');

  const grid = page.getByRole('grid', { name: 'Sessions' });
  await expect(grid.getByRole('row').filter({ hasText: 'Live' })).toHaveCount(4);
  await press('Control+f');
  await expect(page.getByLabel('Find sessions')).toBeFocused();
  await type('anna');
  await press('Enter');
  await expect(page.getByText('1 found', { exact: false }).first()).toBeVisible();
  await tabTo(page, grid.getByRole('row').filter({ hasText: 'anna' }));
  await press('Enter');
  await bySession(page);

  const seat = page.getByRole('row').filter({ hasText: 'seat' });
  await tabTo(page, page.getByRole('treegrid').getByRole('row').first());
  await press('End');
  await expect(seat).toBeFocused();
  await press('F2', 'Control+a');
  await type('12A');
  await press('Enter');
  await expect(seat).toContainText('12A');
  await tabTo(page, page.getByRole('tab', { name: 'Data' }), 'Shift+Tab');
  await press('ArrowRight', 'ArrowRight', 'Enter');
  await tabTo(page, page.getByRole('radio', { name: /After some time of inactivity/ }));
  await press('Space');
  await tabTo(page, page.getByLabel('Amount'));
  await press('Control+a');
  await type('2');
  await tabTo(page, page.getByLabel('Unit'));
  await press('Enter');
  await expect(page.getByRole('option', { name: 'Seconds' })).toBeVisible();
  await press('Home');
  await expect(page.getByRole('option', { name: 'Seconds' })).toBeFocused();
  await press('ArrowDown', 'ArrowDown', 'Enter');
  await expect(page.getByLabel('Unit')).toContainText('Hours');
  await tabTo(page, page.getByRole('button', { name: 'Use this expiry' }));
  await press('Enter');

  await press('Control+s');
  const review = dialog(page, 'Review the changes');
  await expect(review.getByText(/UPDATE .*django_session/i)).toBeVisible();
  // set_expiry was used, so the expire date follows unless one says otherwise.
  await tabTo(page, review.getByRole('radio', { checked: true }));
  await expect(review.getByRole('radio', { name: 'Renew it, as save() does' })).toBeChecked();
  await tabTo(page, review.getByRole('button', { name: 'Apply' }));
  await press('Enter');
  await expect(review).toBeHidden();

  await tabTo(page, page.getByRole('button', { name: 'More actions' }), 'Shift+Tab');
  await press('Enter');
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  while (!(await focused(page.getByRole('menuitem', { name: 'clear_expired…' })))) await press('ArrowDown');
  await press('Enter');
  const clear = dialog(page, 'Clear expired sessions');
  await expect(clear.getByText('3 sessions have expired.')).toBeVisible();
  await tabTo(page, clear.getByRole('button', { name: 'Clear 3 sessions' }));
  await press('Enter');
  await expect(clear.getByText('3 expired sessions cleared')).toBeVisible();
  await press('Escape');

  judge(site);
});

/** Walks with Tab until `target` has a visible focus, as a person without a mouse does. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let steps = 0; steps < 60; steps += 1) {
    if (await focused(target)) {
      await expect.poll(() => target.evaluate((element) => element.matches(':focus-visible')), 'the focus is drawn').toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${target} cannot be reached with ${key}`);
}

function focused(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement);
}

function dataOf({ ask, anna }: Pick<Site, 'ask' | 'anna'>): Record<string, unknown> {
  return ask([{ op: 'load', session_key: anna }])[0]?.['data'] as Record<string, unknown>;
}
