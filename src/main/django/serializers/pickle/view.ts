import type { ValueChild, ValueNode } from '../../document.ts';
import { type Sentence, say } from '../../sentences.ts';
import { KIND } from './opcodes.ts';
import { type Held, heldWithin, isSettable } from './settable.ts';
import type { Part, Shape } from './shape.ts';
import { shapeOf } from './shapes.ts';
import { isShared, kindOfObject, objectIn, operandsOf, type Tape } from './tape.ts';

/** Levels of one view: what lies deeper is asked for by its path. */
const DEEPEST_VIEW = 100;

type Draft = { -readonly [Key in keyof ValueNode]: ValueNode[Key] };
type Job = Readonly<{ part: Part; draft: Draft; depth: number; held: Held }>;

/** The numbers that shared objects carry in every view of one document: in the order in which the stream makes them. */
export function referenceNumbers(tape: Tape): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>();
  for (let object = 0; object < tape.count; object += 1) {
    if (isShared(tape, object) && canBeReferred(tape, object)) numbers.set(object, numbers.size + 1);
  }
  return numbers;
}

/** Leaves are shown again wherever they are shared: that two keys are one str object says nothing to a person. */
function canBeReferred(tape: Tape, object: number): boolean {
  const kind = kindOfObject(tape, object);
  if (kind === KIND.TUPLE) return operandsOf(tape, object).length > 0;
  if (kind === KIND.CALL || kind === KIND.NEW || kind === KIND.INST) return true;
  return kind === KIND.LIST || kind === KIND.DICT || kind === KIND.SET || kind === KIND.FROZENSET || kind === KIND.BYTEARRAY;
}

/** What is known of the part a view begins with from where it stands. */
export type Start = Readonly<{ editable: boolean; held: Held }>;

/**
 * The tree of a value, at most `limit` nodes of it, level by level, so that a long first child hides no sibling. An
 * object that is reached again is a reference: a view never grows as a bomb expands.
 */
export function viewOf(tape: Tape, part: Part, numbers: ReadonlyMap<number, number>, limit: number, start: Start): ValueNode {
  return new View(tape, numbers, limit).of(part, start);
}

class View {
  readonly #tape: Tape;
  readonly #numbers: ReadonlyMap<number, number>;
  readonly #seen = new Set<number>();
  readonly #queue: Job[] = [];
  #left: number;

  constructor(tape: Tape, numbers: ReadonlyMap<number, number>, limit: number) {
    this.#tape = tape;
    this.#numbers = numbers;
    this.#left = limit;
  }

  of(part: Part, { editable, held }: Start): ValueNode {
    const root = this.#plan(part, 0, editable, held);
    // The queue grows while it is worked through.
    for (let next = 0; next < this.#queue.length; next += 1) {
      const job = this.#queue[next];
      if (job !== undefined) this.#fill(job);
    }
    return root;
  }

  #plan(part: Part, depth: number, editable: boolean, held: Held): ValueNode {
    this.#left -= 1;
    const draft: Draft = { type: 'NoneType', editable };
    this.#queue.push({ part, draft, depth, held });
    return draft;
  }

  #fill(job: Job): void {
    const { part, draft } = job;
    const object = typeof part === 'number' ? objectIn(this.#tape, part) : -1;
    const number = this.#numbers.get(object);
    if (number !== undefined && this.#seen.has(object)) return void Object.assign(draft, { type: 'reference', ref: number });
    this.#seen.add(object);
    const shape = typeof part === 'number' ? shapeOf(this.#tape, part) : part;
    draft.type = shape.type;
    if (shape.text !== undefined) draft.text = shape.text;
    if (shape.class !== undefined) draft.class = shape.class;
    if (number !== undefined && shape.type !== 'reference') draft.ref = number;
    const notes = notesOf(shape, number !== undefined);
    if (notes.length > 0) draft.notes = notes;
    if (shape.parts !== undefined) this.#children(job, shape, shape.parts);
  }

  #children(job: Job, shape: Shape, parts: readonly Part[]): void {
    const each = shape.keys === undefined ? 1 : 2;
    const room = job.depth >= DEEPEST_VIEW ? 0 : Math.max(0, Math.floor(this.#left / each));
    const shown = Math.min(parts.length, room);
    const children: ValueChild[] = [];
    for (let index = 0; index < shown; index += 1) children.push(this.#child(job, shape, parts[index] ?? 0, index));
    job.draft.children = children;
    if (shown < parts.length) job.draft.omitted = parts.length - shown;
  }

  #child(job: Job, shape: Shape, part: Part, index: number): ValueChild {
    const key = shape.keys?.[index];
    const label = shape.labels?.[index];
    const settable = isSettable(this.#tape, job.held, job.part, shape, part);
    const held = heldWithin(this.#tape, job.held, job.part, shape);
    return {
      ...(key === undefined ? {} : { key: this.#plan(key, job.depth + 1, false, 'set') }),
      ...(label === undefined ? {} : { label }),
      value: this.#plan(part, job.depth + 1, settable, held),
    };
  }
}

function notesOf({ container, type, notes = [] }: Shape, shared: boolean): readonly Sentence[] {
  const isMutable = container !== undefined && type !== 'tuple';
  return shared && isMutable ? [...notes, say('note-shared')] : notes;
}
