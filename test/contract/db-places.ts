import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDb, openWritableDb } from '../../src/main/backends/db.ts';
import type { DatabaseSettings } from '../../src/main/databases/database.ts';
import { openMysql, openWritableMysql } from '../../src/main/databases/mysql.ts';
import { openPostgresql, openWritablePostgresql } from '../../src/main/databases/postgresql.ts';
import { openSqlite3, openWritableSqlite3 } from '../../src/main/databases/sqlite3.ts';
import { encodeStored } from '../../src/main/django/session-data.ts';
import { SigningKeys } from '../../src/main/django/signing.ts';
import { Django } from '../django/oracle.ts';
import type { MysqlServer } from './servers/mysql.ts';
import type { PostgresqlServer } from './servers/postgresql.ts';
import type { ContractPlace } from './suite.ts';

/** The moment at which these tests take place; Django's clock is frozen there. */
export const NOW = 1_751_417_565_123;
export const SECRET_KEY = 'django-insecure-contract';
export const OPTIONS = { session_table: 'django_session', SCHEMA: '', expireText };

const SETTINGS: DatabaseSettings = {
  NAME: '',
  HOST: '127.0.0.1',
  PORT: null,
  USER: '',
  UNIX_SOCKET: '',
  SCHEMA: '',
  TLS: 'prefer',
  TLS_CA: '',
  TLS_CERT: '',
  TLS_KEY: '',
};

export const forever = new AbortController().signal;

/** `YYYY-MM-DD HH:MM:SS[.ffffff]` in UTC, as Django under USE_TZ writes it. */
export function expireText(milliseconds: number): string {
  const [seconds = '', fraction = ''] = new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '').split('.');
  return fraction === '000' ? seconds : `${seconds}.${fraction}000`;
}

export function sqliteSettings(path: string): DatabaseSettings {
  return { ...SETTINGS, NAME: path };
}

export function postgresqlSettings(server: PostgresqlServer, NAME: string): DatabaseSettings {
  return { ...SETTINGS, NAME, PORT: server.port, USER: server.user, PASSWORD: server.password };
}

export function mysqlSettings(server: MysqlServer, NAME: string): DatabaseSettings {
  return { ...SETTINGS, NAME, PORT: server.port, USER: server.user, PASSWORD: server.password };
}

export function djangoDatabase(settings: DatabaseSettings, ENGINE: string): Readonly<Record<string, unknown>> {
  const { NAME, HOST, PORT, USER, PASSWORD } = settings;
  return { default: { ENGINE, NAME, ...(ENGINE === 'sqlite3' ? {} : { HOST, PORT: String(PORT), USER, PASSWORD: PASSWORD ?? '' }) } };
}

export function encode(data: Readonly<Record<string, unknown>>, expires: number) {
  // JSON.stringify is not Django's serializer, but these data are written alike by both, up to the escapes.
  const json = JSON.stringify(data).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const text = encodeStored(Buffer.from(json, 'latin1'), {
    keys: new SigningKeys([SECRET_KEY]),
    format: 'signed',
    now: Math.floor(NOW / 1000),
  });
  return { stored: Buffer.from(text), expiry: { source: 'expire_date', text: expireText(expires) } } as const;
}

async function place(
  django: Django,
  store: ContractPlace['store'],
  readOnly: ContractPlace['readOnly'],
  fingerprint: () => Promise<unknown>,
  remove: () => Promise<unknown>,
): Promise<ContractPlace> {
  const empty = async () => void (await django.ask('sql', { sql: 'DELETE FROM django_session' }));
  const close = async () => {
    await store.close();
    await readOnly.close();
    await django.stop();
    await remove();
  };
  return { store, readOnly, django, now: NOW, clock: 'frozen', encode, fingerprint, empty, close };
}

/** @param wal in WAL mode, with the site's own connection open all the time */
export async function sqlitePlace(wal: boolean): Promise<ContractPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'inspector-sqlite-'));
  const settings = sqliteSettings(join(folder, 'a b#%?.sqlite3'));
  const django = await Django.start({ SECRET_KEY, DATABASES: djangoDatabase(settings, 'sqlite3') });
  if (wal) await django.ask('sql', { sql: 'PRAGMA journal_mode=wal' });
  await django.ask('migrate', { now: NOW / 1000 });
  const store = await openWritableDb(await openWritableSqlite3(settings, forever), OPTIONS, forever);
  const readOnly = await openDb(await openSqlite3(settings, forever), OPTIONS, forever);
  return place(
    django,
    store,
    readOnly,
    () => folderPrint(folder),
    () => rm(folder, { recursive: true }),
  );
}

export async function postgresqlPlace(server: PostgresqlServer, name: string): Promise<ContractPlace> {
  await server.admin(`create database ${name}`);
  const settings = postgresqlSettings(server, name);
  const django = await Django.start({ SECRET_KEY, DATABASES: djangoDatabase(settings, 'postgresql') });
  await django.ask('migrate', { now: NOW / 1000 });
  const store = await openWritableDb(await openWritablePostgresql(settings, forever), OPTIONS, forever);
  const readOnly = await openDb(await openPostgresql(settings, forever), OPTIONS, forever);
  return place(
    django,
    store,
    readOnly,
    () => server.admin('select *, xmin, ctid from django_session order by 1', name),
    async () => undefined,
  );
}

export async function mysqlPlace(server: MysqlServer, name: string): Promise<ContractPlace> {
  await server.admin(`create database ${name}`);
  const settings = mysqlSettings(server, name);
  const django = await Django.start({ SECRET_KEY, DATABASES: djangoDatabase(settings, 'mysql') });
  await django.ask('migrate', { now: NOW / 1000 });
  const store = await openWritableDb(await openWritableMysql(settings, forever), OPTIONS, forever);
  const readOnly = await openDb(await openMysql(settings, forever), OPTIONS, forever);
  return place(
    django,
    store,
    readOnly,
    () => server.admin(`select * from ${name}.django_session order by 1`),
    async () => undefined,
  );
}

/** Names, sizes, times and contents of a folder; of the index that WAL connections share (-shm) only that it is there. */
export async function folderPrint(folder: string): Promise<unknown> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      if (name.endsWith('-shm')) return name;
      const { mtimeNs, ctimeNs, size } = await stat(join(folder, name), { bigint: true });
      const hash = createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex');
      return { name, mtimeNs, ctimeNs, size, hash };
    }),
  );
}

/** A copy of one of the fixtures' databases in a folder of its own. */
export async function fixtureCopy(name: string): Promise<Readonly<{ path: string; folder: string; remove: () => Promise<void> }>> {
  const parent = await mkdtemp(join(tmpdir(), 'inspector-fixture-'));
  const folder = join(parent, 'site');
  await mkdir(folder);
  const path = join(folder, 'db.sqlite3');
  await copyFile(new URL(`../fixtures/sqlite/${name}`, import.meta.url), path);
  return { path, folder, remove: () => rm(parent, { recursive: true }) };
}
