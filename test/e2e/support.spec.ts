import { dialog, expect, seriousFindings, test } from './app.ts';
import { addProfile, ask as askBridge, newSite, openProfile, sessionGrid } from './steps.ts';

/** "Somebody else is logged in as anna": found, ended but for one, read back, and told in a receipt. */

const SECRET_KEY = 'django-insecure-of-the-support-desk';
/** Seconds that the issue grants from the search to the receipt. */
const BUDGET = 60;

test('support ends all sessions of a user but one, and has a receipt of it', async ({ launch, electron, folder }) => {
  const site = newSite(folder, SECRET_KEY, [
    { op: 'create_user', username: 'anna', password: 'a', email: 'anna@example.org' },
    { op: 'create_user', username: 'bob', password: 'b', email: 'bob@example.org' },
  ]);
  const login = { op: 'login', username: 'anna', password: 'a' };
  // The oldest of anna's is from two hours ago, as its signature says.
  const [old, here, phone, bob] = site
    .ask([{ ...login, now: Date.now() / 1000 - 7200 }, { ...login, now: null }, login, { op: 'login', username: 'bob', password: 'b' }])
    .map(({ session_key }) => String(session_key));
  site.ask([{ op: 'save', session_key: phone, data: { ...Object(dataOf(site, phone)), cart: [1, 2], _language: 'de' } }]);
  const page = await launch();
  await addProfile(page, { name: 'Live site', file: site.file, environment: 'production' }, { SECRET_KEY });
  await openProfile(page, 'Live site');

  const started = performance.now();
  await page.getByLabel('Find sessions').fill('anna@example.org');
  await page.keyboard.press('Enter');
  const found = page.getByRole('region', { name: 'Users whose sessions were found' });
  await expect(found).toContainText('anna (#1)');
  await expect(found).toContainText('3 sessions');
  await found.getByRole('button', { name: 'End sessions of anna (#1)…' }).click();

  const ask = dialog(page, 'End sessions of anna (#1)');
  await expect(ask.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expect(ask).toContainText(site.file);
  await expect(ask.getByRole('row').filter({ hasText: phone?.slice(0, 4) ?? '' })).toContainText('cart, de');
  await expect(ask.getByRole('row').filter({ hasText: old?.slice(0, 4) ?? '' })).toContainText('2 hours ago');
  await ask.getByRole('button', { name: 'Tick these only' }).click();
  await expect(ask.getByRole('button', { name: 'End 1 of 3 sessions' })).toBeDisabled();
  await ask.getByRole('button', { name: `Keep only this: session ${here?.slice(0, 4)}` }).click();
  const end = ask.getByRole('button', { name: 'End 2 of 3 sessions' });
  await expect(end).toBeDisabled();
  await expect(ask.getByText(/^delete from/i).first()).toBeVisible();
  await ask.getByRole('textbox', { name: 'Name of the profile' }).fill('Live site');
  await end.click();

  const proof = dialog(page, '2 sessions of anna (#1) ended');
  await expect(proof.getByText('0 of 2 left in the store', { exact: true })).toBeVisible();
  await expect(proof.getByText('The user has 1 session now, 3 before.')).toBeVisible();
  await proof.getByRole('button', { name: 'Copy receipt' }).click();
  const seconds = (performance.now() - started) / 1000;
  console.log(`support: from the search to the receipt ${seconds.toFixed(1)} s of ${BUDGET} s`);
  expect(seconds).toBeLessThan(BUDGET);

  const receipt = await electron().evaluate(({ clipboard }) => clipboard.readText());
  expect(receipt).toContain('User: anna (#1)');
  expect(receipt).toContain('Profile: Live site (Production)');
  expect(receipt).toContain('Sessions of the user after: 1');
  expect(receipt).not.toContain(String(old));
  expect(await seriousFindings(page)).toEqual([]);
  await proof.getByRole('button', { name: 'Close' }).first().click();
  await expect(sessionGrid(page).getByRole('row')).toHaveCount(2);
  await found.getByRole('button', { name: 'End sessions of anna (#1)…' }).click();
  await expect(ask.getByRole('button', { name: 'End 1 of 1 sessions' })).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');

  expect(site.rows().map(([key]) => key)).toEqual([here, bob].sort());
  expect(
    site.ask([
      { op: 'request', session_key: here },
      { op: 'request', session_key: phone },
    ]),
  ).toMatchObject([{ user: '1' }, { user: null }]);
  const [entry] = await askBridge(page, 'activity.list', { limit: 1 });
  expect(entry).toMatchObject({ action: 'delete', count: 2, outcome: 'done', profile: { name: 'Live site' } });
  expect(receipt).toContain(`Activity: ${entry?.id}`);
});

function dataOf({ ask }: ReturnType<typeof newSite>, session_key: string | undefined): unknown {
  return ask([{ op: 'load', session_key }])[0]?.['data'];
}
