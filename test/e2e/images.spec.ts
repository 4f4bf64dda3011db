import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import demo from '../../resources/demo/demo.json' with { type: 'json' };
import { expect, test } from './app.ts';
import { ask, openDemo, openSession } from './steps.ts';

/** The pictures of README.md, from the demo alone. Only made when asked for: UPDATE_IMAGES=1 npm test -- e2e -g pictures */

const IMAGES = join(import.meta.dirname, '../../docs/images');
const SIZE = { width: 1280, height: 800 };

if (process.env['UPDATE_IMAGES'] === '1') {
  test('pictures for README.md', async ({ launch, electron }) => {
    mkdirSync(IMAGES, { recursive: true });
    // The path is seen in the pictures.
    const data = join(tmpdir(), 'session-inspector');
    rmSync(data, { recursive: true, force: true });
    const page = await launch({ env: { SESSION_INSPECTOR_DATA: data } });
    await electron().evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height), SIZE);
    await ask(page, 'settings.set', { theme: 'light', language: 'en' });
    const picture = async (name: string) => {
      await page.evaluate(() => document.fonts.ready);
      await page.mouse.move(SIZE.width - 2, SIZE.height - 2);
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      await page.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled' });
    };
    await page.reload();
    await expect.poll(() => page.evaluate(() => [window.innerWidth, window.innerHeight])).toEqual([SIZE.width, SIZE.height]);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await picture('start');

    await openDemo(page);
    await expect(page.getByText(/^\d+ sessions$/)).toBeVisible();
    await picture('sessions');

    await page.getByLabel('Find sessions').fill('anna');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/^\d+ found$/)).toBeVisible();
    const pane = await openSession(page, '81hs');
    await pane.getByRole('treegrid').getByText('_auth_user_id', { exact: true }).click();
    await picture('session');

    const cookie = page.getByLabel('Cookie, header, cURL command or value');
    await page.getByRole('navigation', { name: 'Profiles' }).getByRole('button', { name: 'Cookie Lab' }).click();
    await page.getByLabel('Verify with').click();
    await page.getByRole('option', { name: 'Demo' }).click();
    await cookie.fill(`sessionid=${await freshCookie(page)}`);
    await expect(page.getByRole('article').getByText('The signature holds').first()).toBeVisible();
    await picture('cookie-lab');
    rmSync(data, { recursive: true, force: true });
  });
}

/** The demo's own cookie is as old as the demo: its data, signed now. */
async function freshCookie(page: Page): Promise<string> {
  const keys = { profile: 'demo' };
  const [reading] = await ask(page, 'cookies.read', { text: demo.cookies[0]?.value ?? '', keys });
  if (!reading?.document) throw new Error('The demo has no cookie');
  const { draft } = reading.document;
  const signing = { draft, keys, kind: 'signed_cookie_session', compress: true, algorithm: 'sha256', timestamp: null } as const;
  return (await ask(page, 'cookies.sign', signing)).value;
}
