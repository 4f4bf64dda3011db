import { dialog, expect, test } from './app.ts';
import { addProfile, editValue, newSite, openProfile, openSession } from './steps.ts';

/** A session is handed on from the keyboard, and what runs is shown as Django code, too. */

const SECRET_KEY = 'django-insecure-of-the-copy';
const KEY = 'c'.repeat(32);

test('copies a session with its changes as Django code by keyboard, and real Django makes it again', async ({
  launch,
  electron,
  folder,
}) => {
  const site = newSite(folder, SECRET_KEY, [{ op: 'create', session_key: KEY, json_text: '{"price": 1.0, "mail": "anna@example.org"}' }]);
  const page = await launch();
  await addProfile(page, { name: 'Copy site', file: site.file, environment: 'development' }, { SECRET_KEY });
  await openProfile(page, 'Copy site');
  const pane = await openSession(page, 'cccc');
  const clipboard = () => electron().evaluate((it) => it.clipboard.readText());
  const copyAs = async (item: RegExp) => {
    await pane.getByRole('button', { name: 'Copy as', exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'JSON' })).toBeFocused();
    for (let step = 0; step < 6 && !item.test((await page.locator(':focus').textContent()) ?? ''); step += 1)
      await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
  };

  await editValue(pane, 'price', '2.5');
  await pane.getByRole('button', { name: 'Review…' }).click();
  const review = dialog(page, 'Review the changes');
  await review.getByRole('button', { name: 'As Django code' }).click();
  await expect(review.getByText("session['price'] = 2.5")).toBeVisible();
  await expect(review.getByText(/^update /i)).toHaveCount(0);
  await review.getByRole('button', { name: 'Back' }).click();

  await copyAs(/Redacted/);
  await page.keyboard.press('Escape');
  await copyAs(/JSON/);
  await expect(page.getByText('Copied as JSON, redacted')).toBeVisible();
  expect(await clipboard()).not.toContain('anna');
  await copyAs(/Redacted/);
  await page.keyboard.press('Escape');

  await copyAs(/Django shell code/);
  await expect(page.getByText('Copied as Django shell code')).toBeVisible();
  const code = await clipboard();
  site.ask([
    { op: 'delete', session_key: KEY },
    { op: 'run', code },
  ]);
  expect(site.ask([{ op: 'load', session_key: KEY }])).toMatchObject([{ accepted: true, json: '{"price":2.5,"mail":"anna@example.org"}' }]);
});
