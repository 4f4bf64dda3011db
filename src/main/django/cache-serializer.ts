import type { SerializerName } from './document.ts';

/** What a cache entry's payload is; the last four are what caches keep without a serializer, and never a session. */
export type CacheSerializer = SerializerName | 'int' | 'bool' | 'str' | 'bytes';

/** What Python's int() reads from bytes: digits with a sign, single underscores between them, spaces around. */
const PYTHON_INT = /^[\t\n\v\f\r ]*[+-]?\d+(_\d+)*[\t\n\v\f\r ]*$/;
/** Python refuses longer texts (sys.set_int_max_str_digits). */
const MAX_INT_DIGITS = 4300;
/** Longer ones are no integers that Python reads, whatever they hold. */
const MAX_INT_TEXT = 2 * MAX_INT_DIGITS;

/** True where int(value) succeeds, which the Redis backends try before anything else. */
export function isPythonInt(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length > MAX_INT_TEXT) return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return PYTHON_INT.test(text) && text.replace(/\D/g, '').length <= MAX_INT_DIGITS;
}

const STOP = 0x2e;
const JSON_START = new Set('{["-0123456789tfnNI'.split('').map((character) => character.charCodeAt(0)));
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * The serializer of a cache entry by its bytes, or null where they fit none. The three can hardly be mistaken: pickles of
 * protocol 2 and later begin with 80 and a protocol, an empty msgpack dict is that byte alone, and other msgpack
 * containers begin above it; JSON begins with ASCII that begins no dict or list of protocols 0 and 1.
 */
export function serializerByBytes(payload: Uint8Array): SerializerName | null {
  const first = payload[0];
  if (first === undefined) return null;
  if (first === 0x80) return payload.length === 1 ? 'msgpack' : (payload[1] as number) <= 5 ? 'pickle' : null;
  if (first > 0x80) return 'msgpack';
  const text = payload.find((byte) => !SPACES.has(byte));
  // Protocol 0 pickles of None, ints and floats begin like words and numbers of JSON, which never end with a full stop.
  if (payload[payload.length - 1] === STOP) return 'pickle';
  return text !== undefined && JSON_START.has(text) ? 'json' : null;
}

/**
 * The payload of an empty session as the serializer writes it.
 * @param protocol of pickles: 5 for Django's own backends, 4 for django-redis (see section "what is written" of the settings)
 */
export function emptyPayload(serializer: SerializerName, protocol: number): Uint8Array {
  switch (serializer) {
    case 'json':
      return Uint8Array.of(0x7b, 0x7d);
    case 'msgpack':
      return Uint8Array.of(0x80);
    case 'pickle':
      return emptyPickle(protocol);
    default:
      return serializer satisfies never;
  }
}

/** pickle.dumps({}, protocol) of CPython. */
function emptyPickle(protocol: number): Uint8Array {
  if (protocol >= 4) return Uint8Array.of(0x80, protocol, 0x7d, 0x94, STOP);
  if (protocol >= 2) return Uint8Array.of(0x80, protocol, 0x7d, 0x71, 0, STOP);
  if (protocol === 1) return Uint8Array.of(0x7d, 0x71, 0, STOP);
  return Uint8Array.from(Buffer.from('(dp0\n.', 'latin1'));
}
