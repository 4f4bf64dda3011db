import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredSession, WritableSessionStore } from '../../src/main/backends/base.ts';
import { EXPIRY_HEADER } from '../../src/main/backends/caches.ts';
import { openFile } from '../../src/main/backends/file.ts';
import { openWritableFile } from '../../src/main/backends/file-writes.ts';
import { temporaryFolder } from '../../src/main/backends/temporary-folder.ts';
import { openWritableFileBased } from '../../src/main/caches/filebased.ts';
import { Django } from '../django/oracle.ts';
import { encode, folderPrint, NOW, SECRET_KEY } from './db-places.ts';
import { encodeFile, fileOptions } from './file-place.ts';
import { forever } from './redis-places.ts';
import { output } from './servers/local.ts';

const QUERY = { sort: 'session_key', direction: 'ascending', now: NOW, limit: 100 } as const;
const DAY = 86_400_000;
const key = (number: number) => `k${String(number).padStart(31, '0')}`;
const isRoot = process.getuid?.() === 0;

describe('the folder of the file engine', () => {
  let root: string;
  let folder: string;
  let store: WritableSessionStore;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'inspector-file-'));
    folder = join(root, 'sessions');
    fs.mkdirSync(folder);
    store = openWritableFile(fileOptions(folder));
  });
  afterEach(async () => {
    await store.close();
    rmSync(root, { recursive: true, force: true });
  });
  const path = (name: string) => join(folder, name);
  const create = (number: number, expires = NOW + DAY) => store.create(key(number), encodeFile({ number }, expires), forever);
  const get = async (number: number): Promise<StoredSession> => {
    const session = await store.get(key(number), forever);
    if (session === null) throw new Error('The session is not there');
    return session;
  };

  test('a save keeps mode, owner and, unless the end changes, the time that Django reads the end from', async () => {
    await create(1);
    const file = path(`sessionid${key(1)}`);
    fs.chmodSync(file, 0o640);
    if (isRoot) fs.chownSync(file, 65534, 65534);
    fs.utimesSync(file, 1_700_000_000.25, 1_751_000_000.123457);
    const old = fs.statSync(file, { bigint: true });
    const before = await get(1);
    await store.save(before, { stored: encode({ other: 1 }, 0).stored, expiry: before.expiry }, forever);
    const now = fs.statSync(file, { bigint: true });
    expect([now.mode, now.uid, now.gid, now.mtimeNs]).toEqual([old.mode, old.uid, old.gid, old.mtimeNs]);
    expect(now.ino).not.toBe(old.ino);
    const next = { source: 'mtime', nanoseconds: '1751417565123456000' } as const;
    await store.save(await get(1), { stored: before.stored, expiry: next }, forever);
    expect(fs.statSync(file, { bigint: true }).mtimeNs).toBe(1_751_417_565_123_456_000n);
    expect(fs.readdirSync(folder)).toEqual([`sessionid${key(1)}`]);
  });

  test('reading moves no access time', async () => {
    await create(1);
    const file = path(`sessionid${key(1)}`);
    // An access time before the modification time is what any mounted file system would move.
    fs.utimesSync(file, 1_000_000_000, 1_751_000_000);
    const before = fs.statSync(file, { bigint: true }).atimeNs;
    await get(1);
    await store.list(QUERY, forever);
    for await (const _ of store.scan(forever));
    await store.count({ now: NOW, state: 'live' }, true, forever);
    expect(fs.statSync(file, { bigint: true }).atimeNs).toBe(before);
  });

  test('an empty file is an empty session that never ends, a number as expiry never ends, and Django agrees', async () => {
    const django = await Django.start({ SECRET_KEY, SESSION_ENGINE: 'file', SESSION_FILE_PATH: folder });
    fs.writeFileSync(path(`sessionid${key(1)}`), '');
    fs.utimesSync(path(`sessionid${key(1)}`), 1, 1);
    await store.create(
      key(2),
      { ...encodeFile({ _session_expiry: 60 }, 0), expiry: { source: 'mtime', nanoseconds: '1000000000' } },
      forever,
    );
    await store.create(
      key(3),
      { ...encodeFile({ _session_expiry: -1 }, 0), expiry: { source: 'mtime', nanoseconds: `${NOW}000000` } },
      forever,
    );
    await create(4, NOW - 1);
    const expired = await store.list({ ...QUERY, state: 'expired' }, forever);
    expect(expired.sessions.map(({ session_key }) => session_key)).toEqual([key(3), key(4)]);
    expect(await store.count({ now: NOW, state: 'expired' }, true, forever)).toEqual({ value: 2, kind: 'exact' });
    await django.ask('clear_expired', { now: NOW / 1000 });
    expect((await store.list(QUERY, forever)).sessions.map(({ session_key }) => session_key)).toEqual([key(1), key(2)]);
    await django.stop();
  });

  test('a file that is not ASCII is never removed, as Django stumbles over it', async () => {
    await store.create(
      key(1),
      { stored: Buffer.from('garbage\xff', 'latin1'), expiry: { source: 'mtime', nanoseconds: '1000000000' } },
      forever,
    );
    await store.create(key(2), { stored: Buffer.from('garbage'), expiry: { source: 'mtime', nanoseconds: '1000000000' } }, forever);
    const django = await Django.start({ SECRET_KEY, SESSION_ENGINE: 'file', SESSION_FILE_PATH: folder });
    await expect(django.ask('load', { session_key: key(1), now: NOW / 1000 })).rejects.toThrow('UnicodeDecodeError');
    await django.stop();
    expect(await store.clearExpired({ now: NOW, limit: 10, before: async () => undefined }, forever)).toEqual({ deleted: 1, done: true });
    expect(fs.readdirSync(folder)).toEqual([`sessionid${key(1)}`]);
  });

  test('what Django would not load is not listed, and said to be there', async () => {
    await create(1);
    for (const name of ['sessionidshort', 'sessionidABCDEFGHIJ', `sessionid${key(2)}_out_x1`, 'sessionid', 'other'])
      fs.writeFileSync(path(name), 'x');
    fs.mkdirSync(path(`sessionid${key(3)}`));
    const page = await store.list(QUERY, forever);
    expect(page.sessions.map(({ session_key }) => session_key)).toEqual([key(1)]);
    expect(page.partial).toMatch(/^5 more entries begin/);
    expect(await store.count({ now: NOW }, false, forever)).toEqual({ value: 1, kind: 'exact' });
  });

  test.each(['../../etc/passwd', '..', 'UPPERCASE1', 'with space1', 'nul\u0000nul1', 'short', '', 'slash/slash', 'a'.repeat(300)])(
    'the key %j reaches no file',
    async (odd) => {
      const print = async () => [fs.readdirSync(root), await folderPrint(folder)];
      const before = await print();
      await expect(store.get(odd, forever)).rejects.toMatchObject({ code: 'InvalidSessionKey' });
      await expect(store.create(odd, encodeFile({}, NOW), forever)).rejects.toMatchObject({ code: 'InvalidSessionKey' });
      expect(await print()).toEqual(before);
    },
  );

  test('links, pipes and folders in place of a session are refused, not followed, not waited for', async () => {
    const secret = join(root, 'secret');
    fs.writeFileSync(secret, 'secret');
    fs.symlinkSync(secret, path(`sessionid${key(1)}`));
    await output('mkfifo', [path(`sessionid${key(2)}`)]);
    fs.mkdirSync(path(`sessionid${key(3)}`));
    fs.symlinkSync('/dev/zero', path(`sessionid${key(4)}`));
    for (const number of [1, 2, 3, 4]) await expect(store.get(key(number), forever)).rejects.toMatchObject({ code: 'SuspiciousSession' });
    expect((await store.list(QUERY, forever)).sessions).toEqual([]);
    const image: StoredSession = { session_key: key(1), stored: Buffer.from('secret'), expiry: { source: 'mtime', nanoseconds: '0' } };
    await expect(store.save(image, encodeFile({}, NOW), forever)).rejects.toMatchObject({ code: 'SuspiciousSession' });
    await expect(store.delete([image], forever)).rejects.toMatchObject({ code: 'SuspiciousSession' });
    await expect(store.create(key(1), encodeFile({}, NOW), forever)).rejects.toMatchObject({ code: 'CreateError' });
    expect(fs.readFileSync(secret, 'utf8')).toBe('secret');
    expect(await store.clearExpired({ now: NOW, limit: 10, before: async () => undefined }, forever)).toEqual({ deleted: 0, done: true });
  });

  test('a folder that is a link is opened where it leads', async () => {
    await create(1);
    fs.symlinkSync(folder, join(root, 'link'));
    const linked = openFile(fileOptions(join(root, 'link')));
    expect(await linked.get(key(1), forever)).not.toBeNull();
    expect(linked.capabilities.server).toBe(fs.realpathSync(folder));
    await linked.close();
  });

  test('a folder that is missing, or a file, is named', () => {
    expect(() => openFile(fileOptions(join(root, 'none')))).toThrowError(expect.objectContaining({ code: 'MissingFile' }));
    fs.writeFileSync(join(root, 'file'), '');
    expect(() => openFile(fileOptions(join(root, 'file')))).toThrowError(expect.objectContaining({ code: 'ImproperlyConfigured' }));
  });

  test('large files are measured, and can be deleted', async () => {
    const file = path(`sessionid${key(1)}`);
    fs.writeFileSync(file, '');
    fs.truncateSync(file, 65 * 1024 * 1024);
    const large = await get(1);
    expect(large).toMatchObject({ oversize: 65 * 1024 * 1024, stored: new Uint8Array(0) });
    expect((await store.list({ ...QUERY, sort: 'size' }, forever)).sessions).toHaveLength(1);
    expect(await store.delete([large], forever)).toEqual([key(1)]);
  });

  test('a file that changes while it is written, or vanishes, is left to the other one', async () => {
    await create(1);
    await create(2);
    const [first, second] = [await get(1), await get(2)];
    fs.utimesSync(path(`sessionid${key(1)}`), 5, 5);
    await expect(store.save(first, encodeFile({}, NOW), forever)).rejects.toMatchObject({ code: 'UpdateError' });
    fs.unlinkSync(path(`sessionid${key(2)}`));
    await expect(store.save(second, encodeFile({}, NOW), forever)).rejects.toMatchObject({ code: 'UpdateError' });
    expect(fs.readdirSync(folder)).toEqual([`sessionid${key(1)}`]);
  });

  test('clear_expired may stop between two batches and begin again, without leaving anything behind', async () => {
    for (let number = 0; number < 9; number += 1) await create(number, NOW - 1000);
    const before = async () => undefined;
    expect(await store.clearExpired({ now: NOW, limit: 4, before }, forever)).toEqual({ deleted: 4, done: false });
    await create(20, NOW - 1000);
    let deleted = 0;
    for (let done = false; !done; ) {
      const batch = await store.clearExpired({ now: NOW + 1, limit: 4, before }, forever);
      deleted += batch.deleted;
      done = batch.done;
    }
    expect(deleted).toBe(6);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('a batch whose images cannot be kept deletes nothing', async () => {
    await create(1, NOW - 1000);
    const before = async () => {
      throw new Error('the disk of the app is full');
    };
    await expect(store.clearExpired({ now: NOW, limit: 4, before }, forever)).rejects.toThrow('the disk of the app is full');
    expect(await store.get(key(1), forever)).not.toBeNull();
  });
});

describe('a full disk', () => {
  let root: string;
  let folder: string;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'inspector-full-'));
    folder = join(root, 'small');
    fs.mkdirSync(folder);
    if (isRoot) await output('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  });
  afterEach(async () => {
    if (isRoot) await output('umount', [folder]);
    rmSync(root, { recursive: true, force: true });
  });

  /** Without the rights to mount a small disk, files of this process may not grow over 40 kB: the same write fails the same way. */
  async function whenFull<T>(work: () => Promise<T>): Promise<T> {
    if (isRoot) return work();
    const limit = (size: string) => output('prlimit', ['--pid', String(process.pid), `--fsize=${size}:unlimited`]);
    const ignore = () => undefined;
    process.on('SIGXFSZ', ignore);
    await limit('40000');
    try {
      return await work();
    } finally {
      await limit('unlimited');
      process.off('SIGXFSZ', ignore);
    }
  }

  test('a save that does not fit leaves the old session whole, and no part of the new one', async () => {
    const store = openWritableFile(fileOptions(folder));
    await store.create(key(1), encodeFile({ small: 1 }, NOW + DAY), forever);
    const before = await store.get(key(1), forever);
    if (before === null) throw new Error('The session is not there');
    const print = await folderPrint(folder);
    const large = { stored: Buffer.alloc(200_000, 'x'), expiry: before.expiry };
    await whenFull(() => expect(store.save(before, large, forever)).rejects.toMatchObject({ code: 'DiskFull' }));
    await whenFull(() => expect(store.create(key(2), large, forever)).rejects.toMatchObject({ code: 'DiskFull' }));
    expect(await folderPrint(folder)).toEqual(print);
    expect(await store.get(key(1), forever)).toEqual(before);
    await store.close();
  });

  test('of the file-based cache likewise', async () => {
    const cache = openWritableFileBased({ LOCATION: [folder], isSession: () => true, header: EXPIRY_HEADER });
    const next = { value: Buffer.from('value'), expiry: { source: 'cache', text: null } } as const;
    const entry = await cache.create('key', next, forever);
    const print = await folderPrint(folder);
    await whenFull(() =>
      expect(cache.save(entry, { ...next, value: Buffer.alloc(200_000) }, forever)).rejects.toMatchObject({ code: 'DiskFull' }),
    );
    expect(await folderPrint(folder)).toEqual(print);
    await cache.close();
  });
});

describe('the default folder', () => {
  test("is that of Python's tempfile.gettempdir()", () => {
    const named = mkdtempSync(join(tmpdir(), 'inspector-named-'));
    const environments = [{}, { TMPDIR: named }, { TEMP: named }, { TMP: named }, { TMPDIR: '/no/such', TMP: named }, { TMPDIR: '' }];
    for (const environment of environments) {
      const python = execFileSync('/usr/bin/python3', ['-c', 'import tempfile; print(tempfile.gettempdir())'], {
        env: environment as NodeJS.ProcessEnv,
      });
      expect(temporaryFolder(environment)).toBe(String(python).trim());
    }
    rmSync(named, { recursive: true });
  });

  test('is said to be a guess', () => {
    const store = openFile({ ...fileOptions(''), environment: { TMPDIR: tmpdir() } });
    expect(store.capabilities.limits.join(' ')).toMatch(/SESSION_FILE_PATH is not set/);
  });
});

test('another user than the owner neither reads nor takes over a session', async () => {
  const root = mkdtempSync(join(tmpdir(), 'inspector-owner-'));
  fs.chmodSync(root, 0o777);
  const store = openWritableFile(fileOptions(root));
  await store.create(key(1), encodeFile({}, NOW + DAY), forever);
  const before = await store.get(key(1), forever);
  if (before === null) throw new Error('The session is not there');
  const file = join(root, `sessionid${key(1)}`);
  // Without root there is no other user to be: a file that nobody may read is the same refusal.
  if (isRoot) process.seteuid?.(65534);
  else fs.chmodSync(file, 0);
  try {
    await expect(store.get(key(1), forever)).rejects.toMatchObject({ code: 'PermissionDenied' });
    expect(await store.list(QUERY, forever)).toEqual({
      sessions: [],
      partial: expect.stringMatching(/^1 file of this page cannot be read/),
    });
    await expect(store.save(before, encodeFile({ a: 1 }, NOW + DAY), forever)).rejects.toMatchObject({ code: 'PermissionDenied' });
    if (isRoot) {
      process.seteuid?.(0);
      fs.chmodSync(file, 0o644);
      process.seteuid?.(65534);
      await expect(store.save(before, encodeFile({ a: 1 }, NOW + DAY), forever)).rejects.toMatchObject({ code: 'PermissionDenied' });
    }
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
  expect(fs.readdirSync(root)).toEqual([`sessionid${key(1)}`]);
  rmSync(root, { recursive: true });
});
