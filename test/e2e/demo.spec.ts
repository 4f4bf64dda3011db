import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dialog, expect, test } from './app.ts';
import { ask, openDemo, openSession, profileButton, sessionGrid } from './steps.ts';

/** The start screen's three doors, and the demo: it can be broken and reset. */

const SESSIONS = 246;

test('has three doors', async ({ launch, electron }) => {
  const page = await launch();
  const main = page.getByRole('main');
  for (const door of ['Paste a cookie', 'Open the demo', 'Connect']) await expect(main.getByRole('region', { name: door })).toBeVisible();

  await main.getByRole('region', { name: 'Connect' }).getByRole('button', { name: 'New profile' }).click();
  await expect(dialog(page, 'New profile')).toBeVisible();
  await page.keyboard.press('Escape');

  await electron().evaluate(({ clipboard }) => clipboard.writeText('sessionid=eyJmb28iOiJiYXIifQ:1xMlH6:m_05etER-6CGzG'));
  await page.keyboard.press('Control+v');
  await expect(page.getByRole('heading', { level: 1, name: 'Cookie Lab' })).toBeVisible();
  await expect(page.getByRole('article', { name: 'Signed session cookie' })).toBeVisible();

  await page.getByRole('button', { name: 'Start screen' }).click();
  await openDemo(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Demo' })).toBeVisible();
});

test('opens the demo: users, states and a count', async ({ launch }) => {
  const page = await launch();
  await openDemo(page);
  await expect(page.getByText(`${SESSIONS} sessions`)).toBeVisible();
  await page.getByLabel('Find sessions').fill('anna@example.org');
  await page.keyboard.press('Enter');
  await expect(page.getByText('7 found', { exact: true })).toBeVisible();
  const pane = await openSession(page, 'Live');
  await pane.getByRole('tab', { name: /Stored/ }).click();
  await expect(pane.getByRole('region', { name: 'Would Django accept this?' })).toContainText('Yes');
  await expect(pane.getByRole('region', { name: 'Signature', exact: true })).toContainText('The signature holds');
});

test('lets the demo be emptied, broken and reset', async ({ launch, data }) => {
  const page = await launch();
  await openDemo(page);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'clear_expired…' }).click();
  const clear = dialog(page, 'Clear expired sessions');
  await clear.getByRole('button', { name: /^Clear \d+ sessions$/ }).click();
  await expect(clear.getByText(/expired sessions cleared/)).toBeVisible();
  await clear.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByText(`${SESSIONS} sessions`)).toHaveCount(0);

  await reset();
  await expect(page.getByText(`${SESSIONS} sessions`)).toBeVisible();

  const file = join(data, 'demo', 'demo.sqlite3');
  writeFileSync(file, 'broken');
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  await expect(page.getByRole('main').getByRole('alert').first()).toBeVisible();
  await reset();
  await expect(page.getByText(`${SESSIONS} sessions`)).toBeVisible();
  await expect(sessionGrid(page).getByRole('row').filter({ hasText: 'Live' }).first()).toBeVisible();

  rmSync(file);
  await page.reload();
  await openDemo(page);
  expect(existsSync(file)).toBe(true);

  async function reset(): Promise<void> {
    await page.getByRole('button', { name: 'Actions for Demo' }).click();
    await page.getByRole('menuitem', { name: 'Reset demo' }).click();
    await expect(page.getByText('The demo is as it was at first').first()).toBeVisible();
  }
});

test('deletes one session of the demo without asking, and offers Undo', async ({ launch }) => {
  const page = await launch();
  await openDemo(page);
  await sessionGrid(page).getByRole('row').nth(1).focus();
  await page.keyboard.press('Delete');
  await expect(page.getByText('1 session deleted')).toBeVisible();
  await expect(page.getByText(`${SESSIONS - 1} sessions`)).toBeVisible();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByText(`${SESSIONS} sessions`)).toBeVisible();
});

test('keeps the demo’s profile as it is, and lets it be copied and removed', async ({ launch }) => {
  const page = await launch();
  await openDemo(page);
  await page.getByRole('button', { name: 'Actions for Demo' }).click();
  await expect(page.getByRole('menuitem', { name: 'Edit…' })).toHaveCount(0);
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await expect(profileButton(page, 'Demo')).toHaveCount(2);
  const copy = (await ask(page, 'profiles.list', {})).find(({ demo }) => !demo);
  expect(copy?.secrets).toMatchObject({ SECRET_KEY: 1 });
  await page.getByRole('button', { name: 'Actions for Demo' }).first().click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await dialog(page, /^Delete the profile/)
    .getByRole('button', { name: 'Delete profile' })
    .click();
  await expect(profileButton(page, 'Demo')).toHaveCount(1);
});
