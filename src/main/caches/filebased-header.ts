import { InspectorError } from '../errors.ts';

/** The first pickle of a FileBasedCache file: when it ends. */
export type ExpiryHeader = Readonly<{
  /** bytes up to and with its STOP; 0 where it is not what Django writes, so that the value is the whole file */
  length: number;
  /** epoch seconds as Python's repr; null = never, or unknown where `length` is 0 */
  text: string | null;
}>;

const PROTO = 0x80;
const FRAME = 0x95;
const STOP = 0x2e;
const UNKNOWN: ExpiryHeader = { length: 0, text: null };

/** Reads pickle(expiry), a float or None, of any protocol (django/core/cache/backends/filebased.py _write_content()). */
export function readExpiryHeader(bytes: Uint8Array): ExpiryHeader {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  if (view[at] === PROTO) at += 2;
  if (view[at] === FRAME) at += 9;
  const value = readNumber(view, at);
  return value !== null && view[value.end] === STOP ? { length: value.end + 1, text: value.text } : UNKNOWN;
}

function readNumber(view: Buffer, at: number): { text: string | null; end: number } | null {
  const room = view.length - at;
  switch (String.fromCharCode(view[at] ?? 0)) {
    case 'N':
      return { text: null, end: at + 1 };
    case 'G':
      return room < 10 ? null : { text: pythonFloat(view.readDoubleBE(at + 1)), end: at + 9 };
    case 'J':
      return room < 6 ? null : { text: String(view.readInt32LE(at + 1)), end: at + 5 };
    case 'F':
    case 'I': {
      const line = view.toString('latin1', at + 1, Math.min(view.length, at + 64));
      const end = line.indexOf('\n');
      return end > 0 && /^-?[\d.e+]+$/.test(line.slice(0, end)) ? { text: line.slice(0, end), end: at + 2 + end } : null;
    }
    default:
      return null;
  }
}

/** Python's repr of a float in the range of dates. */
function pythonFloat(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}

/**
 * pickle.dumps(expiry, protocol 5) for a float or None, byte for byte as CPython writes it.
 * @throws InspectorError BadValue
 */
export function expiryHeader(text: string | null): Buffer {
  if (text === null) return Buffer.from([PROTO, 5, 0x4e, STOP]);
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InspectorError('BadValue', 'The expiry is no number of seconds');
  const header = Buffer.alloc(21);
  header.set([PROTO, 5, FRAME, 10], 0);
  header.write('G', 11, 'latin1');
  header.writeDoubleBE(value, 12);
  header.writeUInt8(STOP, 20);
  return header;
}
