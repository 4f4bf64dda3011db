import { LIMITS, type Limits, type SerializerName, type SessionDocument } from '../document.ts';
import { guessSerializer } from './guess.ts';
import { parseJson } from './json/document.ts';
import { SPACED } from './json/write.ts';
import { parseMsgpack } from './msgpack/document.ts';
import { parsePickle } from './pickle/document.ts';

/**
 * A payload of the db, cached_db, file and signed_cookies engines as a document.
 * @param serializer default: by the first bytes
 * @param clock milliseconds that never go back; without it pickles have no limit of time
 * @throws InspectorError Corrupt, LimitExceeded, UnsupportedFormat
 */
export function parseSessionPayload(
  payload: Uint8Array,
  serializer: SerializerName = guessSerializer(payload),
  limits: Limits = LIMITS,
  clock?: () => number,
): SessionDocument {
  switch (serializer) {
    case 'json':
      return parseJson(payload, { limits });
    case 'pickle':
      return parsePickle(payload, limits, clock);
    case 'msgpack':
      return parseMsgpack(payload, limits);
    default:
      return serializer satisfies never;
  }
}

/**
 * A decompressed value of a cache as a document: JSON is UTF-8 there and spaced. Its serializer: serializerByBytes() in
 * cache-serializer.ts.
 * @throws InspectorError Corrupt, LimitExceeded, UnsupportedFormat
 */
export function parseCachePayload(
  payload: Uint8Array,
  serializer: SerializerName,
  limits: Limits = LIMITS,
  clock?: () => number,
): SessionDocument {
  if (serializer === 'json') return parseJson(payload, { encoding: 'utf8', separators: SPACED, limits });
  return parseSessionPayload(payload, serializer, limits, clock);
}
