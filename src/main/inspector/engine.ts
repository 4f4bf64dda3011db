import type { Secrets } from '../../preload/api.ts';
import type { SessionStore, StoredExpiry, WritableSessionStore } from '../backends/base.ts';
import { openFile } from '../backends/file.ts';
import { openWritableFile } from '../backends/file-writes.ts';
import { openSignedCookies } from '../backends/signed-cookies.ts';
import { noUsers, type Users } from '../backends/users.ts';
import type { SessionDocument } from '../django/document.ts';
import { openCachedDbEngine, openCacheEngine } from './cache-engine.ts';
import { type Codec, signedCodec } from './codec.ts';
import { openDbEngine } from './db-engine.ts';
import { separateUsers } from './engine-databases.ts';
import { expiryOf } from './expiry.ts';
import { trustedDocument } from './reading.ts';
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
    case 'cache':
      return openCacheEngine(site, secrets, signal);
    case 'cached_db':
      return openCachedDbEngine(site, secrets, signal);
    case 'file':
      return openFileEngine(site, secrets, signal);
    case 'signed_cookies':
      return openSignedCookiesEngine(site);
    default:
      return site.profile.SESSION_ENGINE satisfies never;
  }
}

async function openFileEngine(site: Site, secrets: Secrets, signal: AbortSignal): Promise<Engine> {
  const { profile } = site;
  const codec = signedCodec(site);
  const options = {
    SESSION_FILE_PATH: profile.SESSION_FILE_PATH,
    SESSION_COOKIE_NAME: profile.SESSION_COOKIE_NAME,
    isExpired: ({ stored, nanoseconds }: Readonly<{ stored: Uint8Array; nanoseconds: bigint }>, now: number) => {
      const expiry = { source: 'mtime', nanoseconds: String(nanoseconds) } as const;
      const document = trustedDocument(codec.decode({ stored }));
      return expiryOf(site, { session_key: '', stored, expiry }, document, microseconds(now)).expired;
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
