import { describe, expect, test } from 'vitest';
import type { NewValue } from '../../../src/main/django/document.ts';
import { parseJson } from '../../../src/main/django/serializers/json/document.ts';
import { parseMsgpack } from '../../../src/main/django/serializers/msgpack/document.ts';
import {
  clear,
  cycleKey,
  deleteTestCookie,
  delItem,
  expiryValue,
  flush,
  get,
  hasKey,
  isEmpty,
  items,
  openSession,
  pop,
  type Session,
  setdefault,
  setExpiry,
  setItem,
  setTestCookie,
  testCookieWorked,
  update,
} from '../../../src/main/django/session.ts';
import { InspectorError } from '../../../src/main/errors.ts';
import { datetimeOfIso } from './typed.ts';

const KEY = 'a'.repeat(32);
const one: NewValue = { type: 'int', text: '1' };
const now = datetimeOfIso('2025-07-02T17:46:20.123457+00:00');

const session = (text: string, session_key: string | null = KEY): Session => openSession(session_key, parseJson(Buffer.from(text)));
const text = ({ document }: Session): string => Buffer.from(document.payload).toString('latin1');
const flags = ({ accessed, modified }: Session) => ({ accessed, modified });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InspectorError) return error.code;
    throw error;
  }
  return 'none';
}

describe('accessed and modified', () => {
  test('reading accesses, and modifies nothing', () => {
    const start = session('{"a":1,"n":null}');
    expect(flags(start)).toEqual({ accessed: false, modified: false });
    for (const read of [
      get(start, 'a'),
      get(start, 'x'),
      hasKey(start, 'a'),
      items(start),
      pop(start, 'x', true),
      setdefault(start, 'a', one),
    ]) {
      expect(flags(read.session)).toEqual({ accessed: true, modified: false });
    }
    expect(get(start, 'n').value).toMatchObject({ type: 'NoneType' });
    expect(get(start, 'x').value).toBeNull();
    expect(hasKey(start, 'x').value).toBe(false);
  });

  test('writing modifies', () => {
    const start = session('{"a":1}');
    for (const written of [
      setItem(start, 'a', one),
      update(start, []),
      setdefault(start, 'b', one).session,
      delItem(start, 'a'),
      pop(start, 'a').session,
      clear(start),
      setTestCookie(start),
      cycleKey(start, (count) => new Uint8Array(count)).session,
      flush(start).session,
    ]) {
      expect(flags(written)).toEqual({ accessed: true, modified: true });
    }
  });
});

describe('data', () => {
  test('set keeps the place, add goes to the end', () => {
    expect(
      text(
        update(session('{"b":1.0,"a":2}'), [
          ['b', { type: 'str', text: 'x' }],
          ['c', one],
        ]),
      ),
    ).toBe('{"b":"x","a":2,"c":1}');
  });

  test('of a key that stands twice Python knows the last, and deletes both', () => {
    const start = session('{"a":1,"b":2,"a":3}');
    expect(items(start).value.map(({ key, value }) => [key.text, value.text])).toEqual([
      ['a', '3'],
      ['b', '2'],
    ]);
    expect(text(delItem(start, 'a'))).toBe('{"b":2}');
    expect(pop(start, 'a').value?.text).toBe('3');
  });

  test('absent keys raise KeyError', () => {
    expect(codeOf(() => delItem(session('{}'), 'a'))).toBe('DoesNotExist');
    expect(codeOf(() => pop(session('{}'), 'a'))).toBe('DoesNotExist');
    expect(codeOf(() => deleteTestCookie(session('{}')))).toBe('DoesNotExist');
  });

  test('test cookie', () => {
    const set = setTestCookie(session('{}'));
    expect(text(set)).toBe('{"testcookie":"worked"}');
    expect(testCookieWorked(set)).toBe(true);
    expect(testCookieWorked(deleteTestCookie(set))).toBe(false);
    expect(testCookieWorked(session('{"testcookie":"no"}'))).toBe(false);
  });

  test('empty means neither key nor data', () => {
    expect(isEmpty(session('{}', null))).toBe(true);
    expect(isEmpty(session('{}'))).toBe(false);
    expect(isEmpty(session('{"a":1}', null))).toBe(false);
  });

  test("clear gives the serializer's own empty dict", () => {
    expect(text(clear(session('[1, 2]')))).toBe('{}');
    const packed = clear(openSession(KEY, parseMsgpack(Uint8Array.of(0x81, 0xa1, 0x61, 0x01))));
    expect([...packed.document.payload]).toEqual([0x80]);
  });
});

describe('keys and records', () => {
  test('flush deletes the record and forgets its key', () => {
    const { session: flushed, records } = flush(session('{"a":1}'));
    expect(records).toEqual([{ action: 'delete', session_key: KEY }]);
    expect(flushed.session_key).toBeNull();
    expect(isEmpty(flushed)).toBe(true);
    expect(flush(session('{}', null)).records).toEqual([]);
  });

  test('cycle_key creates the new record before the old one goes, and keeps the data', () => {
    const { session: cycled, records } = cycleKey(session('{"a":1}'), (count) => new Uint8Array(count).fill(37));
    expect(records).toEqual([
      { action: 'create', session_key: 'b'.repeat(32) },
      { action: 'delete', session_key: KEY },
    ]);
    expect([cycled.session_key, text(cycled)]).toEqual(['b'.repeat(32), '{"a":1}']);
  });
});

describe('set_expiry', () => {
  const start = session('{"x":1}');

  test('seconds, browser close, back to the default', () => {
    expect(text(setExpiry(start, { type: 'int', value: 3600n }, '5.2', now))).toBe('{"x":1,"_session_expiry":3600}');
    expect(text(setExpiry(start, { type: 'int', value: 0n }, '5.2', now))).toBe('{"x":1,"_session_expiry":0}');
    expect(text(setExpiry(start, { type: 'float', value: 90.5 }, '5.2', now))).toBe('{"x":1,"_session_expiry":90.5}');
    expect(text(setExpiry(session('{"_session_expiry":5,"x":1}'), { type: 'NoneType' }, '5.2', now))).toBe('{"x":1}');
    expect(flags(setExpiry(start, { type: 'NoneType' }, '5.2', now))).toEqual({ accessed: true, modified: false });
  });

  test('dates are ISO text since 4.1; JSON cannot hold them before', () => {
    const day = { type: 'timedelta', value: { days: 1, seconds: 1, microseconds: 7 } } as const;
    expect(text(setExpiry(start, day, '4.1', now))).toBe('{"x":1,"_session_expiry":"2025-07-03T17:46:21.123464+00:00"}');
    expect(codeOf(() => setExpiry(start, day, '3.2', now))).toBe('BadValue');
    expect(codeOf(() => setExpiry(start, { type: 'timedelta', value: { days: 4_000_000, seconds: 0, microseconds: 0 } }, '5.2', now))).toBe(
      'BadValue',
    );
  });

  test('what is stored is read back by type', () => {
    for (const [json, value] of [
      ['{}', { type: 'NoneType' }],
      ['{"_session_expiry":null}', { type: 'NoneType' }],
      ['{"_session_expiry":true}', { type: 'bool', value: true }],
      ['{"_session_expiry":123456789012345678901234567890}', { type: 'int', value: 123456789012345678901234567890n }],
      ['{"_session_expiry":1e400}', { type: 'float', value: Number.POSITIVE_INFINITY }],
      ['{"_session_expiry":""}', { type: 'str', value: '' }],
      ['{"_session_expiry":[1]}', { type: 'other', class: 'list', truthy: true }],
      ['{"_session_expiry":{}}', { type: 'other', class: 'dict', truthy: false }],
    ] as const) {
      expect(expiryValue(parseJson(Buffer.from(json)))).toEqual(value);
    }
  });
});
