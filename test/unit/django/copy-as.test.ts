import { describe, expect, test } from 'vitest';
import { type CopyInput, copyAs } from '../../../src/main/django/copy-as.ts';
import { pythonExpression } from '../../../src/main/django/python-literal.ts';
import { redactKey, redactTyped } from '../../../src/main/django/redact-data.ts';
import { parseJson } from '../../../src/main/django/serializers/json/document.ts';
import { changeCode } from '../../../src/main/django/shell-code.ts';

/** What only this side can tell; that Python reads it as it should is in test/contract/copy-as.test.ts. */

const settings = {
  SESSION_COOKIE_NAME: 'sessionid',
  SESSION_COOKIE_DOMAIN: null,
  SESSION_COOKIE_PATH: '/',
  SESSION_COOKIE_SECURE: false,
  SESSION_COOKIE_HTTPONLY: true,
  SESSION_COOKIE_SAMESITE: 'Lax',
};
const copy = (json: string, change: Partial<CopyInput> = {}) =>
  copyAs({ session_key: 'k'.repeat(32), document: parseJson(Buffer.from(json)), format: 'python', redacted: false, settings, ...change });

describe('a Python expression', () => {
  test.each([
    [{ $dict: [] }, '{}'],
    [{ $tuple: [1] }, '(1,)'],
    [{ $float: '-inf' }, "float('-inf')"],
    ["it's\u2028\ud800", "'it\\'s\\u2028\\ud800'"],
    [{ $datetime: '2026-01-02T03:04:05+00:00', tz: 'timezone:UTC' }, "datetime.datetime.fromisoformat('2026-01-02T03:04:05+00:00')"],
  ])('of %j', (typed, text) => {
    expect(pythonExpression(typed).text).toBe(text);
  });

  test.each([
    ['a zone of another package', { $datetime: '2026-01-02T03:04:05+01:00', tz: 'ZoneInfo:Europe/Berlin' }],
    ['a subclass', { $dict: [], class: 'collections.Counter' }],
    ['a namedtuple', { $namedtuple: [1], fields: ['x'] }],
    ['a model', { $model: 'shop.Cart', pk: 1, fields: [] }],
    ['a lazy translation', { $lazy: 'text' }],
    ['itself', { $cycle: 0 }],
  ])('refuses %s', (_, typed) => {
    expect(() => pythonExpression({ $dict: [['a', [typed]]] })).toThrow(expect.objectContaining({ code: 'Unsupported' }));
  });

  test('refuses what Python does not compile', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    expect(pythonExpression(deep(90)).text.replaceAll(/[\s,]/g, '')).toBe(`${'['.repeat(90)}1${']'.repeat(90)}`);
    expect(() => pythonExpression(deep(91))).toThrow(expect.objectContaining({ code: 'LimitExceeded' }));
    expect(() => pythonExpression({ $int: '9'.repeat(4301) })).toThrow(expect.objectContaining({ code: 'LimitExceeded' }));
  });

  test('breaks long containers into lines, and none within a literal', () => {
    const { text } = pythonExpression({ $dict: [['a', ['x'.repeat(60), 'y\n'.repeat(30)]]] });
    expect(text).toBe(`{\n    'a': [\n        '${'x'.repeat(60)}',\n        '${'y\\n'.repeat(30)}',\n    ],\n}`);
  });
});

describe('a copy', () => {
  test('of JSON that is not redacted is the text of the document', () => {
    expect(copy('{"b": 1e400, "a": 1.0, "b": 2}', { format: 'json' }).text).toBe(
      parseJson(Buffer.from('{"b": 1e400, "a": 1.0, "b": 2}')).text(),
    );
  });

  test('needs a dict, and data that decode', () => {
    expect(() => copy('[1]')).toThrow(expect.objectContaining({ code: 'Unsupported' }));
    expect(() => copy('{}', { document: null })).toThrow(expect.objectContaining({ code: 'Unsupported' }));
    expect(copy('{}', { document: null, format: 'cookie' }).text).toBe(`Cookie: sessionid=${'k'.repeat(32)}`);
  });

  test('as cURL follows the cookie settings, and no quote ends it early', () => {
    const https = { ...settings, SESSION_COOKIE_DOMAIN: '.example.org', SESSION_COOKIE_SECURE: true, SESSION_COOKIE_PATH: "/it's/" };
    const session_key = "a'; rm -rf /";
    expect(copy('{}', { format: 'curl', session_key, settings: https })).toEqual({
      text: `curl --cookie 'sessionid="a'\\''\\073 rm -rf /"' 'https://example.org/it'\\''s/'`,
      notes: ['login'],
    });
    expect(copy('{}', { format: 'curl' }).notes).toEqual(['login', 'address']);
    expect(() => copy('{}', { format: 'cookie', session_key: 'a\r\nb', settings: { ...settings, SESSION_COOKIE_NAME: 'a\nb' } })).toThrow(
      expect.objectContaining({ code: 'BadValue' }),
    );
  });
});

test('redaction masks by name at any depth and addresses anywhere, and keeps the rest', () => {
  const typed = {
    $dict: [
      ['api_key', [1, null, { $dict: [['x', 'y']] }]],
      ['n@example.org', 'to a@b.example, c'],
      ['_auth_user_id', '7'],
    ],
  };
  expect(redactTyped(typed)).toEqual({
    $dict: [
      ['api_key', ['••••••••', null, { $dict: [['x', '••••••••']] }]],
      ['•••@•••', 'to •••@•••, c'],
      ['_auth_user_id', '7'],
    ],
  });
  expect(redactKey('abcdefghijkl')).toBe('abcd••••••••');
  expect(redactKey('abcdefg')).toBe('••••••••');
});

test('the code of a change names what differs, and nothing else', () => {
  const before = {
    $dict: [
      ['kept', 1],
      ['gone', 2],
      ['changed', { $float: '1.0' }],
    ],
  };
  const after = {
    $dict: [
      ['kept', 1],
      ['changed', 1],
      ['new', { $decimal: '1.50' }],
    ],
  };
  expect(changeCode("k'", before, after)).toBe(`import decimal
from importlib import import_module
from django.conf import settings

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
session = SessionStore('k\\'')
del session['gone']
session['changed'] = 1
session['new'] = decimal.Decimal('1.50')
session.save()
`);
});
