import { z } from 'zod';
import { InspectorError } from '../errors.ts';
import type { CacheBackend } from './cache-values.ts';
import { atLeast, type DjangoVersion } from './versions.ts';

/** Django's settings that concern sessions, by their own names, with the defaults of django/conf/global_settings.py, 2.2 to 6.1. */

export const SESSION_ENGINES = ['db', 'cache', 'cached_db', 'file', 'signed_cookies'] as const;
export type SessionEngine = (typeof SESSION_ENGINES)[number];

export type DatabaseEngine = 'sqlite3' | 'postgresql' | 'mysql';

/** "major.minor" of a Django release; further parts, as in "4.2.28" and "6.1rc1", are dropped. */
export const DjangoVersionSetting = z
  .string()
  .regex(/^\d{1,2}\.\d{1,2}(?!\d)[\w.]*$/)
  .transform((text) => text.replace(/^(\d+\.\d+).*$/, '$1'));

const seconds = z.number().int();

/** The settings of section "sessions" of Django's reference; unknown ones are ignored, as a settings module has many more. */
export const SessionSettings = z.object({
  SESSION_ENGINE: z.string().default('django.contrib.sessions.backends.db'),
  SESSION_SERIALIZER: z.string().default('django.contrib.sessions.serializers.JSONSerializer'),
  SESSION_COOKIE_NAME: z.string().min(1).default('sessionid'),
  SESSION_COOKIE_AGE: seconds.default(1_209_600),
  SESSION_COOKIE_DOMAIN: z.string().nullable().default(null),
  SESSION_COOKIE_PATH: z.string().default('/'),
  SESSION_COOKIE_SECURE: z.boolean().default(false),
  SESSION_COOKIE_HTTPONLY: z.boolean().default(true),
  /** False, an empty text and None all leave the attribute away; "None" sends it */
  SESSION_COOKIE_SAMESITE: z
    .union([z.enum(['Lax', 'Strict', 'None', '']), z.literal(false)])
    .nullable()
    .default('Lax'),
  SESSION_EXPIRE_AT_BROWSER_CLOSE: z.boolean().default(false),
  SESSION_SAVE_EVERY_REQUEST: z.boolean().default(false),
  /** null: the system's folder for temporary files */
  SESSION_FILE_PATH: z.string().nullable().default(null),
  SESSION_CACHE_ALIAS: z.string().default('default'),
  TIME_ZONE: z.string().min(1).default('America/Chicago'),
  /** absent: see useTzDefault() */
  USE_TZ: z.boolean().optional(),
  /** 3.1 and 3.2: 'sha1' writes the formats of 3.0 */
  DEFAULT_HASHING_ALGORITHM: z.enum(['sha1', 'sha256']).default('sha256'),
  CSRF_USE_SESSIONS: z.boolean().default(false),
});
export type SessionSettings = Readonly<z.output<typeof SessionSettings>>;

/** USE_TZ where settings do not name it: False before 5.0. The templates of startproject set it True since long before. */
export function useTzDefault(version: DjangoVersion): boolean {
  return atLeast(version, 5, 0);
}

/**
 * The engine behind SESSION_ENGINE, or null for a module of the site's own, which is one of the five underneath.
 * @param dotted such as "django.contrib.sessions.backends.cached_db"
 */
export function sessionEngine(dotted: string): SessionEngine | null {
  const name = /^django\.contrib\.sessions\.backends\.(\w+)$/.exec(dotted)?.[1];
  return SESSION_ENGINES.find((engine) => engine === name) ?? null;
}

export function sessionEnginePath(engine: SessionEngine): string {
  return `django.contrib.sessions.backends.${engine}`;
}

const CACHE_BACKENDS: Readonly<Record<string, CacheBackend>> = {
  'django.core.cache.backends.redis.RedisCache': 'RedisCache',
  'django_redis.cache.RedisCache': 'django_redis',
  'django.core.cache.backends.memcached.PyMemcacheCache': 'PyMemcacheCache',
  'django.core.cache.backends.memcached.PyLibMCCache': 'PyLibMCCache',
  'django.core.cache.backends.memcached.MemcachedCache': 'MemcachedCache',
  'django.core.cache.backends.db.DatabaseCache': 'DatabaseCache',
  'django.core.cache.backends.filebased.FileBasedCache': 'FileBasedCache',
};

/**
 * CACHES[...]['BACKEND'] by its dotted path.
 * @throws InspectorError Unsupported for caches that keep nothing outside of the process, ImproperlyConfigured for others
 */
export function cacheBackend(dotted: string): CacheBackend {
  const known = CACHE_BACKENDS[dotted];
  if (known !== undefined) return known;
  if (/\.(locmem\.LocMemCache|dummy\.DummyCache)$/.test(dotted)) {
    throw new InspectorError('Unsupported', `${dotted.split('.').at(-1)} keeps its entries inside the site's own process, or not at all`, {
      hint: 'Such sessions cannot be seen from outside, and are lost when the process ends.',
    });
  }
  throw new InspectorError('ImproperlyConfigured', `The cache backend ${JSON.stringify(dotted.slice(0, 120))} is not known`, {
    hint: "If it extends one of Django's or django-redis' backends, choose that one.",
  });
}

/** DATABASES[...]['ENGINE'] by its dotted path; GIS engines store sessions like the ones they extend. null for others. */
export function databaseEngine(dotted: string): DatabaseEngine | null {
  const name = /^django\.(?:db\.backends|contrib\.gis\.db\.backends)\.(\w+)$/.exec(dotted)?.[1];
  switch (name) {
    case 'sqlite3':
    case 'spatialite':
      return 'sqlite3';
    case 'postgresql':
    case 'postgresql_psycopg2':
    case 'postgis':
      return 'postgresql';
    case 'mysql':
      return 'mysql';
    default:
      return null;
  }
}

/** The first release that has a backend, and the first that has it no more; null: still there. */
const BACKEND_RELEASES: Readonly<Record<CacheBackend, readonly [string, string | null]>> = {
  RedisCache: ['4.0', null],
  django_redis: ['1.4', null],
  PyMemcacheCache: ['3.2', null],
  PyLibMCCache: ['1.4', null],
  MemcachedCache: ['1.4', '4.1'],
  DatabaseCache: ['1.4', null],
  FileBasedCache: ['1.4', null],
};

/** One sentence where a release has no such cache backend, else null. */
export function backendProblem(backend: CacheBackend, version: DjangoVersion): string | null {
  const [since, until] = BACKEND_RELEASES[backend];
  const [major = 0, minor = 0] = since.split('.').map(Number);
  if (!atLeast(version, major, minor)) return `${backend} exists since Django ${since}, and the profile says ${version}.`;
  if (until === null) return null;
  const [endMajor = 0, endMinor = 0] = until.split('.').map(Number);
  return atLeast(version, endMajor, endMinor) ? `${backend} was removed in Django ${until}, and the profile says ${version}.` : null;
}

/**
 * The pickle protocol of what a backend writes anew: the highest of its Python for Django's own backends, which is 5 since
 * Python 3.8; pickle.DEFAULT_PROTOCOL for django-redis 5 and later. Entries that are there keep their own.
 */
export function pickleProtocol(backend: CacheBackend): number {
  return backend === 'django_redis' ? 4 : 5;
}
