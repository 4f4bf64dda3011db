import { describe, expect, test } from 'vitest';
import { parseSessionPayload } from '../../../src/main/django/serializers/detect.ts';
import { differencesOf } from '../../../src/main/inspector/difference.ts';

const json = (text: string) => parseSessionPayload(Buffer.from(text, 'latin1'), 'json');
const between = (before: string, after: string) => differencesOf(json(before), json(after));

describe('what changed', () => {
  test('by path, with both values', () => {
    expect(between('{"cart":{"items":[{"n":1},{"n":2}]},"gone":true}', '{"cart":{"items":[{"n":1},{"n":2.0}]},"new key":"x"}')).toEqual([
      { path: 'cart.items[1].n', kind: 'changed', before: '2', after: '2.0' },
      { path: 'gone', kind: 'removed', before: 'True' },
      { path: '["new key"]', kind: 'added', after: '"x"' },
    ]);
  });

  test('types count: 1, 1.0, "1" and true are four values', () => {
    for (const [one, other] of [
      ['1', '1.0'],
      ['1', '"1"'],
      ['1', 'true'],
      ['1.0', '"1.0"'],
      ['{}', '[]'],
      ['null', '""'],
    ]) {
      expect(between(`{"a":${one}}`, `{"a":${other}}`), `${one} ${other}`).toHaveLength(1);
    }
  });

  test('a longer or shorter list, an emptied dict', () => {
    expect(between('{"l":[1,2]}', '{"l":[1,2,3]}')).toEqual([{ path: 'l[2]', kind: 'added', after: '3' }]);
    expect(between('{"l":[1,2]}', '{"l":[1]}')).toEqual([{ path: 'l[1]', kind: 'removed', before: '2' }]);
    expect(between('{"a":1}', '{}')).toEqual([{ path: 'a', kind: 'removed', before: '1' }]);
  });

  test('keys that JavaScript treats specially are keys like others', () => {
    expect(between('{"__proto__":1,"2":1,"1":1}', '{"__proto__":2,"2":1,"1":1}')).toEqual([
      { path: '__proto__', kind: 'changed', before: '1', after: '2' },
    ]);
  });

  test('the same bytes are no change; the same data in another order are said to be one', () => {
    expect(between('{"a":1,"b":2}', '{"a":1,"b":2}')).toEqual([]);
    expect(between('{"a":1,"b":2}', '{"b":2,"a":1}')).toMatchObject([{ path: '', kind: 'changed' }]);
  });

  test('long values are cut, and so are many differences', () => {
    const [long] = between('{"a":""}', JSON.stringify({ a: 'x'.repeat(10_000) }));
    expect(long?.after?.length).toBeLessThan(250);
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, index])));
    expect(between('{}', many)).toHaveLength(1000);
  });

  test('data that do not decode have no paths', () => {
    expect(differencesOf(null, null)).toEqual([]);
    expect(differencesOf(null, json('{"a":1}'))).toEqual([{ path: '', kind: 'added', after: 'dict (1)' }]);
    expect(differencesOf(json('{"a":1}'), null)).toEqual([{ path: '', kind: 'removed', before: 'dict (1)' }]);
  });
});
