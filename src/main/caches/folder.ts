/**
 * Files of sessions and cache entries: read without a trace, replaced as a whole, never outside their folder. Synchronous
 * calls, because one process serves one connection and they are four to six times as fast as promises; callers yield
 * between blocks.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InspectorError } from '../errors.ts';
import { sameBytes, VALUE_LIMIT } from './base.ts';

export type FileStamp = Readonly<{ mtime: bigint; mode: number; uid: number; gid: number; size: number }>;
/** `oversize`: bytes of a file over the limit, whose content was not read */
export type FileContent = Readonly<{ bytes: Uint8Array; stamp: FileStamp; oversize?: number }>;
/** What a write compares with: the content that was read, or the size where it was too large to read, and the time. */
export type FileBefore = Readonly<{ bytes: Uint8Array; oversize?: number; mtime: bigint | null }>;

const NO_FOLLOW = fs.constants.O_NOFOLLOW ?? 0;
const NO_BLOCK = fs.constants.O_NONBLOCK ?? 0;
const NO_ATIME = fs.constants.O_NOATIME ?? 0;

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

/** The app's error for a file system's: what happened to what, and what to do next. */
export function fileError(thrown: unknown, what: string): InspectorError {
  if (thrown instanceof InspectorError) return thrown;
  const code = codeOf(thrown);
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return new InspectorError('PermissionDenied', `${what}: the system refuses access`, {
        hint: 'Start the app as the user the site runs as, or have access granted.',
        cause: thrown,
      });
    case 'EROFS':
      return new InspectorError('PermissionDenied', `${what}: the file system is mounted read-only`, { cause: thrown });
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new InspectorError('DiskFull', `${what}: there is no room left (${code})`, {
        hint: 'Nothing was changed. Free some space and apply again.',
        cause: thrown,
      });
    case 'ENOENT':
    case 'ENOTDIR':
      return new InspectorError('MissingFile', `${what}: it does not exist`, { hint: 'Check the path in the profile.', cause: thrown });
    case 'ELOOP':
      return new InspectorError('SuspiciousSession', `${what}: it is a symbolic link`, {
        hint: 'Django writes plain files only; links are not followed.',
        cause: thrown,
      });
    default:
      return new InspectorError('FileUnreadable', `${what}: ${code || 'the system call failed'}`, { cause: thrown });
  }
}

/** The folder's real path. @throws InspectorError MissingFile, PermissionDenied */
export function openFolder(path: string, what: string): string {
  try {
    const real = fs.realpathSync(path);
    if (!fs.statSync(real).isDirectory()) throw new InspectorError('ImproperlyConfigured', `${what} is not a folder`);
    fs.accessSync(real, fs.constants.R_OK | fs.constants.X_OK);
    return real;
  } catch (thrown) {
    throw fileError(thrown, what);
  }
}

/** A path inside `folder`. @throws InspectorError SuspiciousSession when `name` leads anywhere else */
export function inFolder(folder: string, name: string): string {
  const path = join(folder, name);
  if (name.includes('\0') || basename(path) !== name || dirname(path) !== folder) {
    throw new InspectorError('SuspiciousSession', 'The name leads out of the folder', { hint: 'Django refuses such keys as well.' });
  }
  return path;
}

/** Opens without following a link, waiting for a pipe's other end, or (where the system allows it) touching the access time. */
function openQuietly(path: string): number {
  const flags = fs.constants.O_RDONLY | NO_FOLLOW | NO_BLOCK;
  try {
    return fs.openSync(path, flags | NO_ATIME);
  } catch (thrown) {
    // O_NOATIME is the owner's and root's alone.
    if (NO_ATIME !== 0 && codeOf(thrown) === 'EPERM') return fs.openSync(path, flags);
    throw thrown;
  }
}

function stampOf(stat: fs.BigIntStats): FileStamp {
  return { mtime: stat.mtimeNs, mode: Number(stat.mode) & 0o7777, uid: Number(stat.uid), gid: Number(stat.gid), size: Number(stat.size) };
}

function fill(descriptor: number, bytes: Uint8Array): number {
  let filled = 0;
  while (filled < bytes.length) {
    const got = fs.readSync(descriptor, bytes, filled, bytes.length - filled, filled);
    if (got === 0) return filled;
    filled += got;
  }
  return filled;
}

/**
 * A regular file's bytes and stamp; null where there is none.
 * @param limit bytes; of a larger file only the stamp is read
 * @throws InspectorError SuspiciousSession (link, folder, pipe, device), PermissionDenied, FileUnreadable
 */
export function readQuietly(path: string, limit: number = VALUE_LIMIT): FileContent | null {
  let descriptor: number | undefined;
  try {
    // A device may do something when opened, so what is no plain file is not opened at all.
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    if (!stat.isFile()) throw notAFile(stat.isSymbolicLink() ? 'a symbolic link' : stat.isDirectory() ? 'a folder' : 'a pipe or device');
    descriptor = openQuietly(path);
    const opened = fs.fstatSync(descriptor, { bigint: true });
    if (!opened.isFile()) throw notAFile('no plain file');
    if (opened.size > BigInt(limit)) return { bytes: new Uint8Array(0), stamp: stampOf(opened), oversize: Number(opened.size) };
    const bytes = new Uint8Array(Number(opened.size));
    return { bytes: bytes.subarray(0, fill(descriptor, bytes)), stamp: stampOf(opened) };
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw fileError(thrown, 'The file cannot be read');
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function notAFile(kind: string): InspectorError {
  return new InspectorError('SuspiciousSession', `The entry is ${kind}, not a plain file`, {
    hint: 'Django writes plain files only; look at the folder by hand.',
  });
}

/** What is written beside the target first. */
export type Replacement = Readonly<{
  bytes: Uint8Array;
  /** the temporary file's name without its random end; it is made in the same folder */
  temporary: string;
  /** nanoseconds since the epoch; null = when it is written */
  mtime: bigint | null;
}>;

function writeTemporary(path: string, replacement: Replacement, like: FileStamp | null): string {
  const temporary = join(dirname(path), `${replacement.temporary}${randomBytes(6).toString('hex')}`);
  const flags = fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL | NO_FOLLOW;
  const descriptor = fs.openSync(temporary, flags, 0o600);
  try {
    let written = 0;
    while (written < replacement.bytes.length) written += fs.writeSync(descriptor, replacement.bytes, written);
    if (like !== null) keepOwner(descriptor, like);
    if (replacement.mtime !== null) setModified(descriptor, replacement.mtime);
    fs.fsyncSync(descriptor);
  } catch (thrown) {
    fs.unlinkSync(temporary);
    throw thrown;
  } finally {
    fs.closeSync(descriptor);
  }
  return temporary;
}

function keepOwner(descriptor: number, like: FileStamp): void {
  const now = fs.fstatSync(descriptor);
  // A file of mode 0600 with another owner would be lost to the site: better no write than that.
  if (process.platform !== 'win32' && (now.uid !== like.uid || now.gid !== like.gid)) fs.fchownSync(descriptor, like.uid, like.gid);
  fs.fchmodSync(descriptor, like.mode);
}

/**
 * Node sets times as a double of seconds and, up to libuv 1.48, cuts them to microseconds. Django reads st_mtime as a
 * datetime, rounded to microseconds: that microsecond is what is set, exactly; nanoseconds below it are lost.
 */
function setModified(descriptor: number, mtime: bigint): void {
  const microseconds = (mtime + 500n) / 1000n;
  for (const addition of [0, 0.5]) {
    fs.futimesSync(descriptor, fs.fstatSync(descriptor).atimeMs / 1000, (Number(microseconds) + addition) / 1e6);
    if (fs.fstatSync(descriptor, { bigint: true }).mtimeNs / 1000n === microseconds) return;
  }
}

/** Whether the file still is what was read: content and modification time. */
export function isUnchanged(path: string, before: FileBefore): FileContent | null {
  const now = readQuietly(path);
  if (now === null || now.oversize !== before.oversize || !sameBytes(now.bytes, before.bytes)) return null;
  return before.mtime === null || now.stamp.mtime === before.mtime ? now : null;
}

/**
 * Puts a new file in the old one's place, with its mode and owner, if the old one is still as `before`. The comparison
 * is repeated right before the rename: no system call compares and renames at once, so a write that falls between these
 * two calls (microseconds) is the one that can be lost.
 * @throws InspectorError UpdateError, DiskFull, PermissionDenied; nothing is changed then
 */
export function replaceFile(path: string, before: FileBefore, next: Replacement): FileContent {
  const old = isUnchanged(path, before);
  if (old === null) throw changed();
  return guarded('The file cannot be written', () => {
    const temporary = writeTemporary(path, next, old.stamp);
    try {
      if (isUnchanged(path, before) === null) throw changed();
      fs.renameSync(temporary, path);
    } catch (thrown) {
      fs.rmSync(temporary, { force: true });
      throw thrown;
    }
    return reread(path);
  });
}

/** Makes a file that must not exist: written beside, then linked under its name, which fails when somebody made one. */
export function createFile(path: string, next: Replacement): FileContent {
  return guarded('The file cannot be created', () => {
    const temporary = writeTemporary(path, next, null);
    try {
      fs.linkSync(temporary, path);
    } catch (thrown) {
      if (codeOf(thrown) === 'EEXIST') throw new InspectorError('CreateError', 'An entry of this key exists already');
      // No hard links here (FAT, some network mounts): the window between the two calls is as small as it gets.
      if (fs.existsSync(path)) throw new InspectorError('CreateError', 'An entry of this key exists already');
      fs.renameSync(temporary, path);
    } finally {
      fs.rmSync(temporary, { force: true });
    }
    return reread(path);
  });
}

/** Unlinks the file if it is still as `before`; false where it is not. @throws InspectorError PermissionDenied */
export function removeFile(path: string, before: FileBefore): boolean {
  if (isUnchanged(path, before) === null) return false;
  return guarded('The file cannot be removed', () => {
    fs.unlinkSync(path);
    return true;
  });
}

function changed(): InspectorError {
  return new InspectorError('UpdateError', 'The file was changed or removed by somebody else since it was read', {
    hint: 'Nothing was written. Look at the new version and decide again.',
  });
}

function reread(path: string): FileContent {
  const content = readQuietly(path);
  if (content === null) throw changed();
  return content;
}

function guarded<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw fileError(thrown, what);
  }
}

/** Gives other work of the process a turn between two blocks of synchronous calls. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
