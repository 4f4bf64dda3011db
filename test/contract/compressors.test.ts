import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CompressorName,
  compress,
  decompress,
  defaultCompression,
  detectCompression,
} from '../../src/main/django/compressors/compressors.ts';
import { samples } from '../unit/django/compressors/samples.ts';
import { Codecs } from './codecs.ts';

const LIMIT = { outputBytes: 8 * 1024 * 1024 };
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** What Python can be asked for, so that every kind of block, table and check is read. */
const WRITTEN: Readonly<Record<CompressorName, readonly Readonly<Record<string, unknown>>[]>> = {
  zlib: [{}, { level: 0 }, { level: 1 }, { level: 9 }],
  gzip: [{ mtime: 1 }, { mtime: 0, compresslevel: 1 }],
  lzma: [{ preset: 4 }, { preset: 0 }, { preset: 9 }, { check: 0 }, { check: 1 }, { check: 10 }, { format: 2 }],
  lz4: [
    {},
    { compression_level: 9 },
    { block_linked: true, block_size: 4, store_size: false },
    { block_linked: false, block_size: 4, content_checksum: true, block_checksum: true },
    { compression_level: -5, block_size: 7 },
  ],
  zstd: [{}, { level: 1 }, { level: 19 }, { level: -10, write_checksum: true }, { level: 7, write_content_size: false }],
};

describe('compressors against CPython', () => {
  let python: Codecs;
  beforeAll(() => {
    python = new Codecs();
  });
  afterAll(() => python[Symbol.asyncDispose]());

  for (const [format, variants] of Object.entries(WRITTEN)) {
    for (const options of variants) {
      test(`reads what ${format} ${JSON.stringify(options)} writes`, async () => {
        for (const { name, bytes } of samples()) {
          const packed = Buffer.from(await python.ask('compress', { format, options, data: base64(bytes) }), 'base64');
          const found = detectCompression(packed);
          expect(found?.name, name).toBe(format);
          expect(Buffer.compare(decompress(found ?? defaultCompression('zlib'), packed, LIMIT), bytes), name).toBe(0);
        }
      });
    }

    test(`${format} of ours is read by Python`, async () => {
      for (const { name, bytes } of samples()) {
        const packed = compress(defaultCompression(format as CompressorName), bytes);
        const plain = await python.ask('decompress', { format, data: base64(packed) });
        expect(plain === base64(bytes), name).toBe(true);
      }
    });
  }

  test('zlib and gzip are byte for byte what Python writes', async () => {
    for (const { name, bytes } of samples()) {
      const zlib = await python.ask('compress', { format: 'zlib', data: base64(bytes) });
      expect(base64(compress(defaultCompression('zlib'), bytes)) === zlib, name).toBe(true);
      const gzip = await python.ask('compress', { format: 'gzip', options: { mtime: 1700000000 }, data: base64(bytes) });
      expect(base64(compress(defaultCompression('gzip', 1700000000), bytes)) === gzip, name).toBe(true);
    }
  });

  test('a bomb that Python makes ends at the limit', async () => {
    for (const format of Object.keys(WRITTEN)) {
      const packed = Buffer.from(await python.ask('compress', { format, data: base64(new Uint8Array(LIMIT.outputBytes + 1)) }), 'base64');
      const found = detectCompression(packed) ?? defaultCompression('zlib');
      expect(() => decompress(found, packed, LIMIT)).toThrowError(expect.objectContaining({ code: 'LimitExceeded' }));
    }
  });

  test('checksums that a frame had are written again', async () => {
    const [sample] = samples().slice(-1);
    const bytes = sample?.bytes ?? new Uint8Array(0);
    for (const [format, options] of [
      ['lz4', { content_checksum: true, block_checksum: true, store_size: false }],
      ['zstd', { write_checksum: true }],
    ] as const) {
      const packed = Buffer.from(await python.ask('compress', { format, options, data: base64(bytes) }), 'base64');
      const found = detectCompression(packed) ?? defaultCompression('zlib');
      const again = compress(found, bytes);
      expect(detectCompression(again)).toEqual(found);
      expect((await python.ask('decompress', { format, data: base64(again) })) === base64(bytes)).toBe(true);
    }
  });
});
