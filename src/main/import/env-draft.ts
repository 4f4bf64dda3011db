/** A `.env` file, or one URL, to the fields of a profile. */
import { InspectorError } from '../errors.ts';
import { cacheDraft } from './cache-draft.ts';
import { cacheUrl, isCacheAddress } from './cache-url.ts';
import { databaseDraft } from './database-draft.ts';
import { databaseUrl, isDatabaseUrl } from './database-url.ts';
import type { EnvVariable } from './dotenv.ts';
import { type DraftBuilder, type Origin, reasonOf } from './draft.ts';
import { split } from './python/known-calls.ts';
import type { PythonDict, PythonValue } from './python/value.ts';
import { type Setting, settingsDraft } from './settings-draft.ts';

/** @throws InspectorError BadValue, Unsupported */
export function urlDraft(text: string, builder: DraftBuilder): void {
  const place = { origin: 'URL', folder: null };
  if (isDatabaseUrl(text)) {
    databaseDraft(databaseUrl(text), builder, { ...place, alias: 'default' });
    builder.set('SESSION_ENGINE', 'db', { ...place, note: 'a database was given' });
  } else if (isCacheAddress(text)) {
    cacheDraft(cacheUrl(text), builder, { ...place, alias: 'default' });
    builder.set('SESSION_ENGINE', 'cache', { ...place, note: 'a cache was given' });
  } else {
    throw new InspectorError('BadValue', 'This is no URL of a database or a cache', {
      hint: 'Paste one such as postgres://user:password@host:5432/name, redis://host:6379/0 or sqlite:////path/to/db.sqlite3.',
    });
  }
}

const DATABASE_URLS = [
  'DATABASE_URL',
  'DJANGO_DATABASE_URL',
  'DB_URL',
  'POSTGRES_URL',
  'MYSQL_URL',
  'DATABASE_URI',
  'SQLALCHEMY_DATABASE_URI',
];
const CACHE_URLS = [
  'CACHE_URL',
  'DJANGO_CACHE_URL',
  'REDIS_URL',
  'REDIS_TLS_URL',
  'REDISCLOUD_URL',
  'REDIS_LOCATION',
  'MEMCACHED_URL',
  'MEMCACHED_SERVERS',
];
/** Database fields by the names that images and tutorials use; the first that is there counts. */
const PARTS = {
  NAME: ['DB_NAME', 'POSTGRES_DB', 'MYSQL_DATABASE', 'MARIADB_DATABASE', 'DATABASE_NAME', 'SQL_DATABASE', 'PGDATABASE'],
  USER: ['DB_USER', 'DB_USERNAME', 'POSTGRES_USER', 'MYSQL_USER', 'MARIADB_USER', 'DATABASE_USER', 'SQL_USER', 'PGUSER'],
  PASSWORD: [
    'DB_PASSWORD',
    'DB_PASS',
    'POSTGRES_PASSWORD',
    'MYSQL_PASSWORD',
    'MARIADB_PASSWORD',
    'DATABASE_PASSWORD',
    'SQL_PASSWORD',
    'PGPASSWORD',
  ],
  HOST: ['DB_HOST', 'POSTGRES_HOST', 'MYSQL_HOST', 'MARIADB_HOST', 'DATABASE_HOST', 'SQL_HOST', 'PGHOST'],
  PORT: ['DB_PORT', 'POSTGRES_PORT', 'MYSQL_PORT', 'MARIADB_PORT', 'DATABASE_PORT', 'SQL_PORT', 'PGPORT'],
} as const;
const ENGINES = ['DB_ENGINE', 'DATABASE_ENGINE', 'SQL_ENGINE'];

/** Settings that are text in a settings module, too, and those that are not. */
const TEXTS = [
  'SECRET_KEY',
  'SESSION_ENGINE',
  'SESSION_CACHE_ALIAS',
  'SESSION_FILE_PATH',
  'SESSION_SERIALIZER',
  'SESSION_COOKIE_NAME',
  'SESSION_COOKIE_PATH',
  'SESSION_COOKIE_DOMAIN',
  'SESSION_COOKIE_SAMESITE',
  'TIME_ZONE',
  'AUTH_USER_MODEL',
];
const SWITCHES = [
  'SESSION_COOKIE_SECURE',
  'SESSION_COOKIE_HTTPONLY',
  'SESSION_EXPIRE_AT_BROWSER_CLOSE',
  'SESSION_SAVE_EVERY_REQUEST',
  'USE_TZ',
];

export type EnvFile = Readonly<{
  variables: ReadonlyMap<string, EnvVariable>;
  /** its name, for the report */
  name: string;
  /** what relative files are relative to */
  folder: (path: string) => string;
}>;

/** The variables that are named as settings are, with and without DJANGO_ before. */
export function envDraft(file: EnvFile, builder: DraftBuilder): void {
  const settings = new Map<string, Setting>();
  for (const name of TEXTS) keep(settings, name, file, (text) => text);
  for (const name of SWITCHES) keep(settings, name, file, (text) => /^(true|on|ok|y|yes|1|t)$/i.test(text));
  keep(settings, 'SESSION_COOKIE_AGE', file, (text) => (/^\d{1,15}$/.test(text) ? Number(text) : text));
  keep(settings, 'SECRET_KEY_FALLBACKS', file, (text) => split(text));
  urlSetting(settings, 'DATABASES', DATABASE_URLS, file, builder, databaseUrl);
  urlSetting(settings, 'CACHES', CACHE_URLS, file, builder, cacheUrl);
  if (!settings.has('DATABASES')) partsSetting(settings, file);
  const caches = settings.get('CACHES');
  if (caches !== undefined && !settings.has('DATABASES') && !settings.has('SESSION_ENGINE')) {
    settings.set('SESSION_ENGINE', {
      ...caches,
      value: 'django.contrib.sessions.backends.cache',
      note: 'a cache was given, and no database',
    });
  }
  if (settings.size === 0) {
    throw new InspectorError('DoesNotExist', `${file.name} has no variable that a profile needs`, {
      hint: 'SECRET_KEY, DATABASE_URL, REDIS_URL, CACHE_URL, SESSION_… and the like are looked for.',
    });
  }
  settingsDraft({ get: (name) => settings.get(name), version: null, folder: file.folder, ownEngine: () => null }, builder);
}

function find({ variables, name }: EnvFile, names: readonly string[]): Readonly<{ text: string; variable: string; from: Origin }> | null {
  for (const variable of names) {
    const found = variables.get(variable);
    if (found !== undefined && found.value !== '')
      return { text: found.value, variable, from: { origin: `${name}:${found.line}, ${variable}` } };
  }
  return null;
}

function keep(settings: Map<string, Setting>, name: string, file: EnvFile, value: (text: string) => PythonValue): void {
  const found = find(file, [name, `DJANGO_${name}`, `APP_${name}`]);
  if (found !== null) settings.set(name, { ...found.from, value: value(found.text) });
}

function urlSetting(
  settings: Map<string, Setting>,
  setting: 'DATABASES' | 'CACHES',
  names: readonly string[],
  file: EnvFile,
  builder: DraftBuilder,
  parse: (text: string) => PythonDict,
): void {
  const found = find(file, names);
  if (found === null) return;
  try {
    settings.set(setting, { ...found.from, value: new Map([['default', parse(found.text)]]) });
  } catch (thrown) {
    builder.unreadable(found.variable, found.from, reasonOf(thrown));
  }
}

function partsSetting(settings: Map<string, Setting>, file: EnvFile): void {
  const parts = Object.entries(PARTS).flatMap(([key, names]) => {
    const found = find(file, names);
    return found === null ? [] : [[key, found] as const];
  });
  const [first] = parts;
  if (first === undefined || !parts.some(([key]) => key === 'NAME')) return;
  const dict: PythonDict = new Map(parts.map(([key, found]) => [key, found.text]));
  dict.set(
    'ENGINE',
    find(file, ENGINES)?.text ??
      (parts.some(([, { variable }]) => /MYSQL|MARIADB/.test(variable)) ? 'django.db.backends.mysql' : 'django.db.backends.postgresql'),
  );
  settings.set('DATABASES', { ...first[1].from, value: new Map([['default', dict]]) });
}
