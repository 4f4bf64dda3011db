import type { Profile, Secrets } from '../../preload/api.ts';
import type { SessionStore, StoredExpiry, StoredSession, WritableSessionStore } from '../backends/base.ts';
import { type EngineSettings, openDatabase, openWritableDatabase } from '../backends/databases.ts';
import { openDb, openWritableDb } from '../backends/db.ts';
import { openFile } from '../backends/file.ts';
import { openWritableFile } from '../backends/file-writes.ts';
import { openSignedCookies } from '../backends/signed-cookies.ts';
import { noUsers, openUsers, type Users } from '../backends/users.ts';
import type { SessionDocument } from '../django/document.ts';
import { formatExpireDate } from '../django/expire-date.ts';
import { momentOf } from '../django/time-zone.ts';
import { InspectorError } from '../errors.ts';
import { type Codec, signedCodec } from './codec.ts';
import { expiryDate, expiryOf } from './expiry.ts';
import { microseconds, type Site } from './site.ts';

/** One engine over its place, joined with what turns its bytes into data and its ends into dates. */
export type Engine = Readonly<{
  store: SessionStore;
  /** absent for a read-only profile: then nothing here can write */
  writable: WritableSessionStore | null;
  codec: Codec;
  /** cached_db: the cache's side */
  twinCodec: Codec | null;
  users: Users;
  notes: readonly string[];
  /**
   * Where Django's save() would put the end of this session now.
   * @throws InspectorError BadValue where Python raises
   */
  renewed(document: SessionDocument, before: StoredExpiry): StoredExpiry;
  close(): Promise<void>;
}>;

/** Opens the store of a profile by its SESSION_ENGINE. @throws InspectorError naming what fails */
export function openEngine(site: Site, secrets: Secrets, signal: AbortSignal): Promise<Engine> {
  switch (site.profile.SESSION_ENGINE) {
    case 'db':
      return openDbEngine(site, secrets, signal);
    case 'file':
      return openFileEngine(site, secrets, signal);
    case 'signed_cookies':
      return openSignedCookiesEngine(site);
    case 'cache':
    case 'cached_db':
      return Promise.reject(new InspectorError('Unsupported', `${site.profile.SESSION_ENGINE} cannot be opened yet`));
    default:
      return site.profile.SESSION_ENGINE satisfies never;
  }
}

async function openDbEngine(site: Site, secrets: Secrets, signal: AbortSignal): Promise<Engine> {
  const { profile } = site;
  const settings = databaseSettings(profile, secrets);
  const options = {
    session_table: profile.session_table,
    SCHEMA: profile.DATABASES.SCHEMA,
    expireText: (milliseconds: number) => formatExpireDate(microseconds(milliseconds), site.expiry),
  };
  const database = profile.readOnly ? null : await openWritableDatabase(settings, signal);
  const reader = database ?? (await openDatabase(settings, signal));
  try {
    const writable = database === null ? null : await openWritableDb(database, options, signal);
    const store = writable ?? (await openDb(reader, options, signal));
    const users = profile.user_table === null ? noUsers() : await openUsers(reader, profile.user_table, profile.DATABASES.SCHEMA, signal);
    return {
      store,
      writable,
      codec: signedCodec(site),
      twinCodec: null,
      users,
      notes: [...reader.notes, ...users.notes],
      renewed: (document) => ({ source: 'expire_date', text: formatExpireDate(expiryMoment(site, document), site.expiry) }),
      close: () => store.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

async function openFileEngine(site: Site, secrets: Secrets, signal: AbortSignal): Promise<Engine> {
  const { profile } = site;
  const codec = signedCodec(site);
  const options = {
    SESSION_FILE_PATH: profile.SESSION_FILE_PATH,
    SESSION_COOKIE_NAME: profile.SESSION_COOKIE_NAME,
    isExpired: ({ stored, nanoseconds }: Readonly<{ stored: Uint8Array; nanoseconds: bigint }>, now: number) => {
      const session: StoredSession = { session_key: '', stored, expiry: { source: 'mtime', nanoseconds: String(nanoseconds) } };
      return expiryOf(site, session, codec.decode(stored).document, microseconds(now)).expired;
    },
    environment: process.env,
  };
  const writable = profile.readOnly ? null : openWritableFile(options);
  const store = writable ?? openFile(options);
  const { users, close } = await separateUsers(site, secrets, signal);
  return {
    store,
    writable,
    codec,
    twinCodec: null,
    users,
    notes: users.notes,
    // Saving is what sets the time from which Django counts.
    renewed: () => ({ source: 'mtime', nanoseconds: String(microseconds(site.now()) * 1000n) }),
    close: async () => {
      await store.close();
      await close();
    },
  };
}

async function openSignedCookiesEngine(site: Site): Promise<Engine> {
  const store = openSignedCookies();
  return {
    store,
    writable: null,
    codec: signedCodec(site),
    twinCodec: null,
    users: noUsers(),
    notes: [],
    renewed: (_, before) => before,
    close: () => store.close(),
  };
}

/** Engines without a table of sessions may still have the site's users at hand. What fails is a note: sessions do not need users. */
async function separateUsers(
  site: Site,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<Readonly<{ users: Users; close: () => Promise<void> }>> {
  const { user_table, DATABASES } = site.profile;
  const nothing = async () => undefined;
  if (user_table === null || DATABASES.NAME === '') return { users: noUsers(), close: nothing };
  try {
    const database = await openDatabase(databaseSettings(site.profile, secrets), signal);
    return { users: await openUsers(database, user_table, DATABASES.SCHEMA, signal), close: () => database.close() };
  } catch (error) {
    if (!(error instanceof InspectorError) || error.code === 'Canceled') throw error;
    return { users: noUsers(`Users are shown by their ids: ${error.message}.`), close: nothing };
  }
}

function databaseSettings({ DATABASES }: Profile, { DATABASE_PASSWORD }: Secrets): EngineSettings {
  const { TIME_ZONE: _, ...settings } = DATABASES;
  return { ...settings, ...(DATABASE_PASSWORD === undefined ? {} : { PASSWORD: DATABASE_PASSWORD }) };
}

/** get_expiry_date() of a session saved now, in microseconds since the epoch. */
function expiryMoment(site: Site, document: SessionDocument): bigint {
  return momentOf(site.expiry, expiryDate(site, document));
}
