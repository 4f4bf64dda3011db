import { InspectorError } from '../errors.ts';
import { bufferOf, standardB64decode } from './base64.ts';
import { readExpiryPickle } from './cache-expiry-pickle.ts';
import { type CacheSerializer, isPythonInt, serializerByBytes } from './cache-serializer.ts';
import {
  type Compression,
  type CompressorName,
  compress,
  decompress,
  defaultCompression,
  detectCompression,
  MINIMUM_LENGTHS,
} from './compressors/compressors.ts';
import { LIMITS, type Limits, type SerializerName } from './document.ts';
import { atLeast, type DjangoVersion } from './versions.ts';

/** Cache entries: from the bytes at rest to the serializer's payload, and back in the form in which they were found. */

export type CacheBackend =
  | 'RedisCache'
  | 'django_redis'
  | 'PyMemcacheCache'
  | 'PyLibMCCache'
  | 'MemcachedCache'
  | 'DatabaseCache'
  | 'FileBasedCache';

export type CacheFormat = Readonly<{
  BACKEND: CacheBackend;
  DJANGO_VERSION: DjangoVersion;
  /** auto: by the bytes */
  SERIALIZER: 'auto' | SerializerName;
  COMPRESSOR: 'auto' | 'none' | CompressorName;
  limits?: Pick<Limits, 'storedBytes' | 'payloadBytes'>;
}>;

/** What stands around a payload, outermost first. */
export type CacheLayer =
  | Readonly<{ kind: 'flags'; flags: number }>
  | Readonly<{ kind: 'base64' }>
  /** FileBasedCache: pickle(expiry), with epoch seconds as Python's repr or null for never */
  | Readonly<{ kind: 'expiry'; bytes: Uint8Array; expiry: string | null }>
  | Readonly<{ kind: 'compression'; compression: Compression }>;

export type CacheValue = Readonly<{
  payload: Uint8Array;
  serializer: CacheSerializer;
  layers: readonly CacheLayer[];
  /** as it was stored: an unedited value goes back like this */
  stored: Uint8Array;
  flags?: number;
}>;

export type StoredCacheValue = Readonly<{ stored: Uint8Array; flags?: number }>;

/** Flags of python-memcached, which pymemcache and pylibmc took over. */
const FLAG_PICKLE = 1;
const FLAG_INTEGER = 2;
const FLAG_LONG = 4;
const FLAG_COMPRESSED = 8;
const FLAG_TEXT = 16;

/** pymemcache/serde.py CompressedSerde, min_compress_len: only longer values are compressed. */
const PYMEMCACHE_MINIMUM = 400;

/**
 * Reads an entry as its backend does, without running anything.
 * @param flags of memcached @throws InspectorError Corrupt, LimitExceeded, UnsupportedFormat
 */
export function decodeCacheValue(stored: Uint8Array, format: CacheFormat, flags?: number): CacheValue {
  const limits = format.limits ?? LIMITS;
  if (stored.length > limits.storedBytes) {
    throw new InspectorError('LimitExceeded', `The entry has more than ${limits.storedBytes} bytes`, { hint: 'It was left as it is.' });
  }
  const limit = { outputBytes: limits.payloadBytes };
  const found = { stored, ...(flags === undefined ? {} : { flags }) };
  switch (format.BACKEND) {
    case 'RedisCache':
    case 'django_redis':
      return { ...decodeRedis(stored, format, limit), ...found };
    case 'PyMemcacheCache':
    case 'PyLibMCCache':
    case 'MemcachedCache':
      return { ...decodeMemcached(stored, format, flags ?? FLAG_PICKLE, limit), ...found };
    case 'DatabaseCache':
      return { payload: decodeBase64(stored, format), serializer: 'pickle', layers: [{ kind: 'base64' }], ...found };
    case 'FileBasedCache':
      return { ...decodeFile(stored, limit), ...found };
    default:
      return format.BACKEND satisfies never;
  }
}

type Decoded = Pick<CacheValue, 'payload' | 'serializer' | 'layers'>;
type OutputLimit = Readonly<{ outputBytes: number }>;

/**
 * django/core/cache/backends/redis.py RedisSerializer.loads() (4.0+), and django_redis/client/default.py decode(): int first,
 * then decompress; what is no such stream is plain, as values are that are too short to be compressed. A stream that begins
 * right and is damaged is said to be so: its bytes begin like no serializer's, so Django cannot read it either.
 */
function decodeRedis(stored: Uint8Array, format: CacheFormat, limit: OutputLimit): Decoded {
  if (isPythonInt(stored)) return { payload: stored, serializer: 'int', layers: [] };
  const compression = announced(stored, format.COMPRESSOR);
  if (compression === null) return { payload: stored, serializer: serializerOf(stored, format), layers: [] };
  const payload = decompress(compression, stored, limit);
  return { payload, serializer: serializerOf(payload, format), layers: [{ kind: 'compression', compression }] };
}

/** The compression that the first bytes announce, unless the settings name another one. */
function announced(stored: Uint8Array, COMPRESSOR: CacheFormat['COMPRESSOR']): Compression | null {
  const compression = COMPRESSOR === 'none' ? null : detectCompression(stored);
  return COMPRESSOR === 'auto' || compression?.name === COMPRESSOR ? compression : null;
}

function serializerOf(payload: Uint8Array, format: CacheFormat): SerializerName {
  if (format.SERIALIZER !== 'auto') return format.SERIALIZER;
  const serializer = serializerByBytes(payload);
  if (serializer !== null) return serializer;
  throw new InspectorError('UnsupportedFormat', 'The entry is neither a pickle nor JSON nor MessagePack', {
    hint: 'The site may use a SERIALIZER or COMPRESSOR of its own. The stored bytes can still be viewed, copied and deleted.',
  });
}

/** pymemcache/serde.py python_memcache_deserializer(), memcache.py Client._recv_value(), pylibmc's _pylibmc_deserialize_native(). */
function decodeMemcached(stored: Uint8Array, format: CacheFormat, flags: number, limit: OutputLimit): Decoded {
  const compression: Compression = detectCompression(stored) ?? defaultCompression('zlib');
  const compressed = (flags & FLAG_COMPRESSED) !== 0;
  const payload = compressed ? decompress(compression, stored, limit) : stored;
  const layers: CacheLayer[] = [{ kind: 'flags', flags }];
  if (compressed) layers.push({ kind: 'compression', compression });
  return { payload, serializer: memcachedSerializer(payload, flags, format), layers };
}

function memcachedSerializer(payload: Uint8Array, flags: number, format: CacheFormat): CacheSerializer {
  const kind = flags & ~FLAG_COMPRESSED;
  if (kind === 0) return 'bytes';
  if ((kind & FLAG_TEXT) !== 0) return 'str';
  if ((kind & FLAG_INTEGER) !== 0) return format.BACKEND === 'PyLibMCCache' ? 'bool' : 'int';
  if ((kind & FLAG_LONG) !== 0) return 'int';
  return (kind & FLAG_PICKLE) !== 0 ? 'pickle' : serializerOf(payload, format);
}

/** django/core/cache/backends/db.py get_many(): base64 of a pickle; 6.1 refuses foreign characters, earlier releases skip them. */
function decodeBase64(stored: Uint8Array, format: CacheFormat): Uint8Array {
  const text = bufferOf(stored).toString('utf8');
  const strict = atLeast(format.DJANGO_VERSION, 6, 1);
  if (strict && (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text))) {
    throw new InspectorError('Corrupt', 'The value is not base64 as Django 6.1 demands', {
      hint: 'Earlier releases skip foreign characters; set DJANGO_VERSION to the release of the site.',
    });
  }
  return standardB64decode(text);
}

/** django/core/cache/backends/filebased.py: pickle(expiry), then zlib(pickle(value)); the first may have been taken off before. */
function decodeFile(stored: Uint8Array, limit: OutputLimit): Decoded {
  const header = readExpiryPickle(stored);
  const packed = header === null ? stored : stored.subarray(header.bytes.length);
  const compression = detectCompression(packed);
  if (compression?.name !== 'zlib') {
    throw new InspectorError(
      'Corrupt',
      packed.length === 0 ? 'The file has no value' : 'The value of the file is not compressed with zlib',
      {
        hint: 'Django raises an error when it reads the entry, or takes it for expired where the file is empty. Delete it.',
      },
    );
  }
  const layers: CacheLayer[] = header === null ? [] : [{ kind: 'expiry', ...header }];
  layers.push({ kind: 'compression', compression });
  return { payload: decompress(compression, packed, limit), serializer: 'pickle', layers };
}

/**
 * The entry with another payload: same serializer, compressor, flags, header. The same payload gives the very bytes that
 * were found. Compressors keep their thresholds, so a value that becomes short is stored plain, and one that becomes long
 * is compressed if the settings name a compressor.
 */
export function encodeCacheValue(value: CacheValue, payload: Uint8Array, format: CacheFormat): StoredCacheValue {
  if (Buffer.compare(payload, value.payload) === 0)
    return { stored: value.stored, ...(value.flags === undefined ? {} : { flags: value.flags }) };
  const compression = value.layers.find((layer) => layer.kind === 'compression')?.compression ?? null;
  switch (format.BACKEND) {
    case 'RedisCache':
    case 'django_redis':
      return { stored: value.serializer === 'int' ? payload : encodeRedis(payload, compression, format) };
    case 'PyMemcacheCache':
    case 'PyLibMCCache':
    case 'MemcachedCache':
      return encodeMemcached(payload, compression, value.flags ?? FLAG_PICKLE, format);
    case 'DatabaseCache':
      return { stored: Uint8Array.from(Buffer.from(bufferOf(payload).toString('base64'), 'latin1')) };
    case 'FileBasedCache':
      return { stored: encodeFile(payload, compression, value.layers) };
    default:
      return format.BACKEND satisfies never;
  }
}

/** A value that is new to the cache, as the backend writes it. @param mtime for gzip: seconds since the epoch, UTC */
export function newCacheValue(payload: Uint8Array, format: CacheFormat, mtime: number): StoredCacheValue {
  const named = format.COMPRESSOR === 'auto' || format.COMPRESSOR === 'none' ? null : defaultCompression(format.COMPRESSOR, mtime);
  switch (format.BACKEND) {
    case 'RedisCache':
    case 'django_redis':
      return { stored: encodeRedis(payload, named, format) };
    case 'PyMemcacheCache':
    case 'PyLibMCCache':
    case 'MemcachedCache':
      return encodeMemcached(payload, named, FLAG_PICKLE, format);
    case 'DatabaseCache':
      return { stored: Uint8Array.from(Buffer.from(bufferOf(payload).toString('base64'), 'latin1')) };
    case 'FileBasedCache':
      return { stored: compress(defaultCompression('zlib'), payload) };
    default:
      return format.BACKEND satisfies never;
  }
}

/** django_redis/compressors/*.py compress() */
function encodeRedis(payload: Uint8Array, found: Compression | null, { COMPRESSOR }: CacheFormat): Uint8Array {
  const named = COMPRESSOR === 'auto' || COMPRESSOR === 'none' ? null : defaultCompression(COMPRESSOR);
  const compression = found ?? named;
  return compression !== null && payload.length > MINIMUM_LENGTHS[compression.name] ? compress(compression, payload) : payload;
}

/** pymemcache/serde.py CompressedSerde.serialize(): over 400 bytes, and not if it grows; the others compress what gets smaller. */
function encodeMemcached(
  payload: Uint8Array,
  found: Compression | null,
  flags: number,
  { BACKEND, COMPRESSOR }: CacheFormat,
): StoredCacheValue {
  const plain = { stored: payload, flags: flags & ~FLAG_COMPRESSED };
  const compression = found ?? (COMPRESSOR === 'zlib' ? defaultCompression('zlib') : null);
  if (compression === null || (BACKEND === 'PyMemcacheCache' && payload.length <= PYMEMCACHE_MINIMUM)) return plain;
  const packed = compress(compression, payload);
  return packed.length > payload.length ? plain : { stored: packed, flags: flags | FLAG_COMPRESSED };
}

function encodeFile(payload: Uint8Array, compression: Compression | null, layers: readonly CacheLayer[]): Uint8Array {
  const packed = compress(compression ?? defaultCompression('zlib'), payload);
  const header = layers.find((layer) => layer.kind === 'expiry');
  return header === undefined ? packed : new Uint8Array(Buffer.concat([header.bytes, packed]));
}
