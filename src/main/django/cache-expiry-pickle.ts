import { InspectorError } from '../errors.ts';
import { floatRepr } from './serializers/json/float-repr.ts';

/** The first pickle of a FileBasedCache file: when the entry ends (django/core/cache/backends/filebased.py _write_content()). */
export type ExpiryPickle = Readonly<{
  /** up to and with its STOP */
  bytes: Uint8Array;
  /** epoch seconds as Python's repr; null: never */
  expiry: string | null;
}>;

const PROTO = 0x80;
const FRAME = 0x95;
const STOP = 0x2e;
/** Bytes of the header with a float: PROTO 5, FRAME of 10 bytes, BINFLOAT, STOP. */
const FLOAT_BYTES = 21;

/** Reads a pickle of a float, an int or None, of any protocol, or null where the bytes begin with something else. */
export function readExpiryPickle(bytes: Uint8Array): ExpiryPickle | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = bytes[0] === PROTO ? 2 : 0;
  if (bytes[at] === FRAME) at += 9;
  const value = readValue(bytes, view, at);
  if (value === null || bytes[value.end] !== STOP) return null;
  return { bytes: bytes.subarray(0, value.end + 1), expiry: value.expiry };
}

function readValue(bytes: Uint8Array, view: DataView, at: number): Readonly<{ expiry: string | null; end: number }> | null {
  const room = bytes.length - at - 1;
  switch (String.fromCharCode(bytes[at] ?? 0)) {
    case 'N':
      return { expiry: null, end: at + 1 };
    case 'G':
      return room < 8 ? null : { expiry: floatRepr(view.getFloat64(at + 1)), end: at + 9 };
    case 'J':
      return room < 4 ? null : { expiry: String(view.getInt32(at + 1, true)), end: at + 5 };
    case 'F':
    case 'I': {
      const end = bytes.indexOf(0x0a, at);
      const text = end < 0 || end - at > 40 ? '' : String.fromCharCode(...bytes.subarray(at + 1, end));
      return /^-?\d[\d.e+-]*$/.test(text) ? { expiry: text, end: end + 1 } : null;
    }
    default:
      return null;
  }
}

/**
 * pickle.dumps(expiry, protocol 5) for a float or None, byte for byte as CPython writes it.
 * @param expiry epoch seconds as Python's repr; null: never
 * @throws InspectorError BadValue where it is no finite number
 */
export function writeExpiryPickle(expiry: string | null): Uint8Array {
  if (expiry === null) return Uint8Array.of(PROTO, 5, 0x4e, STOP);
  const value = Number(expiry);
  if (expiry.trim() === '' || !Number.isFinite(value)) throw new InspectorError('BadValue', 'The expiry is no number of seconds');
  const bytes = new Uint8Array(FLOAT_BYTES);
  bytes.set([PROTO, 5, FRAME, 10], 0);
  bytes[11] = 0x47;
  new DataView(bytes.buffer).setFloat64(12, value);
  bytes[FLOAT_BYTES - 1] = STOP;
  return bytes;
}
