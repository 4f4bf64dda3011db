import { describe, expect, test } from 'vitest';
import {
  CACHE_KEY_PREFIXES,
  type CacheKeySettings,
  cacheFileName,
  escapeGlob,
  makeKey,
  memcachedKeyProblem,
  parseCacheKey,
  scanPattern,
  sessionCacheKey,
} from '../../../src/main/django/cache-key.ts';
import { fixtures } from '../fixtures-table.ts';

const settings = (change: Partial<CacheKeySettings> = {}): CacheKeySettings => ({
  KEY_PREFIX: '',
  VERSION: 1,
  KEY_FUNCTION: '',
  cache_key_prefix: CACHE_KEY_PREFIXES.cache,
  ...change,
});
const KEY = 'k'.repeat(32);

test('Django makes the same keys and file names', () => {
  let sessions = 0;
  for (const fixture of fixtures().filter(({ kind }) => ['redis', 'memcached', 'dbcache', 'fscache'].includes(kind))) {
    for (const entry of fixture['sessions'] as readonly Readonly<Record<string, string>>[]) {
      const own = settings({ cache_key_prefix: CACHE_KEY_PREFIXES[entry['engine'] as 'cache' | 'cached_db'] });
      expect(sessionCacheKey(entry['session_key'] ?? '', own)).toBe(entry['made_key']);
      expect(parseCacheKey(entry['made_key'] ?? '', own)).toBe(entry['session_key']);
      if (fixture.kind === 'fscache') expect(cacheFileName(entry['made_key'] ?? '')).toBe(entry['file']);
      sessions++;
    }
  }
  expect(sessions).toBeGreaterThan(500);
});

describe('patterns of the site', () => {
  test.each([
    ['{key}', KEY],
    ['{prefix}{version}/{key}/end', `a{key}b*7/${CACHE_KEY_PREFIXES.cache}${KEY}/end`],
    ['{key}', `${CACHE_KEY_PREFIXES.cache}${KEY}`],
  ])('%s', (KEY_FUNCTION) => {
    const own = settings({ KEY_FUNCTION, KEY_PREFIX: 'a{key}b*', VERSION: 7 });
    expect(parseCacheKey(sessionCacheKey(KEY, own), own)).toBe(KEY);
  });

  test('braces in a prefix stay as they are', () => {
    expect(makeKey('x', settings({ KEY_PREFIX: '{key}', VERSION: 2 }))).toBe('{key}:2:x');
  });

  test('a pattern without {key} finds nothing', () => {
    expect(parseCacheKey('constant', settings({ KEY_FUNCTION: 'constant' }))).toBeNull();
  });
});

test('other entries are not taken for sessions', () => {
  for (const stored of [
    '',
    ':1:views.decorators.cache',
    ':2:django.contrib.sessions.cachex',
    ':1:django.contrib.sessions.cache',
    `:1:${CACHE_KEY_PREFIXES.cached_db}${KEY}`,
  ]) {
    expect(parseCacheKey(stored, settings()), stored).toBeNull();
  }
});

test('the SCAN pattern is open at the end only', () => {
  expect(scanPattern(settings({ KEY_PREFIX: 'a*[b]\\?' }))).toBe('a\\*\\[b\\]\\\\\\?:1:django.contrib.sessions.cache*');
  expect(scanPattern(settings({ KEY_FUNCTION: '{key}?{version}' }))).toBe('django.contrib.sessions.cache*\\?1');
  expect(escapeGlob('plain-^text')).toBe('plain-^text');
});

test('what memcached refuses', () => {
  expect(memcachedKeyProblem(sessionCacheKey(KEY, settings()))).toBeNull();
  expect(memcachedKeyProblem('k'.repeat(250))).toBeNull();
  expect(memcachedKeyProblem('k'.repeat(251))).toContain('250 bytes');
  expect(memcachedKeyProblem('é'.repeat(126))).toContain('250 bytes');
  for (const key of ['a b', 'a\n', '\u0000', '\u007f']) expect(memcachedKeyProblem(key)).toContain('control characters');
});
