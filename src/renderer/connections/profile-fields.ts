import { engineIs, type FormValues, type SectionSpec, type Show, usesDatabase, usesTable } from './field-spec.ts';
import { CACHE_SECTION, DATABASE_SECTION } from './store-fields.ts';

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
  DATABASE_SECTION,
  CACHE_SECTION,
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
