import { describe, expect, test } from 'vitest';
import { readModule } from '../../../src/main/import/python/module-reader.ts';
import { tokenize } from '../../../src/main/import/python/tokens.ts';
import { type PythonValue, Unknown } from '../../../src/main/import/python/value.ts';
import { readSettings } from './read-settings.ts';

/** What X is at the end of a module. */
function valueOfX(text: string): PythonValue | undefined {
  const find = (name: string) => (name === 'm' ? { text, path: '/site/m.py', file: 'm.py', isPackage: false } : null);
  return readModule('m', find, new Map(), '/site').scope.get('X')?.value;
}

describe('literals and operators are Python’s', () => {
  test.each([
    ["'a' \"b\" r'\\n' '\\x41\\u00e9\\U0001F600\\101\\q\\\n'", 'ab\\nAé😀A\\q'],
    ['"""a\n\'b\'"""', "a\n'b'"],
    ['0x_ff + 0b11 + 0o17 + 1_000', 255 + 3 + 15 + 1000],
    ['-7 // 2 * 10 + -7 % 3', -38],
    ['2 ** 3 ** 2', 512],
    ['-2 ** 2', -4],
    ['60 * 60 * 24 * 14', 1_209_600],
    ['1.5e3', 1500],
    ['(1, 2,)', [1, 2]],
    ['1,', [1]],
    ['()', []],
    ['[*[1, 2], 3]', [1, 2, 3]],
    [
      "{'a': 1, **{'b': [None, True]}}",
      new Map<string, unknown>([
        ['a', 1],
        ['b', [null, true]],
      ]),
    ],
    ["'yes' if 1 < 2 < 3 and not None else 'no'", 'yes'],
    ["'' or 'other'", 'other'],
    ["'a' in ['b'] or 'b' not in {'b': 1}", false],
    ['f\'{1 + 1}{{x}}{"é"}\'', '2{x}é'],
    ["' A,b '.strip().lower().split(',')", ['a', 'b']],
    ["{'a': {'b': 5}}['a'].get('b') + [1, 2][-1]", 7],
    ["str(5) + '/'.rstrip('/') + str(True)", '5True'],
    ['bool(int("0")) is False', true],
  ] as const)('%s', (text, value) => {
    expect(valueOfX(`X = ${text}\n`)).toEqual(value);
  });

  test.each([
    '[i for i in (1,)]',
    'lambda: 1',
    'f"{1:>3}"',
    '"%s" % 1',
    '"a"[1:]',
    'call(*[1])',
    'open("x").read()',
    '1 / 0',
    '10 ** 400',
    'nowhere',
    '3j',
    '...',
    'a := 1',
  ])('%s is not guessed', (text) => {
    expect(valueOfX(`X = 1\nX = ${text}\n`)).toBeInstanceOf(Unknown);
  });

  test('statements', () => {
    expect(valueOfX('X = Y = 5; Y = 6\n')).toBe(5);
    expect(valueOfX('X, (Y, Z) = 1, (2, 3)\nX = X + Y * Z\n')).toBe(7);
    expect(valueOfX("X = {}\nX['a'] = {}\nX['a']['b'] = 1\nX.update(c=2)\nX.setdefault('d', []).append(3)\n")).toEqual(
      new Map<string, unknown>([
        ['a', new Map([['b', 1]])],
        ['c', 2],
        ['d', [3]],
      ]),
    );
    expect(valueOfX('X = [1]\nY = X\nY += [2]\n')).toEqual([1, 2]);
    expect(valueOfX('X = 1\nif X == 2:\n    X = 3\nelif X == 1:\n    if True: X = 4\nelse:\n    X = 5\n')).toBe(4);
    expect(valueOfX('def f():\n    X = 2\n\nclass C:\n    X = 3\n\nX = 1\n\n@decorated\nasync def g(): X = 4\n')).toBe(1);
    expect(valueOfX('if True:\n\tX = (1 +\n2)\n# comment\n  # comment\n\n\\\n\nelse:\n\tX = 0')).toBe(3);
    expect(valueOfX('match = 1\nX = match\n')).toBe(1);
  });
});

test('lines are counted through continued lines and long texts', () => {
  const tokens = tokenize("a = '''x\ny'''\nb = (1,\n\n2)\nc \\\n = 3\nd\n", 'm.py');
  expect(tokens.filter(({ type }) => type === 'name').map(({ text, line }) => `${text}${line}`)).toEqual(['a1', 'b3', 'c6', 'd8']);
});

/** A file that was made to harm ends within its bounds, whatever it is. */
describe('hostile modules', () => {
  test.each([
    ['brackets', '('.repeat(200_000)],
    ['closed brackets', `X = ${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['a chain of operators', `X = ${'1 + '.repeat(60_000)}1`],
    ['a chain of attributes', `X = a${'.b'.repeat(100_000)}`],
    ['a chain of calls', `X = a${'()'.repeat(90_000)}`],
    ['nots and minuses', `X = ${'not '.repeat(100_000)}1\nX = ${'-'.repeat(100_000)}1`],
    ['nested conditions', `X = ${'1 if 1 else '.repeat(40_000)}1`],
    ['blocks on a line', `${'if 1: '.repeat(50_000)}X = 1`],
    ['blocks in each other', `${Array.from({ length: 49 }, (_, depth) => `${' '.repeat(depth)}if 1:`).join('\n')}\n${' '.repeat(49)}X = 1`],
    ['indentation without end', Array.from({ length: 900 }, (_, depth) => `${' '.repeat(depth)}if 1:`).join('\n')],
    ['doubling texts', `X = 'x'\n${'X = X + X\n'.repeat(1000)}`],
    ['doubling lists', `X = [1]\n${'X = X + X\n'.repeat(1000)}${'X += X\n'.repeat(1000)}`],
    ['doubling dicts', `X = {}\n${Array.from({ length: 20_000 }, (_, n) => `X['${n}'] = X`).join('\n')}`],
    ['large powers', `X = ${'9 ** '.repeat(90)}9`],
    ['an f-string of f-strings', `X = ${"f'{".repeat(1000)}1`],
    ['a text without end', `X = """${'"\\'.repeat(200_000)}`],
    ['unicode', `X = '${'\u202e😀'.repeat(50_000)}'\n\u0000\n`],
    ['nothing but statements', 'X = 1\n'.repeat(74_000)],
    ['too many words', 'x '.repeat(400_000)],
  ])('%s', async (_, text) => {
    const started = performance.now();
    const outcome = await readSettings(text.replaceAll('X', 'SECRET_KEY')).then(
      ({ secrets }) => `read ${String(secrets.SECRET_KEY ?? '').length}`,
      (error: Error & { code?: string }) => `${error.code}`,
    );
    expect(outcome).toMatch(/^(read \d+|LimitExceeded|UnsupportedFormat)$/);
    // A generous limit: a bomb would take minutes, or all memory.
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('a dict that holds itself', async () => {
    const result = await readSettings(
      "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\nDATABASES['default']['OPTIONS'] = DATABASES\nDATABASES['default']['NAME'] = DATABASES\n",
    );
    expect(result.profile.DATABASES).toEqual({ ENGINE: 'postgresql' });
  });

  test('many modules, in a circle and in a row', async () => {
    const row = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`shop/m${n}.py`, `from .m${n + 1} import *\n`]));
    await expect(readSettings('from .m0 import *\n', row)).rejects.toMatchObject({ code: 'LimitExceeded' });
  });
});
