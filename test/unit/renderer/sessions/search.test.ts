import { expect, test } from 'vitest';
import { findQuery, isServerSide, isSessionKey } from '../../../../src/renderer/sessions/search.ts';

const TABLE = { list: 'paged', filterState: true } as const;
const CACHE = { list: 'unordered', filterState: false } as const;

test('a whole key is recognised', () => {
  expect(isSessionKey(' abcdefghijklmnopqrstuvwxyz012345 ')).toBe(true);
  expect(isSessionKey('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345')).toBe(false);
  expect(isSessionKey('anna')).toBe(false);
});

test.each([
  [null, null, null],
  [{ in: 'user', text: ' 4711 ' }, null, { user: '4711' }],
  [{ in: 'key', text: 'ab' }, 'corrupt', { keyPrefix: 'ab', state: 'corrupt' }],
  [{ in: 'data', text: 'teapot' }, null, { text: 'teapot' }],
  [{ in: 'user', text: '  ' }, null, null],
  [null, 'unsigned', { state: 'unsigned' }],
] as const)('%j in state %s asks for %j', (search, state, query) => {
  expect(findQuery(search, state)).toEqual(query);
});

test.each([
  [null, null, TABLE, true],
  [null, 'expired', TABLE, true],
  [null, 'expired', CACHE, false],
  [null, 'corrupt', TABLE, false],
  [{ in: 'key', text: 'ab' }, 'live', TABLE, true],
  [{ in: 'key', text: 'ab' }, null, CACHE, false],
  [{ in: 'user', text: 'anna' }, null, TABLE, false],
  [{ in: 'data', text: ' ' }, null, TABLE, true],
] as const)('%j in state %s on %j: the store answers itself: %s', (search, state, store, expected) => {
  expect(isServerSide(search, state, store)).toBe(expected);
});
