import { LIMITS } from '../../../../../src/main/django/document.ts';
import { type PickleDocument, parsePickle } from '../../../../../src/main/django/serializers/pickle/document.ts';
import { InspectorError } from '../../../../../src/main/errors.ts';
import { fixtureFile, fixtures } from '../../../fixtures-table.ts';
import { nodesOf, pick, randomEdit, randomFrom } from './edits.ts';

type Random = () => number;
/** What came of the inputs: documents, edits, and the codes of refusals. Anything else is a defect and is thrown. */
export type Tally = { inputs: number; read: number; edited: number; refused: Record<string, number>; slowest: number };

/** No input may take longer, whatever it is: milliseconds. */
const LONGEST = 1000;
const ALLOWED: ReadonlySet<string> = new Set(['Corrupt', 'UnsupportedFormat', 'LimitExceeded', 'NotEditable', 'BadValue', 'BadPath']);
/** Instructions and counts that mutations like to hit. */
const INTERESTING = [
  ...Buffer.from('(.012FIJKLMNPQRSTUVXabcd}eghijl]opqrst)uGBC'),
  ...Array.from({ length: 25 }, (_, index) => 0x80 + index),
  0,
  1,
  2,
  0x7f,
  0xff,
];

/** The pickles of the fixtures, to be mutated. */
export function pickleSeeds(): readonly Buffer[] {
  const seeds = fixtures()
    .filter(({ kind }) => kind === 'pickle' || kind === 'malicious_pickle')
    .map(
      (fixture) =>
        fixture['pickle_b64'] ??
        (fixture['pickle_b64_file'] === undefined ? undefined : fixtureFile(String(fixture['pickle_b64_file'])).toString()),
    )
    .filter((text): text is string => typeof text === 'string')
    .map((text) => Buffer.from(text, 'base64'));
  return seeds.filter((seed) => seed.length < 20_000);
}

/**
 * Reads mutated pickles and does with each what the app does: view, text, warnings, typed notation, one edit.
 * @throws Error for an input that ends in anything but a document or a clear refusal, or takes too long
 */
export function fuzzPickles(seed: number, count: number): Tally {
  const random = randomFrom(seed);
  const seeds = pickleSeeds();
  const tally: Tally = { inputs: 0, read: 0, edited: 0, refused: {}, slowest: 0 };
  for (let index = 0; index < count; index += 1) {
    const input = mutate(random, seeds);
    const start = performance.now();
    try {
      tryOne(random, input, tally);
    } catch (error) {
      throw new Error(`seed ${seed}, input ${index}: ${input.toString('base64').slice(0, 4000)}`, { cause: error });
    }
    tally.inputs += 1;
    tally.slowest = Math.max(tally.slowest, performance.now() - start);
    if (tally.slowest > LONGEST)
      throw new Error(`seed ${seed}, input ${index} took ${tally.slowest} ms: ${input.toString('base64').slice(0, 4000)}`);
  }
  return tally;
}

function tryOne(random: Random, input: Buffer, tally: Tally): void {
  try {
    const document = parsePickle(input, LIMITS, () => performance.now());
    tally.read += 1;
    const view = lookAt(document);
    const after = document.edit(randomEdit(random, view).edit);
    tally.edited += 1;
    lookAt(after);
  } catch (error) {
    if (!(error instanceof InspectorError) || !ALLOWED.has(error.code)) throw error;
    tally.refused[error.code] = (tally.refused[error.code] ?? 0) + 1;
  }
}

function lookAt(document: PickleDocument): ReturnType<PickleDocument['view']> {
  const view = document.view(300);
  const nodes = nodesOf(view);
  if (nodes.length > 300) throw new Error(`a view of ${nodes.length} nodes`);
  document.at(nodes.at(-1)?.path ?? []);
  document.text();
  document.typed();
  document.structure();
  document.find('_auth_user_id');
  if (document.warnings.length + document.calls.length + document.globals.length < 0 || document.refusal() === undefined)
    throw new Error('no answer');
  return view;
}

/** A pickle with one to four places changed. */
export function mutate(random: Random, seeds: readonly Buffer[]): Buffer {
  let bytes: Buffer = Buffer.from(pick(random, seeds));
  const times = 1 + Math.floor(random() ** 3 * 4);
  for (let time = 0; time < times; time += 1) bytes = mutateOnce(random, bytes, seeds);
  return bytes;
}

function mutateOnce(random: Random, bytes: Buffer, seeds: readonly Buffer[]): Buffer {
  const at = Math.floor(random() * (bytes.length + 1));
  const to = Math.min(bytes.length, at + Math.floor(random() ** 3 * 40));
  switch (Math.floor(random() * 7)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(pick(random, INTERESTING)), bytes.subarray(at + 1)]);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(pick(random, INTERESTING)), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
    case 4:
      return bytes.subarray(0, at);
    case 5: {
      const other = pick(random, seeds);
      const from = Math.floor(random() * (other.length + 1));
      return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + 30), bytes.subarray(at)]);
    }
    default:
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(Math.floor(random() * 256)), bytes.subarray(at + 1)]);
  }
}
