/** DATABASE_URL, as dj-database-url and django-environ read it, to what DATABASES['default'] is. */
import { InspectorError } from '../errors.ts';
import type { PythonDict, PythonValue } from './python/value.ts';
import { hostAndPort, type SplitUrl, splitUrl } from './url.ts';

const ENGINES: readonly (readonly [pattern: RegExp, engine: string])[] = [
  [/^(postgres|postgresql|psql|pgsql|postgis|timescale|timescalegis|cockroachdb?|redshift)$/, 'django.db.backends.postgresql'],
  [/^(mysql2?|mysql-connector|mysqlgis|mariadb)$/, 'django.db.backends.mysql'],
  [/^(sqlite3?|spatialite)$/, 'django.db.backends.sqlite3'],
];

/** Whether a URL is one of a database, by its scheme. */
export function isDatabaseUrl(text: string): boolean {
  const scheme = /^([A-Za-z][A-Za-z0-9-]*)(?:\+[A-Za-z0-9]+)?:\/\//.exec(text.trim())?.[1] ?? '';
  return ENGINES.some(([pattern]) => pattern.test(scheme.toLowerCase()));
}

/** @throws InspectorError BadValue, Unsupported */
export function databaseUrl(text: string): PythonDict {
  const url = splitUrl(text);
  // SQLAlchemy's postgresql+psycopg2.
  const [scheme = ''] = url.scheme.split('+');
  const ENGINE = ENGINES.find(([pattern]) => pattern.test(scheme))?.[1];
  if (ENGINE === undefined) {
    throw new InspectorError('Unsupported', `Databases of the kind ${scheme} cannot be opened`, {
      hint: 'SQLite, PostgreSQL, MySQL and MariaDB can.',
    });
  }
  if (ENGINE.endsWith('sqlite3'))
    return new Map<string, PythonValue>([
      ['ENGINE', ENGINE],
      ['NAME', sqlitePath(url)],
    ]);
  return serverDict(ENGINE, url);
}

/** sqlite:///relative, sqlite:////absolute and sqlite:///C:/absolute; without a path, in memory. */
function sqlitePath({ host, path }: SplitUrl): string {
  const name = host + path;
  if (name === '' || name === '/' || name === ':memory:' || name === '/:memory:') return ':memory:';
  return host === '' ? path.slice(1) : name;
}

function serverDict(ENGINE: string, { user, password, host, path, query }: SplitUrl): PythonDict {
  const options: PythonDict = new Map(query);
  const given = query.get('host');
  options.delete('host');
  const place = hostAndPort(host);
  const socket = ENGINE.endsWith('mysql') ? query.get('unix_socket') : undefined;
  return new Map<string, PythonValue>([
    ['ENGINE', ENGINE],
    ['NAME', path.slice(1)],
    ['USER', user],
    ['PASSWORD', password],
    ['HOST', place.host !== '' ? place.host : (socket ?? given ?? '')],
    ['PORT', place.port ?? query.get('port') ?? ''],
    ['OPTIONS', options],
  ]);
}
