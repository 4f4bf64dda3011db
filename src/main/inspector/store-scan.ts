import type { Secrets } from '../../preload/api.ts';
import type { StoredSession } from '../backends/base.ts';
import { encodeStored } from '../django/session-data.ts';
import { SigningKeys } from '../django/signing.ts';
import type { StartScanWorker } from '../scan/pool.ts';
import { StoreScan } from '../scan/store-scan.ts';
import type { Engine } from './engine.ts';
import { readSession, stateOf } from './reading.ts';
import type { Site } from './site.ts';
import { LIST_LIMITS } from './summary.ts';

/** Threads for stores whose values are text that Django signs; null for all others. */
export function openStoreScan(
  site: Site,
  { SECRET_KEY, SECRET_KEY_FALLBACKS }: Secrets,
  engine: Engine,
  start: StartScanWorker,
): StoreScan | null {
  const { SESSION_ENGINE, DATABASES, session_store_class, session_table } = site.profile;
  if (SESSION_ENGINE !== 'db' && SESSION_ENGINE !== 'cached_db' && SESSION_ENGINE !== 'file') return null;
  return new StoreScan({
    store: engine.store,
    secrets: SECRET_KEY === undefined ? [] : [SECRET_KEY, ...(SECRET_KEY_FALLBACKS ?? [])],
    class_name: session_store_class,
    limits: LIST_LIMITS,
    // cached_db: what the cache holds of a row is the store's to say.
    sqlite: SESSION_ENGINE === 'db' && DATABASES.ENGINE === 'sqlite3' ? { NAME: DATABASES.NAME, session_table } : null,
    start,
  });
}

/** Whether this site takes a plain session of Django 3.1 and later without a fault: then such rows are passed over in a search for faults. */
export function takesOrdinarySessions(site: Site, engine: Engine): boolean {
  const keys = site.keys.length > 0 ? site.keys : new SigningKeys(['']);
  const text = encodeStored(Buffer.from('{}'), {
    keys,
    format: 'signed',
    class_name: site.profile.session_store_class,
    now: Math.floor(site.now() / 1000),
  });
  const session: StoredSession = { session_key: 'a'.repeat(32), stored: Buffer.from(text), expiry: { source: 'ttl', milliseconds: null } };
  const { state } = stateOf(site, readSession(site, engine, session));
  return state === 'live' || state === 'expired';
}
