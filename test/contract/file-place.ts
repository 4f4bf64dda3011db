import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileOptions, openFile } from '../../src/main/backends/file.ts';
import { openWritableFile } from '../../src/main/backends/file-writes.ts';
import { describeExpiry } from '../../src/main/django/expiry.ts';
import { decodeStored } from '../../src/main/django/session-data.ts';
import type { ExpiryValue } from '../../src/main/django/session-expiry.ts';
import { SigningKeys } from '../../src/main/django/signing.ts';
import { Django } from '../django/oracle.ts';
import { encode, folderPrint, NOW, SECRET_KEY } from './db-places.ts';
import type { ContractPlace } from './suite.ts';

const AGE = 1_209_600;
const SETTINGS = {
  DJANGO_VERSION: '3.2',
  SESSION_COOKIE_AGE: AGE,
  SESSION_EXPIRE_AT_BROWSER_CLOSE: false,
  ENGINE: 'sqlite3',
  USE_TZ: true,
  TIME_ZONE: 'UTC',
  DATABASE_TIME_ZONE: null,
} as const;

/** Django's load() of a session file, for the JSON of these tests. */
function isExpired({ stored, nanoseconds }: Readonly<{ stored: Uint8Array; nanoseconds: bigint }>, now: number): boolean {
  const { payload, signature } = decodeStored(stored, { keys: new SigningKeys([SECRET_KEY]) });
  const trusted = payload !== null && signature.verified === true;
  const data = trusted ? (JSON.parse(Buffer.from(payload).toString('latin1')) as Record<string, unknown>) : {};
  const own = data['_session_expiry'];
  const session_expiry: ExpiryValue = typeof own === 'number' ? { type: 'int', value: BigInt(own) } : { type: 'NoneType' };
  const context = {
    stored: { source: 'mtime', nanoseconds: String(nanoseconds) },
    session_expiry,
    settings: SETTINGS,
    now: BigInt(now) * 1000n,
  } as const;
  return describeExpiry(context).expired;
}

export function fileOptions(folder: string): FileOptions {
  return { SESSION_FILE_PATH: folder, SESSION_COOKIE_NAME: 'sessionid', isExpired, environment: {} };
}

/** What the site would write at a moment: the text, and the time that makes it end at `expires`. */
export function encodeFile(data: Readonly<Record<string, unknown>>, expires: number) {
  return { stored: encode(data, expires).stored, expiry: { source: 'mtime', nanoseconds: `${expires - AGE * 1000}000000` } } as const;
}

export async function filePlace(): Promise<ContractPlace & Readonly<{ folder: string }>> {
  const root = await mkdtemp(join(tmpdir(), 'inspector-file-'));
  const folder = join(root, 'sessions');
  await mkdir(folder);
  const django = await Django.start({ SECRET_KEY, SESSION_ENGINE: 'file', SESSION_FILE_PATH: folder });
  const store = openWritableFile(fileOptions(folder));
  const readOnly = openFile(fileOptions(folder));
  const empty = async () => {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
  };
  const close = async () => {
    await store.close();
    await readOnly.close();
    await django.stop();
    await rm(root, { recursive: true });
  };
  return {
    store,
    readOnly,
    django,
    now: NOW,
    clock: 'frozen',
    encode: encodeFile,
    fingerprint: () => folderPrint(folder),
    empty,
    close,
    folder,
  };
}
