import type { Page } from 'playwright/test';
import { en } from '../../src/renderer/i18n/en/index.ts';
import { zhHans } from '../../src/renderer/i18n/zh-hans/index.ts';
import { dialog, expect, test } from './app.ts';
import { choose, openDemo, sessionGrid } from './steps.ts';

/** The window in Simplified Chinese: what a person works with has no English left in it. */

/** Django's names, file formats and the like are the same in every language. */
const NAMES =
  /[A-Z]+(_[A-Z]+)+|\w+\(\w*\)|\.env\b|\b(URL|Session Inspector|Django|Cookie|cookie|Demo|demo|SQLite|SQL|JSON|sessionid|django_session|db|json|sqlite3|cycle_key|flush|clear_expired|set_expiry|save|SECRET_KEY|English|Ctrl|Shift|Enter|Home|End|PgUp|PgDn|Esc|Delete|Space|Insert|UTC|CSRF|Set-Cookie|SessionStore|NAME|ENGINE|Electron|Chromium|Node|cURL|dumps|signing|JSONSerializer|Lax)\b|[\w.@/:·-]*\d[\w.@/:-]*|•+/g;

/** What is written on, and said of, everything that can be used, and the headings over it. */
function controlsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const shown = (element: Element) =>
      element.checkVisibility() && element.closest('body [lang="en"], [role="row"] [role="gridcell"], code') === null;
    const controls =
      'button, [role="tab"], [role="menuitem"], [role="option"], [role="columnheader"], [role="radio"], label, legend, h1, h2, h3, th, dt, summary';
    // As it is laid out: lines of one control stay apart.
    // biome-ignore lint/performance/useDomNodeTextContent: textContent runs the lines together
    const written = [...document.querySelectorAll<HTMLElement>(controls)].filter(shown).map((element) => element.innerText);
    const said = [...document.querySelectorAll('[aria-label]')].filter(shown).map((element) => element.getAttribute('aria-label') ?? '');
    const hinted = [...document.querySelectorAll('[placeholder]')]
      .filter(shown)
      .map((element) => element.getAttribute('placeholder') ?? '');
    return [...written, ...said, ...hinted].map((text) => text.trim()).filter((text) => text !== '');
  });
}

async function expectNoEnglish(page: Page, where: string): Promise<void> {
  const texts = await controlsOf(page);
  expect(texts.length, where).toBeGreaterThan(5);
  expect.soft(englishIn(texts), where).toEqual([]);
}

function englishIn(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text) => /[A-Za-z]{3,}/.test(text.replace(NAMES, ''))))];
}

test('Simplified Chinese leaves no English in the controls', async ({ launch }) => {
  const page = await launch();
  await page.getByRole('button', { name: 'Settings' }).click();
  await choose(dialog(page, 'Settings').getByLabel('Language'), '简体中文');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await expect(dialog(page, zhHans.settings.title)).toBeVisible();
  await expectNoEnglish(page, 'settings');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog').or(page.getByRole('dialog'))).toHaveCount(0);
  await expectNoEnglish(page, 'start');
  for (const name of [zhHans.shell.newProfile, zhHans.shell.shortcuts]) {
    await page.getByRole('navigation').first().getByRole('button', { name }).click();
    await expectNoEnglish(page, name);
    await page.keyboard.press('Escape');
  }

  await page.getByRole('main').getByRole('button', { name: zhHans.start.demoButton }).click();
  const rows = page.getByRole('grid', { name: zhHans.sessions.title }).getByRole('row');
  await expect(rows.nth(1)).toBeVisible();
  await expectNoEnglish(page, 'sessions');
  await rows.filter({ hasText: /#\d/ }).first().click();
  await expect(page.getByRole('tab', { name: zhHans.session.data, exact: true })).toBeVisible();
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    await expectNoEnglish(page, (await tab.textContent()) ?? '');
  }
  await page.getByRole('button', { name: zhHans.sessions.moreActions }).click();
  await page.getByRole('menuitem').click();
  await expect(dialog(page, zhHans.clear.title)).toBeVisible();
  await expectNoEnglish(page, 'clear_expired');
  await page.keyboard.press('Escape');

  for (const name of [zhHans.shell.cookieLab, zhHans.shell.activity]) {
    await page.getByRole('navigation').first().getByRole('button', { name }).click();
    await expectNoEnglish(page, name);
  }
});

test('finds English where it is left', async ({ launch }) => {
  const page = await launch();
  await openDemo(page);
  await expect(sessionGrid(page)).toBeVisible();
  const found = englishIn(await controlsOf(page)).join('\n');
  for (const word of [en.column.session_key, en.state.live, en.sessions.refresh, en.shell.activity]) expect(found).toContain(word);
});
