import { describe, expect, test } from 'vitest';
import {
  type CompressorName,
  compress,
  decompress,
  defaultCompression,
  detectCompression,
} from '../../../../src/main/django/compressors/compressors.ts';
import { InspectorError } from '../../../../src/main/errors.ts';
import { noise, samples } from './samples.ts';

const LIMIT = { outputBytes: 1 << 20 };
const NAMES: readonly CompressorName[] = ['zlib', 'gzip', 'lzma', 'lz4', 'zstd'];

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InspectorError) return error.code;
    throw error;
  }
  return 'none';
}

/** Decodes whatever the first bytes announce; anything but an InspectorError is a failure of the test. */
function survive(bytes: Uint8Array): void {
  const found = detectCompression(bytes);
  if (found === null) return;
  expect(['none', 'Corrupt', 'LimitExceeded', 'UnsupportedFormat']).toContain(codeOf(() => decompress(found, bytes, LIMIT)));
}

describe.each(NAMES)('%s', (name) => {
  test('gives back what it was given, and is found by its first bytes', () => {
    for (const { name: sample, bytes } of samples()) {
      const packed = compress(defaultCompression(name), bytes);
      const found = detectCompression(packed);
      expect(found?.name, sample).toBe(name);
      expect(Buffer.compare(decompress(found ?? defaultCompression(name), packed, LIMIT), bytes), sample).toBe(0);
    }
  });

  test('every truncation is an error', () => {
    const packed = compress(defaultCompression(name), new TextEncoder().encode('{"cart": ["apple", "apple", "apple", "apple"]}'));
    for (let length = 0; length < packed.length; length++) {
      expect(
        codeOf(() => decompress(defaultCompression(name), packed.subarray(0, length), LIMIT)),
        `${length} bytes`,
      ).toBe('Corrupt');
    }
  });

  test('a stream is refused once it passes the limit, and accepted up to it', () => {
    const packed = compress(defaultCompression(name), new Uint8Array(LIMIT.outputBytes));
    expect(decompress(defaultCompression(name), packed, LIMIT)).toHaveLength(LIMIT.outputBytes);
    expect(codeOf(() => decompress(defaultCompression(name), packed, { outputBytes: LIMIT.outputBytes - 1 }))).toBe('LimitExceeded');
  });

  test('changed bytes end in data or an error, never in anything else', () => {
    const packed = compress(defaultCompression(name), samples()[4]?.bytes ?? new Uint8Array(0));
    const random = noise(6000, 11);
    for (let round = 0; round < 2000; round++) {
      const changed = packed.slice();
      for (let change = 0; change <= round % 3; change++) {
        changed[((random[round + change] as number) * 256 + (random[round + 2000] as number)) % changed.length] = random[
          round + 4000 - change
        ] as number;
      }
      survive(changed);
    }
  });
});

describe('hostile streams', () => {
  const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

  test('a zstd frame of runs', () => {
    const block = hex('02 00 10 00'); // 131072 times 00, not the last block
    const frame = Buffer.concat([hex('28b52ffd 00 70'), ...Array.from({ length: 5000 }, () => block), hex('01 00 00')]);
    expect(codeOf(() => decompress(defaultCompression('zstd'), frame, LIMIT))).toBe('LimitExceeded');
  });

  test('a zstd frame that claims terabytes is refused before anything is made', () => {
    expect(codeOf(() => decompress(defaultCompression('zstd'), hex('28b52ffd e0 0000000000100000 010000'), LIMIT))).toBe('LimitExceeded');
  });

  test('a zstd frame whose content is not as long as it says', () => {
    expect(codeOf(() => decompress(defaultCompression('zstd'), hex('28b52ffd 20 05 21 00 00 61 62 63 64'), LIMIT))).toBe('Corrupt');
  });

  test('zstd blocks that each ask for tables cost little before they are refused', () => {
    // A compressed block with neither literals nor sequences: each is charged for the tables that it may bring.
    const frame = Buffer.concat([hex('28b52ffd 00 70'), ...Array.from({ length: 60_000 }, () => hex('14 00 00 00 00')), hex('01 00 00')]);
    expect(codeOf(() => decompress(defaultCompression('zstd'), frame, { outputBytes: 1 << 26 }))).toBe('LimitExceeded');
  });

  test('an lz4 block of one long match', () => {
    const body = Buffer.concat([hex('1f 61 01 00'), Buffer.alloc(60_000, 255), hex('00 50 61 61 61 61 61')]);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(body.length);
    const frame = Buffer.concat([hex('04224d18 60 70 73'), size, body, hex('00000000')]);
    expect(codeOf(() => decompress(defaultCompression('lz4'), frame, LIMIT))).toBe('LimitExceeded');
  });

  test('a dictionary is named', () => {
    expect(codeOf(() => decompress(defaultCompression('zstd'), hex('28b52ffd 21 05 03 29 00 00 61 62 63 64 65'), LIMIT))).toBe(
      'UnsupportedFormat',
    );
  });
});

test('plain values announce no compression', () => {
  for (const text of ['{"a": 1}', '[]', '(dp0\n.', '42', 'xyz', '\x80\x05}\x94.']) {
    expect(detectCompression(Buffer.from(text, 'latin1')), text).toBeNull();
  }
});

test('zlib is written at the level that its header names', () => {
  const content = samples()[5]?.bytes ?? new Uint8Array(0);
  for (const level of [1, 5, 6, 9]) {
    const packed = compress({ name: 'zlib', level }, content);
    expect(detectCompression(packed)).toEqual({ name: 'zlib', level });
  }
});
