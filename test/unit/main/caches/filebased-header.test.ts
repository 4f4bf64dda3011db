import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expiryHeader, readExpiryHeader } from '../../../../src/main/caches/filebased-header.ts';

const FIXTURES = new URL('../../../fixtures/', import.meta.url);

type Fixture = Readonly<{
  id: string;
  kind: string;
  dir: string;
  sessions: ReadonlyArray<Readonly<{ file: string; expires: Readonly<{ $float: string }> | null; header_bytes: number }>>;
}>;

describe('what real Django wrote', () => {
  const { entries } = JSON.parse(readFileSync(new URL('manifest.json', FIXTURES), 'utf8')) as { entries: readonly Fixture[] };
  const caches = entries.filter(({ kind }) => kind === 'fscache');
  test('there are such fixtures', () => {
    expect(caches.length).toBeGreaterThan(4);
  });

  test.each(caches.map((fixture) => [fixture.id, fixture] as const))('%s', (_, fixture) => {
    expect(fixture.sessions.length).toBeGreaterThan(0);
    for (const { file, expires, header_bytes } of fixture.sessions) {
      const bytes = readFileSync(new URL(`${fixture.dir}/${file}`, FIXTURES));
      const header = readExpiryHeader(bytes);
      expect(header.length).toBe(header_bytes);
      expect(header.text).toBe(expires?.$float ?? null);
      // And back, byte for byte.
      expect(expiryHeader(header.text)).toEqual(bytes.subarray(0, header_bytes));
    }
  });
});

describe('other headers', () => {
  test.each([
    ['an older protocol', Buffer.from('F1700000000.5\n.rest'), 15, '1700000000.5'],
    ['an integer', Buffer.from([0x80, 2, 0x4a, 0x00, 0xf1, 0x53, 0x65, 0x2e, 1]), 8, '1700000000'],
    ['None of protocol 0', Buffer.from('N.rest'), 2, null],
    ['no pickle', Buffer.from('rest'), 0, null],
    ['a header that ends too early', Buffer.from([0x80, 5, 0x95, 10, 0, 0, 0, 0, 0, 0, 0, 0x47, 1, 2]), 0, null],
    ['a text in place of a number', Buffer.from('Fsoon\n.'), 0, null],
    ['nothing', Buffer.alloc(0), 0, null],
  ])('%s', (_, bytes, length, text) => {
    expect(readExpiryHeader(bytes)).toEqual({ length, text });
  });

  test.each(['', 'soon', 'inf', 'NaN'])('%j is no expiry', (text) => {
    expect(() => expiryHeader(text)).toThrowError(expect.objectContaining({ code: 'BadValue' }));
  });
});
