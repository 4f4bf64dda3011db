/** DATABASES['default'] to the fields of a profile. */
import { databaseEngine } from '../django/settings.ts';
import { type DraftBuilder, described, type Origin } from './draft.ts';
import { type PythonDict, type PythonValue, Unknown } from './python/value.ts';

type Engine = 'sqlite3' | 'postgresql' | 'mysql';
type Tls = 'off' | 'prefer' | 'require' | 'verify';

/** libpq's sslmode and MySQL's ssl_mode in the profile's words. */
const MODES: Readonly<Record<string, Tls>> = {
  disable: 'off',
  disabled: 'off',
  allow: 'prefer',
  prefer: 'prefer',
  preferred: 'prefer',
  require: 'require',
  required: 'require',
  'verify-ca': 'verify',
  verify_ca: 'verify',
  'verify-full': 'verify',
  verify_identity: 'verify',
};

/** What stands beside `default` where a sentence names a setting. */
export type DatabasePlace = Origin &
  Readonly<{ alias: string /** relative files are relative to this folder; null: not known */; folder: ((path: string) => string) | null }>;

export function databaseDraft(dict: PythonDict, builder: DraftBuilder, place: DatabasePlace): void {
  const name = (key: string) => `DATABASES['${place.alias}']['${key}']`;
  const engine = engineOf(dict.get('ENGINE') ?? null);
  if (engine === null) {
    builder.unreadable(name('ENGINE'), place, described(dict.get('ENGINE') ?? null));
    return;
  }
  builder.setIn('DATABASES', 'ENGINE', engine, place, name('ENGINE'));
  const text = (key: 'NAME' | 'HOST' | 'USER', change = (value: string) => value) => {
    const value = dict.get(key) ?? '';
    if (typeof value === 'string') {
      if (value !== '') builder.setIn('DATABASES', key, change(value), place, name(key));
    } else builder.unreadable(name(key), place, described(value));
  };
  const zone = dict.get('TIME_ZONE');
  if (typeof zone === 'string') builder.setIn('DATABASES', 'TIME_ZONE', zone, place, name('TIME_ZONE'));
  if (engine === 'sqlite3') {
    if (dict.get('NAME') === ':memory:')
      builder.unreadable(name('NAME'), place, 'the database is in the memory of the site, and cannot be opened from outside');
    else text('NAME', (path) => (place.folder === null ? path : place.folder(path)));
    return;
  }
  text('NAME');
  text('USER');
  host(dict, builder, place, engine);
  password(dict, builder, place);
  options(dict.get('OPTIONS'), builder, place, engine);
}

/** Backends that wrap one of Django's are named after it. */
function engineOf(value: PythonValue): Engine | null {
  if (typeof value !== 'string') return null;
  const known = databaseEngine(value);
  if (known !== null) return known;
  if (/postg(res|is)|psqlextra|tenant/i.test(value)) return 'postgresql';
  if (/mysql|mariadb/i.test(value)) return 'mysql';
  return /sqlite|spatialite/i.test(value) ? 'sqlite3' : null;
}

function host(dict: PythonDict, builder: DraftBuilder, place: DatabasePlace, engine: Engine): void {
  const setting = `DATABASES['${place.alias}']['HOST']`;
  const value = dict.get('HOST') ?? '';
  if (typeof value !== 'string') builder.unreadable(setting, place, described(value));
  else if (value.startsWith('/')) builder.setIn('DATABASES', 'UNIX_SOCKET', value, place, setting);
  else if (value !== '') builder.setIn('DATABASES', 'HOST', value, place, setting);
  else {
    const socket = engine === 'postgresql' ? '/var/run/postgresql' : '/var/run/mysqld/mysqld.sock';
    builder.default(
      setting,
      'localhost',
      `HOST is empty: Django then uses the server's own socket. Where localhost refuses, set UNIX_SOCKET, often ${socket}.`,
    );
  }
  const port = dict.get('PORT') ?? '';
  if (port === '') return;
  const number = Number(port instanceof Unknown ? Number.NaN : port);
  if (Number.isInteger(number) && number > 0 && number <= 65_535)
    builder.setIn('DATABASES', 'PORT', number, place, `DATABASES['${place.alias}']['PORT']`);
  else builder.unreadable(`DATABASES['${place.alias}']['PORT']`, place, described(port));
}

function password(dict: PythonDict, builder: DraftBuilder, place: DatabasePlace): void {
  const setting = `DATABASES['${place.alias}']['PASSWORD']`;
  const value = dict.get('PASSWORD') ?? '';
  if (typeof value === 'string') builder.secret('DATABASE_PASSWORD', value, place, setting);
  else builder.unreadable(setting, place, value instanceof Unknown ? value.reason : 'it is no text');
}

function options(value: PythonValue | undefined, builder: DraftBuilder, place: DatabasePlace, engine: Engine): void {
  const setting = (key: string) => `DATABASES['${place.alias}']['OPTIONS']['${key}']`;
  if (value instanceof Unknown) builder.unreadable(`DATABASES['${place.alias}']['OPTIONS']`, place, value.reason);
  if (!(value instanceof Map)) return;
  const first = (...keys: readonly string[]): readonly [string, string] | null => {
    for (const key of keys) {
      const found = value.get(key);
      if (typeof found === 'string' && found !== '') return [key, found];
    }
    return null;
  };
  tlsMode(first('sslmode', 'ssl_mode', 'ssl-mode'), value, builder, place, setting);
  const files = [
    ['TLS_CA', first('sslrootcert', 'ssl_ca', 'ssl-ca')],
    ['TLS_CERT', first('sslcert', 'ssl_cert', 'ssl-cert')],
    ['TLS_KEY', first('sslkey', 'ssl_key', 'ssl-key')],
  ] as const;
  for (const [field, found] of files) {
    const inner = fromSslDict(value.get('ssl'), field);
    if (found !== null) builder.setIn('DATABASES', field, found[1], place, setting(found[0]));
    else if (inner !== null) builder.setIn('DATABASES', field, inner, place, setting('ssl'));
  }
  const socket = engine === 'mysql' ? first('unix_socket') : null;
  if (socket !== null) builder.setIn('DATABASES', 'UNIX_SOCKET', socket[1], place, setting(socket[0]));
  const schema = schemaOf(first('options')?.[1] ?? '') ?? first('currentSchema', 'search_path')?.[1] ?? null;
  if (schema !== null) builder.setIn('DATABASES', 'SCHEMA', schema, place, setting('options'));
  for (const key of ['service', 'passfile', 'read_default_file']) {
    if (value.has(key)) builder.unreadable(setting(key), place, 'the file that it names is not read: enter host, user and password');
  }
}

function tlsMode(
  found: readonly [string, string] | null,
  value: PythonDict,
  builder: DraftBuilder,
  place: Origin,
  setting: (key: string) => string,
): void {
  if (found !== null) {
    const mode = MODES[found[1].toLowerCase()];
    if (mode !== undefined) builder.setIn('DATABASES', 'TLS', mode, place, setting(found[0]));
    else builder.unreadable(setting(found[0]), place, `${JSON.stringify(found[1].slice(0, 40))} is no mode of TLS`);
  } else if (value.get('ssl') instanceof Map) {
    builder.setIn('DATABASES', 'TLS', fromSslDict(value.get('ssl'), 'TLS_CA') === null ? 'require' : 'verify', place, setting('ssl'));
  }
}

/** mysqlclient's OPTIONS['ssl'] = {'ca': …, 'cert': …, 'key': …}. */
function fromSslDict(value: PythonValue | undefined, field: 'TLS_CA' | 'TLS_CERT' | 'TLS_KEY'): string | null {
  const found = value instanceof Map ? value.get(field.slice(4).toLowerCase()) : undefined;
  return typeof found === 'string' && found !== '' ? found : null;
}

/** "-c search_path=site,public" names the schema that is looked into first. */
function schemaOf(options: string): string | null {
  const path = /-c\s*search_path=\s*(\S+)/.exec(options)?.[1];
  return path?.split(',')[0]?.replaceAll('"', '').trim() || null;
}
