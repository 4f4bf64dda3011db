import { createHash } from 'node:crypto';

/** Keys of cache entries: from a session key to what the cache calls it, and back (django/core/cache/backends/base.py, 2.2 to 6.1). */

/** django/contrib/sessions/backends/cache.py cache_key_prefix, cached_db.py cache_key_prefix, all versions. */
export const CACHE_KEY_PREFIXES = {
  cache: 'django.contrib.sessions.cache',
  cached_db: 'django.contrib.sessions.cached_db',
} as const;

export type CacheKeySettings = Readonly<{
  KEY_PREFIX: string;
  /** formatted with str() */
  VERSION: number;
  /** '' = Django's make_key; else a pattern with {prefix}, {version} and {key}, for a function of the site's own */
  KEY_FUNCTION: string;
  /** what the store class puts before the session key; one of CACHE_KEY_PREFIXES unless a subclass changes it */
  cache_key_prefix: string;
}>;

const DEFAULT_KEY_FUNCTION = '{prefix}:{version}:{key}';

/** KEY_FUNCTION(key, KEY_PREFIX, VERSION); default_key_func() is `prefix:version:key`. */
export function makeKey(key: string, settings: Omit<CacheKeySettings, 'cache_key_prefix'>): string {
  return fill(settings, { key });
}

/** The stored key of a session. */
export function sessionCacheKey(session_key: string, settings: CacheKeySettings): string {
  return makeKey(settings.cache_key_prefix + session_key, settings);
}

function pattern(settings: Pick<CacheKeySettings, 'KEY_FUNCTION'>): string {
  return settings.KEY_FUNCTION === '' ? DEFAULT_KEY_FUNCTION : settings.KEY_FUNCTION;
}

/** Replaces all three in one pass, so that a prefix may hold braces itself. */
function fill(
  settings: Omit<CacheKeySettings, 'cache_key_prefix'>,
  parts: Readonly<{ key: string }>,
  quote: (text: string) => string = (text) => text,
): string {
  const values: Readonly<Record<string, string>> = {
    prefix: quote(settings.KEY_PREFIX),
    version: quote(String(settings.VERSION)),
    key: parts.key,
  };
  return pattern(settings)
    .split(/\{(prefix|version|key)\}/)
    .map((part, index) => (index % 2 === 1 ? (values[part] ?? '') : quote(part)))
    .join('');
}

/** The MATCH pattern of Redis' SCAN for every session of these settings: a glob in which only the end is open. */
export function scanPattern(settings: CacheKeySettings): string {
  return fill(settings, { key: `${escapeGlob(settings.cache_key_prefix)}*` }, escapeGlob);
}

/** util.c stringmatchlen(): `*`, `?`, `[` and the backslash are special; `]`, `^` and `-` only inside brackets. */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}

/** What stands before and after the session key in a stored key; null where the pattern cannot be read backwards. */
export function sessionKeyPattern(settings: CacheKeySettings): Readonly<{ head: string; tail: string }> | null {
  const marker = '\u0000';
  const parts = fill(settings, { key: settings.cache_key_prefix + marker }).split(marker);
  const [head = '', tail = ''] = parts;
  // A pattern that names {key} twice, or not at all.
  return parts.length === 2 ? { head, tail } : null;
}

/**
 * The session key in a stored key, or null where the entry is none of these settings' sessions. Nothing is said about the
 * session key itself: see validSessionKey().
 */
export function parseCacheKey(stored: string, settings: CacheKeySettings): string | null {
  const pattern = sessionKeyPattern(settings);
  if (pattern === null || !stored.startsWith(pattern.head) || !stored.endsWith(pattern.tail)) return null;
  const end = stored.length - pattern.tail.length;
  const session_key = stored.slice(pattern.head.length, end);
  if (end <= pattern.head.length) return null;
  // The prefix of cached_db begins with the one of cache, so that each pattern of cache finds the other's entries too.
  const other = settings.cache_key_prefix === CACHE_KEY_PREFIXES.cache && session_key.startsWith('d_db');
  return other ? null : session_key;
}

const MEMCACHE_MAX_KEY_LENGTH = 250;

/**
 * Why memcached refuses a key, or null. django/core/cache/backends/base.py memcache_key_warnings(), all versions: lengths are
 * of characters there, of bytes in the server.
 */
export function memcachedKeyProblem(key: string): string | null {
  if (Buffer.byteLength(key, 'utf8') > MEMCACHE_MAX_KEY_LENGTH) return `The key is longer than ${MEMCACHE_MAX_KEY_LENGTH} bytes`;
  for (const character of key) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 33 || code === 127) return 'The key has spaces or control characters';
  }
  return null;
}

/** The file of an entry: md5 of the made key. django/core/cache/backends/filebased.py _key_to_file(), all versions. */
export function cacheFileName(madeKey: string): string {
  return `${createHash('md5').update(madeKey, 'utf8').digest('hex')}.djcache`;
}
