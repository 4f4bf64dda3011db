import { describe, expect, test } from 'vitest';
import {
  CACHE_KEY_PREFIXES,
  type CacheKeySettings,
  makeKey,
  type SessionKeyPattern,
  sessionKeyPattern,
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

function patternOf(own: CacheKeySettings): SessionKeyPattern {
  return sessionKeyPattern(own) ?? expect.fail('no pattern');
}

test('Django makes the same keys', () => {
  let sessions = 0;
  for (const fixture of fixtures().filter(({ kind }) => ['redis', 'memcached', 'dbcache', 'fscache'].includes(kind))) {
    for (const entry of fixture['sessions'] as readonly Readonly<Record<string, string>>[]) {
      const { head, tail, except } = patternOf(
        settings({ cache_key_prefix: CACHE_KEY_PREFIXES[entry['engine'] as 'cache' | 'cached_db'] }),
      );
      const made = entry['made_key'] ?? '';
      expect(head + entry['session_key'] + tail).toBe(made);
      expect(except !== undefined && made.startsWith(except)).toBe(false);
      sessions++;
    }
  }
  expect(sessions).toBeGreaterThan(500);
});

describe('patterns of the site', () => {
  test.each([
    ['{key}', '', ''],
    ['{prefix}{version}/{key}/end', 'a{key}b*7/', '/end'],
    ['', 'a{key}b*:7:', ''],
  ])('%s', (KEY_FUNCTION, before, after) => {
    const own = settings({ KEY_FUNCTION, KEY_PREFIX: 'a{key}b*', VERSION: 7 });
    expect(makeKey(KEY, own)).toBe(before + KEY + after);
    expect(patternOf(own)).toMatchObject({ head: before + CACHE_KEY_PREFIXES.cache, tail: after });
  });

  test('braces in a prefix stay as they are', () => {
    expect(makeKey('x', settings({ KEY_PREFIX: '{key}', VERSION: 2 }))).toBe('{key}:2:x');
  });

  test.each(['constant', '{key}{key}'])('%s has no session key to find', (KEY_FUNCTION) => {
    expect(sessionKeyPattern(settings({ KEY_FUNCTION }))).toBeNull();
  });
});

test('entries of cached_db begin like those of the cache engine, and are none', () => {
  const cached_db = settings({ cache_key_prefix: CACHE_KEY_PREFIXES.cached_db });
  const { head, except } = patternOf(settings());
  expect(patternOf(cached_db)).toEqual({ head: except, tail: '' });
  expect(except?.startsWith(head)).toBe(true);
});
