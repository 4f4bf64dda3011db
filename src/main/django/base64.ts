import { InspectorError } from '../errors.ts';

/** Index of each byte in an alphabet; 64 = not in it. Python's urlsafe decoder takes both alphabets, the standard one its own. */
const STANDARD_DIGITS = digitTable();
const DIGITS = bothAlphabets();

function bothAlphabets(): Uint8Array {
  const table = digitTable();
  table['-'.charCodeAt(0)] = 62;
  table['_'.charCodeAt(0)] = 63;
  return table;
}

function digitTable(): Uint8Array {
  const table = new Uint8Array(256).fill(64);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let index = 0; index < 64; index += 1) table[alphabet.charCodeAt(index)] = index;
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
 * @param base64 what stands before the timestamp, without the compression mark; bytes are UTF-8
 * @throws InspectorError Corrupt where Python raises binascii.Error
 */
export function b64decode(base64: string | Uint8Array): Uint8Array {
  const text = typeof base64 === 'string' ? Buffer.from(base64, 'utf8') : base64;
  if (text.length % 4 !== 1) {
    const bytes = Buffer.from(bufferOf(text).toString('latin1'), 'base64url');
    // Node skips foreign characters too, but pads differently: only an output of full length had none.
    if (bytes.length === Math.floor((text.length * 3) / 4)) return bytes;
  }
  return a2bBase64(text, (4 - (text.length % 4)) % 4, DIGITS);
}

/**
 * The bytes of standard base64 as the pre-3.1 session decoder and the database cache read it (base64.b64decode,
 * not strict). @throws InspectorError Corrupt where Python raises binascii.Error
 */
export function standardB64decode(base64: string | Uint8Array): Uint8Array {
  const text = typeof base64 === 'string' ? Buffer.from(base64, 'utf8') : base64;
  const foreign = text.includes(0x2d) || text.includes(0x5f);
  if (text.length % 4 === 0 && !foreign) {
    const padding = text.at(-1) !== 0x3d ? 0 : text.at(-2) === 0x3d ? 2 : 1;
    const bytes = Buffer.from(bufferOf(text).toString('latin1'), 'base64');
    if (bytes.length === (text.length / 4) * 3 - padding) return bytes;
  }
  return a2bBase64(text, 0, STANDARD_DIGITS);
}

/** Python's binascii.a2b_base64(strict_mode=False): foreign characters are skipped, reading stops at a complete padding. */
function a2bBase64(raw: Uint8Array, padding: number, digits: Uint8Array): Uint8Array {
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
    const digit = digits[byte] ?? 64;
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
