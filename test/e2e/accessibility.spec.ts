import type { Page } from 'playwright/test';
import { dialog, expect, seriousFindings, test } from './app.ts';
import { ask, complaintsOf, editValue, openDemo, openSession, sessionGrid } from './steps.ts';

/** Every screen and dialog, in both themes: no serious finding of axe, and nothing that the page's policy refuses. */

type Look = (name: string) => Promise<void>;

for (const theme of ['light', 'dark'] as const) {
  test(`no serious accessibility finding on any screen, ${theme}`, async ({ launch }) => {
    test.setTimeout(120_000);
    const page = await launch();
    await ask(page, 'settings.set', { theme });
    const complaints = await complaintsOf(page);
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    const look: Look = async (name) => {
      expect.soft(await seriousFindings(page), name).toEqual([]);
    };
    await lookAtDialogs(page, look);
    await openDemo(page);
    await lookAtSessions(page, look);
    await lookAtOneSession(page, look);
    await lookAtLabAndActivity(page, look);
    expect(complaints).toEqual([]);
  });
}

async function lookAtDialogs(page: Page, look: Look): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await look('start screen');
  const places = page.getByRole('navigation', { name: 'Profiles' });
  for (const [button, title] of [
    ['New profile', 'New profile'],
    ['Settings', 'Settings'],
    ['Keyboard shortcuts', 'Keyboard shortcuts'],
  ] as const) {
    await places.getByRole('button', { name: button }).click();
    await expect(dialog(page, title)).toBeVisible();
    await look(`dialog ${title}`);
    await page.keyboard.press('Escape');
    await expect(dialog(page, title)).toBeHidden();
  }
}

async function lookAtSessions(page: Page, look: Look): Promise<void> {
  await look('sessions');
  await page.getByRole('button', { name: 'Corrupt', exact: true }).click();
  await expect(page.getByText(/\d+ found/).first()).toBeVisible();
  await look('sessions found');
  await page.getByRole('button', { name: 'All', exact: true }).click();
  for (const row of [1, 2]) await sessionGrid(page).getByRole('row').nth(row).getByRole('checkbox').click();
  await page.getByRole('toolbar', { name: 'Selected sessions' }).getByRole('button', { name: 'Delete 2 sessions' }).click();
  await expect(dialog(page, 'Delete 2 sessions?')).toBeVisible();
  await look('confirmation');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'clear_expired…' }).click();
  await expect(dialog(page, 'Clear expired sessions').getByText(/have expired/)).toBeVisible();
  await look('clear_expired');
  await page.keyboard.press('Escape');
}

async function lookAtOneSession(page: Page, look: Look): Promise<void> {
  await page.getByLabel('Find sessions').fill('anna');
  await page.keyboard.press('Enter');
  const pane = await openSession(page, 'anna');
  await look('data');
  for (const tab of ['Text', 'Expiry', 'Stored & signature']) {
    await pane.getByRole('tab', { name: tab }).click();
    await expect(pane.getByRole('tabpanel')).toBeVisible();
    await look(tab);
  }
  await pane.getByRole('tab', { name: 'Text' }).click();
  await pane.getByRole('button', { name: 'Show the text' }).click();
  await expect(pane.getByRole('textbox', { name: 'Text' })).toBeVisible();
  await look('text, shown');
  await pane.getByRole('tab', { name: 'Data' }).click();
  await editValue(pane, '_auth_user_id', '2');
  await pane.getByRole('button', { name: 'Review…' }).click();
  await expect(dialog(page, 'Review the changes').getByText(/^update /i)).toBeVisible();
  await look('review');
  await page.keyboard.press('Escape');
  for (const [item, title] of [
    ['cycle_key…', /^cycle_key of/],
    ['flush…', /^flush/],
  ] as const) {
    await pane.getByRole('button', { name: 'Actions for this session' }).click();
    await page.getByRole('menuitem', { name: item }).click();
    await expect(
      dialog(page, title)
        .getByText(/^(delete|update|insert) /i)
        .first(),
    ).toBeVisible();
    await look(item);
    await page.keyboard.press('Escape');
  }
}

async function lookAtLabAndActivity(page: Page, look: Look): Promise<void> {
  const places = page.getByRole('navigation', { name: 'Profiles' });
  await places.getByRole('button', { name: 'Cookie Lab' }).click();
  await look('empty Cookie Lab');
  await page
    .getByLabel('Cookie, header, cURL command or value')
    .fill('eyJmb28iOiJiYXIifQ:1xMlH6:m_05etER-6CGzG-4SwvINKwcVkhOyRLPUDzbgApx-q0');
  await expect(page.getByRole('article')).toBeVisible();
  await look('Cookie Lab');
  await places.getByRole('button', { name: 'Activity' }).click();
  await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible();
  await look('Activity');
}
