import { InspectorError } from '../errors.ts';
import { b62decode, type Timestamp } from './base62.ts';
import { b64decode, bufferOf, standardB64decode } from './base64.ts';
import { zlibDecompress } from './compression.ts';
import { LIMITS, type Limits } from './document.ts';
import { splitLegacyMessages } from './messages.ts';
import { type Sentence, say } from './sentences.ts';
import { guessSerializer, type StoredSerializer } from './serializers/guess.ts';
import { type Algorithm, algorithmOf } from './signing.ts';

/** A run of characters of a value and what it is for, so that a window can colour it. */
export type ValuePart = Readonly<{
  role: 'compression' | 'payload' | 'separator' | 'timestamp' | 'signature' | 'mask' | 'secret' | 'hash' | 'text';
  text: string;
  meaning: Sentence;
}>;

/** Between two parts. */
export const SEPARATES = say('part-separator');

/** A signed value taken apart by its form alone: nothing is verified. */
export type Anatomy = Readonly<{
  /** signed: VALUE:TIMESTAMP:SIGNATURE; untimed: VALUE:SIGNATURE; legacy: base64 of HASH:PAYLOAD; messages: HASH$JSON */
  form: 'signed' | 'untimed' | 'legacy' | 'messages';
  /** what the signature covers */
  signed: Uint8Array;
  signature: string;
  algorithm: Algorithm | null;
  timestamp: Timestamp | null;
  /** between value and signature, ":" except for Signers with their own */
  sep: string;
  /** the value in the clear: what stands before the timestamp */
  value: string;
  compressed: boolean;
  /** the serialized data in the value, where it holds any */
  payload: Uint8Array | null;
  serializer: StoredSerializer | null;
  trailing: number;
  /** why there is no payload */
  problem: InspectorError | null;
  parts: readonly ValuePart[];
}>;

type Content = Pick<Anatomy, 'compressed' | 'payload' | 'serializer' | 'trailing' | 'problem'>;

/**
 * Takes a signed value apart, or gives null where the text has no such form. A signature of unusual length still counts
 * where a timestamp stands before it: then the value is probably cut.
 */
export function dissect(text: string, limits: Pick<Limits, 'payloadBytes' | 'storedBytes'> = LIMITS): Anatomy | null {
  if (text.length > Math.min(limits.storedBytes, 2 * limits.payloadBytes)) return null;
  return dissectMessages(text) ?? dissectSigned(text, limits.payloadBytes) ?? dissectLegacy(text, limits.payloadBytes);
}

/** The same where a plain Signer is known to have signed it: what looks like a timestamp is part of the value. */
export function dissectUntimed(text: string, limits: Pick<Limits, 'payloadBytes'>): Anatomy | null {
  return dissectSigned(text, limits.payloadBytes, false);
}

function dissectMessages(text: string): Anatomy | null {
  const split = splitLegacyMessages(text);
  if (split === null) return null;
  const { hash, json } = split;
  const payload = Buffer.from(json, 'utf8');
  const parts: ValuePart[] = [
    { role: 'hash', text: hash, meaning: say('part-old-hash') },
    { role: 'separator', text: '$', meaning: SEPARATES },
    { role: 'payload', text: json, meaning: say('part-messages') },
  ];
  const content: Content = { compressed: false, payload, serializer: 'json', trailing: 0, problem: null };
  return {
    form: 'messages',
    signed: payload,
    signature: hash,
    algorithm: 'sha1',
    timestamp: null,
    sep: '$',
    value: json,
    ...content,
    parts,
  };
}

function dissectSigned(text: string, limit: number, timed = true): Anatomy | null {
  const cut = signatureStart(text);
  if (cut === null) return null;
  const { at, sep } = cut;
  const signature = text.slice(at + sep.length);
  const algorithm = algorithmOf(signature);
  const stamp = timed ? timestampIn(text.slice(0, at), sep) : null;
  if (algorithm === null && stamp === null) return null;
  const value = stamp === null ? text.slice(0, at) : text.slice(0, stamp.at);
  const content = contentOf(value, limit);
  const base = { signed: Buffer.from(text.slice(0, at), 'utf8'), signature, algorithm, sep, value, ...content };
  const parts = signedParts(value, content, stamp?.text ?? null, sep, signature, algorithm);
  return { form: stamp === null ? 'untimed' : 'signed', timestamp: stamp?.value ?? null, ...base, parts };
}

/** Characters after the last colon, beyond which no signature is meant: SHA-512 has 86. */
const LONGEST_SIGNATURE = 128;

/** The last colon before a signature; without one, what else stands before a run of base64 of a signature's length. */
function signatureStart(text: string): Readonly<{ at: number; sep: string }> | null {
  const colon = text.lastIndexOf(':');
  if (colon >= 0 && text.length - colon <= LONGEST_SIGNATURE && /^[\w-]*$/.test(text.slice(colon + 1))) return { at: colon, sep: ':' };
  for (const length of [86, 64, 43, 27, 22]) {
    const start = text.length - length;
    if (start <= 0 || !/^[\w-]+$/.test(text.slice(start))) continue;
    const sep = /[^\w\-=\s[\]\\^`]{1,3}$/.exec(text.slice(Math.max(0, start - 3), start))?.[0];
    // One character twice is one separator ("..", "--"); different ones end the value.
    if (sep !== undefined) return { at: start - separatorLength(sep), sep: sep.slice(-separatorLength(sep)) };
  }
  return null;
}

function separatorLength(run: string): number {
  const last = run.at(-1) ?? '';
  let length = 1;
  while (length < run.length && run.at(-1 - length) === last) length += 1;
  return length;
}

/** Base62 of the moments from 2002 to 2115: behind another separator than ":" nothing else is taken for a timestamp. */
const LIKELY_STAMP = /^[1-4][0-9A-Za-z]{5}$/;

function timestampIn(stamped: string, sep: string): Readonly<{ at: number; text: string; value: Timestamp }> | null {
  const at = stamped.lastIndexOf(sep);
  if (at < 0) return null;
  const text = stamped.slice(at + sep.length);
  if (sep !== ':' && !LIKELY_STAMP.test(text)) return null;
  try {
    return { at, text, value: b62decode(text) };
  } catch {
    return null;
  }
}

/** The data in the payload part of dumps() and sign_object(). */
function contentOf(value: string, limit: number): Content {
  // The messages cookie of 3.1 holds its JSON in the clear; base64 begins otherwise.
  if (value.startsWith('[['))
    return { compressed: false, payload: Buffer.from(value, 'utf8'), serializer: 'json', trailing: 0, problem: null };
  const compressed = value.startsWith('.');
  try {
    const data = b64decode(compressed ? value.slice(1) : value);
    const { bytes, trailing } = compressed ? zlibDecompress(data, limit) : { bytes: data, trailing: 0 };
    return { compressed, payload: bytes, serializer: guessSerializer(bytes), trailing, problem: null };
  } catch (error) {
    if (!(error instanceof InspectorError)) throw error;
    return { compressed, payload: null, serializer: null, trailing: 0, problem: error };
  }
}

function signedParts(
  value: string,
  content: Content,
  timestamp: string | null,
  sep: string,
  signature: string,
  algorithm: Algorithm | null,
): ValuePart[] {
  const parts: ValuePart[] = [];
  if (content.compressed) parts.push({ role: 'compression', text: '.', meaning: say('part-compression') });
  parts.push({
    role: 'payload',
    text: content.compressed ? value.slice(1) : value,
    meaning: say('part-payload'),
  });
  if (timestamp !== null) {
    parts.push({ role: 'separator', text: sep, meaning: SEPARATES });
    parts.push({ role: 'timestamp', text: timestamp, meaning: say('part-timestamp') });
  }
  parts.push({ role: 'separator', text: sep, meaning: SEPARATES });
  parts.push({
    role: 'signature',
    text: signature,
    meaning: algorithm === null ? say('part-odd-signature') : say('part-signature', { algorithm }),
  });
  return parts;
}

function dissectLegacy(text: string, limit: number): Anatomy | null {
  // 40 hex digits and a colon are 41 bytes: 56 characters of base64 or more.
  if (text.length < 56 || !/^[A-Za-z0-9+/\s]+$/.test(text.slice(0, 54))) return null;
  const decoded = decodedBase64(text);
  const hash = decoded?.toString('latin1', 0, 40) ?? '';
  if (decoded === null || decoded[40] !== 0x3a || !/^[0-9a-f]{40}$/.test(hash) || decoded.length > limit) return null;
  const payload = decoded.subarray(41);
  const content: Content = { compressed: false, payload, serializer: guessSerializer(payload), trailing: 0, problem: null };
  const parts: ValuePart[] = [
    { role: 'hash', text: text.slice(0, 54), meaning: say('part-legacy-hash') },
    { role: 'payload', text: text.slice(54), meaning: say('part-legacy-data') },
  ];
  return { form: 'legacy', signed: payload, signature: hash, algorithm: 'sha1', timestamp: null, sep: ':', value: text, ...content, parts };
}

function decodedBase64(text: string): Buffer | null {
  try {
    return bufferOf(standardB64decode(text));
  } catch {
    return null;
  }
}
