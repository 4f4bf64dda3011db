import type { SecretName } from '../../preload/api.ts';
import type { en } from '../i18n/en/index.ts';

/** What the form holds while a person types: text and switches, by the path of the setting. */
export type FormValues = Readonly<Record<string, string | boolean>>;

type HelpKey = keyof (typeof en)['settingHelp'];
/** When a field is needed. */
export type Show = (values: FormValues) => boolean;

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

/** Whether the chosen SESSION_ENGINE is one of these. */
export function engineIs(...engines: readonly string[]): Show {
  return (values) => engines.includes(String(values['SESSION_ENGINE']));
}

/** Whether a field holds one of these. */
export function is(path: string, ...options: readonly string[]): Show {
  return (values) => options.includes(String(values[path]));
}

export function all(...shows: readonly Show[]): Show {
  return (values) => shows.every((show) => show(values));
}

export const usesTable = engineIs('db', 'cached_db');
export const usesCache = engineIs('cache', 'cached_db');
/** The database cache is a table, too. */
export const usesDatabase: Show = (values) => usesTable(values) || (usesCache(values) && is('CACHES.BACKEND', 'DatabaseCache')(values));
