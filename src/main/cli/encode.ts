import { cookieSaltV2 } from '../django/cells.ts';
import { encodeLegacyMessages, MESSAGES_SALT } from '../django/messages.ts';
import { jsonFromTyped } from '../django/serializers/json/typed.ts';
import { COMPACT } from '../django/serializers/json/write.ts';
import { picklePlain } from '../django/serializers/pickle/writer.ts';
import { encodeStored, legacyKeySalt, SIGNED_COOKIES_SALT, STOCK_CLASS, sessionSalt } from '../django/session-data.ts';
import { DUMPS_SALT, dumps, type SigningKeys, sign, signObject, timestampSign } from '../django/signing.ts';
import { InspectorError } from '../errors.ts';
import type { Request } from './request.ts';

/** One line of output of `encode`. */
export type Encoded = Readonly<{ id: unknown; kind: string; value: string }>;

type Writer = (request: Request, keys: SigningKeys, now: number) => string;

/** How each kind is written. */
const WRITERS: Readonly<Record<string, Writer>> = {
  session_data: writeSession,
  session_data_odd: writeSession,
  session_data_pickle: writeSession,
  signed_cookie_session: writeCookieSession,
  signed_cookie_session_bad: writeCookieSession,
  signing: writeDumps,
  signer: writeSigner,
  set_signed_cookie: writeSignedCookie,
  messages: writeMessages,
  json: (request) => Buffer.from(payloadOf(request)).toString('latin1'),
};

/**
 * The value that Django would store or send for the data of a request: what `identify` answered, or fields by hand.
 * @param now epoch seconds, where the request has neither `timestamp` nor `now`
 * @throws InspectorError BadRequest, BadValue, SecretMissing
 */
export function encodeRequest(request: Request, keys: SigningKeys, now: number): Encoded {
  const kind = request.kind ?? 'session_data';
  const writer = Object.hasOwn(WRITERS, kind) ? WRITERS[kind] : undefined;
  if (writer === undefined) {
    throw new InspectorError('BadRequest', `Values of kind ${kind} are not written`, {
      hint: `Use one of ${Object.keys(WRITERS).join(', ')}.`,
    });
  }
  return { id: request.id ?? null, kind, value: writer(request, keys, request.timestamp ?? request.now ?? now) };
}

/** pickle.HIGHEST_PROTOCOL since Python 3.8: what PickleSerializer writes. */
const PICKLE_PROTOCOL = 5;

/** The serialized data: `json` as it is, `typed` as json.dumps() or PickleSerializer write it, or the bytes in `value_base64`. */
function payloadOf({ kind, serializer, json, typed, value_base64 }: Request): Uint8Array {
  if (typeof json === 'string') return latin1Bytes(json);
  if (typeof value_base64 === 'string') return Buffer.from(value_base64, 'base64');
  if (serializer === 'pickle' || (kind === 'session_data_pickle' && serializer == null)) return pickled(typed);
  if (typed !== undefined) return Buffer.from(jsonFromTyped(typed, COMPACT), 'latin1');
  throw new InspectorError('BadRequest', 'There are no data', { hint: 'Give them as `json`, as `typed`, or a pickle as `value_base64`.' });
}

/** What the code of a class would have to write (`typed` is null then) can only be given as the pickle itself. */
function pickled(typed: unknown): Uint8Array {
  if (typed !== undefined && typed !== null) return picklePlain(typed, PICKLE_PROTOCOL);
  throw new InspectorError('BadRequest', 'There are no data that can be pickled without running code', {
    hint: 'Give the pickle itself as `value_base64`.',
  });
}

function latin1Bytes(json: string): Uint8Array {
  if (/[\u0100-\uffff]/.test(json)) {
    throw new InspectorError('BadValue', 'The JSON text holds characters beyond latin-1', {
      hint: 'Write them as \\u escapes, as Django does.',
    });
  }
  return Buffer.from(json, 'latin1');
}

/** Text that is signed in the clear: a str in `typed`. */
function plainOf({ typed }: Request): string {
  if (typeof typed === 'string') return typed;
  throw new InspectorError('BadRequest', 'There is no text to sign', { hint: 'Give it as a str in `typed`.' });
}

function writeSession(request: Request, keys: SigningKeys, now: number): string {
  const class_name = request.class_qualname ?? request.class_name ?? STOCK_CLASS;
  const options = { keys, compress: request.compressed !== false, now };
  if (isLegacy(request))
    return encodeStored(payloadOf(request), { ...options, format: 'legacy', salt: legacySalt(request.salt ?? legacyKeySalt(class_name)) });
  const salt = request.salt ?? sessionSalt(class_name);
  return encodeStored(payloadOf(request), { ...options, format: 'signed', salt, algorithm: request.algorithm ?? 'sha256' });
}

/** SHA-1 and no timestamp is how `identify` answers for the format before 3.1; the cookie engine never used it. */
function isLegacy({ algorithm, timestamp, salt }: Request): boolean {
  return algorithm === 'sha1' && typeof timestamp !== 'number' && salt !== SIGNED_COOKIES_SALT;
}

function legacySalt(salt: string): string {
  return salt.startsWith('django.contrib.sessions.') ? legacyKeySalt(salt) : salt;
}

function writeCookieSession(request: Request, keys: SigningKeys, now: number): string {
  const { algorithm, compressed, salt } = request;
  const options = {
    keys,
    salt: salt ?? SIGNED_COOKIES_SALT,
    algorithm: algorithm ?? 'sha256',
    compress: compressed !== false,
    now,
  } as const;
  return encodeStored(payloadOf(request), { ...options, format: 'signed' });
}

/** dumps(); where `identify` found no timestamp (null), sign_object(). */
function writeDumps(request: Request, keys: SigningKeys, now: number): string {
  if (typeof request.json !== 'string' && typeof request.typed === 'string' && request.serializer == null)
    return writeSigner(request, keys, now);
  const { algorithm, compressed, salt } = request;
  const options = { keys, salt: salt ?? DUMPS_SALT, algorithm: algorithm ?? 'sha256', compress: compressed === true } as const;
  if (request.timestamp === null) return signObject(payloadOf(request), options);
  return dumps(payloadOf(request), now, options);
}

function writeSigner(request: Request, keys: SigningKeys, now: number): string {
  const timed = request.timestamp !== null;
  const salt = request.salt ?? `django.core.signing.${timed ? 'TimestampSigner' : 'Signer'}`;
  const options = { keys, salt, algorithm: request.algorithm ?? 'sha256' } as const;
  return timed ? timestampSign(plainOf(request), now, options) : sign(plainOf(request), options);
}

function writeSignedCookie(request: Request, keys: SigningKeys, now: number): string {
  const salt = request.salt ?? cookieSaltV2(request.cookie_name ?? '', request.cookie_salt ?? '');
  return timestampSign(plainOf(request), now, { keys: keys.forCookies(), salt, algorithm: request.algorithm ?? 'sha256' });
}

function writeMessages(request: Request, keys: SigningKeys, now: number): string {
  const payload = payloadOf(request);
  if (isLegacy(request)) return encodeLegacyMessages(Buffer.from(payload).toString('latin1'), keys);
  const options = {
    keys: keys.forCookies(),
    salt: request.salt ?? MESSAGES_SALT,
    algorithm: request.algorithm ?? 'sha256',
    compress: request.compressed !== false,
  } as const;
  return dumps(payload, now, options);
}
