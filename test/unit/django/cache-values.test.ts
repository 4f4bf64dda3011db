import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readExpiryPickle } from '../../../src/main/django/cache-expiry-pickle.ts';
import { emptyPayload, isPythonInt, serializerByBytes } from '../../../src/main/django/cache-serializer.ts';
import { type CacheFormat, decodeCacheValue, encodeCacheValue, newCacheValue } from '../../../src/main/django/cache-values.ts';
import { compress, defaultCompression, detectCompression } from '../../../src/main/django/compressors/compressors.ts';
import { LIMITS } from '../../../src/main/django/document.ts';
import { InspectorError } from '../../../src/main/errors.ts';

const format = (change: Partial<CacheFormat> = {}): CacheFormat => ({
  BACKEND: 'django_redis',
  DJANGO_VERSION: '5.2',
  SERIALIZER: 'auto',
  COMPRESSOR: 'auto',
  ...change,
});
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InspectorError) return error.code;
    throw error;
  }
  return 'none';
}

describe('the serializer by the bytes', () => {
  test.each([
    ['\x80\x05}\x94.', 'pickle'],
    ['\x80\x02}q\x00.', 'pickle'],
    ['}q\x00.', 'pickle'],
    ['(dp0\n.', 'pickle'],
    ['N.', 'pickle'],
    ['I1\n.', 'pickle'],
    ['F2.5\n.', 'pickle'],
    ['\x80', 'msgpack'],
    ['\x81\xa1a\x01', 'msgpack'],
    ['\xde\x00\x01\xa1a\x01', 'msgpack'],
    ['{"a": 1}', 'json'],
    [' [1]', 'json'],
    ['NaN', 'json'],
    ['-1.5', 'json'],
    ['', null],
    ['\x80\x09', null],
    ['\x01\x02', null],
  ])('%j is %s', (text, serializer) => {
    expect(serializerByBytes(latin1(text))).toBe(serializer);
  });

  test('integers are what int() reads', () => {
    for (const text of ['42', '-7', '+1', ' 42\n', '1_000', '0'.repeat(4300)])
      expect(isPythonInt(latin1(text)), text.slice(0, 9)).toBe(true);
    for (const text of ['', '4.2', '1__0', '_1', '0x1', '1 2', '-', '1'.repeat(4301), '{}'])
      expect(isPythonInt(latin1(text)), text.slice(0, 9)).toBe(false);
  });

  test('an empty session of every protocol', () => {
    for (const protocol of [0, 1, 2, 3, 4, 5]) expect(serializerByBytes(emptyPayload('pickle', protocol))).toBe('pickle');
  });
});

describe('thresholds', () => {
  test.each([
    ['zlib', 15],
    ['gzip', 15],
    ['lz4', 15],
    ['zstd', 15],
    ['lzma', 100],
  ] as const)('django-redis compresses with %s what is longer than %i bytes', (COMPRESSOR, minimum) => {
    const own = format({ COMPRESSOR });
    const json = (length: number) => latin1(`{"a": "${'x'.repeat(length - 9)}"}`);
    expect(newCacheValue(json(minimum), own, 0).stored).toEqual(json(minimum));
    const long = newCacheValue(json(minimum + 1), own, 0).stored;
    expect(detectCompression(long)?.name).toBe(COMPRESSOR);
    // Found compressed, and short after the edit: plain, as the site writes it.
    expect(encodeCacheValue(decodeCacheValue(long, own), json(minimum), own).stored).toEqual(json(minimum));
    // Found plain, with nothing named: it stays plain, which every reader takes.
    const auto = format();
    expect(encodeCacheValue(decodeCacheValue(json(minimum), auto), json(minimum + 50), auto).stored).toEqual(json(minimum + 50));
  });

  test('pymemcache compresses over 400 bytes, unless that makes it longer', () => {
    const own = format({ BACKEND: 'PyMemcacheCache', COMPRESSOR: 'zlib' });
    const random = Uint8Array.from({ length: 500 }, (_, index) => (index * index * 7919 + (index >> 3) * 104_729) >> (index % 5));
    expect(newCacheValue(new Uint8Array(400), own, 0)).toEqual({ stored: new Uint8Array(400), flags: 1 });
    expect(newCacheValue(new Uint8Array(401), own, 0).flags).toBe(9);
    expect(newCacheValue(random, own, 0)).toEqual(
      compress(defaultCompression('zlib'), random).length > 500 ? { stored: random, flags: 1 } : expect.objectContaining({ flags: 9 }),
    );
    const found = decodeCacheValue(newCacheValue(new Uint8Array(401), own, 0).stored, own, 9);
    expect(encodeCacheValue(found, new Uint8Array(9), own)).toEqual({ stored: new Uint8Array(9), flags: 1 });
  });

  test('pylibmc and python-memcached are compressed as found', () => {
    for (const BACKEND of ['PyLibMCCache', 'MemcachedCache'] as const) {
      const own = format({ BACKEND });
      const found = decodeCacheValue(new Uint8Array(deflateSync(new Uint8Array(50))), own, 9);
      expect(found.payload).toEqual(new Uint8Array(50));
      expect(encodeCacheValue(found, new Uint8Array(60), own).flags).toBe(9);
      expect(encodeCacheValue(found, latin1('short'), own)).toEqual({ stored: latin1('short'), flags: 1 });
    }
  });
});

describe('what cannot be read', () => {
  test('a damaged stream is named by its compressor', () => {
    const packed = newCacheValue(latin1(`{"a": "${'x'.repeat(200)}"}`), format({ COMPRESSOR: 'lz4' }), 0).stored;
    expect(() => decodeCacheValue(packed.subarray(0, 30), format())).toThrowError('lz4');
    expect(codeOf(() => decodeCacheValue(packed.subarray(0, 30), format()))).toBe('Corrupt');
  });

  test('another compressor than the profile says', () => {
    const packed = newCacheValue(latin1(`{"a": "${'x'.repeat(200)}"}`), format({ COMPRESSOR: 'zlib' }), 0).stored;
    expect(codeOf(() => decodeCacheValue(packed, format({ COMPRESSOR: 'none' })))).toBe('UnsupportedFormat');
    expect(codeOf(() => decodeCacheValue(packed, format({ COMPRESSOR: 'lz4' })))).toBe('UnsupportedFormat');
  });

  test('bombs and large entries', () => {
    const limits = { storedBytes: 1000, payloadBytes: 100_000 };
    const bomb = new Uint8Array(deflateSync(new Uint8Array(100_001)));
    expect(codeOf(() => decodeCacheValue(bomb, format({ limits })))).toBe('LimitExceeded');
    expect(codeOf(() => decodeCacheValue(new Uint8Array(1001), format({ limits })))).toBe('LimitExceeded');
    expect(codeOf(() => decodeCacheValue(bomb, format({ limits, BACKEND: 'PyMemcacheCache' }), 9))).toBe('LimitExceeded');
    expect(codeOf(() => decodeCacheValue(bomb, format({ limits, BACKEND: 'FileBasedCache' })))).toBe('LimitExceeded');
    expect(LIMITS.payloadBytes).toBeGreaterThan(limits.payloadBytes);
  });

  test('memcached: a flag that lies', () => {
    expect(codeOf(() => decodeCacheValue(latin1('not zlib'), format({ BACKEND: 'PyMemcacheCache' }), 9))).toBe('Corrupt');
    expect(decodeCacheValue(latin1('text'), format({ BACKEND: 'PyMemcacheCache' }), 16).serializer).toBe('str');
    expect(decodeCacheValue(latin1('text'), format({ BACKEND: 'PyMemcacheCache' }), 0).serializer).toBe('bytes');
    expect(decodeCacheValue(latin1('1'), format({ BACKEND: 'PyLibMCCache' }), 2).serializer).toBe('bool');
  });

  test('the database cache: 6.1 demands what earlier releases skip', () => {
    const odd = latin1('gAV9\nlC4=');
    const own = format({ BACKEND: 'DatabaseCache' });
    expect(decodeCacheValue(odd, own).payload).toEqual(emptyPayload('pickle', 5));
    expect(codeOf(() => decodeCacheValue(odd, { ...own, DJANGO_VERSION: '6.1' }))).toBe('Corrupt');
    expect(codeOf(() => decodeCacheValue(latin1('gAV9lC4'), own))).toBe('Corrupt');
    // Unedited it stays as it was; edited it is written cleanly.
    const found = decodeCacheValue(odd, own);
    expect(encodeCacheValue(found, found.payload, own).stored).toBe(odd);
    expect(Buffer.from(encodeCacheValue(found, emptyPayload('pickle', 4), own).stored).toString()).toBe('gAR9lC4=');
  });
});

describe('the header of file-based entries', () => {
  test.each([
    ['80054e2e', null],
    ['8005950a00000000000000 47 41da1a0000000000 2e', '1751646208.0'],
    ['8002 47 41da1a0000000000 2e', '1751646208.0'],
    ['4631373531363436323038 2e350a 2e', '1751646208.5'],
    ['8003 4a 01000000 2e', '1'],
  ])('%s ends at %s', (hex, expiry) => {
    const bytes = new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    expect(readExpiryPickle(Uint8Array.from([...bytes, 0x78, 0x9c]))).toEqual({ bytes, expiry });
  });

  test('what is none is left to the value', () => {
    for (const hex of ['', '80', '8005', '800547', '8005474141', '789c', '8005954e', '46316131310a2e', '47']) {
      expect(readExpiryPickle(new Uint8Array(Buffer.from(hex, 'hex'))), hex).toBeNull();
    }
  });
});
