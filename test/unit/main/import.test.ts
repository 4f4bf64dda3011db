import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ImportedProfile, Input } from '../../../src/preload/api.ts';
import type { ProfileInput } from '../../../src/preload/profile.ts';
import { type TestCore, testCore } from './core.ts';
import { freshFolder } from './folder.ts';
import { smallInspectors } from './small-inspector.ts';

/** Imports and tests of profiles as the window asks for them: what it is told, and what only main keeps. */

const SETTINGS = `SECRET_KEY = 'marker-key'
SECRET_KEY_FALLBACKS = ['marker-old']
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop', 'PASSWORD': 'marker-pw', 'HOST': 'db'}}
`;

type Site = TestCore &
  Readonly<{ folder: string; project: string; opened: ReturnType<typeof smallInspectors>['opened']; chosen: string[] }>;

/** @param answers what the system's dialog answers, one after another */
async function site(answers: readonly (string | null)[] = []): Promise<Site> {
  const folder = await freshFolder();
  const project = join(folder, 'project');
  await mkdir(join(project, 'shop'), { recursive: true });
  await writeFile(join(project, 'manage.py'), "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n");
  await writeFile(join(project, 'shop/settings.py'), SETTINGS);
  await writeFile(join(project, 'shop/other.py'), "from .settings import *\nSESSION_COOKIE_NAME = 'other'\n");
  await writeFile(join(project, '.env'), 'SECRET_KEY=marker-env\n');
  const { open, opened } = smallInspectors();
  const chosen: string[] = [];
  const left = answers.map((answer) => (answer === null ? null : join(folder, answer)));
  const core = await testCore(folder, open, undefined, async (what) => {
    chosen.push(what);
    return left.shift() ?? null;
  });
  return { ...core, folder, project, opened, chosen };
}

const profile = (more: Partial<ProfileInput> = {}) => ({ id: 'shop', name: 'Shop', ...more });
const imported = async (promise: Promise<ImportedProfile | null>): Promise<ImportedProfile> => {
  const result = await promise;
  if (result === null) throw new Error('canceled');
  return result;
};

test('a project: fields and a report cross, secrets do not, and saving seals them', async () => {
  const { ask, call, project, folder, chosen, opened } = await site(['project']);
  const result = await imported(ask('profiles.import', { from: 'project' }));
  expect(chosen).toEqual(['folder']);
  expect(result).toMatchObject({
    source: project,
    fields: { DATABASES: { ENGINE: 'postgresql', NAME: 'shop', HOST: 'db' } },
    secrets: { SECRET_KEY: 1, SECRET_KEY_FALLBACKS: 1, DATABASE_PASSWORD: 1 },
    project: { settings_module: 'shop.settings', python: expect.stringMatching(/^python/) },
  });
  expect(JSON.stringify(result)).not.toContain('marker');
  expect(await readFile(join(folder, 'secrets.json'), 'utf8').catch(() => '')).not.toContain('shop');

  const saved = await ask('profiles.save', { profile: profile(result.fields), secrets: { SECRET_KEY: 'typed' }, imported: [result.token] });
  expect(saved.secrets).toEqual({ SECRET_KEY: 1, SECRET_KEY_FALLBACKS: 1, DATABASE_PASSWORD: 1 });
  await ask('connections.open', { profile: 'shop' });
  // What was typed wins over what was found.
  expect(opened.at(-1)?.options.secrets).toEqual({
    SECRET_KEY: 'typed',
    SECRET_KEY_FALLBACKS: ['marker-old'],
    DATABASE_PASSWORD: 'marker-pw',
  });
  expect(await readFile(join(folder, 'secrets.json'), 'utf8')).not.toContain('marker');
  expect(await call('profiles.save', { profile: profile(), secrets: {}, imported: [result.token] })).toMatchObject({
    ok: false,
    error: { code: 'DoesNotExist' },
  });
});

test('another module of the same project needs no dialog, and no path from the window', async () => {
  const { ask, call, chosen } = await site(['project']);
  const { token } = await imported(ask('profiles.import', { from: 'project' }));
  expect(
    (await imported(ask('profiles.import', { from: 'module', token, settings_module: 'shop.other' }))).fields.SESSION_COOKIE_NAME,
  ).toBe('other');
  expect(chosen).toEqual(['folder']);
  for (const input of [
    { from: 'module', token, settings_module: '../etc/passwd' },
    { from: 'module', token, settings_module: 'shop.other', path: '/etc' },
    { from: 'module', token: '../../etc', settings_module: 'shop.other' },
    { from: 'project', path: '/etc' },
    { from: 'env', path: '/etc/passwd' },
    { from: 'python', token, settings_module: 'shop.other', interpreter: '/bin/sh', agreed: true },
    { from: 'python', token, settings_module: 'shop.other', interpreter: 'found' },
    { from: 'python', token, settings_module: 'shop.other', interpreter: 'found', agreed: false },
  ]) {
    // Hostile input: none of these has the type of one.
    expect(await call('profiles.import', input as Input<'profiles.import'>), JSON.stringify(input)).toMatchObject({
      ok: false,
      error: { code: 'BadRequest' },
    });
  }
  const unknown = { token: '0123456789abcdef', settings_module: 'shop.settings' } as const;
  for (const input of [
    { from: 'module', ...unknown },
    { from: 'python', ...unknown, interpreter: 'found', agreed: true },
  ] as const) {
    expect(await call('profiles.import', input)).toMatchObject({ ok: false, error: { code: 'DoesNotExist' } });
  }
});

test('a token of a URL or a .env names no folder whose code could be run', async () => {
  const { ask, call } = await site(['project/.env']);
  const url = await imported(ask('profiles.import', { from: 'url', url: 'postgres://u:marker-pw@h/n' }));
  expect(JSON.stringify(url)).not.toContain('marker');
  expect(url).toMatchObject({ source: '', secrets: { DATABASE_PASSWORD: 1 }, project: null });
  const env = await imported(ask('profiles.import', { from: 'env' }));
  expect(env).toMatchObject({ source: expect.stringMatching(/\.env$/), secrets: { SECRET_KEY: 1 } });
  for (const { token } of [url, env]) {
    const input = { from: 'python', token, settings_module: 'shop.settings', interpreter: 'found', agreed: true } as const;
    expect(await call('profiles.import', input)).toMatchObject({ ok: false, error: { code: 'DoesNotExist' } });
  }
  // Several imports of one form are saved together, the later one first.
  const saved = await ask('profiles.save', { profile: profile(), secrets: {}, imported: [url.token, env.token] });
  expect(saved.secrets).toEqual({ SECRET_KEY: 1, DATABASE_PASSWORD: 1 });
});

test('a canceled dialog imports nothing, and what is discarded is gone', async () => {
  const { ask, call } = await site([null, 'project']);
  expect(await ask('profiles.import', { from: 'project' })).toBeNull();
  const { token } = await imported(ask('profiles.import', { from: 'project' }));
  expect(await ask('profiles.discard', { imported: [token] })).toBeNull();
  expect(await call('profiles.save', { profile: profile(), secrets: {}, imported: [token] })).toMatchObject({ ok: false });
  expect(await ask('profiles.list', {})).toEqual([]);
});

test('a test takes the form as it is: what is stored, what was imported, what was typed', async () => {
  const { ask, call, events, opened, folder } = await site();
  const { token } = await imported(ask('profiles.import', { from: 'url', url: 'sqlite:////nowhere/db.sqlite3' }));
  await ask('profiles.save', { profile: profile({ SESSION_ENGINE: 'signed_cookies' }), secrets: { SECRET_KEY: 'stored' } });
  const test = (secrets: Record<string, null>, more: Partial<ProfileInput> = {}) =>
    ask('profiles.test', { test: 't1', profile: profile({ SESSION_ENGINE: 'signed_cookies', ...more }), secrets, imported: [token] });
  expect((await test({})).map(({ layer, state }) => `${layer} ${state}`)).toEqual(['settings ok', 'signature ok']);
  expect((await test({ SECRET_KEY: null })).map(({ layer, state }) => `${layer} ${state}`)).toEqual(['settings ok', 'signature warning']);
  expect(events.filter(({ event }) => event === 'profiles.test')).toHaveLength(4);
  expect(events.at(-1)?.payload).toMatchObject({ test: 't1', step: { layer: 'signature', state: 'warning' } });
  const missing = await test({}, { SESSION_ENGINE: 'db', DATABASES: { NAME: join(folder, 'nowhere.sqlite3') } });
  expect(missing.find(({ state }) => state === 'failed')).toMatchObject({ layer: 'file', code: 'MissingFile' });
  // Nothing was opened but the processes of imports and tests, which have no store, and nothing was saved.
  expect(opened.every(({ options }) => options.profile === null)).toBe(true);
  expect((await ask('profiles.list', {}))[0]?.profile.SESSION_ENGINE).toBe('signed_cookies');
  expect(await call('profiles.test', { test: 't', profile: profile(), secrets: {}, imported: ['0123456789abcdef'] })).toMatchObject({
    ok: false,
  });
});
