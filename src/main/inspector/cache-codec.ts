import { type CacheFormat, decodeCacheValue, encodeCacheValue } from '../django/cache-values.ts';
import { NOT_SIGNED } from '../django/diagnose.ts';
import { LIMITS, type SerializerName } from '../django/document.ts';
import { parseCachePayload } from '../django/serializers/detect.ts';
import { InspectorError } from '../errors.ts';
import { type Codec, problemOf } from './codec.ts';
import type { Site } from './site.ts';

/** The cache engine's values and the cache's side of cached_db: the session's dict by the cache's own serializer, unsigned. */
export function cacheCodec({ profile }: Site): Codec {
  const { BACKEND, SERIALIZER, COMPRESSOR } = profile.CACHES;
  const format: CacheFormat = { BACKEND, SERIALIZER, COMPRESSOR, DJANGO_VERSION: profile.DJANGO_VERSION };
  return {
    peek: ({ stored, flags }) => decodeCacheValue(stored, format, flags).payload,
    decode({ stored, flags }, limits = LIMITS) {
      const unsigned = { signature: NOT_SIGNED, text: null };
      try {
        const { payload, serializer } = decodeCacheValue(stored, { ...format, limits }, flags);
        return { document: parseCachePayload(payload, sessionSerializer(serializer), limits), problem: null, ...unsigned };
      } catch (error) {
        return { document: null, problem: problemOf(error), ...unsigned };
      }
    },
    parse: (payload, serializer) => parseCachePayload(payload, serializer),
    // Flags say whether a value is compressed: they go with the bytes.
    encode: (document, { stored, flags }) => encodeCacheValue(decodeCacheValue(stored, format, flags), document.payload, format),
  };
}

/** Caches keep numbers and texts without a serializer; none of them is a session. */
function sessionSerializer(serializer: ReturnType<typeof decodeCacheValue>['serializer']): SerializerName {
  if (serializer === 'json' || serializer === 'pickle' || serializer === 'msgpack') return serializer;
  throw new InspectorError('Corrupt', `The entry holds a plain ${serializer}, and no session`, {
    hint: 'Another part of the site may use this key.',
  });
}
