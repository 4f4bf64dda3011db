/** CACHES[SESSION_CACHE_ALIAS] to the fields of a profile. */
import type { CacheBackend } from '../django/cache-values.ts';
import { cacheBackend } from '../django/settings.ts';
import { type DraftBuilder, described, type Origin, reasonOf } from './draft.ts';
import { type PythonDict, type PythonValue, textOf, Unknown } from './python/value.ts';
import { decoded } from './url.ts';

export type CachePlace = Origin & Readonly<{ alias: string /** of relative folders */; folder: ((path: string) => string) | null }>;

export function cacheDraft(dict: PythonDict, builder: DraftBuilder, place: CachePlace): void {
  const name = (key: string) => `CACHES['${place.alias}']['${key}']`;
  const backend = backendOf(dict.get('BACKEND') ?? null, builder, place, name('BACKEND'));
  if (backend === null) return;
  builder.setIn('CACHES', 'BACKEND', backend, place, name('BACKEND'));
  const options = dict.get('OPTIONS');
  const optionsDict = options instanceof Map ? options : new Map<string, PythonValue>();
  if (options instanceof Unknown) builder.unreadable(name('OPTIONS'), place, options.reason);
  locations(dict.get('LOCATION') ?? null, backend, optionsDict, builder, place);
  const prefix = dict.get('KEY_PREFIX') ?? '';
  if (typeof prefix !== 'string') builder.unreadable(name('KEY_PREFIX'), place, described(prefix));
  else if (prefix !== '') builder.setIn('CACHES', 'KEY_PREFIX', prefix, place, name('KEY_PREFIX'));
  const version = dict.get('VERSION') ?? 1;
  if (typeof version !== 'number' || !Number.isInteger(version)) builder.unreadable(name('VERSION'), place, described(version));
  else if (version !== 1) builder.setIn('CACHES', 'VERSION', version, place, name('VERSION'));
  if ((dict.get('KEY_FUNCTION') ?? null) !== null) {
    builder.unreadable(
      name('KEY_FUNCTION'),
      place,
      'a function of the site makes the keys: describe it as a pattern with {prefix}, {version} and {key}',
    );
  }
  if (backend === 'RedisCache' || backend === 'django_redis') redisOptions(optionsDict, builder, place);
}

function backendOf(value: PythonValue, builder: DraftBuilder, place: Origin, setting: string): CacheBackend | null {
  if (typeof value !== 'string') {
    builder.unreadable(setting, place, described(value));
    return null;
  }
  try {
    return cacheBackend(value);
  } catch (thrown) {
    builder.unreadable(setting, place, reasonOf(thrown));
    return null;
  }
}

/** Credentials in a URL are secrets: they do not stay in LOCATION. */
function locations(value: PythonValue, backend: CacheBackend, options: PythonDict, builder: DraftBuilder, place: CachePlace): void {
  const setting = `CACHES['${place.alias}']['LOCATION']`;
  const sentinels = sentinelsOf(options.get('SENTINELS'));
  const all = Array.isArray(value) ? value : [value];
  const texts = all.flatMap((one) => (typeof one === 'string' ? splitLocation(one, backend) : []));
  if (all.some((one) => typeof one !== 'string') || texts.length === 0) {
    builder.unreadable(setting, place, described(all.find((one) => typeof one !== 'string') ?? ''));
    return;
  }
  if (backend !== 'RedisCache' && backend !== 'django_redis') {
    const list = backend === 'FileBasedCache' ? texts.map((path) => place.folder?.(path) ?? path) : texts;
    builder.setIn('CACHES', 'LOCATION', list, place, setting);
    return;
  }
  const parts = texts.map(withoutCredentials);
  const user = parts.find((part) => part.user !== '')?.user ?? '';
  const password = parts.find((part) => part.password !== '')?.password ?? '';
  if (user !== '') builder.setIn('CACHES', 'USER', user, place, setting);
  builder.secret('CACHE_PASSWORD', password, place, `${setting} (password)`);
  if (texts.some((text) => /[?&]ssl_cert_reqs=(none|CERT_NONE)\b/i.test(text))) builder.setIn('CACHES', 'TLS', 'require', place, setting);
  if (sentinels === null)
    builder.setIn(
      'CACHES',
      'LOCATION',
      parts.map(({ location }) => location),
      place,
      setting,
    );
  else sentinel(parts[0]?.location ?? '', sentinels, builder, place);
}

/** Django splits one text at ; and , for its own backends, django-redis at commas. */
function splitLocation(text: string, backend: CacheBackend): readonly string[] {
  const parts =
    backend === 'DatabaseCache' || backend === 'FileBasedCache' ? [text] : text.split(backend === 'django_redis' ? ',' : /[;,]/);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** django-redis: LOCATION is redis://name-of-the-master/db, and the Sentinels are in OPTIONS. */
function sentinel(location: string, sentinels: readonly string[], builder: DraftBuilder, place: CachePlace): void {
  const [, master = '', db = ''] = /^rediss?:\/\/([^/:]+)[^/]*\/?(\d*)/.exec(location) ?? [];
  const setting = `CACHES['${place.alias}']['OPTIONS']['SENTINELS']`;
  builder.setIn('CACHES', 'TOPOLOGY', 'sentinel', place, setting);
  builder.setIn(
    'CACHES',
    'LOCATION',
    sentinels.map((server) => `redis://${server}`),
    place,
    setting,
  );
  if (master !== '') builder.setIn('CACHES', 'SENTINEL_MASTER', master, place, `CACHES['${place.alias}']['LOCATION']`);
  if (db !== '') builder.setIn('CACHES', 'DB', Number(db), place, `CACHES['${place.alias}']['LOCATION']`);
}

function sentinelsOf(value: PythonValue | undefined): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  return value.flatMap((one) => {
    const [host, port = 26_379] = Array.isArray(one) ? one : [];
    return typeof host === 'string' ? [`${host}:${textOf(port) ?? ''}`] : [];
  });
}

/** `scheme://user:password@host` apart; in redis-py a password may also be in the query. */
export function withoutCredentials(location: string): Readonly<{ location: string; user: string; password: string }> {
  const [, scheme = '', rest = ''] = /^([A-Za-z][\w+.-]*:\/\/)(.*)$/s.exec(location) ?? ['', '', location];
  const end = rest.search(/[/?#]/);
  const inAuthority = rest.slice(0, end === -1 ? rest.length : end).lastIndexOf('@');
  const at = inAuthority === -1 && scheme !== 'unix://' ? rest.lastIndexOf('@', queryStart(rest)) : inAuthority;
  const [user = '', ...password] = at === -1 ? [] : rest.slice(0, at).split(':');
  const { place, queried, name } = withoutSecretQuery(rest.slice(at + 1));
  return { location: `${scheme}${place}`, user: decoded(user) || name, password: decoded(password.join(':')) || queried };
}

function queryStart(rest: string): number {
  const at = rest.indexOf('?');
  return at === -1 ? rest.length : at;
}

function withoutSecretQuery(text: string): Readonly<{ place: string; queried: string; name: string }> {
  const at = text.indexOf('?');
  if (at === -1) return { place: text, queried: '', name: '' };
  let [queried, name] = ['', ''];
  const kept = text
    .slice(at + 1)
    .split('&')
    .filter((part) => {
      if (part.startsWith('password=')) queried = decoded(part.slice(9));
      else if (part.startsWith('username=')) name = decoded(part.slice(9));
      // What only the client library is told.
      return part.startsWith('db=');
    });
  return { place: text.slice(0, at) + (kept.length === 0 ? '' : `?${kept.join('&')}`), queried, name };
}

const SERIALIZERS = { PickleSerializer: 'pickle', JSONSerializer: 'json', MSGPackSerializer: 'msgpack' } as const;
const COMPRESSORS = {
  IdentityCompressor: 'none',
  ZlibCompressor: 'zlib',
  GzipCompressor: 'gzip',
  LzmaCompressor: 'lzma',
  Lz4Compressor: 'lz4',
  ZStdCompressor: 'zstd',
} as const;

function redisOptions(options: PythonDict, builder: DraftBuilder, place: CachePlace): void {
  const setting = (key: string) => `CACHES['${place.alias}']['OPTIONS']['${key}']`;
  const text = (...keys: readonly string[]) => {
    const key = keys.find((one) => (options.get(one) ?? '') !== '');
    const value = key === undefined ? null : textOf(options.get(key) ?? null);
    return key === undefined || value === null ? null : { value, setting: setting(key) };
  };
  const password = text('PASSWORD', 'password');
  if (password !== null) builder.secret('CACHE_PASSWORD', password.value, place, password.setting);
  const user = text('USERNAME', 'username');
  if (user !== null) builder.setIn('CACHES', 'USER', user.value, place, user.setting);
  const db = text('DB', 'db');
  if (db !== null && /^\d+$/.test(db.value)) builder.setIn('CACHES', 'DB', Number(db.value), place, db.setting);
  const topology = text('TOPOLOGY');
  if (topology?.value === 'sentinel' || topology?.value === 'cluster')
    builder.setIn('CACHES', 'TOPOLOGY', topology.value, place, 'topology');
  const master = text('SENTINEL_MASTER');
  if (master !== null) builder.setIn('CACHES', 'SENTINEL_MASTER', master.value, place, 'SENTINEL_MASTER');
  named(text('SERIALIZER'), SERIALIZERS, builder, place, (value, from) => builder.setIn('CACHES', 'SERIALIZER', value, place, from));
  named(text('COMPRESSOR'), COMPRESSORS, builder, place, (value, from) => builder.setIn('CACHES', 'COMPRESSOR', value, place, from));
  sentinelPassword(options.get('SENTINEL_KWARGS'), builder, place, setting('SENTINEL_KWARGS'));
  pool(options.get('CONNECTION_POOL_KWARGS') ?? options, builder, place);
}

function named<V>(
  found: Readonly<{ value: string; setting: string }> | null,
  known: Readonly<Record<string, V>>,
  builder: DraftBuilder,
  place: Origin,
  set: (value: V, setting: string) => void,
): void {
  if (found === null) return;
  const value = known[found.value.split('.').at(-1) ?? ''];
  if (value !== undefined) set(value, found.setting);
  else builder.unreadable(found.setting, place, `${found.value.slice(0, 120)} is not known: it is read from what is there`);
}

function sentinelPassword(value: PythonValue | undefined, builder: DraftBuilder, place: Origin, setting: string): void {
  const password = value instanceof Map ? value.get('password') : undefined;
  if (typeof password === 'string') builder.secret('SENTINEL_PASSWORD', password, place, setting);
  const user = value instanceof Map ? value.get('username') : undefined;
  if (typeof user === 'string' && user !== '') builder.setIn('CACHES', 'SENTINEL_USER', user, place, setting);
}

/** redis-py verifies the certificate of rediss:// unless ssl_cert_reqs says otherwise. */
function pool(value: PythonValue, builder: DraftBuilder, place: CachePlace): void {
  if (!(value instanceof Map)) return;
  const setting = `CACHES['${place.alias}']['OPTIONS']`;
  const ca = value.get('ssl_ca_certs');
  const requirement = value.get('ssl_cert_reqs');
  if (value.has('ssl_cert_reqs') && (requirement === null || requirement === 'none' || requirement === 'None')) {
    builder.setIn('CACHES', 'TLS', 'require', place, `${setting} ssl_cert_reqs`);
  } else if (typeof ca === 'string' && ca !== '') builder.setIn('CACHES', 'TLS', 'verify', place, `${setting} ssl_ca_certs`);
  const files = [
    ['TLS_CA', 'ssl_ca_certs'],
    ['TLS_CERT', 'ssl_certfile'],
    ['TLS_KEY', 'ssl_keyfile'],
  ] as const;
  for (const [field, key] of files) {
    const file = value.get(key);
    if (typeof file === 'string' && file !== '') builder.setIn('CACHES', field, file, place, `${setting} ${key}`);
  }
}
