import type { Cache, WritableCache } from '../caches/base.ts';
import { openDatabaseCache, openWritableDatabaseCache } from '../caches/db.ts';
import { type FileBasedConfig, openFileBased, openWritableFileBased } from '../caches/filebased.ts';
import { openMemcached } from '../caches/memcached.ts';
import { openWritableMemcached } from '../caches/memcached-writes.ts';
import { openRedis } from '../caches/redis-cache.ts';
import type { RedisConfig } from '../caches/redis-options.ts';
import { openWritableRedis } from '../caches/redis-writes.ts';
import type { Database } from '../databases/database.ts';
import { readExpiryPickle, writeExpiryPickle } from '../django/cache-expiry-pickle.ts';
import type { CacheBackend } from '../django/cache-values.ts';
import { type EngineSettings, openDatabase, openWritableDatabase } from './databases.ts';

/** CACHES[SESSION_CACHE_ALIAS], its passwords, and what a cache in a table or a folder needs besides. */
export type CacheSettings = RedisConfig &
  Readonly<{
    BACKEND: CacheBackend;
    /** where a DatabaseCache has its table */
    database: EngineSettings;
    /** epoch milliseconds to the text of a date column */
    expireText(milliseconds: number): string;
    /** whether a value is a session: a folder holds everything that the site caches, without its keys */
    isSession(value: Uint8Array): boolean;
  }>;

/** Opens a cache that cannot be written through. @throws InspectorError naming the layer that fails */
export async function openCacheServer(settings: CacheSettings, signal: AbortSignal): Promise<Cache> {
  const { BACKEND } = settings;
  switch (BACKEND) {
    case 'RedisCache':
    case 'django_redis':
      return openRedis(settings, signal);
    case 'PyMemcacheCache':
    case 'PyLibMCCache':
    case 'MemcachedCache':
      return openMemcached({ ...settings, BACKEND }, signal);
    case 'DatabaseCache':
      return orClose(await openDatabase(settings.database, signal), (database) =>
        openDatabaseCache(database, tableOptions(settings), signal),
      );
    case 'FileBasedCache':
      return openFileBased(folderOptions(settings));
    default:
      return BACKEND satisfies never;
  }
}

/** @throws InspectorError naming the layer that fails */
export async function openWritableCacheServer(settings: CacheSettings, signal: AbortSignal): Promise<WritableCache> {
  const { BACKEND } = settings;
  switch (BACKEND) {
    case 'RedisCache':
    case 'django_redis':
      return openWritableRedis(settings, signal);
    case 'PyMemcacheCache':
    case 'PyLibMCCache':
    case 'MemcachedCache':
      return openWritableMemcached({ ...settings, BACKEND }, signal);
    case 'DatabaseCache':
      return orClose(await openWritableDatabase(settings.database, signal), (database) =>
        openWritableDatabaseCache(database, tableOptions(settings), signal),
      );
    case 'FileBasedCache':
      return openWritableFileBased(folderOptions(settings));
    default:
      return BACKEND satisfies never;
  }
}

function tableOptions({ LOCATION, database, expireText }: CacheSettings) {
  return { LOCATION, SCHEMA: database.SCHEMA, expireText };
}

/** A cache knows no pickles: how the expiry stands before a value is Django's own format. */
export const EXPIRY_HEADER: FileBasedConfig['header'] = { read: readExpiryPickle, write: writeExpiryPickle };

function folderOptions({ LOCATION, isSession }: CacheSettings): FileBasedConfig {
  return { LOCATION, isSession, header: EXPIRY_HEADER };
}

/** A connection that leads to nothing is closed: it may be tried again. */
async function orClose<D extends Database, T>(database: D, open: (database: D) => Promise<T>): Promise<T> {
  try {
    return await open(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}
