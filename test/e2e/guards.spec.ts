import type { Page } from 'playwright/test';
import type { JobInput, SessionView } from '../../src/preload/api.ts';
import { dialog, expect, test } from './app.ts';
import { addProfile, ask, callBridge, connect, newSite, openProfile, openSession, profileButton, type Site, sessionGrid } from './steps.ts';

/** What keeps a store from being written: read-only profiles, and production ones until their name is typed. */

const SECRET_KEY = 'django-insecure-of-the-guards';
const [FIRST, SECOND, OLD] = ['a', 'b', 'e'].map((letter) => letter.repeat(32)) as [string, string, string];

function makeSite(folder: string): Site {
  return newSite(folder, SECRET_KEY, [
    { op: 'create', session_key: FIRST, data: { plan: 'free' } },
    { op: 'create', session_key: SECOND, data: { plan: 'paid' } },
    { op: 'create', session_key: OLD, data: { old: true }, expiry: { seconds: -60 } },
  ]);
}

type Confirmation = Readonly<{ confirmation?: { profileName: string } }>;

/** Every call that would write, as a script in the window could make it. @returns the codes of the answers */
async function tryAllWrites(
  page: Page,
  connection: string,
  undo: string,
  given: Confirmation = {},
): Promise<Readonly<Record<string, string>>> {
  const session = (await ask(page, 'sessions.get', { connection, session_key: FIRST })) as SessionView;
  const target = { connection, session_key: FIRST, revision: session.revision };
  const start = (job: JobInput) => callBridge(page, 'jobs.start', { connection, job: { ...job, ...given } });
  const replies = {
    apply: await callBridge(page, 'sessions.apply', { ...target, draft: session.document?.draft ?? null, expiry: 'renew', ...given }),
    cycle_key: await callBridge(page, 'sessions.cycle_key', { ...target, dryRun: false, ...given }),
    delete: await start({ kind: 'delete', session_keys: [FIRST], confirmation: undefined }),
    set_expiry: await start({
      kind: 'set_expiry',
      session_keys: [FIRST],
      expiry: { kind: 'seconds', seconds: 60 },
      confirmation: undefined,
    }),
    clear_expired: await start({ kind: 'clear_expired', dryRun: false, batch: 500, pause: 0, confirmation: undefined }),
    undo: await callBridge(page, 'activity.undo', { id: undo, force: true, ...given }),
  };
  return Object.fromEntries(Object.entries(replies).map(([name, reply]) => [name, reply.ok ? 'ok' : reply.error.code]));
}

/** One write while the profile still allows it, so that there is something to undo. @returns its entry */
async function writeOnce(page: Page, connection: string): Promise<string> {
  const { revision } = (await ask(page, 'sessions.get', { connection, session_key: SECOND })) as SessionView;
  const target = { connection, session_key: SECOND, revision };
  const result = await ask(page, 'sessions.apply', { ...target, draft: null, expiry: 'renew' });
  if (result.outcome !== 'applied') throw new Error('conflict');
  return result.activity;
}

const all = (code: string) => ({ apply: code, cycle_key: code, delete: code, set_expiry: code, clear_expired: code, undo: code });

test('a read-only profile cannot be written, through the bridge neither', async ({ launch, folder }) => {
  const site = makeSite(folder);
  const page = await launch();
  const profile = await addProfile(page, { name: 'Locked site', file: site.file }, { SECRET_KEY });
  const writable = await connect(page, profile);
  const undo = await writeOnce(page, writable.connection);
  const rows = site.rows();

  await addProfile(page, { name: 'Locked site', file: site.file, readOnly: true });
  expect(await tryAllWrites(page, writable.connection, undo), 'a connection from before').toEqual(all('ReadOnly'));
  const { connection, capabilities } = await connect(page, profile);
  expect(capabilities.write).toBe(false);
  expect(await tryAllWrites(page, connection, undo)).toEqual(all('ReadOnly'));
  await addProfile(page, { name: 'Locked site', file: site.file, readOnly: false });
  expect(await tryAllWrites(page, connection, undo), 'a connection that was opened read-only').toEqual(all('ReadOnly'));
  expect(site.rows()).toEqual(rows);
});

test('a read-only profile shows nothing to write with', async ({ launch, folder }) => {
  const site = makeSite(folder);
  const page = await launch();
  await addProfile(page, { name: 'Locked site', file: site.file, readOnly: true }, { SECRET_KEY });
  await expect(profileButton(page, 'Locked site').getByRole('img', { name: 'Read-only' })).toBeVisible();
  await openProfile(page, 'Locked site');
  const main = page.getByRole('main');
  await expect(main.getByText('Read-only', { exact: true })).toBeVisible();
  const writes = main.getByRole('button', {
    name: /^(Delete|Clear \d|Set expiry|Use this expiry|Renew|Add$|Edit value|Rename|Remove|Review|Apply|More actions|Actions for this)/,
  });
  const first = sessionGrid(page).getByRole('row').nth(1);
  await first.getByRole('checkbox').click();
  await expect(page.getByRole('toolbar', { name: 'Selected sessions' })).toBeVisible();
  await expect(writes).toHaveCount(0);
  await page.keyboard.press('Delete');
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  const pane = await openSession(page, 'aaaa');
  for (const tab of await pane.getByRole('tab').all()) {
    await tab.click();
    await expect(writes).toHaveCount(0);
    await expect(main.getByRole('radio')).toHaveCount(0);
  }
  await pane.getByRole('tab', { name: 'Data' }).click();
  await pane.getByRole('row').filter({ hasText: 'plan' }).dblclick();
  await page.keyboard.press('F2');
  await page.keyboard.press('Insert');
  await page.keyboard.press('Delete');
  await expect(pane.getByRole('textbox')).toHaveCount(0);
  await pane.getByRole('tab', { name: 'Text' }).click();
  await pane.getByRole('textbox', { name: 'Text' }).press('x');
  await expect(pane.getByText('Changes that are not applied')).toHaveCount(0);
  await expect(writes).toHaveCount(0);
});

test('a production profile is written only with its name', async ({ launch, folder }) => {
  const site = makeSite(folder);
  const page = await launch();
  const profile = await addProfile(page, { name: 'Live site', file: site.file }, { SECRET_KEY });
  const before = await connect(page, profile);
  const undo = await writeOnce(page, before.connection);
  await addProfile(page, { name: 'Live site', file: site.file, environment: 'production' });
  const rows = site.rows();
  const { connection } = await connect(page, profile);
  for (const given of [{}, { confirmation: { profileName: 'live site' } }, { confirmation: { profileName: '' } }]) {
    expect(await tryAllWrites(page, connection, undo, given)).toEqual(all('NotConfirmed'));
  }
  expect(site.rows()).toEqual(rows);
});

test('a production profile wants its name typed in every dialog that writes', async ({ launch, folder }) => {
  const site = makeSite(folder);
  const page = await launch();
  await addProfile(page, { name: 'Live site', file: site.file, environment: 'production' }, { SECRET_KEY });
  await openProfile(page, 'Live site');
  const grid = sessionGrid(page);
  for (const key of ['aaaa', 'bbbb']) await grid.getByRole('row').filter({ hasText: key }).getByRole('checkbox').click();
  await page.keyboard.press('Delete');
  const confirm = dialog(page, 'Delete 2 sessions?');
  await expect(confirm.getByText('Live site').first()).toBeVisible();
  await expect(confirm.getByText(site.file)).toBeVisible();
  await expect(confirm.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(confirm).toBeHidden();
  expect(site.rows()).toHaveLength(3);

  await page.getByRole('button', { name: 'Delete 2 sessions' }).click();
  const accept = confirm.getByRole('button', { name: 'Delete 2 sessions' });
  await expect(accept).toBeDisabled();
  const typed = confirm.getByRole('textbox', { name: 'Name of the profile' });
  await typed.fill('live site');
  await typed.press('Enter');
  await expect(accept).toBeDisabled();
  await typed.fill('Live site');
  await accept.click();
  await expect(page.getByText('2 sessions deleted')).toBeVisible();
  expect(site.rows().map(([key]) => key)).toEqual([OLD]);

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'clear_expired…' }).click();
  const clear = dialog(page, 'Clear expired sessions');
  await expect(clear.getByText('1 session has expired.')).toBeVisible();
  await expect(clear.getByRole('button', { name: 'Clear 1 session' })).toBeDisabled();
  await expect(clear.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');

  const pane = await openSession(page, 'eeee');
  for (const [item, title, verb] of [
    ['cycle_key…', /^cycle_key of eeee/, 'Cycle the key'],
    ['flush…', /^flush eeee/, 'Flush 1 session'],
    ['Delete 1 session', /^Delete session eeee/, 'Delete 1 session'],
  ] as const) {
    await pane.getByRole('button', { name: 'Actions for this session' }).click();
    await page.getByRole('menuitem', { name: item }).click();
    const ask = dialog(page, title);
    await expect(ask.getByText(/^(delete|insert|update) /i).first()).toBeVisible();
    await expect(ask.getByRole('button', { name: verb })).toBeDisabled();
    await ask.getByRole('textbox', { name: 'Name of the profile' }).fill('Live site');
    await expect(ask.getByRole('button', { name: verb })).toBeEnabled();
    await page.keyboard.press('Escape');
    await expect(ask).toBeHidden();
  }
  await pane.getByRole('tab', { name: 'Expiry' }).click();
  await pane.getByRole('button', { name: 'Renew as save() does…' }).click();
  const review = dialog(page, 'Review the changes');
  await expect(review.getByText(/^update /i)).toBeVisible();
  await expect(review.getByRole('button', { name: 'Apply' })).toBeDisabled();
  await review.getByRole('textbox', { name: 'Name of the profile' }).fill('Live site');
  await review.getByRole('button', { name: 'Apply' }).click();
  await expect(review).toBeHidden();
  expect(site.rows()).toHaveLength(1);
});
