import { randomBytes } from 'node:crypto';
import { appendFile, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Activity, type ActivityOptions, maskedKey } from '../../../src/main/activity.ts';
import { openImageKey } from '../../../src/main/image-key.ts';
import type { BeforeImage } from '../../../src/main/recorder.ts';
import { freshFolder } from './folder.ts';
import { keychain, noKeychain } from './keychain.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1, 12);
const KEY = { bytes: randomBytes(32), lasting: true };
const PROFILE = { id: 'shop', name: 'Shop' };
const SESSION_KEY = 'abcdefghijklmnopqrstuvwxyz012345';

type Overrides = Partial<Pick<ActivityOptions, 'key' | 'now' | 'limits'>>;
async function openActivity(folder: string, overrides: Overrides = {}): Promise<Activity> {
  const limits = () => ({ undoDays: 30, undoBytes: 1_000_000 });
  const activity = await Activity.open({ folder, key: KEY, now: () => NOW, randomBytes, limits, by: 'anna', ...overrides });
  onTestFinished(() => activity.close());
  return activity;
}

function image(session_key: string, marker = 'marker-value'): BeforeImage {
  return {
    session_key,
    before: {
      session_key,
      stored: new TextEncoder().encode(`${marker}:${session_key}`),
      expiry: { source: 'expire_date', text: '2026-06-08 10:00:00.123456' },
      columns: { ip: null, user_id: '4' },
      twin: { stored: Uint8Array.of(0, 255, 128), milliseconds: 12.5, flags: 3 },
    },
    after: 'r1',
  };
}
/** Incompressible, so that sizes are what they look like. */
const bulky = (session_key: string, bytes: number) => image(session_key, randomBytes(bytes).toString('base64'));

async function write(activity: Activity, images: readonly BeforeImage[], end = true): Promise<string> {
  const recorder = activity.recorder(PROFILE, 'sqlite3:/srv/db.sqlite3 django_session');
  const id = await recorder.begin({ action: 'save', count: images.length, session_keys: images.map(({ session_key }) => session_key) });
  await recorder.keep(id, images);
  if (end) await recorder.end(id, 'done', { count: images.length });
  return id;
}

async function imagesOf(activity: Activity, id: string): Promise<BeforeImage[]> {
  const all: BeforeImage[] = [];
  for await (const block of activity.images(id)) all.push(...block);
  return all;
}

describe('entries', () => {
  test('tell who wrote what where and when, with masked keys, and come back after a restart', async () => {
    const folder = await freshFolder();
    const activity = await openActivity(folder);
    const id = await write(activity, [image(SESSION_KEY)]);
    const entry = {
      id,
      at: '2026-06-01T12:00:00.000Z',
      profile: PROFILE,
      place: 'sqlite3:/srv/db.sqlite3 django_session',
      action: 'save',
      count: 1,
      session_keys: ['abcd…'],
      by: 'anna',
      outcome: 'done',
      undo: 'possible',
    };
    expect(activity.entry(id)).toEqual(entry);
    await activity.close();
    expect((await openActivity(folder)).list({ limit: 10 })).toEqual([entry]);
    expect((await stat(join(folder, 'activity.jsonl'))).mode & 0o777).toBe(0o600);
  });

  test('hold no key and no value, in no file', async () => {
    const folder = await freshFolder();
    await write(await openActivity(folder), [image(SESSION_KEY)]);
    for (const name of await readdir(folder, { recursive: true })) {
      const path = join(folder, name);
      if (!(await stat(path)).isFile()) continue;
      const text = (await readFile(path)).toString('latin1');
      expect(text).not.toContain('marker');
      expect(text).not.toContain(SESSION_KEY.slice(0, 8));
    }
  });

  test('are listed newest first, in pages', async () => {
    const activity = await openActivity(await freshFolder());
    const ids: string[] = [];
    for (const key of ['one-key-1', 'two-key-2', 'three-key']) ids.unshift(await write(activity, [image(key)]));
    const first = activity.list({ limit: 2 });
    expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(activity.list({ limit: 2, before: first[1]?.id }).map(({ id }) => id)).toEqual(ids.slice(2));
    expect(activity.list({ limit: 2, before: 'unknown' })).toEqual([]);
  });

  test.each([
    ['abcdefgh', 'abcd…'],
    ['abc', 'a…'],
    ['a', '…'],
    ['', '…'],
    ['abcd…', 'abcd…'],
    ['😀😀😀😀', '😀😀…'],
  ])('mask %j as %j', (key, masked) => {
    expect(maskedKey(key)).toBe(masked);
  });
});

describe('a crash', () => {
  test('between begin and end leaves `interrupted`, with its images', async () => {
    const folder = await freshFolder();
    const id = await write(await openActivity(folder), [image(SESSION_KEY)], false);
    const entry = (await openActivity(folder)).entry(id);
    expect(entry).toMatchObject({ outcome: 'interrupted', undo: 'possible', message: 'The app ended before this was finished' });
    // The interruption itself is written down once.
    await openActivity(folder);
    expect((await readFile(join(folder, 'activity.jsonl'), 'utf8')).match(/interrupted/g)).toHaveLength(1);
  });

  test('at every byte of the log loses no entry that was told, and the log goes on', async () => {
    const folder = await freshFolder();
    const path = join(folder, 'activity.jsonl');
    const activity = await openActivity(folder);
    const first = await write(activity, [image('first-key-1')]);
    const whole = await readFile(path);
    const second = await write(activity, [image('second-key')]);
    const full = await readFile(path);
    for (let length = whole.length; length <= full.length; length += 7) {
      await writeFile(path, full.subarray(0, length));
      const again = await openActivity(folder);
      expect(again.entry(first)?.outcome).toBe('done');
      const third = await write(again, [image('third-key-3')]);
      await again.close();
      const later = await openActivity(folder);
      expect(later.entry(third)?.outcome).toBe('done');
      expect(later.notices.filter(({ message }) => message.includes('lines'))).toEqual([]);
      await later.close();
    }
    await writeFile(path, full);
    expect((await openActivity(folder)).entry(second)?.outcome).toBe('done');
  });

  test('in the middle of a line sets its beginning aside and says so', async () => {
    const folder = await freshFolder();
    await write(await openActivity(folder), [image(SESSION_KEY)]);
    await appendFile(join(folder, 'activity.jsonl'), '{"v":1,"t":"begin","id":"torn');
    const activity = await openActivity(folder);
    expect(activity.list({ limit: 9 })).toHaveLength(1);
    expect(activity.notices).toMatchObject([{ message: 'The last line of activity.jsonl was incomplete and was set aside' }]);
    const aside = (await readdir(folder)).find((name) => name.includes('unreadable'));
    expect(await readFile(join(folder, aside ?? ''), 'utf8')).toBe('{"v":1,"t":"begin","id":"torn');
  });

  test('between a line and its newline loses nothing', async () => {
    const folder = await freshFolder();
    const id = await write(await openActivity(folder), [image(SESSION_KEY)]);
    const path = join(folder, 'activity.jsonl');
    await truncate(path, (await stat(path)).size - 1);
    const activity = await openActivity(folder);
    expect(activity.entry(id)?.outcome).toBe('done');
    expect(activity.notices).toEqual([]);
  });

  test('in the middle of an image leaves the ones before it', async () => {
    const folder = await freshFolder();
    const activity = await openActivity(folder);
    const recorder = activity.recorder(PROFILE, 'place');
    const id = await recorder.begin({ action: 'delete', count: 2, session_keys: [] });
    await recorder.keep(id, [image('first-key-1')]);
    const path = join(folder, 'activity-images', `${id}.images`);
    const { size } = await stat(path);
    await recorder.keep(id, [image('second-key')]);
    await truncate(path, size + 20);
    expect((await imagesOf(await openActivity(folder), id)).map(({ session_key }) => session_key)).toEqual(['first-key-1']);
  });

  test('of a connection ends its open entries alone', async () => {
    const activity = await openActivity(await freshFolder());
    const recorder = activity.recorder(PROFILE, 'place');
    const open = await recorder.begin({ action: 'delete', count: 5, session_keys: [] });
    const done = await write(activity, [image('other-key-1')]);
    const other = await write(activity, [image('other-key-2')], false);
    await recorder.interrupt('gone');
    expect(activity.entry(open)).toMatchObject({ outcome: 'interrupted', message: 'gone' });
    expect(activity.entry(done)?.outcome).toBe('done');
    expect(activity.entry(other)?.outcome).toBe('pending');
  });

  test('that left bad lines in the middle keeps them, counts them, and reads the rest', async () => {
    const folder = await freshFolder();
    const path = join(folder, 'activity.jsonl');
    const id = await write(await openActivity(folder), [image(SESSION_KEY)]);
    const text = `not JSON\n${await readFile(path, 'utf8')}{"v":9,"t":"new"}\n`;
    await writeFile(path, text);
    const activity = await openActivity(folder);
    expect(activity.entry(id)?.outcome).toBe('done');
    expect(activity.notices).toMatchObject([{ message: 'activity.jsonl holds 2 lines that cannot be read' }]);
    expect(await readFile(path, 'utf8')).toBe(text);
  });
});

describe('before-images', () => {
  test('come back byte for byte, last first, after a restart', async () => {
    const folder = await freshFolder();
    const activity = await openActivity(folder);
    const recorder = activity.recorder(PROFILE, 'place');
    const id = await recorder.begin({ action: 'delete', count: 3, session_keys: [] });
    const created: BeforeImage = { session_key: 'new-key-12', before: null, after: 'r9' };
    await recorder.keep(id, [image('first-key-1'), created]);
    await recorder.keep(id, [image('third-key-3')]);
    await recorder.end(id, 'done', { count: 3 });
    const expected = [image('third-key-3'), created, image('first-key-1')];
    expect(await imagesOf(activity, id)).toEqual(expected);
    expect(await imagesOf(await openActivity(folder), id)).toEqual(expected);
  });

  test('cannot be changed, moved to another entry, or cut and joined without being noticed', async () => {
    const folder = await freshFolder();
    const activity = await openActivity(folder);
    const ids = [await write(activity, [image('first-key-1')]), await write(activity, [image('other-key-2')])];
    const [path = '', other = ''] = ids.map((id) => join(folder, 'activity-images', `${id}.images`));
    const bytes = await readFile(path);
    for (const at of [30, 45, bytes.length - 1]) {
      await writeFile(
        path,
        bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)),
      );
      await expect(imagesOf(await openActivity(folder), ids[0] ?? '')).rejects.toMatchObject({ code: 'Corrupt' });
    }
    await writeFile(path, await readFile(other));
    await expect(imagesOf(await openActivity(folder), ids[0] ?? '')).rejects.toMatchObject({ code: 'Corrupt' });
  });

  test('are dropped after their days, oldest first beyond their bytes, and the entries stay', async () => {
    const folder = await freshFolder();
    let time = NOW - 31 * DAY;
    let undoBytes = 1_000_000;
    const activity = await openActivity(folder, { now: () => time, limits: () => ({ undoDays: 30, undoBytes }) });
    const old = await write(activity, [image('aged-key-1')]);
    time = NOW;
    const first = await write(activity, [bulky('first-key-1', 3000)]);
    const second = await write(activity, [bulky('second-key', 3000)]);
    await activity.purge();
    expect([old, first, second].map((id) => activity.entry(id)?.undo)).toEqual(['gone', 'possible', 'possible']);
    undoBytes = 8000;
    const third = await write(activity, [bulky('third-key-3', 1500)]);
    expect([first, second, third].map((id) => activity.entry(id)?.undo)).toEqual(['gone', 'possible', 'possible']);
    expect((await readdir(join(folder, 'activity-images'))).sort()).toEqual([`${second}.images`, `${third}.images`].sort());
    const again = await openActivity(folder, { limits: () => ({ undoDays: 30, undoBytes: 4000 }) });
    expect([second, third].map((id) => again.entry(id)?.undo)).toEqual(['gone', 'possible']);
    await expect(imagesOf(again, second)).rejects.toMatchObject({ code: 'FileUnreadable' });
  });

  test('larger than the settings keep refuse the write, and leave what was kept of it', async () => {
    const activity = await openActivity(await freshFolder(), { limits: () => ({ undoDays: 30, undoBytes: 5000 }) });
    const earlier = await write(activity, [bulky('aged-key-1', 2000)]);
    const recorder = activity.recorder(PROFILE, 'place');
    const id = await recorder.begin({ action: 'delete', count: 2, session_keys: [] });
    await recorder.keep(id, [bulky('first-key-1', 2500)]);
    await expect(recorder.keep(id, [bulky('second-key', 2500)])).rejects.toMatchObject({ code: 'LimitExceeded' });
    await recorder.end(id, 'partly', { count: 1 });
    expect((await imagesOf(activity, id)).map(({ session_key }) => session_key)).toEqual(['first-key-1']);
    expect(activity.entry(earlier)?.undo).toBe('gone');
  });

  test.each([
    { undoDays: 0, undoBytes: 1_000_000 },
    { undoDays: 30, undoBytes: 0 },
  ])('are not kept where the settings say %j', async (limits) => {
    const folder = await freshFolder();
    const activity = await openActivity(folder, { limits: () => limits });
    const id = await write(activity, [image(SESSION_KEY)]);
    expect(activity.entry(id)?.undo).toBe('not kept');
    expect(await readdir(join(folder, 'activity-images'))).toEqual([]);
  });

  test('of a value that was not fetched are left out and counted: restoring them would empty the session', async () => {
    const activity = await openActivity(await freshFolder());
    const recorder = activity.recorder(PROFILE, 'place');
    const id = await recorder.begin({ action: 'clear_expired', count: 2, session_keys: [] });
    const { before } = image(SESSION_KEY);
    if (before === null) throw new Error('no image');
    const oversize = { session_key: SESSION_KEY, before: { ...before, stored: new Uint8Array(), oversize: 99_000_000 }, after: null };
    await recorder.keep(id, [oversize, image('other-key-2')]);
    await recorder.keep(id, [oversize]);
    await recorder.end(id, 'partly', { count: 3, message: 'Stopped' });
    expect((await imagesOf(activity, id)).map(({ session_key }) => session_key)).toEqual(['other-key-2']);
    expect(activity.entry(id)).toMatchObject({ undo: 'possible', message: 'Stopped; 2 values were too large to be kept for Undo' });
  });

  test('of a write that met a conflict are dropped: nothing was changed', async () => {
    const activity = await openActivity(await freshFolder());
    const recorder = activity.recorder(PROFILE, 'place');
    const id = await recorder.begin({ action: 'save', count: 1, session_keys: [] });
    await recorder.keep(id, [image(SESSION_KEY)]);
    await recorder.end(id, 'conflict', { count: 0 });
    expect(activity.entry(id)?.undo).toBe('not kept');
  });

  test('are gone with the run where no keychain keeps the key, and the entries say so', async () => {
    const folder = await freshFolder();
    const memory = async () => (await openImageKey({ folder, sealer: noKeychain, now: () => NOW, randomBytes })).key;
    const id = await write(await openActivity(folder, { key: await memory() }), [image(SESSION_KEY)]);
    const again = await openActivity(folder, { key: await memory() });
    expect(again.entry(id)?.undo).toBe('gone');
    expect(await readdir(join(folder, 'activity-images'))).toEqual([]);
  });

  test('of a keychain that is away for a run come back with it, within their days', async () => {
    const folder = await freshFolder();
    const id = await write(await openActivity(folder), [image(SESSION_KEY)]);
    const away = await openActivity(folder, { key: { bytes: randomBytes(32), lasting: false } });
    expect(away.entry(id)?.undo).toBe('gone');
    expect((await openActivity(folder)).entry(id)?.undo).toBe('possible');
    await utimes(join(folder, 'activity-images', `${id}.images`), 0, 0);
    await openActivity(folder, { key: { bytes: randomBytes(32), lasting: false } });
    expect((await openActivity(folder)).entry(id)?.undo).toBe('gone');
  });
});

describe('the key of the before-images', () => {
  const open = (folder: string, sealer = keychain()) => openImageKey({ folder, sealer, now: () => NOW, randomBytes });

  test('is the same after a restart with the same keychain', async () => {
    const folder = await freshFolder();
    const sealer = keychain();
    const { key } = await open(folder, sealer);
    expect(key.lasting).toBe(true);
    expect(Buffer.from((await open(folder, sealer)).key.bytes)).toEqual(Buffer.from(key.bytes));
    expect(await readFile(join(folder, 'image-key.json'), 'utf8')).not.toContain(Buffer.from(key.bytes).toString('base64'));
  });

  test('is made anew where another keychain sealed it, and the old one is set aside', async () => {
    const folder = await freshFolder();
    const { key } = await open(folder);
    const again = await open(folder);
    expect(Buffer.from(again.key.bytes)).not.toEqual(Buffer.from(key.bytes));
    expect(again.notices).toHaveLength(1);
    expect((await readdir(folder)).sort()).toEqual(['image-key.json', expect.stringContaining('unreadable')]);
  });
});
