import { InspectorError } from '../errors.ts';
import { LIMITS, type Limits } from './document.ts';
import { parseJson } from './serializers/json/document.ts';
import { constantTimeCompare, type Match, type SigningKeys, saltedHmacHex } from './signing.ts';

/** The salt of the messages cookie; since 3.1 under the cookie keys. django/contrib/messages/storage/cookie.py */
export const MESSAGES_SALT = 'django.contrib.messages';

const MESSAGE = '__json_message';
const NOT_FINISHED = '__messagesnotfinished__';
const LEVELS: Readonly<Record<number, string>> = { 10: 'debug', 20: 'info', 25: 'success', 30: 'warning', 40: 'error' };

export type Message = Readonly<{
  level: number;
  message: string;
  /** null where it was not written: before 4.2 only when not empty */
  extra_tags: string | null;
  /** mark_safe text, which templates do not escape */
  safe: boolean;
}>;

export type Messages = Readonly<{
  messages: readonly Message[];
  /** false: more of them are in the next storage (the session) */
  finished: boolean;
}>;

/** `debug`, `info`, `success`, `warning`, `error`, or the number. */
export function levelName(level: number): string {
  return LEVELS[level] ?? String(level);
}

/**
 * The messages in the JSON of the messages cookie or of the session's `_messages` text.
 * django/contrib/messages/storage/cookie.py MessageDecoder, all versions.
 * @throws InspectorError Corrupt where it is not JSON or not a list of messages
 */
export function parseMessages(json: string, limits: Limits = LIMITS): Messages {
  const typed = parseJson(Buffer.from(json, 'utf8'), { encoding: 'utf8', limits }).typed();
  if (!Array.isArray(typed)) throw notMessages();
  const finished = typed.at(-1) !== NOT_FINISHED;
  return { messages: (finished ? typed : typed.slice(0, -1)).map(messageOf), finished };
}

function messageOf(item: unknown): Message {
  if (!Array.isArray(item) || item[0] !== MESSAGE) throw notMessages();
  const [, safe, level, message, extra_tags] = item as readonly unknown[];
  if (typeof level !== 'number' || typeof message !== 'string') throw notMessages();
  return { level, message, extra_tags: typeof extra_tags === 'string' ? extra_tags : null, safe: Boolean(safe) };
}

function notMessages(): InspectorError {
  return new InspectorError('Corrupt', 'Not a list of messages', {
    hint: 'django.contrib.messages writes a list of ["__json_message", …] entries.',
  });
}

/**
 * A messages cookie of Django 3.0 and before taken apart: hex HMAC-SHA1, "$", JSON; null where it has another form.
 * django/contrib/messages/storage/cookie.py CookieStorage._decode() of 2.2
 */
export function splitLegacyMessages(text: string): Readonly<{ hash: string; json: string }> | null {
  // Regular expressions see a bounded part only: on megabytes they take tens of megabytes themselves.
  const hash = text.slice(0, 40);
  return text.charAt(40) === '$' && /^[0-9a-f]{40}$/.test(hash) ? { hash, json: text.slice(41) } : null;
}

/** Which key made the hash of a messages cookie of Django 3.0 and before, or null. CookieStorage._hash() of 2.2 */
export function verifyLegacyMessages(parts: Readonly<{ hash: string; json: string }>, keys: SigningKeys): Match | null {
  for (let key = 0; key < keys.length; key += 1) {
    const expected = saltedHmacHex(keys, key, MESSAGES_SALT, parts.json, 'sha1');
    if (constantTimeCompare(parts.hash, expected)) return { key, salt: MESSAGES_SALT, algorithm: 'sha1' };
  }
  return null;
}

/** A messages cookie as Django 3.0 and before wrote it. @throws InspectorError SecretMissing */
export function encodeLegacyMessages(json: string, keys: SigningKeys): string {
  return `${saltedHmacHex(keys, 0, MESSAGES_SALT, json, 'sha1')}$${json}`;
}
