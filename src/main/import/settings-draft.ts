/** Django's settings, from wherever they were read, to a profile. */
import { useTzDefault as defaultUseTz, sessionEngine } from '../django/settings.ts';
import { cacheDraft } from './cache-draft.ts';
import { databaseDraft } from './database-draft.ts';
import { type DraftBuilder, described, type Origin } from './draft.ts';
import { type PythonDict, type PythonValue, Unknown } from './python/value.ts';

export type Setting = Origin & Readonly<{ value: PythonValue }>;

export type SiteSettings = Readonly<{
  /** undefined where the site does not set it */
  get(name: string): Setting | undefined;
  /** "5.2", or null where it could not be found */
  version: string | null;
  /** a path of the settings as the site sees it; null: not known */
  folder: ((path: string) => string) | null;
  /** which engine a SESSION_ENGINE of the site's own extends, by reading its module */
  ownEngine(module: string): string | null;
  /** DATABASES alias that sessions are in, where a router says so */
  database?: string;
}>;

/** Engines of packages: which of Django's they are, their table, and what their cache keys begin with. */
const PACKAGES: Readonly<Record<string, Readonly<{ engine: 'db' | 'cached_db' | 'cache'; table?: string; prefix?: string }>>> = {
  'qsessions.backends.db': { engine: 'db', table: 'qsessions_session' },
  'qsessions.backends.cached_db': { engine: 'cached_db', table: 'qsessions_session', prefix: 'qsessions.q_cached_db' },
  'user_sessions.backends.db': { engine: 'db', table: 'user_sessions_session' },
  'user_sessions.backends.cached_db': { engine: 'cached_db', table: 'user_sessions_session', prefix: 'user_sessions.backends.cached_db' },
};

const SWITCHES = [
  'SESSION_COOKIE_SECURE',
  'SESSION_COOKIE_HTTPONLY',
  'SESSION_EXPIRE_AT_BROWSER_CLOSE',
  'SESSION_SAVE_EVERY_REQUEST',
  'USE_TZ',
] as const;
const TEXTS = ['SESSION_COOKIE_NAME', 'SESSION_COOKIE_PATH', 'TIME_ZONE'] as const;

/** Everything of a site, with Django's own defaults where it sets nothing. */
export function settingsDraft(site: SiteSettings, builder: DraftBuilder): void {
  secretKeys(site, builder);
  const engine = engineDraft(site, builder);
  for (const name of SWITCHES) plain(site, builder, name, 'boolean', (value, from) => builder.set(name, value, from));
  for (const name of TEXTS) plain(site, builder, name, 'string', (value, from) => value !== '' && builder.set(name, value, from));
  cookieAge(site, builder);
  cookieDomain(site, builder);
  serializer(site, builder);
  if (site.version !== null && site.get('USE_TZ') === undefined) builder.assume('USE_TZ', defaultUseTz(site.version));
  databases(site, builder);
  if (engine === 'cache' || engine === 'cached_db' || site.get('CACHES') !== undefined) caches(site, builder, engine);
  if (engine === 'file') filePath(site, builder);
  users(site, builder);
}

function plain<T extends 'boolean' | 'string'>(
  site: SiteSettings,
  builder: DraftBuilder,
  name: string,
  type: T,
  set: (value: T extends 'boolean' ? boolean : string, from: Origin) => void,
): void {
  const setting = site.get(name);
  if (setting === undefined) return;
  // The type was just compared.
  if (typeof setting.value === type) set(setting.value as T extends 'boolean' ? boolean : string, setting);
  else builder.unreadable(name, setting, described(setting.value));
}

function secretKeys(site: SiteSettings, builder: DraftBuilder): void {
  const key = site.get('SECRET_KEY');
  if (key === undefined) builder.unreadable('SECRET_KEY', { origin: '' }, 'it is not set in what was read');
  else if (keyText(key.value) === null)
    builder.unreadable('SECRET_KEY', key, key.value instanceof Unknown ? key.value.reason : 'it is no text');
  else builder.secret('SECRET_KEY', keyText(key.value) ?? '', key);
  const fallbacks = site.get('SECRET_KEY_FALLBACKS');
  if (fallbacks === undefined) return;
  const texts = Array.isArray(fallbacks.value) ? fallbacks.value.map(keyText) : [null];
  const known = texts.filter((text) => text !== null && text !== '');
  if (texts.includes(null)) builder.unreadable('SECRET_KEY_FALLBACKS', fallbacks, 'not all of them are known');
  else
    builder.secret(
      'SECRET_KEY_FALLBACKS',
      known.filter((text) => text !== null),
      fallbacks,
    );
}

function keyText(value: PythonValue): string | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'string' ? value : null;
}

function engineDraft(site: SiteSettings, builder: DraftBuilder): string | null {
  const setting = site.get('SESSION_ENGINE');
  if (setting === undefined) {
    builder.assume('SESSION_ENGINE', 'db');
    builder.default('SESSION_ENGINE', 'db');
    return 'db';
  }
  if (typeof setting.value !== 'string') {
    builder.unreadable('SESSION_ENGINE', setting, described(setting.value));
    return null;
  }
  const path = setting.value;
  const own = PACKAGES[path];
  const engine = sessionEngine(path) ?? own?.engine ?? sessionEngine(site.ownEngine(path) ?? '');
  if (engine === null) {
    builder.unreadable(
      'SESSION_ENGINE',
      setting,
      `${JSON.stringify(path.slice(0, 120))} is not one of Django's: choose the one that it extends`,
    );
    return null;
  }
  const extended = sessionEngine(path) === null ? { note: `${path} extends ${engine}` } : {};
  builder.set('SESSION_ENGINE', engine, { ...setting, ...extended });
  if (own?.table !== undefined) builder.set('session_table', own.table, { ...setting, note: `the table of ${path.split('.')[0]}` });
  if (own?.prefix !== undefined) builder.set('cache_key_prefix', own.prefix, { ...setting, note: `as ${path} begins its keys` });
  return engine;
}

function cookieAge(site: SiteSettings, builder: DraftBuilder): void {
  const age = site.get('SESSION_COOKIE_AGE');
  if (age === undefined) return;
  if (typeof age.value === 'number' && Number.isSafeInteger(Math.trunc(age.value)))
    builder.set('SESSION_COOKIE_AGE', Math.trunc(age.value), age);
  else builder.unreadable('SESSION_COOKIE_AGE', age, described(age.value));
}

function cookieDomain(site: SiteSettings, builder: DraftBuilder): void {
  const domain = site.get('SESSION_COOKIE_DOMAIN');
  if (typeof domain?.value === 'string' && domain.value !== '') builder.set('SESSION_COOKIE_DOMAIN', domain.value, domain);
  else if (domain?.value instanceof Unknown) builder.unreadable('SESSION_COOKIE_DOMAIN', domain, domain.value.reason);
  const same = site.get('SESSION_COOKIE_SAMESITE');
  if (same === undefined) return;
  if (same.value === null || same.value === false || same.value === '') builder.set('SESSION_COOKIE_SAMESITE', null, same);
  else if (same.value === 'Lax' || same.value === 'Strict' || same.value === 'None')
    builder.set('SESSION_COOKIE_SAMESITE', same.value, same);
  else builder.unreadable('SESSION_COOKIE_SAMESITE', same, described(same.value));
}

function serializer(site: SiteSettings, builder: DraftBuilder): void {
  const setting = site.get('SESSION_SERIALIZER');
  if (setting === undefined) return;
  const name = typeof setting.value === 'string' ? setting.value.split('.').at(-1) : undefined;
  if (name === 'JSONSerializer' || name === 'PickleSerializer') builder.set('SESSION_SERIALIZER', name, setting);
  else builder.unreadable('SESSION_SERIALIZER', setting, 'it is not one of Django: what is stored is recognized by itself');
}

function databases(site: SiteSettings, builder: DraftBuilder): void {
  const setting = site.get('DATABASES');
  const alias = site.database ?? 'default';
  if (setting === undefined) {
    builder.unreadable('DATABASES', { origin: '' }, 'it is not set in what was read');
    return;
  }
  const dict = setting.value instanceof Map ? setting.value.get(alias) : setting.value;
  if (dict instanceof Map) databaseDraft(dict, builder, { ...setting, alias, folder: site.folder });
  else builder.unreadable(`DATABASES['${alias}']`, setting, dict === undefined ? 'there is no such database' : described(dict));
}

function caches(site: SiteSettings, builder: DraftBuilder, engine: string | null): void {
  const named = site.get('SESSION_CACHE_ALIAS');
  const alias = typeof named?.value === 'string' ? named.value : 'default';
  if (named !== undefined && typeof named.value !== 'string') builder.unreadable('SESSION_CACHE_ALIAS', named, described(named.value));
  else if (named !== undefined) builder.set('SESSION_CACHE_ALIAS', alias, named);
  const setting = site.get('CACHES');
  const dict: PythonDict | PythonValue | undefined = setting?.value instanceof Map ? setting.value.get(alias) : setting?.value;
  const used = engine === 'cache' || engine === 'cached_db';
  if (!used && (!(dict instanceof Map) || /\.(locmem|dummy)\./.test(String(dict.get('BACKEND'))))) return;
  if (setting !== undefined && dict instanceof Map) cacheDraft(dict, builder, { ...setting, alias, folder: site.folder });
  else if (used) {
    const reason =
      setting === undefined
        ? 'it is not set: Django then keeps entries in its own process, where nobody else sees them'
        : dict === undefined
          ? 'there is no such cache'
          : described(dict);
    builder.unreadable(`CACHES['${alias}']`, setting ?? { origin: '' }, reason);
  }
}

function filePath(site: SiteSettings, builder: DraftBuilder): void {
  const setting = site.get('SESSION_FILE_PATH');
  if (setting === undefined || setting.value === null) {
    builder.default('SESSION_FILE_PATH', '', 'Django then takes the folder for temporary files of the process that it runs in.');
  } else if (typeof setting.value === 'string') builder.set('SESSION_FILE_PATH', site.folder?.(setting.value) ?? setting.value, setting);
  else builder.unreadable('SESSION_FILE_PATH', setting, described(setting.value));
}

/** AUTH_USER_MODEL 'accounts.User' is in accounts_user, unless its Meta says otherwise. */
function users(site: SiteSettings, builder: DraftBuilder): void {
  const setting = site.get('AUTH_USER_MODEL');
  if (setting === undefined || setting.value === 'auth.User') return;
  const [, app, model] = typeof setting.value === 'string' ? (/^([A-Za-z_]\w*)\.([A-Za-z_]\w*)$/.exec(setting.value) ?? []) : [];
  if (app === undefined || model === undefined) {
    builder.unreadable('AUTH_USER_MODEL', setting, described(setting.value));
    return;
  }
  const note = `the usual name of the table of ${app}.${model}: check it, and its columns`;
  builder.setIn('user_table', 'table', `${app}_${model}`.toLowerCase(), { ...setting, note }, 'AUTH_USER_MODEL');
}
