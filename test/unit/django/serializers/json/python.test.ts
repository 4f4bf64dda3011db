import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Edit, NewValue } from '../../../../../src/main/django/document.ts';
import { LIMITS } from '../../../../../src/main/django/document.ts';
import { type JsonDocument, parseJson } from '../../../../../src/main/django/serializers/json/document.ts';
import { floatRepr } from '../../../../../src/main/django/serializers/json/float-repr.ts';
import { ARRAY, STRIDE, scanJson } from '../../../../../src/main/django/serializers/json/scanner.ts';
import { jsonFromTyped } from '../../../../../src/main/django/serializers/json/typed.ts';
import { COMPACT, SPACED } from '../../../../../src/main/django/serializers/json/write.ts';
import { PythonOracle } from '../../python/oracle.ts';
import { anyText, brokenJson, oddJson, typedDict, typedValue } from './arbitraries.ts';

const RUNS = { numRuns: 40 };
/** values per question to Python */
const BATCH = { minLength: 25, maxLength: 25 };

let python: PythonOracle;
beforeAll(() => {
  python = new PythonOracle();
});
afterAll(() => python[Symbol.dispose]());

function open(text: string): JsonDocument {
  return parseJson(Buffer.from(text, 'latin1'));
}

function textOf(document: JsonDocument): string {
  return Buffer.from(document.payload).toString('latin1');
}

/** Every token of a text that is no container, in order: what an edit elsewhere must leave alone. */
function tokensOf(text: string): string[] {
  const nodes = scanJson(text, LIMITS);
  const tokens: string[] = [];
  for (let node = 0; node < nodes.length; node += STRIDE) {
    if ((nodes[node] ?? ARRAY) < ARRAY) tokens.push(text.slice(nodes[node + 1], nodes[node + 2]));
  }
  return tokens;
}

describe("against CPython's json", () => {
  test('a float is written as repr() does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double(), { minLength: 200, maxLength: 200 }), async (values) => {
        expect(values.map(floatRepr)).toEqual(await python.repr(values));
      }),
      RUNS,
    );
  });

  test.each([COMPACT, SPACED])('what is written is what json.dumps(separators=%o) writes', async (separators) => {
    await fc.assert(
      fc.asyncProperty(fc.array(typedValue, BATCH), async (values) => {
        const expected = await python.dumps(values, [separators.item, separators.key]);
        expect(values.map((value) => ({ text: jsonFromTyped(value, separators) }))).toEqual(expected);
      }),
      RUNS,
    );
  });

  test('what Python wrote is read as Python reads it, and written back byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(typedDict, BATCH), async (values) => {
        const texts = (await python.dumps(values, [',', ':'])).map((answer) =>
          answer.error === undefined ? answer.text : expect.fail(answer.error),
        );
        const read = await python.loads(texts);
        texts.forEach((text, index) => {
          const document = open(text);
          expect({ typed: document.typed() }).toEqual(read[index]);
          expect(document.edit({ op: 'text', text: document.text() }).payload).toEqual(Buffer.from(text, 'latin1'));
          expect(document.warnings.filter(({ code }) => code === 'odd')).toEqual([]);
        });
      }),
      RUNS,
    );
  });

  test.each([
    ['odd', oddJson],
    ['broken', brokenJson],
  ])('%s JSON is accepted or refused as Python does, and means the same', async (_, texts) => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, BATCH), async (batch) => {
        const expected = await python.loads(batch);
        batch.forEach((text, index) => {
          const python_says = expected[index] ?? expect.fail('no answer');
          if (python_says.error !== undefined) {
            expect(() => open(text), JSON.stringify(text)).toThrow(expect.objectContaining({ code: 'Corrupt' }));
            return;
          }
          const document = open(text);
          expect({ typed: document.typed() }, JSON.stringify(text)).toEqual(python_says);
          expect(textOf(document.edit({ op: 'text', text: document.text() }))).toBe(text);
        });
      }),
      RUNS,
    );
  });
});

/** Paths of all values of a document, the root's first. */
function pathsOf(document: JsonDocument): number[][] {
  const paths: number[][] = [[]];
  for (const path of paths) {
    const count = document.at(path).children?.length ?? 0;
    for (let index = 0; index < count; index += 1) paths.push([...path, index]);
  }
  return paths;
}

const newValue: fc.Arbitrary<NewValue> = fc.oneof(
  typedValue.map((typed): NewValue => ({ type: 'json', text: jsonFromTyped(typed, COMPACT) })),
  anyText.map((text): NewValue => ({ type: 'str', text })),
  fc.bigInt().map((value): NewValue => ({ type: 'int', text: String(value) })),
);

describe('random edits', () => {
  test('set changes one value and leaves every other character', () => {
    fc.assert(
      fc.property(oddJson, fc.nat(), newValue, (text, place, value) => {
        const document = open(text);
        const paths = pathsOf(document);
        const path = paths[place % paths.length] ?? [];
        const edited = document.edit({ op: 'set', path, value });
        expectOnlyHere(text, textOf(edited), tokensIn(document, path));
        expect(edited.at(path)).toEqual(
          open('[0]')
            .edit({ op: 'set', path: [0], value })
            .at([0]),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('remove takes one entry and leaves every other token', () => {
    fc.assert(
      fc.property(oddJson, fc.nat(), (text, place) => {
        const document = open(text);
        const paths = pathsOf(document).slice(1);
        const path = paths[place % Math.max(1, paths.length)];
        if (path === undefined) return;
        const edited = document.edit({ op: 'remove', path });
        const parent = document.at(path.slice(0, -1)).children ?? [];
        expect((edited.at(path.slice(0, -1)).children ?? []).map(bare)).toEqual(parent.toSpliced(path.at(-1) ?? 0, 1).map(bare));
        expectOnlyHere(text, textOf(edited), tokensIn(document, path) + 1);
      }),
      { numRuns: 500 },
    );
  });

  test('add and rename put one entry in its place and leave every other token', () => {
    fc.assert(
      fc.property(oddJson, fc.nat(), fc.nat(), newValue, (text, place, position, value) => {
        const document = open(text);
        const containers = pathsOf(document).filter(
          (path) => document.at(path).children !== undefined || /^(dict|list)$/.test(document.at(path).type),
        );
        const path = containers[place % Math.max(1, containers.length)];
        if (path === undefined) return;
        const { type, children = [] } = document.at(path);
        const at = position % (children.length + 1);
        const key: NewValue = { type: 'str', text: 'a new key' };
        const edit: Edit = type === 'dict' ? { op: 'add', path, at, key, value } : { op: 'add', path, at, value };
        const added = document.edit(edit);
        const removed = added.edit({ op: 'remove', path: [...path, at] });
        expect(tokensOf(textOf(removed))).toEqual(tokensOf(text));
        expect((added.at(path).children ?? []).toSpliced(at, 1).map(bare)).toEqual(children.map(bare));
        if (type === 'dict') {
          const renamed = added.edit({ op: 'rename', path: [...path, at], key: { type: 'str', text: 'another' } });
          expect(textOf(renamed)).toBe(textOf(added).replace('"a new key"', '"another"'));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the text of another document becomes that document, and what they share keeps its spelling', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(oddJson, oddJson), BATCH), async (pairs) => {
        const merged = pairs.map(([text, other]) => textOf(open(text).edit({ op: 'text', text: other })));
        const expected = await python.loads(pairs.map(([, other]) => other));
        expect(await python.loads(merged)).toEqual(expected);
      }),
      RUNS,
    );
  });

  test('one entry typed into the text changes that entry only', () => {
    fc.assert(
      fc.property(fc.array(oddJson, { minLength: 1, maxLength: 5 }), fc.nat(), (values, place) => {
        const at = place % values.length;
        const text = `{${values.map((value, index) => `"k${index}" :${value}`).join(' , ')} }`;
        const document = open(text);
        const typed = open(text).edit({ op: 'set', path: [at], value: { type: 'str', text: 'typed \u65e5' } });
        const expected = textOf(typed);
        expect(textOf(document.edit({ op: 'text', text: typed.text() }))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

/** A child without what its neighbours decide (notes on duplicates). */
function bare(child: unknown): unknown {
  return JSON.parse(JSON.stringify(child, (key, value: unknown) => (key === 'notes' ? undefined : value)));
}

/** How many tokens the value at a path has. */
function tokensIn(document: JsonDocument, path: readonly number[]): number {
  const count = (node: ReturnType<JsonDocument['at']>): number => {
    if (node.children === undefined) return node.type === 'dict' || node.type === 'list' ? 0 : 1;
    return node.children.reduce((sum, child) => sum + (child.key === undefined ? 0 : 1) + count(child.value), 0);
  };
  return count(document.at(path));
}

/** All tokens of `before` but at most `changed` of them stand in `after`, at its beginning and its end. */
function expectOnlyHere(before: string, after: string, changed: number): void {
  const old = tokensOf(before);
  const next = tokensOf(after);
  let head = 0;
  while (head < old.length && old[head] === next[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && old.at(-1 - tail) === next.at(-1 - tail)) tail += 1;
  expect(old.length - head - tail).toBeLessThanOrEqual(changed);
}
