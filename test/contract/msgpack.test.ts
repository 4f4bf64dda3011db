import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewValue } from '../../src/main/django/document.ts';
import { parseMsgpack } from '../../src/main/django/serializers/msgpack/document.ts';
import { Codecs } from './codecs.ts';

/** Expressions of Python with a value each that is typed into the editor. */
const VALUES: readonly (readonly [string, NewValue])[] = [
  ['None', { type: 'NoneType', text: 'None' }],
  ['False', { type: 'bool', text: 'False' }],
  ...['0', '127', '128', '255', '256', '65535', '65536', '4294967295', '4294967296', '18446744073709551615'].map(int),
  ...['-1', '-32', '-33', '-128', '-129', '-32768', '-32769', '-2147483648', '-2147483649', '-9223372036854775808'].map(int),
  ['1.5', { type: 'float', text: '1.5' }],
  ["float('-inf')", { type: 'float', text: '-inf' }],
  ["'é😀' * 7", { type: 'str', text: 'é😀'.repeat(7) }],
  ["'x' * 31", { type: 'str', text: 'x'.repeat(31) }],
  ["'x' * 255", { type: 'str', text: 'x'.repeat(255) }],
  ["'x' * 65535", { type: 'str', text: 'x'.repeat(65535) }],
  ["'x' * 65536", { type: 'str', text: 'x'.repeat(65536) }],
  ["b'\\x00\\xff' * 200", { type: 'bytes', text: Buffer.from('00ff'.repeat(200), 'hex').toString('base64') }],
  ['list(range(16))', { type: 'json', text: JSON.stringify(Array.from({ length: 16 }, (_, index) => index)) }],
  ["[{'a': [1, 1.0, None]}, {}] * 9", { type: 'json', text: `[${Array(9).fill('{"a": [1, 1.0, null]}, {}').join(',')}]` }],
  [
    '{str(i): i for i in range(70000)}',
    { type: 'json', text: JSON.stringify(Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [String(index), index]))) },
  ],
];

function int(text: string): readonly [string, NewValue] {
  return [text, { type: 'int', text }];
}

let python: Codecs;
beforeAll(() => {
  python = new Codecs();
});
afterAll(() => python[Symbol.asyncDispose]());

test.each(VALUES)('%s is written as msgpack.dumps() writes it', async (expression, value) => {
  const document = parseMsgpack(Uint8Array.of(0xc0)).edit({ op: 'set', path: [], value });
  const expected = await python.ask('msgpack_dumps', { expression });
  expect(Buffer.from(document.payload).toString('base64') === expected).toBe(true);
});

test('an edited session is what msgpack.loads() reads, plus the edit', async () => {
  const stored = Buffer.from(
    await python.ask('msgpack_dumps', { expression: "{'cart': [1, 2.5, b'x'], 'n': None, '_auth_user_id': '7'}" }),
    'base64',
  );
  const edited = parseMsgpack(stored)
    .edit({ op: 'add', path: [0], value: { type: 'str', text: 'é' }, at: 1 })
    .edit({ op: 'rename', path: [1], key: { type: 'str', text: 'none' } })
    .edit({ op: 'remove', path: [2] });
  const read = await python.ask('msgpack_loads', { data: Buffer.from(edited.payload).toString('base64') });
  expect(read).toBe("{'cart': [1, 'é', 2.5, b'x'], 'none': None}");
});
