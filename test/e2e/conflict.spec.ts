import type { Locator, Page } from 'playwright/test';
import { dialog, expect, test } from './app.ts';
import { addProfile, editValue, newSite, openProfile, openSession, type Site } from './steps.ts';

/** Django writes a session while a draft of it is open: nothing is lost, and a person decides. */

const SECRET_KEY = 'django-insecure-of-conflicts';
const session_key = 'a'.repeat(32);
type Launch = () => Promise<Page>;

/** A draft that changes `plan`, and a site that has changed `seat` since. */
async function meet(
  launch: Launch,
  folder: string,
  meanwhile: (site: Site) => void,
): Promise<Readonly<{ page: Page; site: Site; pane: Locator }>> {
  const site = newSite(folder, SECRET_KEY, [{ op: 'create', session_key, data: { plan: 'free', seat: '1A' } }]);
  const page = await launch();
  await addProfile(page, { name: 'Site', file: site.file }, { SECRET_KEY });
  await openProfile(page, 'Site');
  const pane = await openSession(page, 'aaaa');
  await editValue(pane, 'plan', 'paid');
  meanwhile(site);
  await pane.getByRole('button', { name: 'Review…' }).click();
  const review = dialog(page, 'Review the changes');
  await review.getByRole('button', { name: 'Apply' }).click();
  return { page, site, pane };
}

const saveSeat = (site: Site) => void site.ask([{ op: 'save', session_key, data: { plan: 'free', seat: '2B' } }]);
const dataOf = (site: Site) => site.ask([{ op: 'load', session_key }])[0]?.['data'];

test('shows both versions side by side and has written nothing', async ({ launch, folder }) => {
  const { page, site, pane } = await meet(launch, folder, saveSeat);
  const conflict = dialog(page, 'The session was changed meanwhile');
  await expect(conflict.getByRole('textbox', { name: 'Yours' })).toContainText('"plan": "paid"');
  await expect(conflict.getByRole('textbox', { name: 'Yours' })).toContainText('"seat": "1A"');
  await expect(conflict.getByRole('textbox', { name: 'In the store' })).toContainText('"plan": "free"');
  await expect(conflict.getByRole('textbox', { name: 'In the store' })).toContainText('"seat": "2B"');
  const differences = conflict.getByRole('table', { name: 'Differences between the versions' });
  await expect(differences.getByRole('row').filter({ hasText: 'seat' })).toContainText('"1A"');
  await expect(differences.getByRole('row').filter({ hasText: 'seat' })).toContainText('"2B"');
  expect(dataOf(site)).toEqual({ plan: 'free', seat: '2B' });
  await conflict.getByRole('button', { name: 'Back' }).click();
  await expect(pane.getByText('1 change', { exact: true })).toBeVisible();
  await expect(pane).toContainText('The site has written this session since you began.');
  await expect(pane.getByRole('treegrid')).toContainText('"paid"');
});

test('keeps mine by redoing it on theirs', async ({ launch, folder }) => {
  const { page, site, pane } = await meet(launch, folder, saveSeat);
  await dialog(page, 'The session was changed meanwhile').getByRole('button', { name: 'Keep mine: redo on theirs' }).click();
  await expect(page.getByText(/^Session aaaa.* changed$/)).toBeVisible();
  expect(dataOf(site)).toEqual({ plan: 'paid', seat: '2B' });
  await expect(pane.getByRole('treegrid')).toContainText('"2B"');
  await expect(pane.getByRole('button', { name: 'Review…' })).toHaveCount(0);
});

test('takes theirs', async ({ launch, folder }) => {
  const { page, site, pane } = await meet(launch, folder, saveSeat);
  await dialog(page, 'The session was changed meanwhile').getByRole('button', { name: 'Take theirs' }).click();
  await expect(pane.getByRole('button', { name: 'Review…' })).toHaveCount(0);
  await expect(pane.getByRole('treegrid')).toContainText('"2B"');
  await expect(pane.getByRole('treegrid')).toContainText('"free"');
  expect(dataOf(site)).toEqual({ plan: 'free', seat: '2B' });
});

test('overwrites theirs when asked to, and Undo brings theirs back', async ({ launch, folder }) => {
  const { page, site } = await meet(launch, folder, saveSeat);
  const theirs = site.rows();
  await dialog(page, 'The session was changed meanwhile').getByRole('button', { name: 'Overwrite with mine' }).click();
  await expect(page.getByText(/^Session aaaa.* changed$/)).toBeVisible();
  expect(dataOf(site)).toEqual({ plan: 'paid', seat: '1A' });
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByText('1 session restored')).toBeVisible();
  expect(site.rows()).toEqual(theirs);
});

test('redoes nothing where its place is gone, and says so', async ({ launch, folder }) => {
  const { page, site } = await meet(launch, folder, (site) => void site.ask([{ op: 'save', session_key, data: { seat: '2B' } }]));
  const conflict = dialog(page, 'The session was changed meanwhile');
  await conflict.getByRole('button', { name: 'Keep mine: redo on theirs' }).click();
  await expect(conflict).toContainText('the edits cannot be redone on it');
  expect(dataOf(site)).toEqual({ seat: '2B' });
});

test('tells that the session was deleted meanwhile', async ({ launch, folder }) => {
  const { page, site } = await meet(launch, folder, (site) => void site.ask([{ op: 'delete', session_key }]));
  const conflict = dialog(page, 'The session was changed meanwhile');
  await expect(conflict).toContainText('the session is not in the store any more');
  await expect(conflict.getByRole('textbox', { name: 'Yours' })).toContainText('"plan": "paid"');
  expect(site.rows()).toEqual([]);
  await conflict.getByRole('button', { name: 'Take theirs' }).click();
  await expect(page.getByText('This session is not in the store')).toBeVisible();
});

test('warns in the draft once it has seen that the session was written', async ({ launch, folder }) => {
  const site = newSite(folder, SECRET_KEY, [{ op: 'create', session_key, data: { plan: 'free', seat: '1A' } }]);
  const page = await launch();
  await addProfile(page, { name: 'Site', file: site.file }, { SECRET_KEY });
  await openProfile(page, 'Site');
  const pane = await openSession(page, 'aaaa');
  await editValue(pane, 'plan', 'paid');
  saveSeat(site);
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  await expect(pane).toContainText('The site has written this session since you began.');
  await expect(pane.getByRole('treegrid')).toContainText('"paid"');
});
