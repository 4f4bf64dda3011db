import { expect, test } from 'vitest';
import { revisionOf } from '../../../src/main/inspector/revision.ts';

const row = { session_key: 'k', stored: Buffer.from('abc'), expiry: { source: 'expire_date', text: '2025-01-01 00:00:00' } } as const;

test('a revision changes with the value and the end, and with nothing else', () => {
  const revision = revisionOf(row);
  expect(revision).toBe(revisionOf({ stored: new Uint8Array(Buffer.from('abc')), expiry: row.expiry }));
  expect(revisionOf({ ...row, stored: Buffer.from('abd') })).not.toBe(revision);
  expect(revisionOf({ ...row, expiry: { ...row.expiry, text: '2025-01-01 00:00:00.000001' } })).not.toBe(revision);
  expect(revisionOf({ ...row, flags: 1 })).not.toBe(revision);
  expect(revisionOf({ ...row, oversize: 5 })).not.toBe(revision);
});

test('a TTL that runs on is no change, but having none is', () => {
  const at = (milliseconds: number | null) => revisionOf({ stored: row.stored, expiry: { source: 'ttl', milliseconds } });
  expect(at(1000)).toBe(at(999));
  expect(at(null)).not.toBe(at(1000));
});

test("the cache's side counts only where it is all there is", () => {
  const twin = (text: string) => ({ stored: Buffer.from(text), milliseconds: 5 });
  expect(revisionOf({ ...row, twin: twin('a') })).toBe(revisionOf({ ...row, twin: twin('b') }));
  const only = { ...row, stored: new Uint8Array(), only: 'cache' } as const;
  expect(revisionOf({ ...only, twin: twin('a') })).not.toBe(revisionOf({ ...only, twin: twin('b') }));
});
