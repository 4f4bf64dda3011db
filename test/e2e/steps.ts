import type { Locator, Page } from 'playwright/test';
import type { ConnectionView, Input, MethodName, Output, Reply, SecretsInput } from '../../src/preload/api.ts';
import type { ProfileInput } from '../../src/preload/profile.ts';
import { askDjango, expect } from './app.ts';

/** What the tests do again and again: through the bridge where it is not what they are about, in the window's words where it is. */

export type Row = readonly [session_key: string, session_data: string, expire_date: string];
export type Site = Readonly<{ file: string; ask: typeof askDjango; rows: () => readonly Row[] }>;

/** A site of real Django with a database of its own. `rows` are what stands in the file, dates as text. */
export function newSite(folder: string, SECRET_KEY: string, requests: Parameters<typeof askDjango>[0] = []): Site {
  const file = `${folder}/db.sqlite3`;
  const settings = { SECRET_KEY, DATABASES: { default: { ENGINE: 'sqlite3', NAME: file } } };
  const ask: typeof askDjango = (asked) => askDjango([{ op: 'configure', settings }, ...asked]).slice(1);
  ask([{ op: 'migrate' }, ...requests]);
  return { file, ask, rows: () => rowsOf(file) };
}

/** All sessions of a database file as they are stored, read by another driver than the app's. */
export function rowsOf(file: string): readonly Row[] {
  const sql = 'SELECT session_key, session_data, CAST(expire_date AS TEXT) FROM django_session ORDER BY session_key';
  const settings = { DATABASES: { default: { ENGINE: 'sqlite3', NAME: file } } };
  const [, answer] = askDjango([
    { op: 'configure', settings },
    { op: 'sql', sql },
  ]);
  return answer?.['rows'] as readonly Row[];
}

/** One call of the bridge, as any script in the window could make it. */
export function callBridge<M extends MethodName>(page: Page, method: M, input: Input<M>): Promise<Reply<Output<M>>> {
  return tryBridge(page, method, input) as Promise<Reply<Output<M>>>;
}

/** The same with whatever a hostile page would send. */
export function tryBridge(page: Page, method: unknown, input: unknown): Promise<Reply<unknown>> {
  return page.evaluate(([name, value]) => window.inspector.call(name as MethodName, value as never), [method, input] as const);
}

/** @throws Error where the bridge refuses */
export async function ask<M extends MethodName>(page: Page, method: M, input: Input<M>): Promise<Output<M>> {
  const reply = await callBridge(page, method, input);
  if (!reply.ok) throw new Error(`${method}: ${reply.error.code}: ${reply.error.message}`);
  return reply.value;
}

export type NewProfile = Omit<ProfileInput, 'id'> & Readonly<{ file: string }>;

/** Saves a profile of a SQLite file, and shows the window anew with it. @returns its id */
export async function addProfile(
  page: Page,
  { file, ...profile }: NewProfile,
  secrets: SecretsInput = {},
  id = profile.name.toLowerCase().replaceAll(' ', '-'),
): Promise<string> {
  const DATABASES = { ENGINE: 'sqlite3' as const, NAME: file };
  await ask(page, 'profiles.save', { profile: { DJANGO_VERSION: '3.2', TIME_ZONE: 'UTC', ...profile, id, DATABASES }, secrets });
  await page.reload();
  return id;
}

export function profileButton(page: Page, name: string): Locator {
  return page.getByRole('navigation', { name: 'Profiles' }).getByRole('button', { name: new RegExp(`^${name}`) });
}

export function sessionGrid(page: Page): Locator {
  return page.getByRole('grid', { name: 'Sessions' });
}

/** Opens a profile from the sidebar and waits for its sessions. */
export async function openProfile(page: Page, name: string): Promise<void> {
  await profileButton(page, name).click();
  await expect(sessionGrid(page).getByRole('row').nth(1)).toBeVisible();
}

/** Opens the one session whose row holds `text`. */
export async function openSession(page: Page, text: string | RegExp): Promise<Locator> {
  await sessionGrid(page).getByRole('row').filter({ hasText: text }).first().click();
  const pane = page.getByRole('complementary', { name: 'Session' });
  await expect(pane.getByRole('tab', { name: /Stored/ })).toBeVisible();
  return pane;
}

/** The demo, opened by its door. */
export async function openDemo(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'Open the demo' }).click();
  await expect(sessionGrid(page).getByRole('row').nth(1)).toBeVisible();
}

export function connect(page: Page, profile: string): Promise<ConnectionView> {
  return ask(page, 'connections.open', { profile });
}

/** Changes one text value of the open session's draft. */
export async function editValue(pane: Locator, key: string, value: string): Promise<void> {
  await pane.getByRole('treegrid').getByText(key, { exact: true }).click();
  await pane.getByRole('button', { name: 'Edit value' }).click();
  await pane.getByLabel('Value', { exact: true }).fill(value);
  await pane.getByRole('button', { name: 'Save value' }).click();
}

/** Chooses from one of the window's own selects. */
export async function choose(field: Locator, option: string | RegExp): Promise<void> {
  await field.click();
  await field.page().getByRole('option', { name: option }).click();
}

/** What the page complains of, its policy included, from a reload on. */
export async function complaintsOf(page: Page): Promise<readonly string[]> {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.reload();
  return complaints;
}
