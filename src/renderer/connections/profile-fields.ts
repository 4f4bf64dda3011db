import type { SecretName } from '../../preload/api.ts';
import type { en } from '../i18n/en/index.ts';

/** What the form holds while a person types: text and switches, by the path of the setting. */
export type FormValues = Readonly<Record<string, string | boolean>>;

type HelpKey = keyof (typeof en)['settingHelp'];
type Show = (values: FormValues) => boolean;

export type FieldSpec = Readonly<{
  /** place in the profile: `DATABASES.NAME` */
  path: string;
  label: string;
  help: HelpKey;
  show?: Show;
}> &
  (
    | Readonly<{ kind: 'text'; choose?: 'database' | 'folder' | 'file'; list?: 'zones' | 'groups' }>
    | Readonly<{ kind: 'number'; optional?: boolean }>
    | Readonly<{ kind: 'switch' }>
    | Readonly<{ kind: 'lines'; choose?: 'folder' }>
    | Readonly<{ kind: 'select'; values: readonly string[]; words?: ChoiceGroup }>
    | Readonly<{ kind: 'secret'; secret: SecretName; lines?: boolean }>
  );

/** Which translated words a select shows; without one its values are settings' own. */
export type ChoiceGroup = 'engine' | 'database' | 'databaseTls' | 'cacheTls' | 'topology' | 'colour' | 'environment' | 'sameSite' | 'auto';

export type SectionSpec = Readonly<{
  id: 'general' | 'store' | 'database' | 'cache' | 'signing' | 'cookie' | 'time' | 'users' | 'safety';
  show?: Show;
  fields: readonly FieldSpec[];
}>;

const engineIs =
  (...engines: readonly string[]): Show =>
  (values) =>
    engines.includes(String(values['SESSION_ENGINE']));
const is =
  (path: string, ...options: readonly string[]): Show =>
  (values) =>
    options.includes(String(values[path]));
const all =
  (...shows: readonly Show[]): Show =>
  (values) =>
    shows.every((show) => show(values));

const usesCache = engineIs('cache', 'cached_db');
const usesTable = engineIs('db', 'cached_db');
const usesDatabase: Show = (values) => usesTable(values) || (usesCache(values) && is('CACHES.BACKEND', 'DatabaseCache')(values));
const server = is('DATABASES.ENGINE', 'postgresql', 'mysql');
const redis = is('CACHES.BACKEND', 'RedisCache', 'django_redis');
const encryptedDatabase = all(server, (values) => values['DATABASES.TLS'] !== 'off');
const encryptedCache = all(redis, (values) => values['CACHES.TLS'] !== 'off');
const userTable: Show = (values) => values['user_table'] === true;

const COLOURS = ['grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink'] as const;

export const SECTIONS: readonly SectionSpec[] = [
  {
    id: 'general',
    fields: [
      { path: 'name', label: 'name', help: 'name', kind: 'text' },
      { path: 'group', label: 'group', help: 'group', kind: 'text', list: 'groups' },
      { path: 'colour', label: 'colour', help: 'colour', kind: 'select', values: COLOURS, words: 'colour' },
      {
        path: 'environment',
        label: 'environment',
        help: 'environment',
        kind: 'select',
        values: ['unspecified', 'development', 'production'],
        words: 'environment',
      },
    ],
  },
  {
    id: 'store',
    fields: [
      {
        path: 'SESSION_ENGINE',
        label: 'SESSION_ENGINE',
        help: 'SESSION_ENGINE',
        kind: 'select',
        values: ['db', 'cached_db', 'cache', 'file', 'signed_cookies'],
        words: 'engine',
      },
      {
        path: 'SESSION_FILE_PATH',
        label: 'SESSION_FILE_PATH',
        help: 'SESSION_FILE_PATH',
        kind: 'text',
        choose: 'folder',
        show: engineIs('file'),
      },
      { path: 'session_table', label: 'session table', help: 'session_table', kind: 'text', show: usesTable },
      { path: 'DJANGO_VERSION', label: 'Django version', help: 'DJANGO_VERSION', kind: 'text' },
      {
        path: 'SESSION_SERIALIZER',
        label: 'SESSION_SERIALIZER',
        help: 'SESSION_SERIALIZER',
        kind: 'select',
        values: ['JSONSerializer', 'PickleSerializer'],
      },
    ],
  },
  {
    id: 'database',
    show: usesDatabase,
    fields: [
      {
        path: 'DATABASES.ENGINE',
        label: 'ENGINE',
        help: 'ENGINE',
        kind: 'select',
        values: ['sqlite3', 'postgresql', 'mysql'],
        words: 'database',
      },
      {
        path: 'DATABASES.NAME',
        label: 'NAME',
        help: 'NAME_file',
        kind: 'text',
        choose: 'database',
        show: is('DATABASES.ENGINE', 'sqlite3'),
      },
      { path: 'DATABASES.NAME', label: 'NAME', help: 'NAME', kind: 'text', show: server },
      { path: 'DATABASES.HOST', label: 'HOST', help: 'HOST', kind: 'text', show: server },
      { path: 'DATABASES.PORT', label: 'PORT', help: 'PORT', kind: 'number', optional: true, show: server },
      { path: 'DATABASES.USER', label: 'USER', help: 'USER', kind: 'text', show: server },
      {
        path: 'DATABASE_PASSWORD',
        label: 'PASSWORD',
        help: 'DATABASE_PASSWORD',
        kind: 'secret',
        secret: 'DATABASE_PASSWORD',
        show: server,
      },
      { path: 'DATABASES.UNIX_SOCKET', label: 'UNIX_SOCKET', help: 'UNIX_SOCKET', kind: 'text', show: server },
      { path: 'DATABASES.SCHEMA', label: 'schema', help: 'SCHEMA', kind: 'text', show: is('DATABASES.ENGINE', 'postgresql') },
      {
        path: 'DATABASES.TLS',
        label: 'TLS',
        help: 'TLS',
        kind: 'select',
        values: ['off', 'prefer', 'require', 'verify'],
        words: 'databaseTls',
        show: server,
      },
      { path: 'DATABASES.TLS_CA', label: 'TLS CA', help: 'TLS_CA', kind: 'text', choose: 'file', show: encryptedDatabase },
      { path: 'DATABASES.TLS_CERT', label: 'TLS certificate', help: 'TLS_CERT', kind: 'text', choose: 'file', show: encryptedDatabase },
      { path: 'DATABASES.TLS_KEY', label: 'TLS key', help: 'TLS_KEY', kind: 'text', choose: 'file', show: encryptedDatabase },
    ],
  },
  {
    id: 'cache',
    show: usesCache,
    fields: [
      {
        path: 'CACHES.BACKEND',
        label: 'BACKEND',
        help: 'BACKEND',
        kind: 'select',
        values: ['RedisCache', 'django_redis', 'PyMemcacheCache', 'PyLibMCCache', 'MemcachedCache', 'DatabaseCache', 'FileBasedCache'],
      },
      { path: 'CACHES.LOCATION', label: 'LOCATION', help: 'LOCATION', kind: 'lines' },
      { path: 'SESSION_CACHE_ALIAS', label: 'SESSION_CACHE_ALIAS', help: 'SESSION_CACHE_ALIAS', kind: 'text' },
      { path: 'CACHES.KEY_PREFIX', label: 'KEY_PREFIX', help: 'KEY_PREFIX', kind: 'text' },
      { path: 'CACHES.VERSION', label: 'VERSION', help: 'VERSION', kind: 'number' },
      { path: 'CACHES.KEY_FUNCTION', label: 'KEY_FUNCTION', help: 'KEY_FUNCTION', kind: 'text' },
      {
        path: 'CACHES.TOPOLOGY',
        label: 'topology',
        help: 'TOPOLOGY',
        kind: 'select',
        values: ['single', 'sentinel', 'cluster'],
        words: 'topology',
        show: redis,
      },
      {
        path: 'CACHES.SENTINEL_MASTER',
        label: 'Sentinel master',
        help: 'SENTINEL_MASTER',
        kind: 'text',
        show: all(redis, is('CACHES.TOPOLOGY', 'sentinel')),
      },
      {
        path: 'CACHES.SENTINEL_USER',
        label: 'Sentinel user',
        help: 'SENTINEL_USER',
        kind: 'text',
        show: all(redis, is('CACHES.TOPOLOGY', 'sentinel')),
      },
      {
        path: 'SENTINEL_PASSWORD',
        label: 'Sentinel password',
        help: 'SENTINEL_PASSWORD',
        kind: 'secret',
        secret: 'SENTINEL_PASSWORD',
        show: all(redis, is('CACHES.TOPOLOGY', 'sentinel')),
      },
      { path: 'CACHES.USER', label: 'Cache user', help: 'CACHE_USER', kind: 'text', show: redis },
      { path: 'CACHE_PASSWORD', label: 'Cache password', help: 'CACHE_PASSWORD', kind: 'secret', secret: 'CACHE_PASSWORD', show: redis },
      { path: 'CACHES.DB', label: 'DB', help: 'DB', kind: 'number', optional: true, show: redis },
      {
        path: 'CACHES.TLS',
        label: 'Cache TLS',
        help: 'TLS',
        kind: 'select',
        values: ['off', 'require', 'verify'],
        words: 'cacheTls',
        show: redis,
      },
      { path: 'CACHES.TLS_CA', label: 'Cache TLS CA', help: 'TLS_CA', kind: 'text', choose: 'file', show: encryptedCache },
      { path: 'CACHES.TLS_CERT', label: 'Cache TLS certificate', help: 'TLS_CERT', kind: 'text', choose: 'file', show: encryptedCache },
      { path: 'CACHES.TLS_KEY', label: 'Cache TLS key', help: 'TLS_KEY', kind: 'text', choose: 'file', show: encryptedCache },
      {
        path: 'CACHES.SERIALIZER',
        label: 'SERIALIZER',
        help: 'SERIALIZER',
        kind: 'select',
        values: ['auto', 'pickle', 'json', 'msgpack'],
        words: 'auto',
        show: redis,
      },
      {
        path: 'CACHES.COMPRESSOR',
        label: 'COMPRESSOR',
        help: 'COMPRESSOR',
        kind: 'select',
        values: ['auto', 'none', 'zlib', 'gzip', 'lzma', 'lz4', 'zstd'],
        words: 'auto',
        show: redis,
      },
    ],
  },
  {
    id: 'signing',
    fields: [
      { path: 'SECRET_KEY', label: 'SECRET_KEY', help: 'SECRET_KEY', kind: 'secret', secret: 'SECRET_KEY' },
      {
        path: 'SECRET_KEY_FALLBACKS',
        label: 'SECRET_KEY_FALLBACKS',
        help: 'SECRET_KEY_FALLBACKS',
        kind: 'secret',
        secret: 'SECRET_KEY_FALLBACKS',
        lines: true,
      },
      { path: 'session_store_class', label: 'SessionStore class', help: 'session_store_class', kind: 'text' },
    ],
  },
  {
    id: 'cookie',
    fields: [
      { path: 'SESSION_COOKIE_NAME', label: 'SESSION_COOKIE_NAME', help: 'SESSION_COOKIE_NAME', kind: 'text' },
      { path: 'SESSION_COOKIE_AGE', label: 'SESSION_COOKIE_AGE', help: 'SESSION_COOKIE_AGE', kind: 'number' },
      { path: 'SESSION_COOKIE_PATH', label: 'SESSION_COOKIE_PATH', help: 'SESSION_COOKIE_PATH', kind: 'text' },
      { path: 'SESSION_COOKIE_DOMAIN', label: 'SESSION_COOKIE_DOMAIN', help: 'SESSION_COOKIE_DOMAIN', kind: 'text' },
      {
        path: 'SESSION_COOKIE_SAMESITE',
        label: 'SESSION_COOKIE_SAMESITE',
        help: 'SESSION_COOKIE_SAMESITE',
        kind: 'select',
        values: ['Lax', 'Strict', 'None', 'unset'],
        words: 'sameSite',
      },
      { path: 'SESSION_COOKIE_SECURE', label: 'SESSION_COOKIE_SECURE', help: 'SESSION_COOKIE_SECURE', kind: 'switch' },
      { path: 'SESSION_COOKIE_HTTPONLY', label: 'SESSION_COOKIE_HTTPONLY', help: 'SESSION_COOKIE_HTTPONLY', kind: 'switch' },
      {
        path: 'SESSION_EXPIRE_AT_BROWSER_CLOSE',
        label: 'SESSION_EXPIRE_AT_BROWSER_CLOSE',
        help: 'SESSION_EXPIRE_AT_BROWSER_CLOSE',
        kind: 'switch',
      },
      { path: 'SESSION_SAVE_EVERY_REQUEST', label: 'SESSION_SAVE_EVERY_REQUEST', help: 'SESSION_SAVE_EVERY_REQUEST', kind: 'switch' },
    ],
  },
  {
    id: 'time',
    fields: [
      { path: 'USE_TZ', label: 'USE_TZ', help: 'USE_TZ', kind: 'switch' },
      { path: 'TIME_ZONE', label: 'TIME_ZONE', help: 'TIME_ZONE', kind: 'text', list: 'zones' },
      {
        path: 'DATABASES.TIME_ZONE',
        label: 'Database TIME_ZONE',
        help: 'DATABASE_TIME_ZONE',
        kind: 'text',
        list: 'zones',
        show: usesDatabase,
      },
    ],
  },
  {
    id: 'users',
    show: usesDatabase,
    fields: [
      { path: 'user_table', label: 'Join users', help: 'user_table', kind: 'switch' },
      { path: 'user_table.table', label: 'User table', help: 'user_table_table', kind: 'text', show: userTable },
      { path: 'user_table.id', label: 'User id column', help: 'user_table_id', kind: 'text', show: userTable },
      { path: 'user_table.username', label: 'User name column', help: 'user_table_username', kind: 'text', show: userTable },
      { path: 'user_table.email', label: 'E-mail column', help: 'user_table_email', kind: 'text', show: userTable },
      { path: 'user_table.password', label: 'Password hash column', help: 'user_table_password', kind: 'text', show: userTable },
      { path: 'user_table.is_active', label: 'Active column', help: 'user_table_is_active', kind: 'text', show: userTable },
    ],
  },
  {
    id: 'safety',
    fields: [{ path: 'readOnly', label: 'read-only', help: 'readOnly', kind: 'switch' }],
  },
];

/** The sections and fields that the chosen engine, database and cache need. */
export function shownSections(values: FormValues): readonly SectionSpec[] {
  return SECTIONS.filter((section) => section.show?.(values) ?? true).map((section) => ({
    ...section,
    fields: section.fields.filter((field) => field.show?.(values) ?? true),
  }));
}
