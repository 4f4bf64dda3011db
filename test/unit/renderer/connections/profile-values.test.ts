import { expect, test } from 'vitest';
import { Profile } from '../../../../src/preload/api.ts';
import { placeOf, shortPlaceOf } from '../../../../src/renderer/connections/place.ts';
import { SECTIONS, shownSections } from '../../../../src/renderer/connections/profile-fields.ts';
import { formValues, parseProfile, secretsInput } from '../../../../src/renderer/connections/profile-values.ts';
import { en } from '../../../../src/renderer/i18n/en/index.ts';

function profile(change: Readonly<Record<string, unknown>>): Profile {
  return Profile.parse({ id: 'p', name: 'Shop', ...change });
}

const WHOLE = profile({
  group: 'Customers',
  SESSION_ENGINE: 'cached_db',
  DATABASES: { ENGINE: 'postgresql', NAME: 'shop', HOST: 'db.example', PORT: 5433, TIME_ZONE: 'Europe/Berlin' },
  CACHES: { LOCATION: ['redis://u:p@cache.example:6379/1', 'redis://replica'], DB: 2 },
  SESSION_COOKIE_DOMAIN: '.example.com',
  SESSION_COOKIE_SAMESITE: null,
  SESSION_COOKIE_AGE: -5,
  user_table: { table: 'accounts_user', email: '' },
});

test.each([
  ['defaults', profile({})],
  ['everything', WHOLE],
  ['no user table', profile({ user_table: null })],
])('a profile with %s is the same after the form', (_, before) => {
  expect(parseProfile('p', formValues(before))).toEqual({ ok: true, profile: before });
});

test('the form of a new profile wants a name, and nothing else', () => {
  expect(parseProfile('p', formValues(null))).toMatchObject({ ok: false, problems: [{ path: 'name', code: 'too_small' }] });
});

test.each([
  ['DATABASES.PORT', '70000', 'too_big'],
  ['DATABASES.PORT', 'x', 'invalid_type'],
  ['SESSION_COOKIE_AGE', '', 'invalid_type'],
  ['SESSION_COOKIE_AGE', '1.5', 'invalid_type'],
  ['SESSION_COOKIE_NAME', '', 'too_small'],
  ['DJANGO_VERSION', 'five', 'invalid_format'],
  ['session_table', '', 'too_small'],
  ['user_table.id', '', 'too_small'],
])('%s refuses %j', (path, text, code) => {
  const parsed = parseProfile('p', { ...formValues(WHOLE), [path]: text });
  expect(parsed.ok ? [] : parsed.problems.map((problem) => [problem.path, problem.code])).toContainEqual([path, code]);
});

test('empty numbers that may be empty are None', () => {
  const parsed = parseProfile('p', { ...formValues(WHOLE), 'DATABASES.PORT': ' ', SESSION_COOKIE_DOMAIN: '', 'DATABASES.TIME_ZONE': '' });
  expect(parsed).toMatchObject({ ok: true, profile: { DATABASES: { PORT: null, TIME_ZONE: null }, SESSION_COOKIE_DOMAIN: null } });
});

test('every setting of the schema is a field of the form', () => {
  const paths = new Set(SECTIONS.flatMap((section) => section.fields.map((field) => field.path)));
  const missing = Object.keys(formValues(null)).filter((path) => path !== 'id' && !paths.has(path));
  expect(missing).toEqual([]);
});

test('every choice has words', () => {
  for (const field of SECTIONS.flatMap((section) => section.fields)) {
    if (field.kind !== 'select' || !field.words || field.words === 'auto' || field.words === 'sameSite') continue;
    const words: Readonly<Record<string, unknown>> = field.words === 'environment' ? en.common : en.profileChoice[field.words];
    for (const value of field.values) expect(words, `${field.path} ${value}`).toHaveProperty(value);
  }
});

test.each([
  [{ SESSION_ENGINE: 'db' }, ['DATABASES.NAME'], ['DATABASES.HOST', 'CACHES.LOCATION', 'SESSION_FILE_PATH']],
  [{ SESSION_ENGINE: 'db', 'DATABASES.ENGINE': 'mysql' }, ['DATABASES.HOST', 'DATABASE_PASSWORD'], ['DATABASES.SCHEMA']],
  [{ SESSION_ENGINE: 'file' }, ['SESSION_FILE_PATH'], ['DATABASES.NAME', 'session_table']],
  [{ SESSION_ENGINE: 'cache' }, ['CACHES.LOCATION', 'CACHES.TOPOLOGY'], ['DATABASES.NAME', 'CACHES.SENTINEL_MASTER']],
  [{ SESSION_ENGINE: 'cache', 'CACHES.BACKEND': 'DatabaseCache' }, ['DATABASES.NAME'], ['CACHES.TOPOLOGY', 'session_table']],
  [{ SESSION_ENGINE: 'cached_db' }, ['DATABASES.NAME', 'CACHES.LOCATION', 'session_table'], ['SESSION_FILE_PATH']],
  [{ SESSION_ENGINE: 'signed_cookies' }, ['SECRET_KEY', 'SESSION_COOKIE_AGE'], ['DATABASES.NAME', 'CACHES.LOCATION', 'user_table']],
] as const)('%j shows its fields and no others', (values, shown, hidden) => {
  const paths = shownSections({ ...formValues(null), ...values }).flatMap((section) => section.fields.map((field) => field.path));
  expect(paths).toEqual(expect.arrayContaining([...shown]));
  for (const path of hidden) expect(paths).not.toContain(path);
});

test('untouched secrets are absent, removed ones null, typed ones win', () => {
  expect(secretsInput({}, new Set())).toEqual({});
  expect(secretsInput({ SECRET_KEY: '' }, new Set(['DATABASE_PASSWORD']))).toEqual({ DATABASE_PASSWORD: null });
  expect(secretsInput({ SECRET_KEY: ' k ', SECRET_KEY_FALLBACKS: 'a\n\nb' }, new Set(['SECRET_KEY']))).toEqual({
    SECRET_KEY: ' k ',
    SECRET_KEY_FALLBACKS: ['a', 'b'],
  });
});

test('places never show credentials', () => {
  expect(placeOf(WHOLE)).toBe('db.example:5433/shop + redis://cache.example:6379/1, redis://replica');
  expect(shortPlaceOf(WHOLE)).toBe('db.example:5433/shop');
  expect(shortPlaceOf(profile({ SESSION_ENGINE: 'cache', CACHES: { LOCATION: ['rediss://:secret@h:1/2'] } }))).toBe('h:1/2');
  expect(shortPlaceOf(profile({ DATABASES: { NAME: 'C:\\sites\\db.sqlite3' } }))).toBe('db.sqlite3');
});
