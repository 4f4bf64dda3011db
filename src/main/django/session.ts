import { InspectorError } from '../errors.ts';
import type { NewValue, SessionDocument, ValueNode } from './document.ts';
import { fromisoformat } from './iso-format.ts';
import { isoformat, type PythonDatetime } from './python-datetime.ts';
import { readFloat } from './serializers/json/float-repr.ts';
import { type ExpiryArgument, type ExpiryValue, storedExpiry } from './session-expiry.ts';
import { newSessionKey } from './session-key.ts';
import type { DjangoVersion } from './versions.ts';

/**
 * The operations of request.session (django/contrib/sessions/backends/base.py SessionBase, 2.2 to 6.1) on a document.
 * A session is a value: every operation answers with the session that results, and touches no store. What Django does to
 * the stored record is in `records` where it is more than saving at the end of the request.
 */
export type Session = Readonly<{
  /** null: no record; saving makes a new key */
  session_key: string | null;
  document: SessionDocument;
  /** the data was looked at: the response varies by cookie */
  accessed: boolean;
  /** the session is saved, and its cookie sent, at the end of the request */
  modified: boolean;
}>;

/** What Django does to the store at once, in this order. `save` writes the data under the key. */
export type RecordChange = Readonly<{ action: 'create' | 'delete'; session_key: string }>;

export const SESSION_EXPIRY = '_session_expiry';
export const TEST_COOKIE_NAME = 'testcookie';
export const TEST_COOKIE_VALUE = 'worked';

/** Enough for every key of any session; see LIMITS.nodes. */
const ALL = 2_000_000;

/** A session as it is before anything looks at its data. */
export function openSession(session_key: string | null, document: SessionDocument): Session {
  return { session_key, document, accessed: false, modified: false };
}

function accessed(session: Session): Session {
  return session.accessed ? session : { ...session, accessed: true };
}

function changed(session: Session, document: SessionDocument): Session {
  return { ...session, document, accessed: true, modified: true };
}

/** `session.get(key)`: null stands for absent; a stored None is a node of type NoneType. */
export function get(session: Session, key: string): Readonly<{ session: Session; value: ValueNode | null }> {
  const path = session.document.find(key);
  return { session: accessed(session), value: path === null ? null : session.document.at(path) };
}

/** `key in session`, `session.has_key(key)` */
export function hasKey(session: Session, key: string): Readonly<{ session: Session; value: boolean }> {
  return { session: accessed(session), value: session.document.find(key) !== null };
}

export type Item = Readonly<{ key: ValueNode; value: ValueNode }>;

/**
 * `session.items()` as Python has them after loading: of equal str keys one, with the last value, at the place of the first.
 * keys() and values() are its two sides.
 */
export function items(session: Session): Readonly<{ session: Session; value: readonly Item[] }> {
  const found = new Map<string, Item>();
  for (const { key, value } of session.document.view(ALL).children ?? []) {
    if (key === undefined) continue;
    const name = `${key.type} ${key.text ?? ''}`;
    found.set(name, { key: found.get(name)?.key ?? key, value });
  }
  return { session: accessed(session), value: [...found.values()] };
}

/** `session[key] = value` @throws InspectorError BadValue where the serializer cannot hold the value */
export function setItem(session: Session, key: string, value: NewValue): Session {
  const path = session.document.find(key);
  const edit =
    path === null ? ({ op: 'add', path: [], key: { type: 'str', text: key }, value } as const) : ({ op: 'set', path, value } as const);
  return changed(session, session.document.edit(edit));
}

/** `session.update(entries)` */
export function update(session: Session, entries: Iterable<readonly [string, NewValue]>): Session {
  let updated: Session = { ...session, accessed: true, modified: true };
  for (const [key, value] of entries) updated = setItem(updated, key, value);
  return updated;
}

/** `session.setdefault(key, value)`: modified only where the key was absent. */
export function setdefault(session: Session, key: string, value: NewValue): Readonly<{ session: Session; value: ValueNode | null }> {
  if (session.document.find(key) !== null) return get(session, key);
  return get(setItem(session, key, value), key);
}

/** `del session[key]` @throws InspectorError DoesNotExist where Python raises KeyError */
export function delItem(session: Session, key: string): Session {
  if (session.document.find(key) === null) {
    throw new InspectorError('DoesNotExist', `KeyError: the session has no key ${JSON.stringify(key.slice(0, 80))}`, {
      hint: 'It was removed meanwhile; open the session again.',
    });
  }
  return changed(session, without(session.document, key));
}

/** Every entry of that key: JSON text may hold it twice, of which Python knows one. */
function without(document: SessionDocument, key: string): SessionDocument {
  let rest = document;
  for (let path = rest.find(key); path !== null; path = rest.find(key)) rest = rest.edit({ op: 'remove', path });
  return rest;
}

/**
 * `session.pop(key)`, and with `hasDefault` `session.pop(key, default)`: modified only where the key was present.
 * @returns the value, or null where the default is taken @throws InspectorError DoesNotExist where Python raises KeyError
 */
export function pop(session: Session, key: string, hasDefault = false): Readonly<{ session: Session; value: ValueNode | null }> {
  const { value } = get(session, key);
  if (value === null && hasDefault) return { session: accessed(session), value };
  return { session: delItem(session, key), value };
}

/** `session.clear()`: the data becomes {} whatever it was; the record and its key stay. */
export function clear(session: Session): Session {
  return changed(session, session.document.edit({ op: 'set', path: [], value: { type: 'json', text: '{}' } }));
}

/** `session.is_empty()`: neither a key nor data. A record that holds {} is not empty, so its cookie stays. */
export function isEmpty(session: Session): boolean {
  return session.session_key === null && items(session).value.length === 0;
}

/** `session.flush()`: the data and the record go, in cached_db the cache entry too; the browser is told to drop its cookie. */
export function flush(session: Session): Readonly<{ session: Session; records: readonly RecordChange[] }> {
  const { session_key } = session;
  const records = session_key === null ? [] : [{ action: 'delete', session_key } as const];
  return { session: { ...clear(session), session_key: null }, records };
}

/**
 * `session.cycle_key()`: a record under a new key that already holds the data, then the old record goes; at the end of the
 * request the data is saved once more. signed_cookies only signs anew.
 * @param randomBytes a source of that many random bytes
 */
export function cycleKey(
  session: Session,
  randomBytes: (count: number) => Uint8Array,
): Readonly<{ session: Session; records: readonly RecordChange[] }> {
  const session_key = newSessionKey(randomBytes);
  const records: RecordChange[] = [{ action: 'create', session_key }];
  if (session.session_key !== null) records.push({ action: 'delete', session_key: session.session_key });
  return { session: { ...session, session_key, accessed: true, modified: true }, records };
}

export function setTestCookie(session: Session): Session {
  return setItem(session, TEST_COOKIE_NAME, { type: 'str', text: TEST_COOKIE_VALUE });
}

export function testCookieWorked(session: Session): boolean {
  const { value } = get(session, TEST_COOKIE_NAME);
  return value?.type === 'str' && value.text === TEST_COOKIE_VALUE;
}

/** @throws InspectorError DoesNotExist where Python raises KeyError */
export function deleteTestCookie(session: Session): Session {
  return delItem(session, TEST_COOKIE_NAME);
}

/**
 * `session.set_expiry(value)`. Before 4.1 a datetime is kept as one, which only pickles can hold.
 * @param now timezone.now(): aware under USE_TZ, else naive
 * @throws InspectorError BadValue where Python raises, or the serializer cannot hold the value
 */
export function setExpiry(session: Session, value: ExpiryArgument, version: DjangoVersion, now: PythonDatetime): Session {
  const stored = storedExpiry(value, version, now);
  if (!stored.ok)
    throw new InspectorError('BadValue', `${stored.error}: ${stored.message}`, { hint: 'Choose a date between the years 1 and 9999.' });
  if (stored.value !== null) return setItem(session, SESSION_EXPIRY, newValue(stored.value));
  // Without a custom expiry nothing is removed, and nothing becomes modified.
  return session.document.find(SESSION_EXPIRY) === null ? accessed(session) : delItem(session, SESSION_EXPIRY);
}

function newValue(value: ExpiryValue): NewValue {
  switch (value.type) {
    case 'NoneType':
      return { type: 'NoneType', text: 'None' };
    case 'bool':
      return { type: 'bool', text: value.value ? 'True' : 'False' };
    case 'int':
      return { type: 'int', text: String(value.value) };
    case 'float':
      return { type: 'float', text: Number.isFinite(value.value) ? String(value.value) : String(value.value).replace('Infinity', 'inf') };
    case 'str':
      return { type: 'str', text: value.value };
    case 'datetime':
      return { type: 'datetime', text: isoformat(value.value) };
    case 'other':
      throw new InspectorError('BadValue', `set_expiry() takes no ${value.class}`);
    default:
      return value satisfies never;
  }
}

/** `_session_expiry` of a document, by Python type; NoneType where it is absent. */
export function expiryValue(document: SessionDocument): ExpiryValue {
  const path = document.find(SESSION_EXPIRY);
  return path === null ? { type: 'NoneType' } : expiryOfNode(document.at(path));
}

function expiryOfNode(node: ValueNode): ExpiryValue {
  const text = node.text ?? '';
  switch (node.type) {
    case 'NoneType':
      return { type: 'NoneType' };
    case 'bool':
      return { type: 'bool', value: text === 'True' };
    case 'int':
      return { type: 'int', value: BigInt(text) };
    case 'float':
      return { type: 'float', value: readFloat(text) ?? Number.NaN };
    case 'str':
      return { type: 'str', value: text };
    case 'datetime': {
      const parsed = fromisoformat(text);
      return parsed.ok ? { type: 'datetime', value: parsed.value } : other(node);
    }
    default:
      return other(node);
  }
}

/** Containers and texts are false when they are empty; objects are true. */
function other(node: ValueNode): ExpiryValue {
  const contents = ['list', 'tuple', 'dict', 'set', 'frozenset', 'OrderedDict', 'defaultdict', 'namedtuple'].includes(node.type);
  const truthy = contents ? (node.children?.length ?? 0) + (node.omitted ?? 0) > 0 : node.text !== '';
  return { type: 'other', class: (node.class ?? node.type).replace(/^.*\./, ''), truthy };
}
