import { InspectorError } from '../errors.ts';
import { b62decode, type Timestamp } from './base62.ts';
import { b64decode, bufferOf, standardB64decode } from './base64.ts';
import { zlibDecompress } from './compression.ts';
import { LIMITS, type Limits } from './document.ts';
import { guessSerializer, type StoredSerializer } from './serializers/guess.ts';
import {
  type Algorithm,
  algorithmOf,
  constantTimeCompare,
  dumps,
  findSignature,
  isCompressed,
  type Match,
  type SigningKeys,
  saltedHmacHex,
} from './signing.ts';
import { type DjangoVersion, signingAlgorithm } from './versions.ts';

/** django/contrib/sessions/backends/signed_cookies.py, all versions: fixed, whatever the class is called. */
export const SIGNED_COOKIES_SALT = 'django.contrib.sessions.backends.signed_cookies';

/** The class that every stock engine module exports. */
export const STOCK_CLASS = 'SessionStore';

/**
 * The salt of db, cached_db and file sessions. django/contrib/sessions/backends/base.py key_salt, 3.1+.
 * @param class_name `__qualname__` of the site's SessionStore class
 */
export function sessionSalt(class_name: string = STOCK_CLASS): string {
  return `django.contrib.sessions.${class_name}`;
}

/**
 * The key salt of the format before 3.1: no dot, and `__name__` rather than `__qualname__`.
 * django/contrib/sessions/backends/base.py _hash() (2.2), _legacy_decode() (3.2)
 */
export function legacyKeySalt(class_name: string = STOCK_CLASS): string {
  return `django.contrib.sessions${class_name.slice(class_name.lastIndexOf('.') + 1)}`;
}

export type StoredFormat = 'signed' | 'legacy';

/** Whether the signature holds: by which key, or why not. Kept apart from whether the value decodes. */
export type SignatureVerdict =
  | Readonly<{ verified: true; match: Match }>
  | Readonly<{
      /** null: there was no key to try */
      verified: false | null;
      reason: 'does-not-match' | 'malformed' | 'no-key';
      /** the digest that signatures of this length come from */
      algorithm: Algorithm | null;
    }>;

export type StoredText = Readonly<{
  format: StoredFormat;
  signature: SignatureVerdict;
  /** what the serializer wrote; null where `problem` says why it cannot be had */
  payload: Uint8Array | null;
  problem: InspectorError | null;
  /** by the first bytes of the payload */
  serializer: StoredSerializer | null;
  compressed: boolean;
  /** bytes after the zlib stream, which Django ignores */
  trailing: number;
  /** of the signature, seconds since the epoch; null for the legacy format or where it cannot be read */
  timestamp: Timestamp | null;
}>;

export type DecodeOptions = Readonly<{
  keys: SigningKeys;
  /** `__qualname__` of the SessionStore class; default SessionStore */
  class_name?: string;
  /** tried instead of the class's salt, in this order */
  salts?: readonly string[];
  limits?: Pick<Limits, 'storedBytes' | 'payloadBytes'>;
}>;

/**
 * Reads what the db, cached_db and file engines store and what the signed_cookies engine sends: both formats, told apart
 * by the text. Never throws: a value that cannot be decoded carries its problem, and its signature is judged all the same.
 * Mirrors django/contrib/sessions/backends/base.py encode() and decode() of 3.1+, _legacy_decode() before.
 */
export function decodeStored(stored: string | Uint8Array, options: DecodeOptions): StoredText {
  const bytes = typeof stored === 'string' ? Buffer.from(stored, 'utf8') : bufferOf(stored);
  const limits = options.limits ?? LIMITS;
  if (bytes.length > limits.storedBytes) {
    return unreadable('signed', new InspectorError('LimitExceeded', `The stored value has more than ${limits.storedBytes} bytes`));
  }
  const last = bytes.lastIndexOf(0x3a);
  return last < 0 ? decodeLegacy(bytes, options, limits.payloadBytes) : decodeSigned(bytes, last, options, limits.payloadBytes);
}

/** @param last where the last colon stands */
function decodeSigned(bytes: Buffer, last: number, options: DecodeOptions, limit: number): StoredText {
  const signed = bytes.subarray(0, last);
  const signature_text = bytes.toString('latin1', last + 1);
  const signature = judge(signed, signature_text, options);
  const colon = signed.lastIndexOf(0x3a);
  if (colon < 0) {
    const hint = 'It was signed without a timestamp (Signer.sign_object), or a part of it is missing.';
    return { ...unreadable('signed', new InspectorError('Corrupt', 'The value has no timestamp part', { hint })), signature };
  }
  const compressed = isCompressed(bytes);
  try {
    const timestamp = b62decode(bytes.toString('latin1', colon + 1, last));
    checkTextLength(colon, limit);
    const data = b64decode(bytes.subarray(compressed ? 1 : 0, colon));
    const { bytes: payload, trailing } = compressed ? zlibDecompress(data, limit) : { bytes: data, trailing: 0 };
    return { format: 'signed', signature, payload, problem: null, serializer: guessSerializer(payload), compressed, trailing, timestamp };
  } catch (error) {
    return { ...unreadable('signed', error), signature, compressed, timestamp: readTimestamp(bytes.toString('latin1', colon + 1, last)) };
  }
}

const STOCK_SALTS = [sessionSalt()];

function sessionSalts(class_name: string | undefined): readonly string[] {
  return class_name === undefined || class_name === STOCK_CLASS ? STOCK_SALTS : [sessionSalt(class_name)];
}

function judge(signed: Uint8Array, signature_text: string, options: DecodeOptions): SignatureVerdict {
  const algorithm = algorithmOf(signature_text);
  if (algorithm === null) return { verified: options.keys.length === 0 ? null : false, reason: 'malformed', algorithm };
  if (options.keys.length === 0) return { verified: null, reason: 'no-key', algorithm };
  const match = findSignature(signed, signature_text, options.keys, options.salts ?? sessionSalts(options.class_name));
  return match === null ? { verified: false, reason: 'does-not-match', algorithm } : { verified: true, match };
}

/** base64(hex(HMAC-SHA1) ‖ ":" ‖ serialized), never compressed, no timestamp. */
function decodeLegacy(bytes: Buffer, options: DecodeOptions, limit: number): StoredText {
  try {
    checkTextLength(bytes.length, limit);
    const decoded = bufferOf(standardB64decode(bytes));
    const colon = decoded.indexOf(0x3a);
    const hash = decoded.toString('latin1', 0, Math.max(0, colon));
    if (!/^[0-9a-f]{40}$/.test(hash)) {
      throw new InspectorError('UnsupportedFormat', 'Neither a signed value nor the base64 text of Django before 3.1', {
        hint: 'Check that the whole stored value was taken, and that it is a session.',
      });
    }
    const payload = decoded.subarray(colon + 1);
    if (payload.length > limit) throw new InspectorError('LimitExceeded', `The payload has more than ${limit} bytes`);
    const signature = judgeLegacy(hash, payload, options);
    return { ...LEGACY, signature, payload, serializer: guessSerializer(payload) };
  } catch (error) {
    return unreadable('legacy', bytes.includes('%3A') ? urlEncoded(error) : error);
  }
}

function urlEncoded(cause: unknown): InspectorError {
  return new InspectorError('UnsupportedFormat', 'The value is URL-encoded', { hint: 'Decode it first: %3A stands for a colon.', cause });
}

/** Base64 text so long that what it holds passes the limit, compressed or not, is not decoded at all. */
function checkTextLength(length: number, limit: number): void {
  if ((length / 4) * 3 <= limit + 1024) return;
  throw new InspectorError('LimitExceeded', `The value holds more than ${limit} bytes`, { hint: 'No real session is that large.' });
}

const LEGACY = { format: 'legacy', problem: null, compressed: false, trailing: 0, timestamp: null } as const;

function judgeLegacy(hash: string, payload: Uint8Array, options: DecodeOptions): SignatureVerdict {
  if (options.keys.length === 0) return { verified: null, reason: 'no-key', algorithm: 'sha1' };
  const salts = options.salts ?? [legacyKeySalt(options.class_name)];
  for (let key = 0; key < options.keys.length; key += 1) {
    for (const salt of salts) {
      const expected = saltedHmacHex(options.keys, key, salt, payload, 'sha1');
      if (constantTimeCompare(hash, expected)) return { verified: true, match: { key, salt, algorithm: 'sha1' } };
    }
  }
  return { verified: false, reason: 'does-not-match', algorithm: 'sha1' };
}

function unreadable(format: StoredFormat, error: unknown): StoredText {
  if (!(error instanceof InspectorError)) throw error;
  const signature: SignatureVerdict = { verified: false, reason: 'malformed', algorithm: null };
  return { format, signature, payload: null, problem: error, serializer: null, compressed: false, trailing: 0, timestamp: null };
}

function readTimestamp(text: string): Timestamp | null {
  try {
    return b62decode(text);
  } catch {
    return null;
  }
}

export type EncodeOptions = Readonly<{
  keys: SigningKeys;
  format: StoredFormat;
  /** default: the class's salt for the format */
  salt?: string;
  class_name?: string;
  /** of the signed format; default SHA-256 */
  algorithm?: Algorithm;
  /** of the signed format: compress where that is shorter, as sessions always do; default true */
  compress?: boolean;
  /** epoch seconds of the signature */
  now: number;
}>;

/**
 * The text that Django stores for a payload, signed with SECRET_KEY.
 * django/contrib/sessions/backends/base.py encode(); for `legacy` the one of 3.0 and before.
 * @param payload what the serializer wrote
 * @throws InspectorError SecretMissing without a key
 */
export function encodeStored(payload: Uint8Array, options: EncodeOptions): string {
  if (options.format === 'legacy') {
    const hash = saltedHmacHex(options.keys, 0, options.salt ?? legacyKeySalt(options.class_name), payload, 'sha1');
    return Buffer.concat([Buffer.from(`${hash}:`, 'latin1'), payload]).toString('base64');
  }
  return dumps(payload, options.now, {
    keys: options.keys,
    salt: options.salt ?? sessionSalt(options.class_name),
    algorithm: options.algorithm ?? 'sha256',
    compress: options.compress ?? true,
  });
}

/** What a site of this Django version writes: the legacy text before 3.1 (db, cached_db, file), signed text since. */
export function storedFormat(
  version: DjangoVersion,
  engine: 'stored' | 'signed_cookies',
): Readonly<{ format: StoredFormat; algorithm: Algorithm }> {
  const algorithm = signingAlgorithm(version);
  return { format: engine === 'stored' && algorithm === 'sha1' ? 'legacy' : 'signed', algorithm };
}
