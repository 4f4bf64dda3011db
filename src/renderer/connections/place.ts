import type { Profile } from '../../preload/api.ts';

/** A URL without user and password; anything else as it is. */
function withoutCredentials(location: string): string {
  return location.replace(/^([a-z][a-z+]*:\/\/)[^@/]*@/i, '$1');
}

function databasePlace({ DATABASES }: Profile): string {
  if (DATABASES.ENGINE === 'sqlite3') return DATABASES.NAME;
  const host = DATABASES.UNIX_SOCKET || DATABASES.HOST || 'localhost';
  return `${host}${DATABASES.PORT === null ? '' : `:${DATABASES.PORT}`}/${DATABASES.NAME}`;
}

function cachePlace(profile: Profile): string {
  if (profile.CACHES.BACKEND === 'DatabaseCache') return `${databasePlace(profile)} (${profile.CACHES.LOCATION[0] ?? ''})`;
  return profile.CACHES.LOCATION.map(withoutCredentials).join(', ');
}

/** The last and telling part of a place, for narrow columns: a file's name, a host, a folder. */
export function shortPlaceOf(profile: Profile): string {
  const { DATABASES, CACHES } = profile;
  const database = DATABASES.ENGINE === 'sqlite3' ? lastPart(DATABASES.NAME) : databasePlace(profile);
  switch (profile.SESSION_ENGINE) {
    case 'db':
    case 'cached_db':
      return database;
    case 'cache':
      return withoutCredentials(CACHES.LOCATION[0] ?? '').replace(/^[a-z]+:\/\//, '');
    case 'file':
      return lastPart(profile.SESSION_FILE_PATH);
    case 'signed_cookies':
      return '';
  }
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? '';
}

/** Where a profile's sessions are, for people: a file, host and database, or folder. Never with credentials. */
export function placeOf(profile: Profile): string {
  switch (profile.SESSION_ENGINE) {
    case 'db':
      return databasePlace(profile);
    case 'cache':
      return cachePlace(profile);
    case 'cached_db':
      return `${databasePlace(profile)} + ${cachePlace(profile)}`;
    case 'file':
      return profile.SESSION_FILE_PATH;
    case 'signed_cookies':
      return '';
  }
}
