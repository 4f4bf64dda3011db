import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openProfiles } from '../../../src/main/profiles.ts';
import { openSettings } from '../../../src/main/settings-file.ts';
import { Profile } from '../../../src/preload/api.ts';
import { freshFolder } from './folder.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const now = () => NOW;
const profile = (id: string, name = id) => Profile.parse({ id, name });
const ids = (profiles: { list(): readonly Profile[] }) => profiles.list().map(({ id }) => id);

describe('profiles.json', () => {
  test('is empty where there is none, and nothing is written by looking', async () => {
    const folder = await freshFolder();
    const profiles = await openProfiles({ folder, now });
    expect(profiles.list()).toEqual([]);
    expect(profiles.notices).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('keeps what is saved, readable by its owner only', async () => {
    const folder = await freshFolder();
    const profiles = await openProfiles({ folder, now });
    await profiles.save(profile('a'));
    await profiles.save(profile('b'));
    await profiles.save(profile('a', 'renamed'));
    await profiles.remove('b');
    const again = await openProfiles({ folder, now });
    expect(again.list()).toEqual([profile('a', 'renamed')]);
    expect(again.get('b')).toBeUndefined();
    expect((await stat(join(folder, 'profiles.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['profiles.json']);
  });

  test('loses nothing when many are saved at once', async () => {
    const folder = await freshFolder();
    const profiles = await openProfiles({ folder, now });
    const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => profiles.save(profile(name))));
    expect(ids(profiles)).toEqual(names);
    expect(ids(await openProfiles({ folder, now }))).toEqual(names);
  });

  test.each([
    ['not JSON', '{"schema": 1, "profiles": ['],
    ['a list', '[]'],
    ['no schema', '{"profiles": []}'],
    ['a schema of another type', '{"schema": "1", "profiles": []}'],
    ['profiles that are no list', '{"schema": 1, "profiles": {}}'],
    ['nothing at all', ''],
  ])('is set aside where it holds %s', async (_, text) => {
    const folder = await freshFolder();
    await writeFile(join(folder, 'profiles.json'), text);
    const profiles = await openProfiles({ folder, now });
    const aside = 'profiles.json.unreadable-2026-01-02T03-04-05.000Z';
    expect(profiles.list()).toEqual([]);
    expect(profiles.notices).toMatchObject([{ code: 'FileUnreadable', hint: expect.stringContaining(aside) }]);
    expect(await readFile(join(folder, aside), 'utf8')).toBe(text);
    await profiles.save(profile('a'));
    expect(await readFile(join(folder, aside), 'utf8')).toBe(text);
  });

  test('keeps the good profiles beside a bad one, and a copy of the whole file', async () => {
    const folder = await freshFolder();
    const text = JSON.stringify({ schema: 1, profiles: [profile('a'), { id: 'b', name: '' }, profile('c'), profile('a', 'twice')] });
    await writeFile(join(folder, 'profiles.json'), text);
    const profiles = await openProfiles({ folder, now });
    expect(ids(profiles)).toEqual(['a', 'c']);
    expect(profiles.notices).toMatchObject([{ message: 'profiles.json holds 2 of 4 profiles that cannot be read' }]);
    expect(await readFile(join(folder, 'profiles.json.unreadable-2026-01-02T03-04-05.000Z'), 'utf8')).toBe(text);
    expect(await readFile(join(folder, 'profiles.json'), 'utf8')).toBe(text);
  });

  test('is left alone where a newer release wrote it', async () => {
    const folder = await freshFolder();
    const text = '{"schema": 2, "profiles": {"new": "shape"}}';
    await writeFile(join(folder, 'profiles.json'), text);
    const profiles = await openProfiles({ folder, now });
    expect(profiles.notices).toMatchObject([{ message: 'profiles.json was written by a newer release of Session Inspector' }]);
    await expect(profiles.save(profile('a'))).rejects.toMatchObject({ code: 'FileUnreadable' });
    expect(profiles.list()).toEqual([]);
    expect(await readFile(join(folder, 'profiles.json'), 'utf8')).toBe(text);
  });

  test('is not overwritten where it could not be read', async () => {
    const folder = await freshFolder();
    await mkdir(join(folder, 'profiles.json'));
    const profiles = await openProfiles({ folder, now });
    expect(profiles.notices).toHaveLength(1);
    await expect(profiles.save(profile('a'))).rejects.toMatchObject({ code: 'FileUnreadable' });
  });

  test('stays as it was when it cannot be written, in memory too', async () => {
    const folder = await freshFolder();
    const profiles = await openProfiles({ folder, now });
    await profiles.save(profile('a'));
    const before = await readFile(join(folder, 'profiles.json'), 'utf8');
    // Root may write anywhere, so the rename is made impossible instead: its target becomes a folder that is not empty.
    await rename(join(folder, 'profiles.json'), join(folder, 'kept'));
    await mkdir(join(folder, 'profiles.json', 'in-the-way'), { recursive: true });
    await expect(profiles.save(profile('b'))).rejects.toMatchObject({ code: 'FileUnreadable' });
    expect(ids(profiles)).toEqual(['a']);
    expect((await readdir(folder)).sort()).toEqual(['kept', 'profiles.json']);
    await rm(join(folder, 'profiles.json'), { recursive: true });
    await rename(join(folder, 'kept'), join(folder, 'profiles.json'));
    expect(await readFile(join(folder, 'profiles.json'), 'utf8')).toBe(before);
    await profiles.save(profile('c'));
    expect(ids(await openProfiles({ folder, now }))).toEqual(['a', 'c']);
  });
});

describe('settings.json', () => {
  test('changes one setting and keeps the others', async () => {
    const folder = await freshFolder();
    const settings = await openSettings({ folder, now });
    await Promise.all([settings.set({ theme: 'dark' }), settings.set({ undoDays: 3, language: undefined })]);
    expect(settings.get()).toMatchObject({ theme: 'dark', undoDays: 3, language: 'system' });
    expect((await openSettings({ folder, now })).get()).toEqual(settings.get());
  });

  test('falls back to the defaults where it is damaged, and keeps the file', async () => {
    const folder = await freshFolder();
    await writeFile(join(folder, 'settings.json'), '{"schema": 1, "settings": {"theme": "pink"}}');
    const settings = await openSettings({ folder, now });
    expect(settings.get().theme).toBe('system');
    expect(settings.notices).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['settings.json.unreadable-2026-01-02T03-04-05.000Z']);
  });
});
