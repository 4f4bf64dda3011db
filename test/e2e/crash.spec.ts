import type { ElectronApplication, Page } from 'playwright/test';
import { expect, test } from './app.ts';
import { connect, editValue, openDemo, openSession, sessionGrid } from './steps.ts';

/** Processes that end: of a connection, and of the window itself. */

/** The processes that hold connections, by Electron's own list. */
function connectionsOf(app: ElectronApplication): Promise<readonly number[]> {
  return app.evaluate(({ app: electron }) =>
    electron
      .getAppMetrics()
      .filter(({ name }) => name === 'Session Inspector connection')
      .map(({ pid }) => pid),
  );
}

/** The window's process; null while it has none, or loads. */
function pageProcess(app: ElectronApplication): Promise<number | null> {
  return app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return contents === undefined || contents.isCrashed() || contents.isLoading() ? null : contents.getOSProcessId();
  });
}

test('a connection that is killed while it works is told, and opened again with its draft', async ({ launch, electron }) => {
  const page = await launch();
  await openDemo(page);
  const pane = await openSession(page, /Live.*#\d/);
  await editValue(pane, '_auth_user_id', '2');
  // An edit that is still under way would end with the process.
  await expect(page.getByText('1 change', { exact: true })).toBeVisible();
  const [before, ...none] = (await connectionsOf(electron())).slice(-1);
  expect(none).toEqual([]);
  if (before === undefined) throw new Error('There is no connection');
  // Stopped, so that what is asked for next is still waiting when it is killed.
  process.kill(before, 'SIGSTOP');
  await page.getByLabel('Find sessions').fill('anna');
  await page.keyboard.press('Enter');
  const waiting = connect(page, 'demo').then(({ connection }) =>
    page.evaluate((id) => window.inspector.call('sessions.count', { connection: id, exact: true }), connection),
  );
  await expect(page.getByLabel('Find sessions')).toHaveValue('anna');
  process.kill(before, 'SIGKILL');
  expect(await waiting).toMatchObject({ ok: false, error: { code: 'ProcessGone' } });
  await expect(page.getByRole('heading', { name: 'The connection ended' })).toBeVisible();
  await expect(page.getByText(/process ended unexpectedly/)).toBeVisible();

  await page.getByRole('button', { name: 'Connect again' }).click();
  await expect(sessionGrid(page).getByRole('row').nth(1)).toBeVisible();
  expect(await connectionsOf(electron())).not.toContain(before);
  await openSession(page, /Live.*#\d/);
  await expect(page.getByText('1 change', { exact: true })).toBeVisible();
});

test('the Cookie Lab goes on after its process was killed', async ({ launch, electron }) => {
  const page = await launch();
  await page.getByRole('navigation', { name: 'Profiles' }).getByRole('button', { name: 'Cookie Lab' }).click();
  const field = page.getByLabel('Cookie, header, cURL command or value');
  await field.fill('a'.repeat(32));
  await expect(page.getByRole('article', { name: 'Session key' })).toBeVisible();
  const pids = await connectionsOf(electron());
  expect(pids).toHaveLength(1);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await expect.poll(() => connectionsOf(electron())).toEqual([]);
  await field.fill('eyJmb28iOiJiYXIifQ:1xMlH6:m_05etER-6CGzG-4SwvINKwcVkhOyRLPUDzbgApx-q0');
  await expect(page.getByRole('article', { name: 'Stored session data' })).toBeVisible();
});

test('a window that crashes comes back, says so, and finds its connections as they were', async ({ launch, electron }) => {
  const page = await launch();
  await openDemo(page);
  const { connection } = await connect(page, 'demo');
  const before = await pageProcess(electron());
  await electron().evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  await expect.poll(async () => [null, before].includes(await pageProcess(electron()))).toBe(false);
  // Playwright gives a crashed page up: the window is asked through main.
  const inWindow = (script: string): Promise<unknown> =>
    electron().evaluate(({ BrowserWindow }, code) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code), script);
  await expect.poll(() => inWindow('document.body.innerText')).toContain('The window ended unexpectedly and was opened again');
  await expect.poll(() => inWindow('document.body.innerText')).toContain('Open connections and jobs went on.');
  const again = await inWindow("inspector.call('connections.open', { profile: 'demo' })");
  expect(again).toMatchObject({ ok: true, value: { connection } });
});

test('a component that throws leaves a window that can be loaded again', async ({ launch }) => {
  const page: Page = await launch();
  await openDemo(page);
  // Every component that computes with dates throws from now on.
  await page.evaluate(() => {
    Date.parse = () => {
      throw new Error('broken on purpose');
    };
  });
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'This part of the window stopped working' })).toBeVisible();
  await page.getByRole('button', { name: 'Reload the window' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Session Inspector' })).toBeVisible();
});
