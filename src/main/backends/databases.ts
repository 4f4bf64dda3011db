import type { Database, DatabaseSettings, WritableDatabase } from '../databases/database.ts';
import { openMysql, openWritableMysql } from '../databases/mysql.ts';
import { openPostgresql, openWritablePostgresql } from '../databases/postgresql.ts';
import { openSqlite3, openWritableSqlite3 } from '../databases/sqlite3.ts';

/** DATABASES['default'] with its ENGINE. */
export type EngineSettings = DatabaseSettings & Readonly<{ ENGINE: 'sqlite3' | 'postgresql' | 'mysql' }>;

/** Opens a database that cannot be written through. @throws InspectorError naming the layer that fails */
export function openDatabase(settings: EngineSettings, signal: AbortSignal): Promise<Database> {
  switch (settings.ENGINE) {
    case 'sqlite3':
      return openSqlite3(settings, signal);
    case 'postgresql':
      return openPostgresql(settings, signal);
    case 'mysql':
      return openMysql(settings, signal);
    default:
      return settings.ENGINE satisfies never;
  }
}

/** @throws InspectorError naming the layer that fails */
export function openWritableDatabase(settings: EngineSettings, signal: AbortSignal): Promise<WritableDatabase> {
  switch (settings.ENGINE) {
    case 'sqlite3':
      return openWritableSqlite3(settings, signal);
    case 'postgresql':
      return openWritablePostgresql(settings, signal);
    case 'mysql':
      return openWritableMysql(settings, signal);
    default:
      return settings.ENGINE satisfies never;
  }
}
