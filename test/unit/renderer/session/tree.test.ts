import { expect, test } from 'vitest';
import type { ValueNode } from '../../../../src/preload/api.ts';
import { factOf, isSensitive } from '../../../../src/renderer/session/facts.ts';
import { editorStart, keyTypes, newTypes, nodeJson } from '../../../../src/renderer/session/new-value.ts';
import { storedParts } from '../../../../src/renderer/session/stored-parts.ts';
import { isRemovable, takesChildren, treeRows } from '../../../../src/renderer/session/tree-rows.ts';

const leaf = (type: ValueNode['type'], text?: string): ValueNode => ({ type, editable: true, ...(text === undefined ? {} : { text }) });
const dict = (values: Readonly<Record<string, ValueNode>>): ValueNode => ({
  type: 'dict',
  editable: true,
  children: Object.entries(values).map(([key, value]) => ({ key: leaf('str', key), value })),
});
const list = (...values: readonly ValueNode[]): ValueNode => ({
  type: 'list',
  editable: true,
  children: values.map((value) => ({ value })),
});

const root = dict({ a: leaf('int', '1'), cart: dict({ items: list(leaf('str', 'x'), leaf('str', 'y')) }) });

test('lines know level, position and siblings, as ARIA wants them', () => {
  const rows = treeRows(root, new Set());
  expect(rows.map(({ level, position, siblings, expandable, expanded }) => [level, position, siblings, expandable, expanded])).toEqual([
    [1, 1, 2, false, false],
    [1, 2, 2, true, true],
    [2, 1, 1, true, true],
    [3, 1, 2, false, false],
    [3, 2, 2, false, false],
  ]);
});

test('folding is remembered by name', () => {
  const cart = treeRows(root, new Set())[1];
  expect(treeRows(root, new Set([cart?.id ?? ''])).map((row) => row.key?.text)).toEqual(['a', 'cart']);
  const moved = dict({ cart: dict({ items: list() }), a: leaf('int', '1') });
  expect(treeRows(moved, new Set([cart?.id ?? ''])).map((row) => row.key?.text)).toEqual(['cart', 'a']);
});

test('large containers begin folded, and a root without children is one line', () => {
  const large = dict({ many: list(...Array.from({ length: 30 }, (_, place) => leaf('int', String(place)))) });
  expect(treeRows(large, new Set())).toHaveLength(1);
  expect(treeRows(leaf('int', '5'), new Set())).toMatchObject([{ path: [], parent: null }]);
});

test('what can be added to and removed from follows the container', () => {
  const [first, , , item] = treeRows(root, new Set());
  expect(first && isRemovable(first)).toBe(true);
  expect(item && isRemovable(item)).toBe(true);
  expect(takesChildren(leaf('tuple'))).toBe(false);
  expect(takesChildren(dict({}))).toBe(true);
});

test('JSON text of a value keeps its number tokens', () => {
  const value = dict({
    a: leaf('float', '1.0'),
    b: leaf('int', '123456789012345678901234567890'),
    c: leaf('float', '1e400'),
    d: leaf('NoneType'),
    e: leaf('bool', 'True'),
  });
  expect(nodeJson(value)).toBe('{"a": 1.0, "b": 123456789012345678901234567890, "c": 1e400, "d": null, "e": true}');
});

test.each([
  ['a tuple', list(leaf('tuple'))],
  ['a key that is no text', { type: 'dict', editable: true, children: [{ key: leaf('int', '1'), value: leaf('int', '1') }] }],
  ['a cut view', { ...dict({}), omitted: 3 }],
] as const)('%s is no JSON text', (_, node) => {
  expect(nodeJson(node)).toBeNull();
});

test('the editor begins with what is there', () => {
  expect(editorStart(leaf('int', '18'), 'json')).toEqual({ type: 'int', text: '18' });
  expect(editorStart(list(leaf('str', 'x')), 'json')).toEqual({ type: 'json', text: '["x"]' });
  expect(editorStart(leaf('Decimal', '1.5'), 'pickle')).toEqual({ type: 'Decimal', text: '1.5' });
});

test('types follow the serializer', () => {
  expect(newTypes('json')).not.toContain('datetime');
  expect(newTypes('pickle')).toContain('datetime');
  expect(newTypes('msgpack')).toContain('bytes');
  expect(keyTypes('json')).toEqual(['str']);
});

test('known keys are explained', () => {
  expect(factOf('_auth_user_hash')).toBe('auth_user_hash');
  expect(factOf('wizard_contact')).toBe('wizard');
  expect(factOf('cart')).toBeNull();
  expect(factOf('constructor')).toBeNull();
});

test('secrets and addresses are masked, flags and containers are not', () => {
  expect(isSensitive(['str:_csrftoken'], leaf('str', 'x'))).toBe(true);
  expect(isSensitive(['str:profile', 'str:Email'], leaf('str', 'x'))).toBe(true);
  expect(isSensitive(['str:contact'], leaf('str', 'anna@example.com'))).toBe(true);
  expect(isSensitive(['str:email'], leaf('NoneType'))).toBe(false);
  expect(isSensitive(['str:email_ok'], leaf('bool', 'True'))).toBe(false);
  expect(isSensitive(['str:tokens'], list(leaf('str', 'x')))).toBe(false);
  expect(isSensitive(['str:note'], leaf('str', 'mail me @ home'))).toBe(false);
});

test('a stored string is parted as it was signed', () => {
  expect(storedParts('.eJx:1vMoQX:sig-_', 'signed', false)).toEqual([
    { role: 'compression', text: '.' },
    { role: 'payload', text: 'eJx' },
    { role: 'separator', text: ':' },
    { role: 'timestamp', text: '1vMoQX' },
    { role: 'separator', text: ':' },
    { role: 'signature', text: 'sig-_' },
  ]);
});

test.each([
  ['e30:1vMoQX', 'signed', false, 'text'],
  ['nothing', 'signed', false, 'text'],
  ['.eJx:1vMoQX:si', 'signed', true, 'payload'],
  ['MGY6e30=', 'legacy', false, 'payload'],
] as const)('%s (%s, cut: %s) is one run', (stored, format, cut, role) => {
  expect(storedParts(stored, format, cut)).toEqual([{ role, text: stored }]);
});

test('equal keys are two lines', () => {
  const twice: ValueNode = {
    type: 'dict',
    editable: true,
    children: [
      { key: leaf('str', 'a'), value: leaf('int', '1') },
      { key: leaf('str', 'a'), value: leaf('int', '2') },
    ],
  };
  const ids = treeRows(twice, new Set()).map((row) => row.id);
  expect(new Set(ids).size).toBe(2);
});
