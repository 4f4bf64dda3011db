import { InspectorError } from '../errors.ts';
import { type PythonExpression, pythonExpression, pythonString } from './python-literal.ts';

/** For `manage.py shell`: the SessionStore of the site's own engine, whichever it is. django/contrib/sessions/middleware.py __init__() */
const STORE = ['from importlib import import_module', 'from django.conf import settings', ''];
const STORE_CLASS = 'SessionStore = import_module(settings.SESSION_ENGINE).SessionStore';

/**
 * Code that leaves a session of exactly these data in the site's store, whether or not there was one before. save() ends
 * it where `_session_expiry` or the settings say. django/contrib/sessions/backends/base.py clear(), update(), save()
 * @param session_key null: Django makes a new one
 * @throws InspectorError Unsupported, LimitExceeded
 */
export function recreateCode(session_key: string | null, typed: unknown): string {
  const data = dictExpression(typed);
  if (session_key === null) {
    return code(data, ['session = SessionStore()', `session.update(${data.text})`, 'session.save()', 'print(session.session_key)']);
  }
  return code(data, [
    `session = SessionStore(${pythonString(session_key)})`,
    // clear() begins with no data, and does not load what is there
    'session.clear()',
    `session.update(${data.text})`,
    'session.save(must_create=not session.exists(session.session_key))',
  ]);
}

/** Code that ends sessions. django/contrib/sessions/backends/*.py delete() */
export function deleteCode(session_keys: readonly string[]): string {
  const keys = pythonExpression(session_keys);
  return code(keys, [`for session_key in ${keys.text}:`, '    SessionStore().delete(session_key)']);
}

/**
 * Code that changes the keys of a session that differ between two versions of its data.
 * @throws InspectorError Unsupported, LimitExceeded
 */
export function changeCode(session_key: string, before: unknown, after: unknown): string {
  const old = entriesOf(before);
  const own = entriesOf(after);
  const imports = new Set<string>();
  const say = (typed: unknown): string => {
    const expression = pythonExpression(typed);
    for (const name of expression.imports) imports.add(name);
    return expression.text;
  };
  const removed = [...old].filter(([name]) => !own.has(name)).map(([, { key }]) => `del session[${say(key)}]`);
  const set = [...own]
    .filter(([name, { value }]) => JSON.stringify(old.get(name)?.value) !== JSON.stringify(value))
    .map(([, { key, value }]) => `session[${say(key)}] = ${say(value)}`);
  const lines = [`session = SessionStore(${pythonString(session_key)})`, ...removed, ...set];
  // Without a change save() still renews what the session's end is computed from.
  return code({ text: '', imports: [...imports].sort() }, [...lines, 'session.save()']);
}

/** @throws InspectorError Unsupported where the data are no dict */
export function dictExpression(typed: unknown): PythonExpression {
  entriesOf(typed);
  return pythonExpression(typed);
}

/** Lines of code with what they import. */
function code({ imports }: PythonExpression, lines: readonly string[]): string {
  return [...imports.map((name) => `import ${name}`), ...STORE, STORE_CLASS, ...lines, ''].join('\n');
}

function entriesOf(typed: unknown): ReadonlyMap<string, Readonly<{ key: unknown; value: unknown }>> {
  const pairs = typeof typed === 'object' && typed !== null && '$dict' in typed && !('class' in typed) ? typed.$dict : null;
  if (!Array.isArray(pairs)) {
    throw new InspectorError('Unsupported', 'The data are no plain dict: request.session does not hold such a value');
  }
  return new Map(pairs.map(([key, value]) => [JSON.stringify(key), { key, value }]));
}
