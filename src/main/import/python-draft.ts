/** What the project's own Python said of its settings, to a profile. */
import { DraftBuilder, type ImportDraft } from './draft.ts';
import type { PythonValue } from './python/value.ts';
import type { PythonAnswer } from './python-run.ts';
import { settingsDraft } from './settings-draft.ts';

/** @param origin names the module and the interpreter @param folder a path as the site sees it */
export function pythonDraft(answer: PythonAnswer, origin: string, folder: (path: string) => string): ImportDraft {
  const builder = new DraftBuilder();
  const version = answer.version ?? null;
  if (version !== null) builder.set('DJANGO_VERSION', version, { origin });
  const settings = new Map(Object.entries(answer.settings));
  settingsDraft(
    {
      get: (name) => {
        const value = settings.get(name);
        return value === undefined ? undefined : { origin, value: pythonValue(value) };
      },
      version,
      folder,
      ownEngine: () => (answer.engine == null ? null : `django.contrib.sessions.backends.${answer.engine}`),
      ...(answer.database == null ? {} : { database: answer.database }),
    },
    builder,
  );
  models(answer, builder, origin);
  for (const note of answer.notes) builder.unreadable('INSTALLED_APPS', { origin }, note);
  return builder.build();
}

/** Django's own prefixes: another one is the site's. */
const PREFIXES = ['django.contrib.sessions.cache', 'django.contrib.sessions.cached_db'];

function models({ session_table, store_class, cache_key_prefix, user }: PythonAnswer, builder: DraftBuilder, origin: string): void {
  if (session_table && session_table !== 'django_session') builder.set('session_table', session_table, { origin });
  if (store_class && store_class !== 'SessionStore') builder.set('session_store_class', store_class, { origin });
  if (cache_key_prefix && !PREFIXES.includes(cache_key_prefix)) builder.set('cache_key_prefix', cache_key_prefix, { origin });
  if (user === undefined || !user.username) return;
  const { table, id, username, email, password, is_active } = user;
  for (const [key, value] of Object.entries({ table, id, username, email, password, is_active })) {
    // The keys are those of the profile's user_table.
    builder.setIn('user_table', key as 'table', value, { origin }, `user_table.${key}`);
  }
}

type Json = PythonAnswer['settings'][string];

function pythonValue(value: Json): PythonValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(pythonValue);
  return new Map(Object.entries(value).map(([key, inner]) => [key, pythonValue(inner)] as const));
}
