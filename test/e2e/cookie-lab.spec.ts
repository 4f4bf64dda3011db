import type { Locator, Page } from 'playwright/test';
import { askDjango, expect, test } from './app.ts';
import { addProfile, choose, editValue, newSite } from './steps.ts';

/** The Cookie Lab with cookies of real Django's signed_cookies engine, and Django with cookies of the Cookie Lab. */

const SECRET_KEY = 'django-insecure-of-the-lab';
const OLD_KEY = 'django-insecure-of-last-year';
const DAY = 86_400;

/** The engine's cookie for `data`, signed by `key` so many seconds ago. */
function cookieOf(data: Readonly<Record<string, unknown>>, key: string = SECRET_KEY, ago = 0): string {
  const now = Math.floor(Date.now() / 1000) - ago;
  const [, answer] = askDjango([
    { op: 'configure', settings: { SECRET_KEY: key } },
    { op: 'cookie_dumps', json_text: JSON.stringify(data), now },
  ]);
  return String(answer?.['value']);
}

function loadedByDjango(value: string, key: string = SECRET_KEY): unknown {
  const [, answer] = askDjango([
    { op: 'configure', settings: { SECRET_KEY: key } },
    { op: 'cookie_loads', value, max_age: 60 },
  ]);
  return answer?.['data'];
}

async function openLab(launch: () => Promise<Page>): Promise<Page> {
  const page = await launch();
  await page.getByRole('navigation', { name: 'Profiles' }).getByRole('button', { name: 'Cookie Lab' }).click();
  return page;
}

async function typeKeys(page: Page, key: string, fallbacks = ''): Promise<void> {
  await choose(page.getByLabel('Verify with'), 'A key I type');
  await page.getByRole('textbox', { name: 'SECRET_KEY', exact: true }).fill(key);
  await page.getByRole('textbox', { name: 'SECRET_KEY_FALLBACKS' }).fill(fallbacks);
}

const paste = (page: Page, text: string) => page.getByLabel('Cookie, header, cURL command or value').fill(text);
const verdict = (page: Page, name: string): Locator => page.getByRole('article').getByRole('region', { name, exact: true });

/** What is seen behind a text: its own background, or that of what it stands in. */
function backgroundOf(element: Element | null): string {
  for (let shown = element; shown !== null; shown = shown.parentElement) {
    const colour = getComputedStyle(shown).backgroundColor;
    if (colour !== 'rgba(0, 0, 0, 0)') return colour;
  }
  return 'none';
}

test('takes a signed session apart: parts, two verdicts, key and age', async ({ launch }) => {
  const page = await openLab(launch);
  const value = cookieOf({ _auth_user_id: '7', cart: { '10': 1.0 } }, SECRET_KEY, 3 * DAY);
  await paste(page, `Cookie: theme=dark; sessionid=${value}; other=1`);
  const article = page.getByRole('article', { name: 'Signed session cookie' });
  await expect(article).toBeVisible();
  await expect(article.getByText('sessionid', { exact: true })).toBeVisible();
  await expect(verdict(page, 'Decodes')).toContainText('It decodes');
  await expect(verdict(page, 'Signature').first()).toContainText('No key to verify it with');

  await typeKeys(page, SECRET_KEY);
  await expect(verdict(page, 'Signature').first()).toContainText('The signature holds');
  await expect(verdict(page, 'Signature').first()).toContainText('SECRET_KEY');
  await expect(verdict(page, 'Signature').first()).toContainText('django.contrib.sessions.backends.signed_cookies');
  await expect(verdict(page, 'Age')).toContainText('Within its age');
  await expect(verdict(page, 'Age')).toContainText('3 days');

  const parts = article.getByRole('region', { name: 'Parts of the value' });
  await expect(parts).toHaveText(value);
  const colourOf = (text: string) => parts.getByText(text, { exact: true }).evaluate(backgroundOf);
  const colours = await Promise.all(value.replace(/^\./, '').split(':').map(colourOf));
  expect(new Set(colours).size, String(colours)).toBe(3);
  await expect(article.getByRole('list', { name: 'Meaning of the colours' })).toContainText('Time of signing');
});

test('edits a value and signs it again, and Django accepts the result', async ({ launch, electron }) => {
  const page = await openLab(launch);
  const data = { plan: 'free', big: '123456789012345678901234567890', list: [1, 'ü', null] };
  await typeKeys(page, SECRET_KEY);
  await paste(page, cookieOf(data));
  const article = page.getByRole('article', { name: 'Signed session cookie' });
  await editValue(article, 'plan', 'paid “twice”');
  await expect(article).toContainText('The data was changed. Sign it again to get a new value.');
  await article.getByRole('button', { name: 'Sign again' }).click();
  const result = article.getByRole('region', { name: 'New value' });
  await result.getByRole('button', { name: 'Copy New value' }).click();
  const copied = await electron().evaluate(({ clipboard }) => clipboard.readText());
  expect(loadedByDjango(copied)).toEqual({ ...data, plan: 'paid “twice”' });
  await expect(article.getByRole('region', { name: 'Set-Cookie' })).toContainText('HttpOnly');
  await paste(page, copied);
  await expect(verdict(page, 'Signature').first()).toContainText('The signature holds');
});

test('names the older key that fits, and the key that does not', async ({ launch }) => {
  const page = await openLab(launch);
  await paste(page, cookieOf({ plan: 'free' }, OLD_KEY));
  await typeKeys(page, SECRET_KEY, `another\n${OLD_KEY}`);
  const signature = verdict(page, 'Signature').first();
  await expect(signature).toContainText('The signature holds by an older key');
  await expect(signature).toContainText('SECRET_KEY_FALLBACKS[1]');
  await typeKeys(page, 'wrong');
  await expect(signature).toContainText('No key matches the signature');
  await expect(verdict(page, 'Decodes')).toContainText('It decodes');
  await page.getByText(/\d+ combinations? tried/).click();
  await expect(page.getByText('no match').first()).toBeVisible();
});

test('tells a cookie that is too old, a cut one and what is none', async ({ launch }) => {
  const page = await openLab(launch);
  const value = cookieOf({ plan: 'free' }, SECRET_KEY, 15 * DAY);
  await typeKeys(page, SECRET_KEY);
  await paste(page, value);
  await expect(verdict(page, 'Age')).toContainText('Too old');
  await expect(verdict(page, 'Signature').first()).toContainText('The signature holds, and is too old');
  await page.getByText('Salt, names and age').click();
  await page.getByLabel('SESSION_COOKIE_AGE in seconds').fill(String(16 * DAY));
  await expect(verdict(page, 'Age')).toContainText('Within its age');
  await paste(page, value.slice(0, -3));
  await expect(verdict(page, 'Signature').first()).toContainText(/No key matches|no well-formed signature/);
  await paste(page, 'hello');
  await expect(page.getByRole('article')).toContainText('Not a value of Django');
});

test('uses the keys of a profile, and looks a session key up in it', async ({ launch, folder }) => {
  const session_key = 'k1'.repeat(16);
  const site = newSite(folder, SECRET_KEY, [{ op: 'create', session_key, data: { plan: 'free' } }]);
  const page = await launch();
  await addProfile(page, { name: 'Site', file: site.file }, { SECRET_KEY, SECRET_KEY_FALLBACKS: [OLD_KEY] });
  await page.getByLabel('Cookie or session key').fill(cookieOf({ plan: 'free' }, OLD_KEY));
  await page.getByRole('button', { name: 'Inspect', exact: true }).click();
  await choose(page.getByLabel('Verify with'), 'Site');
  await expect(verdict(page, 'Signature').first()).toContainText('SECRET_KEY_FALLBACKS[0]');

  await paste(page, `sessionid=${session_key}`);
  await page.getByRole('article', { name: 'Session key' }).getByRole('button', { name: 'Look up in Site' }).click();
  const pane = page.getByRole('complementary', { name: 'Session' });
  await expect(pane.getByRole('heading', { name: 'k1k1' })).toBeVisible();
  await expect(pane.getByRole('treegrid')).toContainText('plan');
  await page.getByRole('navigation', { name: 'Profiles' }).getByRole('button', { name: 'Cookie Lab' }).click();
  await paste(page, 'z'.repeat(32));
  await page.getByRole('article').getByRole('button', { name: 'Look up in Site' }).click();
  await expect(page.getByText('This session is not in the store')).toBeVisible();
});
