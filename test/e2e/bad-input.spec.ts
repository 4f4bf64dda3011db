import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { Django } from '../django/oracle.ts';
import { dialog, expect, test } from './app.ts';
import { addProfile, editValue, newSite, openProfile, openSession, profileButton, sessionGrid } from './steps.ts';

/** Each kind of bad input has a message of its own, which says what it is about and what to do next. */

const SECRET_KEY = 'django-insecure-of-bad-input';

/** Opens a profile that cannot be opened. */
async function failure(page: Page, name: string): Promise<Locator> {
  await profileButton(page, name).click();
  const alert = page.getByRole('main').getByRole('alert').filter({ visible: true });
  await expect(alert).toBeVisible();
  await expect(alert.getByRole('button', { name: 'Try again' })).toBeVisible();
  await expect(alert.getByRole('button', { name: 'Edit profile…' })).toBeVisible();
  return alert;
}

test('says which of the many things is wrong with a file', async ({ launch, folder }) => {
  const at = (name: string) => join(folder, name);
  writeFileSync(at('dump.sqlite3'), 'BEGIN TRANSACTION;\nCREATE TABLE django_session (session_key text);\n');
  writeFileSync(at('empty.sqlite3'), '');
  writeFileSync(at('noise.sqlite3'), Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256)));
  mkdirSync(at('folder.sqlite3'));
  const site = newSite(folder, SECRET_KEY);
  writeFileSync(at('cut.sqlite3'), readFileSync(site.file).subarray(0, 3000));
  site.ask([{ op: 'sql', sql: 'ALTER TABLE django_session RENAME TO shop_sessions' }]);
  writeFileSync(at('other.sqlite3'), readFileSync(site.file));
  const page = await launch();
  const cases = [
    ['Missing', at('gone/db.sqlite3'), 'The file or folder is not there', 'Its folder does not exist either'],
    ['Moved', at('gone.sqlite3'), 'The file or folder is not there', 'choose it again'],
    ['Dump', at('dump.sqlite3'), 'This file is not a database', 'begins with plain text'],
    ['Empty', at('empty.sqlite3'), 'This file is not a database', 'manage.py migrate'],
    ['Noise', at('noise.sqlite3'), 'This file is not a database', 'another format'],
    ['Folder', at('folder.sqlite3'), 'This file is not a database', 'Choose the database file inside it'],
    ['Cut', at('cut.sqlite3'), /damaged|not a database|answered with an error/, /./],
    ['Other', at('other.sqlite3'), 'The session table is missing', 'shop_sessions'],
  ] as const;
  for (const [name, file, title, hint] of cases) {
    await addProfile(page, { name, file });
    const alert = await failure(page, name);
    await expect(alert.getByRole('heading')).toHaveText(title);
    await expect(alert).toContainText(file);
    await expect(alert).toContainText(hint);
  }
});

test('opens a file once what was wrong with it is put right', async ({ launch, folder }) => {
  const page = await launch();
  await addProfile(page, { name: 'Site', file: join(folder, 'db.sqlite3') }, { SECRET_KEY });
  const alert = await failure(page, 'Site');
  newSite(folder, SECRET_KEY, [{ op: 'create', session_key: 'a'.repeat(32), data: { plan: 'free' } }]);
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(sessionGrid(page).getByRole('row')).toHaveCount(2);
});

test('waits for no lock for ever, and keeps the draft', async ({ launch, folder }) => {
  const session_key = 'a'.repeat(32);
  const site = newSite(folder, SECRET_KEY, [{ op: 'create', session_key, data: { plan: 'free' } }]);
  const page = await launch();
  await addProfile(page, { name: 'Site', file: site.file }, { SECRET_KEY });
  await using django = await Django.start({ SECRET_KEY, DATABASES: { default: { ENGINE: 'sqlite3', NAME: site.file } } });

  await django.ask('sql', { sql: 'BEGIN EXCLUSIVE' });
  const alert = await failure(page, 'Site');
  await expect(alert.getByRole('heading')).toHaveText('The store is locked by another program');
  await expect(alert).toContainText(site.file);
  await django.ask('sql', { sql: 'ROLLBACK' });
  await alert.getByRole('button', { name: 'Try again' }).click();

  const pane = await openSession(page, 'aaaa');
  await editValue(pane, 'plan', 'paid');
  // Django's own transaction, which has written and not committed yet.
  await django.ask('begin');
  await django.ask('sql', { sql: 'UPDATE django_session SET expire_date = expire_date' });
  await pane.getByRole('button', { name: 'Review…' }).click();
  const review = dialog(page, 'Review the changes');
  await review.getByRole('button', { name: 'Apply' }).click();
  await expect(review.getByRole('alert')).toContainText('The store is locked by another program');
  expect(site.rows()).toHaveLength(1);
  await django.ask('rollback');
  await review.getByRole('button', { name: 'Apply' }).click();
  await expect(review).toBeHidden();
  expect(await django.ask('load', { session_key })).toMatchObject({ data: { plan: 'paid' } });
});

test('shows a corrupt row among good ones, and why', async ({ launch, folder }) => {
  const [bad, cut] = ['c'.repeat(32), 'd'.repeat(32)];
  const site = newSite(folder, SECRET_KEY, [
    { op: 'create', session_key: 'a'.repeat(32), data: { plan: 'free' } },
    { op: 'create', session_key: bad, data: { plan: 'free' } },
    { op: 'create', session_key: cut, data: { plan: 'free' } },
    { op: 'sql', sql: `UPDATE django_session SET session_data = 'this was never a session' WHERE session_key = '${bad}'` },
    { op: 'sql', sql: `UPDATE django_session SET session_data = 'x' || session_data WHERE session_key = '${cut}'` },
  ]);
  const page = await launch();
  await addProfile(page, { name: 'Site', file: site.file }, { SECRET_KEY });
  await openProfile(page, 'Site');
  const rows = sessionGrid(page).getByRole('row');
  await expect(rows.filter({ hasText: 'Live' })).toHaveCount(1);
  await expect(rows.filter({ hasText: 'Corrupt' })).toHaveCount(2);
  for (const [key, said] of [
    ['cccc', 'Neither a signed value nor the base64 text of Django before 3.1'],
    ['dddd', 'The stored data is damaged'],
  ] as const) {
    const pane = await openSession(page, key);
    await expect(pane.getByRole('alert')).toContainText(said);
    await expect(pane.getByRole('region', { name: 'Would Django accept this?' })).toContainText('No: Django starts an empty session');
  }
  const pane = await openSession(page, 'cccc');
  await expect(pane.getByRole('region', { name: 'Stored value' })).toContainText('this was never a session');
  await openSession(page, 'aaaa');
  await expect(pane.getByRole('alert')).toHaveCount(0);
  await expect(pane.getByRole('treegrid')).toContainText('plan');
});

test('tells a wrong SECRET_KEY and a missing one from damage', async ({ launch, folder }) => {
  const site = newSite(folder, SECRET_KEY, [{ op: 'create', session_key: 'a'.repeat(32), data: { plan: 'free' } }]);
  const page = await launch();
  await addProfile(page, { name: 'Wrong', file: site.file }, { SECRET_KEY: 'another' });
  await addProfile(page, { name: 'None', file: site.file });
  await openProfile(page, 'Wrong');
  await expect(sessionGrid(page).getByRole('row').filter({ hasText: 'Unverified' })).toHaveCount(1);
  const pane = (await openSession(page, 'aaaa')).filter({ visible: true });
  await expect(pane.getByRole('alert')).toContainText('The signature does not hold');
  await expect(pane.getByRole('treegrid')).toContainText('plan');
  await pane.getByRole('tab', { name: /Stored/ }).click();
  await expect(pane.getByRole('region', { name: 'Signature', exact: true })).toContainText('No key matches the signature');
  await openProfile(page, 'None');
  const other = (await openSession(page, 'aaaa')).filter({ visible: true });
  await other.getByRole('tab', { name: /Stored/ }).click();
  await expect(other.getByRole('region', { name: 'Signature', exact: true })).toContainText('No key to verify it with');
});

test('refuses values beyond its limits by name, and goes on', async ({ launch, folder }) => {
  const [bomb, huge] = ['b'.repeat(32), 'c'.repeat(32)];
  const site = newSite(folder, SECRET_KEY, [
    { op: 'create', session_key: 'a'.repeat(32), data: { plan: 'free' } },
    { op: 'create', session_key: bomb, data: { text: 'x'.repeat(17 * 1024 * 1024) } },
    { op: 'create', session_key: huge, data: {} },
    { op: 'sql', sql: `UPDATE django_session SET session_data = hex(zeroblob(33 * 1024 * 1024)) WHERE session_key = '${huge}'` },
  ]);
  const page = await launch();
  await addProfile(page, { name: 'Site', file: site.file }, { SECRET_KEY });
  await openProfile(page, 'Site');
  for (const [key, said] of [
    ['bbbb', '16777216 bytes'],
    ['cccc', '69206016 bytes'],
  ] as const) {
    const pane = await openSession(page, key);
    await expect(pane.getByRole('alert')).toContainText('A limit was exceeded');
    await expect(pane.getByRole('alert')).toContainText(said);
  }
  const pane = await openSession(page, 'aaaa');
  await expect(pane.getByRole('treegrid')).toContainText('plan');
});

test('sets damaged files of its own aside, and says where', async ({ launch, data, folder }) => {
  mkdirSync(data);
  const damaged = '{"schema": 1, "profiles": [{"id": "a", "name"';
  writeFileSync(join(data, 'profiles.json'), damaged);
  writeFileSync(join(data, 'settings.json'), 'null');
  const page = await launch();
  const notices = page.getByRole('region', { name: 'Notices' });
  await expect(notices).toContainText('profiles.json is damaged and was set aside');
  await expect(notices).toContainText('settings.json is damaged and was set aside');
  const aside = readdirSync(data).find((name) => name.startsWith('profiles.json.unreadable-')) ?? '';
  expect(readFileSync(join(data, aside), 'utf8')).toBe(damaged);
  await expect(notices).toContainText(aside);
  await expect(page.getByRole('navigation', { name: 'Profiles' })).toContainText('No profiles yet');

  const site = newSite(folder, SECRET_KEY, [{ op: 'create', session_key: 'a'.repeat(32), data: {} }]);
  await addProfile(page, { name: 'Site', file: site.file });
  await openProfile(page, 'Site');
  expect(JSON.parse(readFileSync(join(data, 'profiles.json'), 'utf8'))).toMatchObject({ schema: 1, profiles: [{ name: 'Site' }] });
  expect(readFileSync(join(data, aside), 'utf8')).toBe(damaged);
});
