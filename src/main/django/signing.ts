import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { InspectorError } from '../errors.ts';
import { b62decode, b62encode, type Timestamp } from './base62.ts';
import { b64encode } from './base64.ts';
import { zlibCompress } from './compression.ts';

/** SECRET_KEY or one of SECRET_KEY_FALLBACKS: text is UTF-8, bytes are used as they are. */
export type Secret = string | Uint8Array;

/** Digests a Signer may use; Django's own are SHA-1 (until 3.0) and SHA-256. */
export type Algorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Characters of an unpadded base64 signature; each length belongs to one digest, so a signature names its algorithm. */
const ALGORITHM_BY_LENGTH: Readonly<Record<number, Algorithm>> = { 22: 'md5', 27: 'sha1', 43: 'sha256', 64: 'sha384', 86: 'sha512' };

/** django/http: what stands before SECRET_KEY where cookies are signed, get_cookie_signer() in core/signing.py. */
export const COOKIE_KEY_PREFIX = 'django.http.cookies';

/** The salt of signing.dumps() where none is given. */
export const DUMPS_SALT = 'django.core.signing';

const DOT = 0x2e;

/**
 * SECRET_KEY and the fallbacks, ready to sign and verify. Every key derived from them is kept (one per key salt,
 * algorithm and secret), because deriving costs more than the HMAC of a short session.
 */
export class SigningKeys {
  readonly #secrets: readonly Secret[];
  /** by algorithm, then key salt, then index of the secret */
  readonly #derived = new Map<Algorithm, Map<string, KeyObject[]>>();
  /** the same for Signers, by salt without "signer": no text is put together for a row of a store */
  readonly #signers = new Map<Algorithm, Map<string, KeyObject[]>>();
  #cookies: SigningKeys | undefined;

  /** @param secrets SECRET_KEY first, then SECRET_KEY_FALLBACKS in their order; may be empty */
  constructor(secrets: readonly Secret[]) {
    this.#secrets = secrets;
  }

  get length(): number {
    return this.#secrets.length;
  }

  /**
   * The HMAC key H(key_salt ‖ secret). django/utils/crypto.py salted_hmac(), all versions.
   * @param index 0 = SECRET_KEY, 1.. = SECRET_KEY_FALLBACKS
   */
  derive(index: number, key_salt: string, algorithm: Algorithm): KeyObject {
    return this.#kept(this.#derived, index, key_salt, '', algorithm);
  }

  /** The HMAC key of a Signer with this salt: H(salt ‖ "signer" ‖ secret). */
  signer(index: number, salt: string, algorithm: Algorithm): KeyObject {
    return this.#kept(this.#signers, index, salt, 'signer', algorithm);
  }

  /** The keys of django.core.signing.get_cookie_signer(): each secret with `django.http.cookies` before it. */
  forCookies(): SigningKeys {
    const prefix = Buffer.from(COOKIE_KEY_PREFIX);
    this.#cookies ??= new SigningKeys(this.#secrets.map((secret) => Buffer.concat([prefix, secretBytes(secret)])));
    return this.#cookies;
  }

  #kept(cache: Map<Algorithm, Map<string, KeyObject[]>>, index: number, salt: string, suffix: string, algorithm: Algorithm): KeyObject {
    const known = cache.get(algorithm)?.get(salt)?.[index];
    if (known !== undefined) return known;
    const secret = this.#secrets[index];
    if (secret === undefined) throw new InspectorError('SecretMissing', 'No SECRET_KEY', { hint: 'Enter the SECRET_KEY of the site.' });
    const key = createSecretKey(createHash(algorithm).update(salt).update(suffix).update(secretBytes(secret)).digest());
    const bySalt = cache.get(algorithm) ?? new Map<string, KeyObject[]>();
    cache.set(algorithm, bySalt);
    const row = bySalt.get(salt) ?? [];
    bySalt.set(salt, row);
    row[index] = key;
    return key;
  }
}

function secretBytes(secret: Secret): Uint8Array {
  return typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret;
}

/** django/utils/crypto.py constant_time_compare(). */
export function constantTimeCompare(left: string, right: string): boolean {
  const a = Buffer.from(left, 'utf8');
  const b = Buffer.from(right, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}

/** django/utils/crypto.py salted_hmac(key_salt, value, secret).hexdigest(). @param index which key of `keys` */
export function saltedHmacHex(
  keys: SigningKeys,
  index: number,
  key_salt: string,
  value: string | Uint8Array,
  algorithm: Algorithm,
): string {
  return createHmac(algorithm, keys.derive(index, key_salt, algorithm))
    .update(value)
    .digest('hex');
}

/** django/core/signing.py Signer.signature(): URL-safe base64 of the HMAC under salt ‖ "signer". @param index which key of `keys` */
export function signature(value: string | Uint8Array, keys: SigningKeys, index: number, salt: string, algorithm: Algorithm): string {
  return createHmac(algorithm, keys.signer(index, salt, algorithm))
    .update(value)
    .digest('base64url');
}

export type SignOptions = Readonly<{
  keys: SigningKeys;
  salt: string;
  algorithm: Algorithm;
  /** default ":" */
  sep?: string;
}>;

/**
 * django/core/signing.py Signer.sign(): always with SECRET_KEY, never with a fallback.
 * @throws InspectorError BadValue for a separator that Django refuses, SecretMissing without a key
 */
export function sign(value: string, options: SignOptions): string {
  const sep = checkedSeparator(options.sep);
  return value + sep + signature(value, options.keys, 0, options.salt, options.algorithm);
}

/** django/core/signing.py TimestampSigner.sign(). @param now epoch seconds; the fraction is dropped as Python's int() does */
export function timestampSign(value: string, now: number, options: SignOptions): string {
  return sign(value + checkedSeparator(options.sep) + b62encode(Math.trunc(now)), options);
}

/** The payload part of dumps() and sign_object(): base64, after a dot where compression saves more than one byte. */
export function encodePayload(payload: Uint8Array, compress: boolean): string {
  const compressed = compress ? zlibCompress(payload) : payload;
  return compressed.length < payload.length - 1 ? `.${b64encode(compressed)}` : b64encode(payload);
}

/** django/core/signing.py Signer.sign_object(), 3.2+: no timestamp. @param payload what the serializer wrote */
export function signObject(payload: Uint8Array, options: SignOptions & Readonly<{ compress: boolean }>): string {
  return sign(encodePayload(payload, options.compress), options);
}

/** django/core/signing.py dumps(), all versions. @param payload what the serializer wrote @param now epoch seconds */
export function dumps(payload: Uint8Array, now: number, options: SignOptions & Readonly<{ compress: boolean }>): string {
  return timestampSign(encodePayload(payload, options.compress), now, options);
}

/** Which key, salt and digest made a signature. */
export type Match = Readonly<{
  /** 0 = SECRET_KEY, 1.. = SECRET_KEY_FALLBACKS */
  key: number;
  salt: string;
  algorithm: Algorithm;
}>;

/** The digest whose signatures are this long, or null: then nothing of Django's wrote it, or it is cut. */
export function algorithmOf(signature_text: string): Algorithm | null {
  return ALGORITHM_BY_LENGTH[signature_text.length] ?? null;
}

/**
 * The first of keys x salts that made this signature, SECRET_KEY before the fallbacks; null where none did.
 * Mirrors the comparison in Signer.unsign() of Django 4.1+ (3.1 and 3.2 try SHA-256, then SHA-1: the length tells which).
 * @param value what was signed, without the separator
 */
export function findSignature(
  value: string | Uint8Array,
  signature_text: string,
  keys: SigningKeys,
  salts: readonly string[],
): Match | null {
  const algorithm = algorithmOf(signature_text);
  if (algorithm === null) return null;
  for (let key = 0; key < keys.length; key += 1) {
    for (const salt of salts) {
      if (constantTimeCompare(signature_text, signature(value, keys, key, salt, algorithm))) return { key, salt, algorithm };
    }
  }
  return null;
}

export type UnsignOptions = Readonly<{ keys: SigningKeys; salt: string; sep?: string }>;

export type Unsigned = Readonly<{ value: string; match: Match }>;

/**
 * django/core/signing.py Signer.unsign().
 * @throws InspectorError BadSignature where Django raises it
 */
export function unsign(text: string, options: UnsignOptions): Unsigned {
  const sep = checkedSeparator(options.sep);
  const at = text.lastIndexOf(sep);
  if (at < 0) throw badSignature(`No "${sep}" found in value`);
  const value = text.slice(0, at);
  const match = findSignature(value, text.slice(at + sep.length), options.keys, [options.salt]);
  if (match === null) throw badSignature('Signature does not match');
  return { value, match };
}

/**
 * django/core/signing.py TimestampSigner.unsign(): the age is judged only where `max_age` is given.
 * @param max_age seconds @param now epoch seconds, with fraction
 * @throws InspectorError BadSignature, SignatureExpired, or Corrupt where the timestamp cannot be read
 */
export function timestampUnsign(
  text: string,
  options: UnsignOptions & Readonly<{ max_age?: number; now: number }>,
): Unsigned & Readonly<{ timestamp: Timestamp }> {
  const { value: stamped, match } = unsign(text, options);
  const sep = options.sep ?? ':';
  const at = stamped.lastIndexOf(sep);
  if (at < 0) throw new InspectorError('Corrupt', 'The signed value has no timestamp', { hint: 'It was signed by a plain Signer.' });
  const timestamp = b62decode(stamped.slice(at + sep.length));
  if (options.max_age !== undefined) checkAge(timestamp, options.max_age, options.now);
  return { value: stamped.slice(0, at), match, timestamp };
}

/**
 * The comparison of TimestampSigner.unsign(): as floats, later than `max_age` seconds is expired, exactly that is not,
 * and the future never is. @throws InspectorError SignatureExpired
 */
export function checkAge(timestamp: Timestamp, max_age: number, now: number): void {
  const age = now - Number(timestamp);
  if (age <= max_age) return;
  throw new InspectorError('SignatureExpired', `Signature age ${age} > ${max_age} seconds`, {
    hint: 'Sign it again for a new timestamp, or raise max_age (SESSION_COOKIE_AGE for session cookies).',
  });
}

/** True where the payload part of dumps() says that it is compressed. */
export function isCompressed(payload: Uint8Array): boolean {
  return payload[0] === DOT;
}

function badSignature(message: string): InspectorError {
  return new InspectorError('BadSignature', message, { hint: 'Another SECRET_KEY or salt signed it, or it was changed since.' });
}

/** django/core/signing.py _SEP_UNSAFE: empty, or nothing but characters that base64 and timestamps use. */
function checkedSeparator(sep: string | undefined): string {
  if (sep === undefined) return ':';
  if (/^[A-z0-9\-_=]*$/.test(sep)) {
    throw new InspectorError('BadValue', `Unsafe Signer separator: "${sep}"`, {
      hint: 'It cannot be empty or consist of only A-z0-9-_=.',
    });
  }
  return sep;
}
