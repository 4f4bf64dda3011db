import type { Secrets } from '../../preload/api.ts';
import type { SessionStore, StoredExpiry, WritableSessionStore } from '../backends/base.ts';
import { openDatabase, openWritableDatabase } from '../backends/databases.ts';
import { openDb, openWritableDb } from '../backends/db.ts';
import { noUsers, openUsers, type Users } from '../backends/users.ts';
import type { SessionDocument } from '../django/document.ts';
import { formatExpireDate } from '../django/expire-date.ts';
import { momentOf } from '../django/time-zone.ts';
import { signedCodec } from './codec.ts';
import type { Engine } from './engine.ts';
import { databaseSettings } from './engine-databases.ts';
import { expiryDate } from './expiry.ts';
import { microseconds, type Site } from './site.ts';

/** The table of sessions and the users beside it: the whole of the db engine, and half of cached_db. */
export type Rows = Readonly<{ store: SessionStore; writable: WritableSessionStore | null; users: Users; notes: readonly string[] }>;

export async function openDbEngine(site: Site, secrets: Secrets, signal: AbortSignal): Promise<Engine> {
  const rows = await openRows(site, secrets, signal);
  const renewed = (document: SessionDocument) => renewedRow(site, document);
  return { ...rows, codec: signedCodec(site), twinCodec: null, renewed, close: () => rows.store.close() };
}

export async function openRows(site: Site, secrets: Secrets, signal: AbortSignal): Promise<Rows> {
  const { profile } = site;
  const { user_table, DATABASES, session_table } = profile;
  const settings = databaseSettings(profile, secrets);
  const options = { session_table, SCHEMA: DATABASES.SCHEMA, expireText: (milliseconds: number) => expireText(site, milliseconds) };
  const database = profile.readOnly ? null : await openWritableDatabase(settings, signal);
  const reader = database ?? (await openDatabase(settings, signal));
  try {
    const writable = database === null ? null : await openWritableDb(database, options, signal);
    const store = writable ?? (await openDb(reader, options, signal));
    const users = user_table === null ? noUsers() : await openUsers(reader, user_table, DATABASES.SCHEMA, signal);
    return { store, writable, users, notes: [...reader.notes, ...users.notes] };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** The text of a date column of this site for a moment. */
export function expireText(site: Site, milliseconds: number): string {
  return formatExpireDate(microseconds(milliseconds), site.expiry);
}

/** expire_date = get_expiry_date() at save. django/contrib/sessions/backends/db.py create_model_instance() */
export function renewedRow(site: Site, document: SessionDocument): StoredExpiry {
  return { source: 'expire_date', text: formatExpireDate(momentOf(site.expiry, expiryDate(site, document)), site.expiry) };
}
