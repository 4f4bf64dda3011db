import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openCache, openWritableCache } from '../../src/main/backends/cache.ts';
import { openDatabaseCache, openWritableDatabaseCache } from '../../src/main/caches/db.ts';
import type { Database, WritableDatabase } from '../../src/main/databases/database.ts';
import { openMysql, openWritableMysql } from '../../src/main/databases/mysql.ts';
import { openPostgresql, openWritablePostgresql } from '../../src/main/databases/postgresql.ts';
import { openSqlite3, openWritableSqlite3 } from '../../src/main/databases/sqlite3.ts';
import { Django } from '../django/oracle.ts';
import { djangoDatabase, expireText, folderPrint, forever, mysqlSettings, postgresqlSettings, sqliteSettings } from './db-places.ts';
import { pickled } from './pickled.ts';
import { KEYS } from './redis-places.ts';
import { type MysqlServer, startMysql } from './servers/mysql.ts';
import { type PostgresqlServer, startPostgresql } from './servers/postgresql.ts';
import { type ContractPlace, sessionStoreContract } from './suite.ts';

/** Django's has_key() asks the real clock whatever the tests do, so that these take place now; entries end at whole seconds. */
const NOW = Math.floor(Date.now() / 1000) * 1000 + 123;
const OPTIONS = { LOCATION: ['my cache'], SCHEMA: '', expireText };
const CACHES = {
  default: { BACKEND: 'django.core.cache.backends.db.DatabaseCache', LOCATION: 'my cache', OPTIONS: { MAX_ENTRIES: 100_000 } },
};

/** As DatabaseCache writes it: base64 of a pickle, and a date without microseconds. */
function encode(data: Readonly<Record<string, unknown>>, expires: number) {
  const text = expireText(Math.floor(expires / 1000) * 1000);
  return { stored: Buffer.from(pickled(data).toString('base64')), expiry: { source: 'cache', text } } as const;
}

async function place(
  DATABASES: unknown,
  quoted: string,
  open: Readonly<{ read: () => Promise<Database>; write: () => Promise<WritableDatabase> }>,
  fingerprint: () => Promise<unknown>,
  remove: () => Promise<unknown>,
): Promise<ContractPlace> {
  const django = await Django.start({ SESSION_ENGINE: 'cache', CACHES, DATABASES });
  await django.ask('migrate', { now: NOW / 1000, cachetable: true });
  const store = openWritableCache(await openWritableDatabaseCache(await open.write(), OPTIONS, forever), KEYS);
  const readOnly = openCache(await openDatabaseCache(await open.read(), OPTIONS, forever), KEYS);
  const empty = async () => void (await django.ask('sql', { sql: `DELETE FROM ${quoted}` }));
  const close = async () => {
    await store.close();
    await readOnly.close();
    await django.stop();
    await remove();
  };
  return { store, readOnly, django, now: NOW, clock: 'frozen', encode, fingerprint, empty, close };
}

let postgresql: PostgresqlServer;
let mysql: MysqlServer;
beforeAll(async () => {
  [postgresql, mysql] = await Promise.all([startPostgresql(), startMysql()]);
});
afterAll(async () => {
  await postgresql?.stop();
  await mysql?.stop();
});

sessionStoreContract('cache in a table of SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inspector-cache-'));
  const settings = sqliteSettings(join(folder, 'db.sqlite3'));
  const open = { read: () => openSqlite3(settings, forever), write: () => openWritableSqlite3(settings, forever) };
  return place(
    djangoDatabase(settings, 'sqlite3'),
    '"my cache"',
    open,
    () => folderPrint(folder),
    () => rm(folder, { recursive: true }),
  );
});

sessionStoreContract('cache in a table of PostgreSQL', async () => {
  await postgresql.admin('create database cached');
  const settings = postgresqlSettings(postgresql, 'cached');
  const open = { read: () => openPostgresql(settings, forever), write: () => openWritablePostgresql(settings, forever) };
  const print = () => postgresql.admin('select *, xmin, ctid from "my cache" order by 1', 'cached');
  return place(djangoDatabase(settings, 'postgresql'), '"my cache"', open, print, async () => undefined);
});

sessionStoreContract('cache in a table of MariaDB', async () => {
  await mysql.admin('create database cached');
  const settings = mysqlSettings(mysql, 'cached');
  const open = { read: () => openMysql(settings, forever), write: () => openWritableMysql(settings, forever) };
  return place(
    djangoDatabase(settings, 'mysql'),
    '`my cache`',
    open,
    () => mysql.admin('select * from cached.`my cache` order by 1'),
    async () => undefined,
  );
});
