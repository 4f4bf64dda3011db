import type { Profile } from '../preload/api.ts';

/**
 * Where a profile's sessions are, as one line for Activity and its receipts: host and database, file or folder. Without
 * credentials: a LOCATION may carry some in its URL.
 */
export function placeOf(profile: Profile): string {
  switch (profile.SESSION_ENGINE) {
    case 'db':
      return databasePlace(profile);
    case 'cache':
      return cachePlace(profile);
    case 'cached_db':
      return `${databasePlace(profile)} + ${cachePlace(profile)}`;
    case 'file':
      return `file:${profile.SESSION_FILE_PATH}/${profile.SESSION_COOKIE_NAME}*`;
    case 'signed_cookies':
      return 'signed_cookies';
  }
}

function databasePlace({ DATABASES: database, session_table }: Profile): string {
  if (database.ENGINE === 'sqlite3') return `sqlite3:${database.NAME} ${session_table}`;
  const server = database.UNIX_SOCKET || `${database.HOST || 'localhost'}${database.PORT === null ? '' : `:${database.PORT}`}`;
  const schema = database.SCHEMA === '' ? '' : `${database.SCHEMA}.`;
  return `${database.ENGINE}://${server}/${database.NAME} ${schema}${session_table}`;
}

function cachePlace({ CACHES: cache }: Profile): string {
  const prefix = `${cache.KEY_PREFIX}:${cache.VERSION}`;
  const database = cache.DB === null ? '' : ` db ${cache.DB}`;
  return `${cache.BACKEND}:${cache.LOCATION.map(withoutCredentials).join(', ')}${database} ${prefix}`;
}

/** `scheme://user:password@host/0?password=…` without everything that may be a credential. */
export function withoutCredentials(location: string): string {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(location)?.[0] ?? '';
  const rest = location.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  const query = rest.indexOf('?');
  // With both there is no telling which part of a badly quoted URL is a password: name neither.
  if (at !== -1 && query !== -1 && query < at) return `${scheme}…`;
  return `${scheme}${rest.slice(at + 1).split('?', 1)[0]}`;
}
