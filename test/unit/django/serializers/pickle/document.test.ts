import { describe, expect, test } from 'vitest';
import type { NewValue, ValueNode } from '../../../../../src/main/django/document.ts';
import { say } from '../../../../../src/main/django/sentences.ts';
import { type PickleDocument, parsePickle } from '../../../../../src/main/django/serializers/pickle/document.ts';
import { picklePlain } from '../../../../../src/main/django/serializers/pickle/writer.ts';
import { fixtures } from '../../../fixtures-table.ts';

function fixture(id: string): PickleDocument {
  const entry = fixtures().find((candidate) => candidate.id === id);
  return parsePickle(Buffer.from(String(entry?.['pickle_b64']), 'base64'));
}

function open(latin1: string): PickleDocument {
  return parsePickle(Buffer.from(latin1, 'latin1'));
}

function bytes(document: PickleDocument): string {
  return Buffer.from(document.payload).toString('latin1');
}

function dict(pairs: readonly (readonly [unknown, unknown])[], protocol = 4): PickleDocument {
  return parsePickle(picklePlain({ $dict: pairs }, protocol));
}

function codes(document: PickleDocument): readonly string[] {
  return document.warnings.map(({ code }) => code);
}

/** One level of a view: type and text of the children by key or label. */
function outline(node: ValueNode): readonly string[] {
  return (node.children ?? []).map(({ key, label, value }) => `${key?.text ?? label ?? ''}: ${value.type} ${value.text ?? ''}`.trim());
}

const STR = (text: string): NewValue => ({ type: 'str', text });
const INT = (text: string): NewValue => ({ type: 'int', text });

describe('view', () => {
  test('a session of many types', () => {
    const view = fixture('dj52/pickle/session_mix_p5').view();
    expect(view).toMatchObject({ type: 'dict', editable: true });
    expect(outline(view)).toEqual([
      '_auth_user_id: str 1',
      'when: datetime 2024-01-01T00:00:00+00:00',
      'product: model',
      expect.stringMatching(/^label: lazy /),
      'price: Decimal 3.10',
    ]);
    const product = view.children?.[2]?.value;
    expect(product).toMatchObject({ class: 'shopapp.Product', editable: true });
    expect(product?.children?.map(({ label }) => label)).toEqual(['id', 'name', 'price', 'added', 'ref', 'parent_id']);
  });

  test.each([
    ['zoneinfo', { type: 'datetime', text: '2024-07-01T12:00:00+02:00', notes: [say('note-zone', { zone: 'Europe/Paris' })] }],
    ['uuid', { type: 'list', children: [{ value: { type: 'UUID', text: 'a1ab9a75-e31a-95ad-0ca4-ba38ed97f849' } }, {}] }],
    ['fraction', { type: 'object', class: 'fractions.Fraction', children: [{ label: 'args', value: { type: 'tuple' } }] }],
    [
      'defaultdict',
      { type: 'defaultdict', class: 'collections.defaultdict', notes: [say('note-default-factory', { factory: 'builtins.list' })] },
    ],
    ['counter', { type: 'dict', class: 'collections.Counter' }],
    ['deque', { type: 'list', class: 'collections.deque', notes: [say('note-bounded-deque', { items: '5' })] }],
    ['ordereddict', { type: 'OrderedDict' }],
    ['namedtuple', { type: 'namedtuple', class: 'shopapp.things.Point' }],
    ['custom', { type: 'object', class: 'shopapp.things.Cart', notes: [say('note-runs', { name: 'shopapp.things.Cart' })] }],
  ])('%s', (name, expected) => {
    for (const protocol of [0, 2, 5]) expect(fixture(`dj52/pickle/${name}_p${protocol}`).view()).toMatchObject(expected);
  });

  test('a UUID whose system said how safe it is', () => {
    const uuid = open('\x80\x04cuuid\nUUID\n)\x81}(\x8c\x03int\x8a\x01\x01\x8c\x07is_safeK\0ub.');
    expect(uuid.view()).toMatchObject({ type: 'UUID', text: '00000000-0000-0000-0000-000000000001' });
  });

  test('bytes, sets and bytearrays are themselves in every protocol', () => {
    const types = ['bytes', 'bytes', 'bytes', 'bytes', 'bytes'];
    for (const protocol of [0, 1, 2, 3, 4, 5]) {
      const view = fixture(`dj52/pickle/bytes_p${protocol}`).view();
      expect(view.children?.slice(0, 5).map(({ value }) => value.type)).toEqual(types);
      expect(
        fixture(`dj52/pickle/containers_p${protocol}`)
          .at([10])
          .children?.map(({ value }) => value.type),
      ).toEqual(['set', 'frozenset']);
    }
  });

  test('shared and cyclic objects are references to a number', () => {
    const shared = fixture('dj52/pickle/shared_p5').view();
    expect(shared.children?.map(({ value }) => [value.type, value.ref])).toEqual([
      ['list', 1],
      ['reference', 1],
    ]);
    expect(fixture('dj52/pickle/self_list_p5').view()).toMatchObject({
      type: 'list',
      ref: 1,
      children: [{}, { value: { type: 'reference', ref: 1 } }],
    });
    expect(fixture('dj52/pickle/self_list_p5').at([1, 1, 1, 0])).toMatchObject({ type: 'int', text: '1' });
  });

  test('a limit shows the first levels whole and counts what it omits', () => {
    const document = dict([
      ['a', Array.from({ length: 100 }, (_, index) => index)],
      ['b', 1],
      ['c', [1, 2]],
    ]);
    const view = document.view(20);
    expect(outline(view)).toEqual(['a: list', 'b: int 1', 'c: list']);
    expect(view.children?.[0]?.value).toMatchObject({ omitted: 100 - 13 });
    expect(view.children?.[2]?.value).toMatchObject({ omitted: 2, children: [] });
    expect(document.at([0]).children).toHaveLength(100);
  });

  test('of equal keys Python keeps the place of the first and the value of the last', () => {
    const document = open('\x80\x02}(K\x01X\x01\0\0\0aX\x01\0\0\0xK\x02\x88X\x01\0\0\0bG?\xf0\0\0\0\0\0\0X\x01\0\0\0cu.');
    expect(outline(document.view())).toEqual(['1: str c', 'x: int 2']);
    expect(document.typed()).toEqual({
      $dict: [
        [1, 'c'],
        ['x', 2],
      ],
    });
    expect(document.edit({ op: 'remove', path: [0] }).typed()).toEqual({ $dict: [['x', 2]] });
    expect(() => document.edit({ op: 'rename', path: [0], key: STR('k') })).toThrow('more than once');
  });

  test('text is cut, not endless', () => {
    expect(fixture('dj52/pickle/containers_p5').text()).toContain("'s': set(), 'fs': frozenset({}), 't1': (1,)");
    expect(fixture('any/malicious_pickle/laughs_list_200').text().length).toBeLessThan(200_000);
    expect(
      dict([
        ['q', "it's"],
        ['t', { $tuple: [{ $bytes: 'AP8=' }, { $float: 'nan' }] }],
      ]).text(),
    ).toBe(`{'q': "it's", 't': (b'\\x00\\xff', nan)}`);
  });

  test('find gives the path of a key of the root, and of the str alone', () => {
    const document = dict([
      [1, 'a'],
      ['1', 'b'],
      ['__proto__', 'c'],
    ]);
    expect(document.find('1')).toEqual([1]);
    expect(document.find('__proto__')).toEqual([2]);
    expect(document.find('constructor')).toBeNull();
    expect(open('N.').find('a')).toBeNull();
  });
});

describe('warnings', () => {
  test('plain sessions have none', () => {
    expect(
      dict(
        [
          ['a', { $datetime: '2024-01-01T00:00:00+00:00', tz: 'timezone:UTC' }],
          ['b', { $uuid: '00000000-0000-0000-0000-000000000000' }],
        ],
        2,
      ).warnings,
    ).toEqual([]);
    expect(fixture('dj52/pickle/session_mix_p4').warnings).toEqual([]);
  });

  test('what would be called is named', () => {
    expect(fixture('any/malicious_pickle/nested_in_session').warnings).toEqual([
      { code: 'runs-code', says: say('warning-calls', { names: 'subprocess.check_output' }) },
    ]);
    expect(fixture('any/malicious_pickle/exec_py2name').warnings[0]?.says.message).toBe('Loading it calls builtins.execfile.');
    expect(fixture('any/malicious_pickle/getattr_chain').warnings[0]?.says.message).toBe('Loading it calls os.path.join.');
  });

  test.each([
    ['a harmless call with other arguments', '\x80\x02cbuiltins\nset\ncos\nsystem\n\x85R.'],
    ['a factory that is a function', '\x80\x02ccollections\ndefaultdict\ncos\nsystem\n\x85R.'],
    [
      'a lazy text over another function',
      '\x80\x02cdjango.utils.functional\n_lazy_proxy_unpickle\n(cos\nsystem\nX\x04\0\0\0true\x85}c__builtin__\nunicode\ntR.',
    ],
    ['an imported object that is changed', '\x80\x02csys\nmodules\nX\x01\0\0\0aNs.'],
    ['a state put into a class', '\x80\x02cos\nenviron\n}b.'],
  ])('%s runs code', (_, pickle) => {
    expect(codes(open(pickle))).toContain('runs-code');
  });

  test('the rest', () => {
    expect(codes(open('\x80\x02cantigravity\nx\n.'))).toEqual(['imports', 'not-a-dict']);
    expect(open('}.rest').warnings).toEqual([{ code: 'trailing-bytes', says: say('warning-trailing', { count: 4 }) }]);
    expect(codes(open("(dS'a'\nPid\ns."))).toEqual(['odd']);
    expect(open("(dS'\\xe9'\nNs.").refusal()?.code).toBe('Corrupt');
    expect(open("(dS'e'\nNs.").refusal()).toBeNull();
  });
});

describe('edit', () => {
  test('a removed call is gone with all its bytes', () => {
    const document = fixture('any/malicious_pickle/nested_in_session');
    const after = document.edit({ op: 'remove', path: [1, 1] });
    expect(after.typed()).toEqual({
      $dict: [
        ['_auth_user_id', '1'],
        ['cart', [1]],
        ['z', true],
      ],
    });
    expect(after.calls).toEqual([]);
    expect(bytes(after)).not.toContain('subprocess');
    expect(codes(after)).toEqual([]);
  });

  test('a plain pickle of CPython stays byte for byte what CPython would write', () => {
    const pairs = Array.from({ length: 400 }, (_, index): [string, unknown] => [`key ${index}`, { $dict: [['shared', `value ${index}`]] }]);
    for (const protocol of [0, 1, 2, 3, 4, 5]) {
      const after = dict(pairs, protocol)
        .edit({ op: 'remove', path: [0] })
        .edit({ op: 'set', path: [1], value: STR('new') });
      const expected = pairs.slice(1).map(([key, value], index) => [key, index === 1 ? 'new' : value]);
      expect(Buffer.from(after.payload).equals(picklePlain({ $dict: expected }, protocol)), `protocol ${protocol}`).toBe(true);
      const added = dict(pairs.slice(0, 5), protocol).edit({
        op: 'add',
        path: [],
        key: STR('k'),
        value: { type: 'json', text: '{"a": [1, 2.5]}' },
      });
      const whole = [...pairs.slice(0, 5), ['k', { $dict: [['a', [1, { $float: '2.5' }]]] }]];
      expect(Buffer.from(added.payload).equals(picklePlain({ $dict: whole }, protocol)), `protocol ${protocol}`).toBe(true);
    }
  });

  test('other encodings of the same values are kept', () => {
    const odd = open('\x80\x02}q\x05(X\x01\0\0\0aI010\nX\x01\0\0\0bL5L\nX\x01\0\0\0cJ\x01\0\0\0X\x01\0\0\0d\x8a\x03\x07\0\0u.');
    expect(bytes(odd.edit({ op: 'remove', path: [2] }))).toBe(
      '\x80\x02}q\x05(X\x01\0\0\0aI010\nX\x01\0\0\0bL5L\nX\x01\0\0\0d\x8a\x03\x07\0\0u.',
    );
    const quoted = open(`(dp3\nS"it's"\np7\nI01\nsS'b'\nF1.50\ns.`);
    expect(bytes(quoted.edit({ op: 'set', path: [0], value: { type: 'bool', text: 'False' } }))).toBe(
      `(dp3\nS"it's"\np7\nI00\nsS'b'\nF1.50\ns.`,
    );
  });

  test('a shared object moves to its next place when its first is removed', () => {
    const after = fixture('dj52/pickle/shared_p5').edit({ op: 'remove', path: [0] });
    expect(after.typed()).toEqual({ $dict: [['b', [1, 2]]] });
    const inner = fixture('dj52/pickle/shared_p5').edit({ op: 'add', path: [1], value: INT('3') });
    expect(inner.typed()).toEqual({
      $dict: [
        ['a', [1, 2, 3]],
        ['b', [1, 2, 3]],
      ],
    });
    expect(fixture('dj52/pickle/shared_p5').view().children?.[0]?.value.notes).toContainEqual(say('note-shared'));
    expect(
      fixture('dj52/pickle/shared_p5')
        .edit({ op: 'set', path: [1], value: INT('3') })
        .typed(),
    ).toEqual({
      $dict: [
        ['a', [1, 2]],
        ['b', 3],
      ],
    });
  });

  test('frames and what follows STOP are kept', () => {
    const pairs = Array.from({ length: 20_000 }, (_, index): [string, unknown] => [`key ${index}`, index]);
    const whole = parsePickle(Buffer.concat([picklePlain({ $dict: pairs }, 4), Buffer.from('tail')]));
    const after = whole.edit({ op: 'set', path: [19_999], value: STR('last') });
    expect(after.trailing).toBe(4);
    const expected = picklePlain({ $dict: [...pairs.slice(0, -1), ['key 19999', 'last']] }, 4);
    expect(Buffer.from(after.payload.subarray(0, -4)).equals(expected)).toBe(true);
  });

  test('one key is one key', () => {
    const document = dict([
      [1, 'a'],
      ['k', 'b'],
    ]);
    for (const key of [
      { type: 'bool', text: 'True' },
      { type: 'float', text: '1.0' },
      { type: 'Decimal', text: '1.00' },
    ] as const) {
      expect(() => document.edit({ op: 'add', path: [], key, value: INT('1') })).toThrow('has this key already');
      expect(() => document.edit({ op: 'rename', path: [1], key })).toThrow('has this key already');
      expect(document.edit({ op: 'rename', path: [0], key }).view().children?.[0]?.key?.type).toBe(key.type);
    }
    expect(() => document.edit({ op: 'add', path: [], key: { type: 'json', text: '[1]' }, value: INT('1') })).toThrow('cannot be a key');
    expect(() => document.edit({ op: 'add', path: [], value: INT('1') })).toThrow('needs a key');
  });

  test('sets', () => {
    for (const protocol of [2, 4]) {
      const document = parsePickle(
        picklePlain(
          {
            $dict: [
              ['s', { $set: [1, 2] }],
              ['f', { $frozenset: [1] }],
              ['e', { $set: [] }],
            ],
          },
          protocol,
        ),
      );
      expect(document.edit({ op: 'add', path: [0], value: INT('3') }).at([0]).children).toHaveLength(3);
      expect(document.edit({ op: 'add', path: [2], value: INT('3') }).at([2]).children).toHaveLength(1);
      expect(document.edit({ op: 'remove', path: [0, 0] }).typed()).toMatchObject({ $dict: [['s', { $set: [2] }], {}, {}] });
      expect(document.edit({ op: 'set', path: [0, 1], value: STR('x') }).at([0]).children?.[1]?.value.text).toBe('x');
      expect(() => document.edit({ op: 'add', path: [0], value: { type: 'float', text: '2.0' } })).toThrow('holds this value already');
      expect(() => document.edit({ op: 'add', path: [1], value: INT('3') })).toThrow('A frozenset cannot change');
      expect(() => document.edit({ op: 'set', path: [1, 0], value: INT('3') })).toThrow('A frozenset cannot change');
    }
  });

  test('columns of a model and attributes of an object', () => {
    for (const protocol of [2, 3, 4, 5]) {
      const model = fixture(`dj52/pickle/model_p${protocol}`);
      const after = model.edit({ op: 'set', path: [1], value: STR('renamed') });
      expect(after.typed()).toMatchObject({ $model: 'shopapp.Product', fields: [{}, ['name', 'renamed'], {}, {}, {}, {}] });
      expect(() => model.edit({ op: 'remove', path: [1] })).toThrow('cannot be added, removed or renamed');
      const custom = fixture(`dj52/pickle/custom_p${protocol}`);
      expect(custom.edit({ op: 'set', path: [0, 0], value: STR('me') }).structure()).toMatchObject({
        state: { $dict: [['owner', 'me'], {}, {}] },
      });
    }
  });

  test('a document of Python 2', () => {
    const document = fixture('py27/pickle/session_p2_cPickle');
    const after = document.edit({ op: 'add', path: [], key: STR('new'), value: { type: 'bytes', text: 'AP8=' } });
    expect(after.structure()).toEqual({
      $dict: [
        ...(document.structure() as { $dict: unknown[] }).$dict,
        ['new', { $call: { head: { $global: ['_codecs', 'encode'] }, args: ['\0\xff', 'latin1'] } }],
      ],
    });
    expect(after.find('_auth_user_id')).toEqual([2]);
  });

  test.each([
    [{ type: 'int', text: '1.5' }, 'Not an int'],
    [{ type: 'int', text: '9'.repeat(4301) }, 'more than 4300 digits'],
    [{ type: 'float', text: 'one' }, 'Not a float'],
    [{ type: 'bool', text: '1' }, 'Not a bool'],
    [{ type: 'bytes', text: 'A' }, 'Not base64'],
    [{ type: 'datetime', text: '2023-02-29T00:00:00' }, 'Not a date'],
    [{ type: 'datetime', text: '2024-02-29' }, 'Not a date and time'],
    [{ type: 'time', text: '24:00:00' }, 'Not a time'],
    [{ type: 'Decimal', text: '1,5' }, 'Not a Decimal'],
    [{ type: 'UUID', text: 'x' }, 'Not a UUID'],
    [{ type: 'tuple', text: '{}' }, 'Not a tuple'],
    [{ type: 'json', text: '{' }, 'at line 1'],
  ] as const)('%o is refused', (value, message) => {
    expect(() => dict([['a', 1]]).edit({ op: 'set', path: [0], value })).toThrowError(
      expect.objectContaining({ code: 'BadValue', message: expect.stringContaining(message) }),
    );
  });

  test.each([
    [{ op: 'remove', path: [] }, 'BadPath'],
    [{ op: 'remove', path: [5] }, 'BadPath'],
    [{ op: 'set', path: [0, 0], value: INT('1') }, 'BadPath'],
    [{ op: 'add', path: [0], value: INT('1') }, 'BadPath'],
    [{ op: 'add', path: [1], value: INT('1'), at: 3 }, 'BadPath'],
    [{ op: 'rename', path: [1, 0], key: STR('k') }, 'BadPath'],
    [{ op: 'add', path: [1], key: STR('k'), value: INT('1') }, 'BadValue'],
    [{ op: 'remove', path: [2, 0] }, 'NotEditable'],
    [{ op: 'add', path: [2], value: INT('1') }, 'NotEditable'],
    [{ op: 'text', text: '{}' }, 'NotEditable'],
  ] as const)('%o is %s', (edit, code) => {
    const document = dict([
      ['a', 1],
      ['l', [1, 2]],
      ['t', { $tuple: [1, 2] }],
    ]);
    expect(() => document.edit(edit)).toThrowError(expect.objectContaining({ code }));
    expect(document.edit({ op: 'set', path: [2, 1], value: STR('x') }).typed()).toMatchObject({
      $dict: [{}, {}, ['t', { $tuple: [1, 'x'] }]],
    });
  });

  test('canonical Decimals', () => {
    const texts = {
      '1e5': '1E+5',
      '.5': '0.5',
      '+1.': '1',
      '0.0000001': '1E-7',
      '-0.000001': '-0.000001',
      inf: 'Infinity',
      '-nan': '-NaN',
      '00': '0',
      '1.10E-5': '0.0000110',
    };
    for (const [text, expected] of Object.entries(texts)) {
      expect(
        dict([['a', 1]])
          .edit({ op: 'set', path: [0], value: { type: 'Decimal', text } })
          .at([0]).text,
      ).toBe(expected);
    }
  });
});
