import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readExpiryPickle, writeExpiryPickle } from '../../../src/main/django/cache-expiry-pickle.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url);

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
      const header = readExpiryPickle(bytes) ?? expect.fail(file);
      expect(header.bytes.length).toBe(header_bytes);
      expect(header.expiry).toBe(expires?.$float ?? null);
      // And back, byte for byte.
      expect(Buffer.from(writeExpiryPickle(header.expiry))).toEqual(bytes.subarray(0, header_bytes));
    }
  });
});

describe('other headers', () => {
  test.each([
    ['an older protocol', Buffer.from('F1700000000.5\n.rest'), 15, '1700000000.5'],
    ['an integer', Buffer.from([0x80, 2, 0x4a, 0x00, 0xf1, 0x53, 0x65, 0x2e, 1]), 8, '1700000000'],
    ['None of protocol 0', Buffer.from('N.rest'), 2, null],
    ['a date before 1970', Buffer.from('F-1.5\n.'), 7, '-1.5'],
  ])('%s', (_, bytes, length, expiry) => {
    expect(readExpiryPickle(bytes)).toEqual({ bytes: bytes.subarray(0, length), expiry });
  });

  test.each([
    ['no pickle', Buffer.from('rest')],
    ['a header that ends too early', Buffer.from([0x80, 5, 0x95, 10, 0, 0, 0, 0, 0, 0, 0, 0x47, 1, 2])],
    ['a text in place of a number', Buffer.from('Fsoon\n.')],
    ['nothing', Buffer.alloc(0)],
  ])('%s is none', (_, bytes) => {
    expect(readExpiryPickle(bytes)).toBeNull();
  });

  test.each(['', 'soon', 'inf', 'NaN'])('%j is no expiry', (text) => {
    expect(() => writeExpiryPickle(text)).toThrowError(expect.objectContaining({ code: 'BadValue' }));
  });
});
