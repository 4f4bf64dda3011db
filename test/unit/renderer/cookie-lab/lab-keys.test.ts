import { expect, test } from 'vitest';
import { canSign, emptyKeys, labKeys } from '../../../../src/renderer/cookie-lab/lab-keys.ts';

test('only what was filled in crosses the bridge', () => {
  expect(labKeys(emptyKeys)).toEqual({});
  expect(labKeys({ ...emptyKeys, source: 'shop', salt: 's', max_age: ' 60 ' })).toEqual({ profile: 'shop', salt: 's', max_age: 60 });
});

test('typed keys are sent only while they are the ones chosen', () => {
  const typed = { ...emptyKeys, SECRET_KEY: 'k', SECRET_KEY_FALLBACKS: 'a\n\nb' };
  expect(labKeys({ ...typed, source: 'typed' })).toEqual({ SECRET_KEY: 'k', SECRET_KEY_FALLBACKS: ['a', 'b'] });
  expect(labKeys({ ...typed, source: 'shop' })).toEqual({ profile: 'shop' });
  expect(labKeys(typed)).toEqual({});
});

test('an age that is no number is left out', () => {
  expect(labKeys({ ...emptyKeys, max_age: 'soon' })).toEqual({});
});

test('signing needs a key', () => {
  expect(canSign(emptyKeys)).toBe(false);
  expect(canSign({ ...emptyKeys, source: 'typed' })).toBe(false);
  expect(canSign({ ...emptyKeys, source: 'typed', SECRET_KEY: 'k' })).toBe(true);
  expect(canSign({ ...emptyKeys, source: 'shop' })).toBe(true);
});
