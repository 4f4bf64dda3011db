import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { moveExpireDates } from '../../../src/main/backends/demo-dates.ts';
import { openDemo } from '../../../src/main/demo.ts';
import { openInspector } from '../../../src/main/inspector.ts';
import { freshFolder } from './folder.ts';

const RESOURCES = fileURLToPath(new URL('../../../resources/demo', import.meta.url));
const { made_at, fixed_keys } = JSON.parse(await readFile(join(RESOURCES, 'demo.json'), 'utf8')) as Readonly<{
  made_at: string;
  fixed_keys: string[];
}>;
const DAYS = 400;

type Row = Readonly<{ session_key: string; session_data: string; expire_date: string }>;
function rowsOf(path: string): readonly Row[] {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare('select session_key, session_data, expire_date from django_session order by session_key').all() as Row[];
  } finally {
    database.close();
  }
}

test('opening the demo moves its dates to today and leaves everything else', async () => {
  const folder = join(await freshFolder(), 'demo');
  const demo = openDemo({
    resources: RESOURCES,
    folder,
    now: () => Date.parse(made_at) + DAYS * 86_400_000 + 700,
    moveDates: ({ path, seconds, except }) => moveExpireDates(path, seconds, except, new AbortController().signal),
  });
  expect(await demo.profile()).toBeNull();
  const profile = await demo.open();
  const before = rowsOf(join(RESOURCES, 'demo.sqlite3'));
  const after = rowsOf(profile.DATABASES.NAME);
  expect(after.length).toBeGreaterThan(200);
  const moment = ({ expire_date }: Row) => Date.parse(`${expire_date.slice(0, 19)}Z`);
  for (const [index, row] of before.entries()) {
    const moved = after[index];
    expect(moved).toMatchObject({ session_key: row.session_key, session_data: row.session_data });
    const days = fixed_keys.includes(row.session_key) ? 0 : DAYS;
    expect(moment(moved ?? row) - moment(row)).toBe(days * 86_400_000);
    expect(moved?.expire_date.slice(19)).toBe(row.expire_date.slice(19));
  }
  expect(await readdir(folder)).toEqual(['demo.sqlite3']);
  expect((await stat(profile.DATABASES.NAME)).mode & 0o777).toBe(0o600);
  // The demo as it was made is not touched.
  expect(rowsOf(join(RESOURCES, 'demo.sqlite3'))).toEqual(before);
});

test('the demo’s cookies are what they are called, and verify with the demo’s keys', async () => {
  const demo = openDemo({
    resources: RESOURCES,
    folder: join(await freshFolder(), 'demo'),
    now: Date.now,
    moveDates: async () => undefined,
  });
  const lab = await openLab();
  const context = { profile: await demo.open(), secrets: await demo.secrets() };
  const seen: Record<string, unknown> = {};
  for (const { label, value } of await demo.cookies()) {
    const [reading] = await lab.handlers['cookies.read']({ text: value, keys: {} }, new AbortController().signal, context);
    seen[label] = [reading?.kind, reading?.signature.verified, reading?.signature.key];
  }
  expect(seen).toEqual({
    signed_cookie_session: ['signed_cookie_session', true, 0],
    fallback_key: ['signed_cookie_session', true, 1],
    signing: ['signing', true, 0],
    messages: ['messages', true, 0],
    csrf: ['csrf', null, null],
    session_key: ['session_key', null, null],
  });
});

function openLab() {
  const recorder = { begin: async () => '', keep: async () => undefined, end: async () => undefined };
  return openInspector({ profile: null, secrets: {}, now: Date.now, randomBytes, recorder, emit: () => undefined });
}
