import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS, type NewValue, type ValueNode } from '../../../../../src/main/django/document.ts';
import { parseMsgpack } from '../../../../../src/main/django/serializers/msgpack/document.ts';
import { InspectorError } from '../../../../../src/main/errors.ts';
import { noise } from '../../compressors/samples.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const str = (text: string): NewValue => ({ type: 'str', text });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InspectorError) return error.code;
    throw error;
  }
  return 'none';
}

describe('reading', () => {
  test.each([
    ['c0', 'NoneType', 'None'],
    ['c3', 'bool', 'True'],
    ['7f', 'int', '127'],
    ['e0', 'int', '-32'],
    ['cc ff', 'int', '255'],
    ['cd ffff', 'int', '65535'],
    ['ce ffffffff', 'int', '4294967295'],
    ['cf ffffffffffffffff', 'int', '18446744073709551615'],
    ['d0 80', 'int', '-128'],
    ['d1 8000', 'int', '-32768'],
    ['d2 80000000', 'int', '-2147483648'],
    ['d3 8000000000000000', 'int', '-9223372036854775808'],
    ['ca 3f800000', 'float', '1.0'],
    ['cb 7ff0000000000000', 'float', 'inf'],
    ['a3 c3a961', 'str', 'éa'],
    ['d9 01 61', 'str', 'a'],
    ['db 00000001 61', 'str', 'a'],
    ['c4 02 00ff', 'bytes', 'AP8='],
    ['d6 ff 00000001', 'extension', 'AAAAAQ=='],
  ])('%s is %s %s', (bytes, type, text) => {
    expect(parseMsgpack(hex(bytes)).view()).toMatchObject({ type, text });
  });

  test('timestamps of all three widths', () => {
    for (const bytes of ['d6ff 5f5e1000', 'd7ff 00000000 5f5e1000', 'c70cff 00000000 000000005f5e1000']) {
      expect(parseMsgpack(hex(bytes)).view().notes?.[0]?.message).toContain('1600000000000000000 ns');
    }
  });

  test('maps keep their order and show what Python would refuse or drop', () => {
    const document = parseMsgpack(hex('84 a162 01 a161 02 a162 03 05 c0'));
    expect(document.view().children?.map(({ key, value }) => [key?.text, value.text, (key?.notes ?? value.notes)?.[0]?.code])).toEqual([
      ['b', '1', 'note-duplicate'],
      ['a', '2', undefined],
      ['b', '3', undefined],
      ['5', 'None', 'note-msgpack-key'],
    ]);
    expect(document.warnings.map(({ code }) => code)).toEqual(['odd', 'duplicate-key']);
    expect(document.size).toBe(3);
    expect(document.find('b')).toEqual([2]);
    expect(document.typed()).toEqual({
      $dict: [
        ['b', 3],
        ['a', 2],
        [5, null],
      ],
    });
  });

  test('a view is cut at its limit, and says by how much', () => {
    const document = parseMsgpack(hex(`dc0064${'01'.repeat(100)}`));
    const view = document.view(11);
    expect(view.children).toHaveLength(10);
    expect(view.omitted).toBe(90);
  });

  test('text reads like Python', () => {
    expect(parseMsgpack(hex('82 a161 92 01 a3 27 22 0a a162 c4 02 00 41')).text()).toBe(
      `{\n    'a': [\n        1,\n        '\\'"\\n',\n    ],\n    'b': b'\\x00A',\n}`,
    );
  });
});

describe('hostile payloads', () => {
  test.each([
    ['', 'Corrupt'],
    ['c1', 'Corrupt'],
    ['81', 'Corrupt'],
    ['a2 61', 'Corrupt'],
    ['a1 ff', 'Corrupt'],
    ['01 02', 'Corrupt'],
    ['dd ffffffff', 'Corrupt'],
    ['df ffffffff', 'Corrupt'],
    ['db ffffffff 61', 'Corrupt'],
    [`${'91'.repeat(3000)}c0`, 'LimitExceeded'],
  ])('%.16s', (bytes, code) => {
    expect(codeOf(() => parseMsgpack(hex(bytes)))).toBe(code);
  });

  test('too many values, too many bytes', () => {
    expect(codeOf(() => parseMsgpack(hex(`dc0064${'01'.repeat(100)}`), { ...LIMITS, nodes: 100 }))).toBe('LimitExceeded');
    expect(codeOf(() => parseMsgpack(hex('9101'), { ...LIMITS, payloadBytes: 1 }))).toBe('LimitExceeded');
  });

  test('any bytes end in a document or an error', () => {
    const bytes = noise(120_000, 9);
    for (let at = 0; at + 40 < bytes.length; at += 8) {
      const slice = bytes.slice(at, at + 1 + (at % 37));
      const code = codeOf(() => {
        const document = parseMsgpack(slice);
        document.view();
        document.typed();
        document.text();
        expect(document.payload).toBe(slice);
      });
      expect(['none', 'Corrupt', 'LimitExceeded']).toContain(code);
    }
  });
});

describe('editing', () => {
  const session = parseMsgpack(hex('83 a161 cd 0001 a162 92 01 02 a163 81 a178 c0'));

  test('set replaces one value, and keeps odd forms elsewhere', () => {
    expect(toHex(session.edit({ op: 'set', path: [1, 0], value: { type: 'int', text: '300' } }).payload)).toBe(
      '83a161cd0001a16292cd012c02a16381a178c0',
    );
  });

  test('add appends, inserts and counts', () => {
    expect(toHex(session.edit({ op: 'add', path: [1], value: str('x') }).payload)).toBe('83a161cd0001a162930102a178a16381a178c0');
    expect(toHex(session.edit({ op: 'add', path: [], key: str('d'), value: { type: 'bool', text: 'True' }, at: 0 }).payload)).toBe(
      '84a164c3a161cd0001a162920102a16381a178c0',
    );
    expect(codeOf(() => session.edit({ op: 'add', path: [], key: str('a'), value: str('') }))).toBe('BadValue');
    expect(codeOf(() => session.edit({ op: 'add', path: [], key: { type: 'int', text: '1' }, value: str('') }))).toBe('BadValue');
    expect(codeOf(() => session.edit({ op: 'add', path: [0], value: str('') }))).toBe('BadPath');
  });

  test('remove and rename', () => {
    expect(toHex(session.edit({ op: 'remove', path: [0] }).payload)).toBe('82a162920102a16381a178c0');
    expect(toHex(session.edit({ op: 'remove', path: [2, 0] }).payload)).toBe('83a161cd0001a162920102a16380');
    expect(toHex(session.edit({ op: 'rename', path: [1], key: str('bb') }).payload)).toBe('83a161cd0001a26262920102a16381a178c0');
    expect(codeOf(() => session.edit({ op: 'remove', path: [] }))).toBe('BadPath');
    expect(codeOf(() => session.edit({ op: 'remove', path: [7] }))).toBe('BadPath');
  });

  test('a head grows when it must, and never shrinks', () => {
    let list = parseMsgpack(hex(`9f${'01'.repeat(15)}`));
    list = list.edit({ op: 'add', path: [], value: { type: 'int', text: '2' } });
    expect(toHex(list.payload).slice(0, 6)).toBe('dc0010');
    list = list.edit({ op: 'remove', path: [0] });
    expect(toHex(list.payload).slice(0, 6)).toBe('dc000f');
  });

  test('JSON becomes what json.loads() and msgpack.dumps() would make of it', () => {
    const value: NewValue = { type: 'json', text: '{"k": [1, 1.0, null, true, "é", -33], "k2": {}, "k": 7}' };
    expect(toHex(session.edit({ op: 'set', path: [], value }).payload)).toBe('82a16b07a26b3280');
  });

  test('what MessagePack cannot hold is refused', () => {
    for (const value of [
      { type: 'int', text: '18446744073709551616' },
      { type: 'int', text: '-9223372036854775809' },
      { type: 'json', text: '[123456789012345678901234567890]' },
      { type: 'str', text: '\ud83d' },
      { type: 'datetime', text: '2025-01-01T00:00:00' },
      { type: 'bytes', text: 'not base64' },
    ] as const) {
      expect(codeOf(() => session.edit({ op: 'set', path: [0], value }))).toBe('BadValue');
    }
    expect(codeOf(() => session.edit({ op: 'text', text: '{}' }))).toBe('NotEditable');
  });

  test('random documents: set to itself changes nothing, edits change only their place', () => {
    // Without what MessagePack cannot hold: lone surrogates and integers beyond 64 bits.
    const json = fc.json({ maxDepth: 4 }).filter((text) => !/\\ud[89a-f]/i.test(text) && !/\d{20}/.test(text));
    fc.assert(
      fc.property(json, fc.nat(), (text, choice) => {
        const document = parseMsgpack(hex('c0')).edit({ op: 'set', path: [], value: { type: 'json', text } });
        const paths = allPaths(document.view());
        const path = paths[choice % paths.length] ?? [];
        const changed = document.edit({ op: 'set', path, value: { type: 'int', text: '77' } });
        expect(changed.at(path)).toMatchObject({ type: 'int', text: '77' });
        for (const other of paths.filter((candidate) => !related(candidate, path))) expect(changed.at(other)).toEqual(document.at(other));
      }),
      { numRuns: 300 },
    );
  });
});

function allPaths(node: ValueNode, path: readonly number[] = []): readonly (readonly number[])[] {
  return [path, ...(node.children ?? []).flatMap((child, index) => allPaths(child.value, [...path, index]))];
}

/** True where one path leads to or through the other. */
function related(one: readonly number[], other: readonly number[]): boolean {
  return one.every((step, index) => index >= other.length || step === other[index]);
}
