/** What may have written a session's payload. */
export type StoredSerializer = 'json' | 'pickle';

const PROTO = 0x80;
const STOP = 0x2e;

/**
 * The serializer of a session's payload by its bytes: PickleSerializer always wrote protocol 2 or later, which begins
 * with its own byte; JSON can begin with none of the bytes that protocols 0 and 1 begin a dict with.
 */
export function guessSerializer(payload: Uint8Array): StoredSerializer {
  const first = payload[0];
  if (first === PROTO) return 'pickle';
  const early = first === 0x28 /* MARK */ || first === 0x7d /* EMPTY_DICT */ || first === 0x63; /* GLOBAL */
  return early && payload[payload.length - 1] === STOP ? 'pickle' : 'json';
}
