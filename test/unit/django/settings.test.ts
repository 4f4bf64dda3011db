import { describe, expect, test } from 'vitest';
import {
  backendProblem,
  cacheBackend,
  DjangoVersionSetting,
  databaseEngine,
  pickleProtocol,
  SessionSettings,
  sessionEngine,
  sessionEnginePath,
  useTzDefault,
} from '../../../src/main/django/settings.ts';
import { fixtures } from '../fixtures-table.ts';

test('defaults are those of global_settings', () => {
  expect(SessionSettings.parse({})).toEqual({
    SESSION_ENGINE: 'django.contrib.sessions.backends.db',
    SESSION_SERIALIZER: 'django.contrib.sessions.serializers.JSONSerializer',
    SESSION_COOKIE_NAME: 'sessionid',
    SESSION_COOKIE_AGE: 1209600,
    SESSION_COOKIE_DOMAIN: null,
    SESSION_COOKIE_PATH: '/',
    SESSION_COOKIE_SECURE: false,
    SESSION_COOKIE_HTTPONLY: true,
    SESSION_COOKIE_SAMESITE: 'Lax',
    SESSION_EXPIRE_AT_BROWSER_CLOSE: false,
    SESSION_SAVE_EVERY_REQUEST: false,
    SESSION_FILE_PATH: null,
    SESSION_CACHE_ALIAS: 'default',
    TIME_ZONE: 'America/Chicago',
    DEFAULT_HASHING_ALGORITHM: 'sha256',
    CSRF_USE_SESSIONS: false,
  });
  expect(SessionSettings.parse({ SESSION_COOKIE_AGE: 60, INSTALLED_APPS: [] })).toMatchObject({ SESSION_COOKIE_AGE: 60 });
  expect(SessionSettings.safeParse({ SESSION_COOKIE_AGE: '60' }).success).toBe(false);
});

test('versions', () => {
  expect(DjangoVersionSetting.parse('4.2.28')).toBe('4.2');
  expect(DjangoVersionSetting.parse('6.1rc1')).toBe('6.1');
  expect(DjangoVersionSetting.safeParse('latest').success).toBe(false);
  expect([useTzDefault('4.2'), useTzDefault('5.0')]).toEqual([false, true]);
});

describe('dotted paths', () => {
  test('engines', () => {
    for (const engine of ['db', 'cache', 'cached_db', 'file', 'signed_cookies'] as const)
      expect(sessionEngine(sessionEnginePath(engine))).toBe(engine);
    expect(sessionEngine('shop.sessions')).toBeNull();
    expect(sessionEngine('django.contrib.sessions.backends.base')).toBeNull();
  });

  test('every cache backend that Django named in the fixtures', () => {
    for (const { settings } of fixtures().filter(({ kind }) => ['redis', 'memcached', 'dbcache', 'fscache'].includes(kind))) {
      const { BACKEND } = (settings as Readonly<Record<string, Readonly<{ BACKEND: string }>>>)['CACHES.default'] ?? { BACKEND: '' };
      expect(BACKEND).toContain(cacheBackend(BACKEND).replace('django_redis', 'django_redis.cache.RedisCache'));
    }
    expect(() => cacheBackend('django.core.cache.backends.locmem.LocMemCache')).toThrowError(
      expect.objectContaining({ code: 'Unsupported' }),
    );
    expect(() => cacheBackend('shop.Cache')).toThrowError(expect.objectContaining({ code: 'ImproperlyConfigured' }));
  });

  test('databases', () => {
    expect(databaseEngine('django.db.backends.postgresql_psycopg2')).toBe('postgresql');
    expect(databaseEngine('django.contrib.gis.db.backends.postgis')).toBe('postgresql');
    expect(databaseEngine('django.db.backends.oracle')).toBeNull();
  });
});

test('which release has which backend', () => {
  expect(backendProblem('RedisCache', '3.2')).toContain('since Django 4.0');
  expect(backendProblem('RedisCache', '4.0')).toBeNull();
  expect(backendProblem('MemcachedCache', '4.1')).toContain('removed in Django 4.1');
  expect(backendProblem('MemcachedCache', '3.2')).toBeNull();
  expect([pickleProtocol('django_redis'), pickleProtocol('RedisCache')]).toEqual([4, 5]);
});
