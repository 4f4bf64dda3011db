import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright/test';
import { dialog, expect, test } from './app.ts';
import { addProfile, ask, choose, newSite, openProfile, openSession, profileButton, type Site } from './steps.ts';

/** What a second start finds: settings, profiles, and secrets where the system has a keychain for them. */

const SECRET_KEY = 'django-insecure-of-a-restart';

/** A bus and a keyring of the test's own, which opens with the same password at each start. */
const WITH_KEYRING = (folder: string) => `
export XDG_DATA_HOME='${folder}/keyring' XDG_RUNTIME_DIR='${folder}/run'
mkdir -p "$XDG_DATA_HOME" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
exec dbus-run-session -- sh -c 'printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@"' app "$@"`;

function makeSite(folder: string): Site {
  return newSite(folder, SECRET_KEY, [{ op: 'create', session_key: 'a'.repeat(32), data: { plan: 'free' } }]);
}

const placesOf = (page: Page) => page.getByRole('navigation', { name: 'Profiles' });

async function openSettings(page: Page): Promise<ReturnType<typeof dialog>> {
  await placesOf(page).getByRole('button', { name: 'Settings' }).click();
  return dialog(page, 'Settings');
}

async function editProfile(page: Page, name: string): Promise<ReturnType<typeof dialog>> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Edit…' }).click();
  return dialog(page, `Edit “${name}”`);
}

/** The verdict on the one session's signature. */
async function signatureSaid(page: Page): Promise<string> {
  await openProfile(page, 'Site');
  const pane = await openSession(page, 'aaaa');
  await pane.getByRole('tab', { name: /Stored/ }).click();
  return (await pane.getByRole('region', { name: 'Signature', exact: true }).getByRole('heading').textContent()) ?? '';
}

/** Every file below, whole. */
function bytesBelow(folder: string): Buffer {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Buffer.concat(entries.filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name))));
}

async function closed(electron: () => ElectronApplication): Promise<void> {
  await electron().close();
}

test('settings and profiles survive a restart', async ({ launch, electron, folder }) => {
  const site = makeSite(folder);
  const first = await launch();
  await addProfile(first, {
    name: 'Site',
    file: site.file,
    group: 'Shop',
    colour: 'teal',
    environment: 'development',
    SESSION_COOKIE_AGE: 777,
  });
  const settings = await openSettings(first);
  await choose(settings.getByLabel('Theme'), 'Dark');
  await settings.getByLabel('Keep Undo for (days)').fill('7');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings).toBeHidden();
  await closed(electron);

  const page = await launch();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('region', { name: 'Shop' }).getByRole('button', { name: /^Site/ })).toBeVisible();
  await expect((await openSettings(page)).getByLabel('Keep Undo for (days)')).toHaveValue('7');
  await page.keyboard.press('Escape');
  const form = await editProfile(page, 'Site');
  await expect(form.getByRole('textbox', { name: 'NAME', exact: true })).toHaveValue(site.file);
  await expect(form.getByRole('textbox', { name: 'SESSION_COOKIE_AGE' })).toHaveValue('777');
  await page.keyboard.press('Escape');
  await openProfile(page, 'Site');
});

test('the theme follows the choice, and the system where that is the choice', async ({ launch }) => {
  const page = await launch();
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const luminance = (colour: string) => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  const isLight = async () => luminance(await background()) > (255 * 3) / 2;
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(isLight).toBe(false);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(isLight).toBe(true);
  const settings = await openSettings(page);
  await choose(settings.getByLabel('Theme'), 'Dark');
  await expect.poll(isLight).toBe(false);
  await choose(settings.getByLabel('Theme'), 'Light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(isLight).toBe(true);
});

test('without a keychain secrets stay in memory, and the window says so', async ({ launch, electron, folder, data }) => {
  const site = makeSite(folder);
  const first = await launch();
  await expect((await openSettings(first)).getByText(/^No keychain was found/)).toBeVisible();
  await first.keyboard.press('Escape');
  await first.getByRole('main').getByRole('button', { name: 'New profile' }).click();
  const form = dialog(first, 'New profile');
  await expect(form.getByText('No keychain was found: secrets are kept in memory until the app closes.')).toBeVisible();
  await first.keyboard.press('Escape');
  await addProfile(first, { name: 'Site', file: site.file }, { SECRET_KEY });
  expect(await signatureSaid(first)).toBe('The signature holds');
  await closed(electron);
  expect(bytesBelow(data).includes(SECRET_KEY)).toBe(false);

  const page = await launch();
  expect(await signatureSaid(page)).toBe('No key to verify it with');
  const again = await editProfile(page, 'Site');
  await again.getByRole('textbox', { name: 'SECRET_KEY', exact: true }).fill(SECRET_KEY);
  await again.getByRole('button', { name: 'Save and open' }).click();
  await expect(again).toBeHidden();
  expect(await signatureSaid(page)).toBe('The signature holds');
});

test('with a keychain secrets survive a restart, and no file holds them', async ({ launch, electron, folder, data }) => {
  const site = makeSite(folder);
  const start = { through: WITH_KEYRING(folder), args: ['--password-store=gnome-libsecret'] };
  const first = await launch(start);
  await expect((await openSettings(first)).getByText('Encrypted with the keychain of the system (gnome_libsecret).')).toBeVisible();
  await first.keyboard.press('Escape');
  await addProfile(first, { name: 'Site', file: site.file }, { SECRET_KEY, SECRET_KEY_FALLBACKS: ['older', 'oldest'] });
  expect(await signatureSaid(first)).toBe('The signature holds');
  await closed(electron);
  const kept = bytesBelow(data);
  expect(kept.includes('SECRET_KEY')).toBe(true);
  for (const secret of [SECRET_KEY, 'oldest', Buffer.from(SECRET_KEY).toString('base64').slice(0, 20)]) {
    expect(kept.includes(secret)).toBe(false);
  }

  const page = await launch(start);
  const [view] = await ask(page, 'profiles.list', {});
  expect(view?.secrets).toEqual({ SECRET_KEY: 1, SECRET_KEY_FALLBACKS: 2 });
  expect(await signatureSaid(page)).toBe('The signature holds');
  const form = await editProfile(page, 'Site');
  await expect(form.getByRole('textbox', { name: 'SECRET_KEY', exact: true })).toHaveValue('');
  await expect(form.getByText('2 stored')).toBeVisible();
  await page.keyboard.press('Escape');
  await closed(electron);

  // Another keychain: what is stored cannot be read, and is asked for again.
  const other = await launch({ ...start, through: WITH_KEYRING(join(folder, 'other')) });
  await profileButton(other, 'Site').click();
  const alert = other.getByRole('main').getByRole('alert').filter({ hasText: 'A secret is missing' });
  await expect(alert).toContainText('Enter SECRET_KEY again in the profile.');
});
