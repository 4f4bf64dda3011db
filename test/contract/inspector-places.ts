import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProfileInput, Secrets } from '../../src/preload/profile.ts';
import { Django } from '../django/oracle.ts';
import { djangoDatabase, mysqlSettings, NOW, postgresqlSettings, SECRET_KEY, sqliteSettings } from './db-places.ts';
import { djangoRedis } from './redis-places.ts';
import type { MysqlServer } from './servers/mysql.ts';
import type { PostgresqlServer } from './servers/postgresql.ts';
import type { RedisServer } from './servers/redis.ts';

/** One site: real Django with its settings, and the profile that describes it. */
export type InspectorPlace = Readonly<{
  django: Django;
  profile: Partial<ProfileInput>;
  secrets: Secrets;
  /** epoch milliseconds; real time where the place ends sessions by a server's clock */
  now: () => number;
  frozen: boolean;
  close(): Promise<void>;
}>;

type Site = Readonly<{ profile: Partial<ProfileInput>; settings: Record<string, unknown>; frozen?: boolean; secrets?: Secrets }>;

async function place(make: (folder: string) => Promise<Site>): Promise<InspectorPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'inspector-site-'));
  const { profile, settings, frozen = true, secrets = {} } = await make(folder);
  const DATABASES = settings['DATABASES'] ?? djangoDatabase(sqliteSettings(join(folder, 'db.sqlite3')), 'sqlite3');
  const django = await Django.start({ SECRET_KEY, USE_TZ: true, TIME_ZONE: 'Europe/Berlin', ...settings, DATABASES });
  await django.ask('migrate', { ...(frozen ? { now: NOW / 1000 } : {}), cachetable: true });
  const close = async () => {
    await django.stop();
    await rm(folder, { recursive: true });
  };
  const common = { DJANGO_VERSION: django.version.split('.').slice(0, 2).join('.'), TIME_ZONE: 'Europe/Berlin' };
  const database = { DATABASES: { ENGINE: 'sqlite3' as const, NAME: join(folder, 'db.sqlite3') } };
  return {
    django,
    profile: { ...common, ...database, ...profile },
    secrets: { SECRET_KEY, ...secrets },
    now: frozen ? () => NOW : Date.now,
    frozen,
    close,
  };
}

export const dbOnSqlite = (settings: Record<string, unknown> = {}, profile: Partial<ProfileInput> = {}) =>
  place(async () => ({ profile, settings }));

export const dbOnPostgresql = (server: PostgresqlServer, name: string) =>
  place(async () => {
    await server.admin(`create database ${name}`);
    const settings = postgresqlSettings(server, name);
    return {
      profile: { DATABASES: { ENGINE: 'postgresql', NAME: name, HOST: '127.0.0.1', PORT: server.port, USER: server.user } },
      settings: { DATABASES: djangoDatabase(settings, 'postgresql') },
      secrets: { DATABASE_PASSWORD: server.password },
    };
  });

export const dbOnMysql = (server: MysqlServer, name: string) =>
  place(async () => {
    await server.admin(`create database ${name}`);
    const settings = mysqlSettings(server, name);
    return {
      profile: { DATABASES: { ENGINE: 'mysql', NAME: name, HOST: '127.0.0.1', PORT: server.port, USER: server.user } },
      settings: { DATABASES: djangoDatabase(settings, 'mysql') },
      secrets: { DATABASE_PASSWORD: server.password },
    };
  });

export const file = () =>
  place(async (folder) => {
    const sessions = join(folder, 'sessions');
    await mkdir(sessions);
    return {
      profile: { SESSION_ENGINE: 'file', SESSION_FILE_PATH: sessions },
      settings: { SESSION_ENGINE: 'file', SESSION_FILE_PATH: sessions },
      // Django sets the times of files by the system's clock.
      frozen: false,
    };
  });

const FILES = 'django.core.cache.backends.filebased.FileBasedCache';

export const cacheInFiles = () =>
  place(async (folder) => {
    const location = join(folder, 'cache');
    await mkdir(location);
    return {
      profile: { SESSION_ENGINE: 'cache', CACHES: { BACKEND: 'FileBasedCache', LOCATION: [location] } },
      settings: { SESSION_ENGINE: 'cache', CACHES: { default: { BACKEND: FILES, LOCATION: location } } },
    };
  });

export const cacheInTable = () =>
  place(async () => ({
    profile: { SESSION_ENGINE: 'cache', CACHES: { BACKEND: 'DatabaseCache', LOCATION: ['cache_table'] } },
    settings: {
      SESSION_ENGINE: 'cache',
      CACHES: { default: { BACKEND: 'django.core.cache.backends.db.DatabaseCache', LOCATION: 'cache_table' } },
    },
  }));

export const cacheInRedis = (server: RedisServer) =>
  place(async () => {
    const address = `redis://127.0.0.1:${server.port}/0`;
    return {
      profile: { SESSION_ENGINE: 'cache', CACHES: { BACKEND: 'django_redis', LOCATION: [address] } },
      settings: { SESSION_ENGINE: 'cache', CACHES: { default: djangoRedis(address) } },
      frozen: false,
    };
  });

export const cachedDb = () =>
  place(async (folder) => {
    const location = join(folder, 'cache');
    await mkdir(location);
    return {
      profile: { SESSION_ENGINE: 'cached_db', CACHES: { BACKEND: 'FileBasedCache', LOCATION: [location] } },
      settings: { SESSION_ENGINE: 'cached_db', CACHES: { default: { BACKEND: FILES, LOCATION: location } } },
    };
  });
