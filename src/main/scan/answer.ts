import type { DbRanges } from '../backends/db-ranges.ts';
import type { RowReader } from '../django/scan/row.ts';
import type { PackedValues, RowQuestion, ScanAnswer, ScanPart } from './messages.ts';

type Row = readonly [session_key: string, stored: string | Uint8Array | null];
type Verdict = 'maybe' | 'no' | 'bad';

/** One worker's answers while it looks through one part. */
class Look {
  readonly maybe: number[] = [];
  readonly maybeKeys: string[] = [];
  readonly keys: string[] = [];
  readonly users: string[] = [];
  readonly bad: Record<string, number> = {};
  readonly #reader: RowReader;
  readonly #question: RowQuestion;
  readonly #ids: ReadonlySet<string>;

  constructor(reader: RowReader, question: RowQuestion) {
    this.#reader = reader;
    this.#question = question;
    this.#ids = new Set(question.ask === 'user' ? question.ids : []);
  }

  at([session_key, stored]: Row): Verdict {
    if (!session_key.startsWith(this.#question.keyPrefix)) return 'no';
    // Not fetched: too large to come with the others.
    if (stored === null) return 'maybe';
    switch (this.#question.ask) {
      case 'user':
        return this.#owned(session_key, stored);
      case 'text': {
        const glance = this.#reader.glance(stored, this.#question.text);
        return glance === 'maybe' || glance === 'no' ? glance : this.#broken(glance);
      }
      case 'faults':
        return this.#reader.isOrdinary(stored) ? 'no' : 'maybe';
      default:
        return this.#question satisfies never;
    }
  }

  #owned(session_key: string, stored: string | Uint8Array): Verdict {
    const problem = this.#reader.owner(stored);
    if (problem !== null) return this.#broken(problem);
    const { user } = this.#reader;
    if (user === undefined) return 'maybe';
    if (user === null) return 'no';
    this.keys.push(session_key);
    this.users.push(user);
    return this.#ids.has(user) ? 'maybe' : 'no';
  }

  #broken(problem: string): Verdict {
    this.bad[problem] = (this.bad[problem] ?? 0) + 1;
    return 'bad';
  }

  answer(scanned: number): ScanAnswer {
    const { maybe, maybeKeys, bad, keys, users } = this;
    return { scanned, maybe, maybeKeys, bad, owners: { keys, users }, bounds: null };
  }
}

const NOTHING: ScanAnswer = { scanned: 0, maybe: [], maybeKeys: [], bad: {}, owners: { keys: [], users: [] }, bounds: null };

/** Looks through one part. @throws InspectorError where the database fails */
export function answerPart(reader: RowReader, ranges: DbRanges | null, part: ScanPart): ScanAnswer {
  switch (part.part) {
    case 'bounds':
      return { ...NOTHING, bounds: ranges?.bounds() ?? null };
    case 'range': {
      const look = new Look(reader, part.question);
      const rows = ranges?.rows(part.from, part.to) ?? [];
      for (const row of rows) if (look.at(row) === 'maybe') look.maybeKeys.push(row[0]);
      return look.answer(rows.length);
    }
    case 'block': {
      const look = new Look(reader, part.question);
      const { keys } = part.values;
      for (const [index, session_key] of keys.entries())
        if (look.at([session_key, valueAt(part.values, index)]) === 'maybe') look.maybe.push(index);
      return look.answer(keys.length);
    }
    default:
      return part satisfies never;
  }
}

function valueAt({ bytes, ends }: PackedValues, index: number): Uint8Array {
  return bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]);
}

/** @param values each in its place */
export function packValues(keys: readonly string[], values: readonly Uint8Array[]): PackedValues {
  const ends = new Uint32Array(values.length);
  const bytes = new Uint8Array(values.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const [index, value] of values.entries()) {
    bytes.set(value, at);
    at += value.length;
    ends[index] = at;
  }
  return { keys, bytes, ends };
}
