import { InspectorError } from '../errors.ts';
import type { SessionDocument, ValueNode } from './document.ts';
import { redactKey, redactTyped } from './redact-data.ts';
import { parseJson } from './serializers/json/document.ts';
import { jsonFromTyped } from './serializers/json/typed.ts';
import { SPACED } from './serializers/json/write.ts';
import { type CookieSettings, quoteCookieValue } from './set-cookie.ts';
import { dictExpression, recreateCode } from './shell-code.ts';

export type CopyFormat = 'json' | 'python' | 'django' | 'cookie' | 'curl';
/**
 * What whoever copies should know: the cookie is a login; save() computes when the session ends, from _session_expiry,
 * else from the site's settings; SESSION_COOKIE_DOMAIN is not set, so that the address is that of runserver.
 */
export type CopyNote = 'login' | 'expiry' | 'address';
export type Copied = Readonly<{ text: string; notes: readonly CopyNote[] }>;

/** Bytes of payload up to which a session is written out for the clipboard. */
const MOST_BYTES = 4 * 1024 * 1024;

export type CopyInput = Readonly<{
  session_key: string;
  /** null where the data do not decode */
  document: SessionDocument | null;
  format: CopyFormat;
  /** session key, hashes, tokens and e-mail addresses masked */
  redacted: boolean;
  settings: CookieSettings;
}>;

/**
 * One session in the form in which it is handed on.
 * @throws InspectorError Unsupported where the form cannot hold a value, LimitExceeded, BadValue
 */
export function copyAs({ session_key, document, format, redacted, settings }: CopyInput): Copied {
  const key = redacted ? redactKey(session_key) : session_key;
  if (format === 'cookie' || format === 'curl') {
    const notes: readonly CopyNote[] = redacted ? [] : ['login'];
    const cookie = cookieOf(key, settings);
    return format === 'cookie' ? { text: `Cookie: ${cookie}`, notes } : curl(cookie, settings, notes);
  }
  if (document === null) throw new InspectorError('Unsupported', 'The data do not decode, so that there is nothing to copy');
  if (document.payload.length > MOST_BYTES) throw new InspectorError('LimitExceeded', `The data have more than ${MOST_BYTES} bytes`);
  if (format === 'json' && !redacted && document.serializer === 'json') return { text: document.text(), notes: [] };
  const held = typedOf(document);
  const typed = redacted ? redactTyped(held) : held;
  if (format === 'json') return { text: jsonOf(typed), notes: [] };
  if (format === 'python') {
    const { text, imports } = dictExpression(typed);
    return { text: [...imports.map((name) => `import ${name}\n`), `${text}\n`].join(''), notes: [] };
  }
  return { text: recreateCode(redacted ? null : session_key, typed), notes: ['expiry'] };
}

/** Names what stands in the way where it is in sight; the writer of the form refuses it in any case. */
function typedOf(document: SessionDocument): unknown {
  const found = unsayable('', document.view());
  const typed = document.typed();
  if (typed !== null && found === null) return typed;
  throw new InspectorError('Unsupported', found ?? 'The data hold an object that only its own code could build again', {
    hint: 'The Text view shows it for reading.',
  });
}

const CODE: ReadonlySet<ValueNode['type']> = new Set(['object', 'model', 'global', 'lazy', 'persistent id', 'extension', 'buffer', 'str2']);

/** Names the first value that cannot be said without running code. */
function unsayable(path: string, node: ValueNode): string | null {
  if (CODE.has(node.type)) {
    return `${path === '' ? 'The data are' : `${path} is`} an object of ${node.class ?? node.type}: only its own code could build it again`;
  }
  for (const [index, { key, label, value }] of (node.children ?? []).entries()) {
    const name = key?.text ?? label ?? String(index);
    const found = unsayable(path === '' ? name : `${path}.${name}`, value);
    if (found !== null) return found;
  }
  return null;
}

/** JSON of what JSON can hold; nothing is turned into something else on the way. */
function jsonOf(typed: unknown): string {
  const found = notJson('', typed);
  if (found !== null) {
    throw new InspectorError('Unsupported', found, { hint: 'Copy as a Python dict: it keeps the types.' });
  }
  return parseJson(Buffer.from(jsonFromTyped(typed, SPACED), 'latin1')).text();
}

const JSON_TAGS: ReadonlySet<string> = new Set(['$dict', '$int', '$float']);

function notJson(path: string, typed: unknown): string | null {
  const at = (name: unknown) => `${path}${path === '' ? '' : '.'}${String(name)}`;
  if (Array.isArray(typed)) return first(typed, (item, index) => notJson(at(index), item));
  if (typeof typed !== 'object' || typed === null) return null;
  const [[tag, content] = ['', null], ...rest] = Object.entries(typed);
  const place = path === '' ? 'The data are' : `${path} is`;
  if (!JSON_TAGS.has(tag) || rest.length > 0) return `${place} a ${tag.replace('$', '')}, which JSON cannot hold`;
  if (tag !== '$dict' || !Array.isArray(content)) return null;
  return first(content, ([key, value]) => {
    if (typeof key !== 'string') return `${path === '' ? 'The data' : path} has a key that is no str, which JSON cannot hold`;
    return notJson(at(key), value);
  });
}

function first<T>(items: readonly T[], find: (item: T, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== null) return found;
  }
  return null;
}

function cookieOf(key: string, { SESSION_COOKIE_NAME }: CookieSettings): string {
  const cookie = `${SESSION_COOKIE_NAME}=${quoteCookieValue(key)}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a header must not hold them
  if (/[\u0000-\u001f\u007f]/.test(cookie))
    throw new InspectorError('BadValue', 'The session key holds a control character: no header can hold it');
  return cookie;
}

/** For a POSIX shell. */
function curl(cookie: string, settings: CookieSettings, notes: readonly CopyNote[]): Copied {
  const { SESSION_COOKIE_DOMAIN, SESSION_COOKIE_PATH, SESSION_COOKIE_SECURE } = settings;
  const host = SESSION_COOKIE_DOMAIN?.replace(/^\./, '');
  const url = `${SESSION_COOKIE_SECURE ? 'https' : 'http'}://${host || 'localhost:8000'}${SESSION_COOKIE_PATH || '/'}`;
  return { text: `curl --cookie ${quoted(cookie)} ${quoted(url)}`, notes: host ? notes : [...notes, 'address'] };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
