import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parsePickle } from '../../../../../src/main/django/serializers/pickle/document.ts';
import { picklePlain } from '../../../../../src/main/django/serializers/pickle/writer.ts';
import { InspectorError } from '../../../../../src/main/errors.ts';
import { typedDict, typedValue } from '../json/arbitraries.ts';
import { plainValue } from './arbitraries.ts';
import { randomEdit, randomFrom } from './edits.ts';
import { type EditCase, PickleOracle } from './oracle.ts';

vi.setConfig({ testTimeout: 60_000 });

const RUNS = { numRuns: 20 };
/** values per question to Python */
const BATCH = { minLength: 25, maxLength: 25 };
const PROTOCOLS = [0, 1, 2, 3, 4, 5];

let python: PickleOracle;
beforeAll(() => {
  python = new PickleOracle();
});
afterAll(() => python[Symbol.dispose]());

/** JSON text of a value that json.loads() reads back as the same, with surrogates as escapes. */
function jsonOf(typed: unknown): string {
  if (Array.isArray(typed)) return `[${typed.map(jsonOf).join()}]`;
  if (typeof typed !== 'object' || typed === null) return JSON.stringify(typed);
  if ('$dict' in typed)
    return `{${(typed.$dict as [string, unknown][]).map(([key, value]) => `${JSON.stringify(key)}:${jsonOf(value)}`).join()}}`;
  if ('$int' in typed) return String(typed.$int);
  const digits = '$float' in typed ? String(typed.$float) : '';
  return { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' }[digits] ?? digits;
}

const LARGE = [
  Array.from({ length: 2001 }, (_, index) => index),
  { $dict: Array.from({ length: 2000 }, (_, index) => [`key ${index}`, index]) },
  { $dict: Array.from({ length: 1001 }, (_, index) => [`key ${index}`, `value ${index}`]) },
  ['x'.repeat(65_535), 'y'.repeat(65_536), { $dict: [['z'.repeat(70_000), 'w']] }],
  Array.from({ length: 9000 }, (_, index) => ['abcdef', index, { $dict: [['shared key', String(index)]] }]),
];

describe("against CPython's pickle", () => {
  test('what is written is what pickle.dumps() writes of the same JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(typedValue, typedDict), BATCH), async (values) => {
        const expected = await python.json(values.map(jsonOf));
        const typed = expected.map((row) => parsePickle(row[5] ?? Buffer.alloc(0)).typed());
        expect(typed.map((value) => PROTOCOLS.map((protocol) => hex(picklePlain(value, protocol))))).toEqual(
          expected.map((row) => row.map(hex)),
        );
      }),
      RUNS,
    );
  });

  test.each(LARGE.map((value, index) => [index, value]))('frames and batches of large value %i', async (_, value) => {
    const [expected = []] = await python.json([jsonOf(value)]);
    for (const protocol of PROTOCOLS)
      expect(Buffer.from(picklePlain(value, protocol)).equals(expected[protocol] ?? Buffer.alloc(0)), `protocol ${protocol}`).toBe(true);
  });

  test('what pickle.dumps() writes is read, and returned as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plainValue, BATCH), async (values) => {
        const rows = await python.typed(values);
        for (const [index, row] of rows.entries()) {
          for (const bytes of row) {
            const document = parsePickle(bytes);
            expect(document.typed()).toEqual(values[index]);
            expect(document.payload).toBe(bytes);
            expect(document.warnings.filter(({ code }) => code !== 'not-a-dict')).toEqual([]);
          }
        }
      }),
      RUNS,
    );
  });

  test('what is written is read by pickle.loads()', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plainValue, BATCH), fc.constantFrom(...PROTOCOLS), async (values, protocol) => {
        const loaded = await python.loads(values.map((value) => picklePlain(value, protocol)));
        expect(loaded).toEqual(values.map((typed) => ({ typed })));
      }),
      RUNS,
    );
  });

  test('an edit of nested, shared, cyclic and unknown objects changes what the same edit in Python changes, and nothing else', async () => {
    const random = randomFrom(20240229);
    const cases: EditCase[] = [];
    let refused = 0;
    for (const before of await python.random(20240229, 150)) {
      const document = parsePickle(before);
      const view = document.view();
      for (let time = 0; time < 8; time += 1) {
        const { edit, python: same } = randomEdit(random, view);
        try {
          cases.push({ before, after: document.edit(edit).payload, edit: same });
        } catch (error) {
          if (!(error instanceof InspectorError) || (error.code !== 'NotEditable' && error.code !== 'BadValue')) throw error;
          refused += 1;
        }
      }
    }
    expect((await python.edits(cases)).filter((difference) => difference !== '')).toEqual([]);
    expect(cases.length).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(150);
  });

  test('edits after edits', async () => {
    const random = randomFrom(7);
    const cases: EditCase[] = [];
    for (const before of await python.random(7, 40)) {
      let document = parsePickle(before);
      for (let time = 0; time < 10; time += 1) {
        const { edit, python: same } = randomEdit(random, document.view());
        try {
          const after = document.edit(edit);
          cases.push({ before: document.payload, after: after.payload, edit: same });
          document = after;
        } catch (error) {
          if (!(error instanceof InspectorError)) throw error;
        }
      }
    }
    expect((await python.edits(cases)).filter((difference) => difference !== '')).toEqual([]);
    expect(cases.length).toBeGreaterThan(250);
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
