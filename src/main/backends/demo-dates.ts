import { sql } from 'kysely';
import { openWritableSqlite3 } from '../databases/sqlite3.ts';

const SETTINGS = {
  HOST: '',
  PORT: null,
  USER: '',
  UNIX_SOCKET: '',
  SCHEMA: '',
  TLS: 'off',
  TLS_CA: '',
  TLS_CERT: '',
  TLS_KEY: '',
} as const;

/**
 * Moves the expire dates of a copy of the demo, so that what was live when it was made is live today. The part of a
 * second stays as Django wrote it.
 * @param seconds whole seconds to move by
 * @param except keys of sessions whose signed data says the same moment, and would disagree
 * @throws InspectorError as the database does
 */
export async function moveExpireDates(path: string, seconds: number, except: readonly string[], signal: AbortSignal): Promise<void> {
  const database = await openWritableSqlite3({ ...SETTINGS, NAME: path }, signal);
  try {
    const moved = sql`strftime('%Y-%m-%d %H:%M:%S', substr(expire_date, 1, 19), ${`${Math.trunc(seconds)} seconds`}) || substr(expire_date, 20)`;
    const others = except.length === 0 ? sql`true` : sql`session_key not in (${sql.join(except)})`;
    const statement = sql`update django_session set expire_date = ${moved} where ${others}`;
    await database.transaction((run) => run({ compile: () => statement.compile(database.build) }), signal);
  } finally {
    await database.close();
  }
}
