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

/** KEY_FUNCTION(key, KEY_PREFIX, VERSION); default_key_func() is `prefix:version:key`. One pass, as a prefix may hold braces itself. */
export function makeKey(key: string, { KEY_PREFIX, VERSION, KEY_FUNCTION }: Omit<CacheKeySettings, 'cache_key_prefix'>): string {
  const values: Readonly<Record<string, string>> = { prefix: KEY_PREFIX, version: String(VERSION), key };
  return (KEY_FUNCTION === '' ? DEFAULT_KEY_FUNCTION : KEY_FUNCTION).replace(
    /\{(prefix|version|key)\}/g,
    (_, name: string) => values[name] ?? '',
  );
}

export type SessionKeyPattern = Readonly<{
  /** before the session key */
  head: string;
  /** after it */
  tail: string;
  /** stored keys that begin like this are those of the cached_db engine, whose prefix begins with that of the cache engine */
  except?: string;
}>;

/** What stands around the session key in a stored key; null where the pattern names {key} twice, or not at all. */
export function sessionKeyPattern(settings: CacheKeySettings): SessionKeyPattern | null {
  const { cache_key_prefix } = settings;
  const marker = '\u0000';
  const [head = '', tail, ...more] = makeKey(cache_key_prefix + marker, settings).split(marker);
  if (tail === undefined || more.length > 0) return null;
  if (cache_key_prefix !== CACHE_KEY_PREFIXES.cache) return { head, tail };
  return { head, tail, except: head + CACHE_KEY_PREFIXES.cached_db.slice(cache_key_prefix.length) };
}
