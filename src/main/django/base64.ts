import { InspectorError } from '../errors.ts';

/** Index of each byte in the two base64 alphabets; 64 = not in them. Python's urlsafe decoder takes both. */
const DIGITS = digitTable();

function digitTable(): Uint8Array {
  const table = new Uint8Array(256).fill(64);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let index = 0; index < 64; index += 1) table[alphabet.charCodeAt(index)] = index;
  table['-'.charCodeAt(0)] = 62;
  table['_'.charCodeAt(0)] = 63;
  return table;
}

/** A Buffer over the same memory, for Node's fast encoders. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** URL-safe base64 without padding. django/core/signing.py b64_encode(), all versions. */
export function b64encode(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('base64url');
}

/**
 * The bytes of URL-safe base64 as Django reads it: padding is added by the raw length, then characters outside the
 * alphabet are skipped. django/core/signing.py b64_decode() over Python's binascii.a2b_base64(), not strict.
 * @param text what stands before the timestamp, without the compression mark
 * @throws InspectorError Corrupt where Python raises binascii.Error
 */
export function b64decode(text: string): Uint8Array {
  const expected = Math.floor((text.length * 3) / 4);
  if (text.length % 4 !== 1) {
    const bytes = Buffer.from(text, 'base64url');
    // Node skips foreign characters too, but pads differently: only an output of full length had none.
    if (bytes.length === expected) return bytes;
  }
  const raw = Buffer.from(text, 'utf8');
  return a2bBase64(raw, (4 - (raw.length % 4)) % 4);
}

/**
 * The bytes of standard base64 as the pre-3.1 session decoder and the database cache read it (base64.b64decode,
 * not strict). @throws InspectorError Corrupt where Python raises binascii.Error
 */
export function standardB64decode(text: string): Uint8Array {
  if (text.length % 4 === 0 && !/[-_]/.test(text)) {
    const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length === (text.length / 4) * 3 - padding) return bytes;
  }
  // Python's standard alphabet has no '-' and '_': they are skipped like any foreign character.
  return a2bBase64(Buffer.from(text.replace(/[-_]/g, ' '), 'utf8'), 0);
}

/** Python's binascii.a2b_base64(strict_mode=False): foreign characters are skipped, reading stops at a complete padding. */
function a2bBase64(raw: Uint8Array, padding: number): Uint8Array {
  const out = new Uint8Array(Math.ceil((raw.length * 3) / 4) + 3);
  let length = 0;
  let position = 0;
  let pads = 0;
  let left = 0;
  for (let index = 0; index < raw.length + padding; index += 1) {
    const byte = index < raw.length ? (raw[index] ?? 0) : 0x3d;
    if (byte === 0x3d) {
      if (position < 2) continue;
      pads += 1;
      if (position + pads >= 4) return out.subarray(0, length);
      continue;
    }
    const digit = DIGITS[byte] ?? 64;
    if (digit === 64) continue;
    pads = 0;
    if (position > 0) out[length++] = ((left << (position * 2)) | (digit >> (6 - position * 2))) & 0xff;
    left = digit;
    position = (position + 1) % 4;
  }
  if (position === 0) return out.subarray(0, length);
  throw new InspectorError('Corrupt', position === 1 ? 'Base64 text of an impossible length' : 'Base64 text with incorrect padding', {
    hint: 'The value is cut, or characters were added or removed.',
  });
}
