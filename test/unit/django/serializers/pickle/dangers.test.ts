import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../../../src/main/django/document.ts';
import { type PickleDocument, parsePickle } from '../../../../../src/main/django/serializers/pickle/document.ts';
import { picklePlain } from '../../../../../src/main/django/serializers/pickle/writer.ts';
import { fuzzPickles } from './fuzz.ts';

const MB = 1024 * 1024;
const clock = () => performance.now();

function open(latin1: string | Buffer): PickleDocument {
  return parsePickle(typeof latin1 === 'string' ? Buffer.from(latin1, 'latin1') : latin1, LIMITS, clock);
}

function refusal(latin1: string | Buffer): string {
  try {
    open(latin1);
    return 'read';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

function int32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes.toString('latin1');
}

/** Milliseconds and bytes beyond the input that reading took, whatever came of it. */
function cost(input: Buffer): Readonly<{ milliseconds: number; megabytes: number }> {
  const before = process.memoryUsage();
  const start = performance.now();
  const kept: unknown[] = [];
  try {
    kept.push(open(input));
  } catch (error) {
    kept.push(error);
  }
  const milliseconds = performance.now() - start;
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return { milliseconds, megabytes: kept.length * Math.max(0, bytes / MB) };
}

const ATTACKS: readonly (readonly [string, () => Buffer])[] = [
  ['100 MB', () => Buffer.alloc(100 * MB, 'N')],
  ['as many values as bytes', () => Buffer.concat([Buffer.from('('), Buffer.alloc(LIMITS.payloadBytes - 3, 'N'), Buffer.from('t.')])],
  ['as many values as allowed', () => Buffer.from(`(${'N'.repeat(LIMITS.nodes - 2)}t.`)],
  ['10^6 lists in each other', () => Buffer.from(`${']'.repeat(1e6)}${'a'.repeat(1e6 - 1)}.`)],
  ['10^6 tuples in each other', () => Buffer.from(`\x80\x02)${'\x85'.repeat(1e6)}.`, 'latin1')],
  ['10^6 marks', () => Buffer.from(`${'('.repeat(1e6)}${'t'.repeat(1e6)}.`)],
  ['long decimal integers', () => Buffer.from(`(${`L${'9'.repeat(4300)}L\n`.repeat(3500)}t.`)],
  ['one very long integer', () => Buffer.from(`\x80\x02\x8b${int32(15 * MB)}${'Z'.repeat(15 * MB)}.`, 'latin1')],
  ['escapes', () => Buffer.from(`V${'\\u0041'.repeat(2.5e6)}\n.`)],
  ['surrogates', () => Buffer.from(`\x80\x02X${int32(15 * MB)}${'\xed\xa0\x80'.repeat(5 * MB)}.`, 'latin1')],
  ['protocols', () => Buffer.from(`${'\x80\x02'.repeat(7e6)}N.`, 'latin1')],
  ['memo entries', () => Buffer.from(`\x80\x04N${'\x94'.repeat(LIMITS.nodes * 3)}.`, 'latin1')],
  [
    'far memo entries',
    () => Buffer.from(`\x80\x04N${Array.from({ length: 400_000 }, (_, index) => `r${int32(index * 5000)}`).join('')}.`, 'latin1'),
  ],
];

describe('what a hostile pickle costs', () => {
  // The issue's limits: 1 s and 64 MB over the input.
  test.each(ATTACKS)('%s', (_, make) => {
    const { milliseconds, megabytes } = cost(make());
    expect(milliseconds).toBeLessThan(1000);
    expect(megabytes).toBeLessThan(64);
  });

  test('nothing is expanded that is shared', () => {
    const doubled = Array.from({ length: 200 }, (_, level) => `j${int32(level)}]\x94aj${int32(level + 1)}a0`).join('');
    const late = open(`\x80\x04]\x940${doubled}j${int32(0)}.`);
    const start = performance.now();
    expect(late.view(1000).type).toBe('list');
    expect(late.typed()).toBeNull();
    expect(late.structure()).toBeUndefined();
    expect(late.text().length).toBeLessThan(2_000_000);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test('keys and set items that double are compared by identity', () => {
    const tuples = Array.from({ length: 100 }, (_, level) => `0h${String.fromCharCode(level)}h${String.fromCharCode(level)}\x86\x94`).join(
      '',
    );
    expect(open(`\x80\x04N\x85\x94${tuples}0}h\x64Ns.`).view(10).children).toHaveLength(1);
    const sets = Array.from(
      { length: 80 },
      (_, level) => `0h\0](h${String.fromCharCode(level + 2)}h${String.fromCharCode(level + 2)}e\x85Rq${String.fromCharCode(level + 3)}`,
    ).join('');
    expect(open(`\x80\x02cbuiltins\nfrozenset\nq\0]\x85Rq\x02${sets}.`).view().type).toBe('frozenset');
  });

  test('a thousand levels are read, shown and written', () => {
    const document = open(`\x80\x04${']'.repeat(1000)}${'a'.repeat(999)}.`);
    let deepest = document.view();
    while (deepest.children?.[0] !== undefined) deepest = deepest.children[0].value;
    expect(deepest.omitted).toBe(1);
    expect(document.typed()).toEqual(document.structure());
    expect(document.text().length).toBeGreaterThan(0);
    const path = new Array<number>(999).fill(0);
    expect(document.at(path)).toMatchObject({ type: 'list', children: [] });
    expect(document.edit({ op: 'set', path, value: { type: 'int', text: '1' } }).at(path).text).toBe('1');
    expect(refusal(`\x80\x04${']'.repeat(1002)}${'a'.repeat(1001)}.`)).toBe('LimitExceeded');
  });

  test('a value nested too deep is not written', () => {
    let nested: unknown = [];
    for (let level = 0; level < 100_000; level += 1) nested = [nested];
    expect(() => picklePlain(nested, 5)).toThrow('Pickle not written: its values are nested more than 1000 deep');
  });

  test('limits are arguments', () => {
    const input = Buffer.from('(NNNNNNNNNNt.');
    expect(() => parsePickle(input, { ...LIMITS, nodes: 5 })).toThrow('more than 5 values');
    expect(() => parsePickle(input, { ...LIMITS, payloadBytes: 5 })).toThrow('the limit is 5');
    expect(() => parsePickle(Buffer.from('((((t)))t.'), { ...LIMITS, depth: 2 })).toThrow('more than 2 deep');
    let time = 0;
    const ticking = () => {
      time += 600;
      return time;
    };
    expect(() => parsePickle(Buffer.from(`(${'N'.repeat(10_000)}t.`), LIMITS, ticking)).toThrow('longer than 1000 ms');
  });
});

describe('what CPython refuses', () => {
  test.each([
    ['a state for a list', ']}b.'],
    ['an item for a tuple', ')Na.'],
    ['a member for a list', '](NN\x90.'],
    ['a call of an int', 'K\x01)R.'],
    ['a call with a list', 'cos\nsystem\n]R.'],
    ['keyword arguments in a list', 'ca\nb\n)]\x92.'],
    ['an unhashable tuple as a key', '}]\x85Ns.'],
    ['an unhashable frozenset', '(]\x91.'],
    ['an unhashable member', '\x8f(]\x90.'],
    ['half an entry', '}(Nu.'],
    ['an empty module', 'c\nname\n.'],
    ['an extension code of zero', '\x82\0.'],
    ['a broken escape', 'V\\u12\n.'],
    ['a broken hexadecimal escape', "S'\\x1'\n."],
    ['an integer with a word', 'I1a\n.'],
    ['a float with a space', 'F 1.0\n.'],
    ['a float too large', 'F1e400\n.'],
    ['a memo index in words', 'Npone\n.'],
    ['an overlong character', 'X\x02\0\0\0\xc0\x80.'],
    ['a value below a mark', 'N(0R.'],
  ])('%s', (_, pickle) => {
    expect(refusal(pickle)).toBe('Corrupt');
  });

  test.each([
    ['octal', 'I010\n.', 8],
    ['hexadecimal', 'I-0x1f\n.', -31],
    ['underscores', 'L1_000L\n.', 1000],
    ['two characters', 'I+1\n.', true],
    ['a byte order mark', 'X\x03\0\0\0\xef\xbb\xbf.', '\ufeff'],
    ['escapes', "S'\\x41\\102\\\\\\q\\n'\n.", 'AB\\\\q\n'],
    ['raw escapes', 'V\\u0041\\\\u0041\\U0001f600\xe9\n.', 'A\\\\u0041\u{1f600}\u00e9'],
    ['a popped mark', '(N0(01N.', null],
    ['values left on the stack', 'NK\x01.', 1],
    ['a repeated value', ']2\x86.', { $tuple: [[], []] }],
  ])('and what it reads: %s', (_, pickle, expected) => {
    expect(open(pickle).typed()).toEqual(expected);
  });
});

test('mutated pickles end in a document or a clear refusal', { timeout: 120_000 }, () => {
  const tally = fuzzPickles(1, 20_000);
  expect(tally.inputs).toBe(20_000);
  expect(tally.read).toBeGreaterThan(1000);
  expect(tally.edited).toBeGreaterThan(1000);
});
