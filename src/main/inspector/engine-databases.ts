import type { Profile, Secrets } from '../../preload/api.ts';
import { type EngineSettings, openDatabase } from '../backends/databases.ts';
import { noUsers, openUsers, type Users } from '../backends/users.ts';
import { InspectorError } from '../errors.ts';
import type { Site } from './site.ts';

/** DATABASES['default'] and its password as the backends take them. */
export function databaseSettings({ DATABASES }: Profile, { DATABASE_PASSWORD }: Secrets): EngineSettings {
  const { TIME_ZONE: _, ...settings } = DATABASES;
  return { ...settings, ...(DATABASE_PASSWORD === undefined ? {} : { PASSWORD: DATABASE_PASSWORD }) };
}

/** Engines without a table of sessions may still have the site's users at hand. What fails is a note: sessions do not need users. */
export async function separateUsers(
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
