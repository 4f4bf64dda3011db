import type { Page } from 'playwright/test';
import { dialog, expect, test } from './app.ts';

/** A draft of the demo: one value changed and not applied. */
async function makeDraft(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open the demo' }).click();
  await page.getByRole('row').filter({ hasText: 'Live' }).first().click();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Expiry' }).click();
  await page.getByRole('radio', { name: /After some time of inactivity/ }).click();
  await page.getByRole('button', { name: 'Use this expiry' }).click();
}

test('a window with a draft is not closed without a question, and closes when the draft is given up', async ({ launch, electron }) => {
  const page = await launch();
  await makeDraft(page);
  const review = page.getByRole('button', { name: 'Review…' });
  await expect(review).toBeVisible();
  const app = electron();
  /** What the next questions are answered with; @returns the questions so far */
  const answer = (response: number) =>
    app.evaluate(({ dialog: dialogs }, given) => {
      const asked: string[] = [];
      (globalThis as { asked?: string[] }).asked = asked;
      dialogs.showMessageBox = (async (_window: unknown, { message }: { message: string }) => {
        asked.push(message);
        return { response: given, checkboxChecked: false };
      }) as typeof dialogs.showMessageBox;
    }, response);
  const asked = () => app.evaluate(() => (globalThis as { asked?: string[] }).asked);
  const close = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());

  await answer(0);
  await close();
  await expect.poll(asked).toEqual(['There are changes that were not applied']);
  await expect(review).toBeVisible();
  // Not for screens: what a person leaves for a moment is kept.
  await page.getByRole('button', { name: 'Activity' }).click();
  await expect(dialog(page, /./)).toHaveCount(0);
  await page.getByRole('navigation').getByText('Demo', { exact: true }).click();
  await expect(review).toBeVisible();

  await answer(1);
  const gone = new Promise((resolve) => page.once('close', resolve));
  await close();
  await gone;
});

test('what is typed as text is in the draft, however soon the tab is left', async ({ launch }) => {
  const page = await launch();
  await page.getByRole('button', { name: 'Open the demo' }).click();
  await page.getByRole('row').filter({ hasText: 'Live' }).first().click();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Text' }).click();
  const show = page.getByRole('button', { name: 'Show the text' });
  await show.or(page.locator('.cm-content')).first().waitFor();
  if (await show.isVisible()) await show.click();
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.insertText('"typed_last": 1, ');
  await page.getByRole('tab', { name: 'Data' }).click();
  await expect(page.getByRole('treegrid').or(page.getByRole('tree')).getByText('typed_last')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Review…' })).toBeVisible();
});
