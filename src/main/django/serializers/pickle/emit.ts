import { notEditable } from './errors.ts';
import { type MemoStyle, memoStyle, writeGet, writePut } from './memo-writer.ts';
import { contentStart, EFFECT, effectOf, instructionEnd, KIND, kindOf, OP, operandCount } from './opcodes.ts';
import { Orphans } from './orphans.ts';
import { Output } from './output.ts';
import { binaryIndex, OPENS_VALUE, objectIn, opAt, type Tape } from './tape.ts';
import { decodeLatin1 } from './text.ts';
import { PickleWriter } from './writer.ts';

/**
 * Instructions `from` to `to` are replaced by what `write` writes; `to` = `from` - 1 inserts before `from`. `filling` is
 * the instruction among them that put what is removed into an object that stays.
 */
export type Patch = Readonly<{ from: number; to: number; filling?: number; write?: (writer: PickleWriter, output: Output) => void }>;

/** Relocated values within relocated values: each of them is one level of recursion. */
const DEEPEST = 500;

/**
 * The pickle with some of its instructions replaced. Everything else is copied as it is, except what has to follow:
 * memo indexes are renumbered, frames are cut anew, and an object that lived in a removed part and is referred to from
 * elsewhere moves to the first place that refers to it. What follows STOP is kept.
 * @param patches in order, not overlapping
 * @throws InspectorError NotEditable where the removed part also changes objects outside of it
 */
export function emitPickle(tape: Tape, patches: readonly Patch[]): Uint8Array {
  return new Emitter(tape, patches).emit();
}

class Emitter {
  readonly #tape: Tape;
  readonly #patches: readonly Patch[];
  readonly #output = new Output();
  readonly #orphans: Orphans;
  /** output memo index of each object that has one */
  readonly #memo = new Map<number, number>();
  readonly #numbers: MemoNumbering;
  readonly #writer: PickleWriter;
  readonly #isFramed: boolean;
  #nextProto = 0;
  #depth = 0;

  constructor(tape: Tape, patches: readonly Patch[]) {
    this.#tape = tape;
    this.#patches = patches;
    const overlaps = patches.some(({ from }, index) => from <= (patches[index - 1]?.to ?? -1));
    if (overlaps) throw notEditable('The parts to be removed lie within each other');
    this.#orphans = new Orphans(tape, patches);
    this.#numbers = new MemoNumbering(tape);
    this.#writer = new PickleWriter(this.#output, tape.protocol, this.#numbers);
    // A pickle too short for a frame has none, whoever wrote it.
    this.#isFramed = tape.framed || (tape.protocol >= 4 && tape.end < 6);
  }

  emit(): Uint8Array {
    let at = 0;
    for (const patch of this.#patches) {
      this.#copy(at, patch.from - 1);
      this.#protosBefore(patch.to + 1);
      patch.write?.(this.#writer, this.#output);
      at = patch.to + 1;
    }
    this.#copy(at, this.#tape.count - 1);
    const head = this.#output.finish();
    const tail = this.#tape.bytes.subarray(this.#tape.end);
    const whole = new Uint8Array(head.length + tail.length);
    whole.set(head);
    whole.set(tail, head.length);
    return whole;
  }

  #copy(from: number, to: number): void {
    for (let at = from; at <= to; at += 1) {
      this.#protosBefore(at);
      this.#instruction(at);
    }
  }

  /** PROTO changes how names are mapped, so it stays where it is, also inside of what is removed. */
  #protosBefore(instruction: number): void {
    for (;;) {
      const proto = this.#tape.protos[this.#nextProto];
      if (proto === undefined || proto.before > instruction) return;
      this.#output.byte(OP.PROTO, proto.protocol);
      this.#nextProto += 1;
      if (this.#nextProto === 1 && proto.before === 0 && this.#isFramed) this.#output.startFraming();
    }
  }

  #instruction(at: number): void {
    const op = opAt(this.#tape, at);
    switch (effectOf(op)) {
      case EFFECT.GET:
      case EFFECT.DUP:
        this.#reference(objectIn(this.#tape, at), at);
        break;
      case EFFECT.PUT:
        this.#put(at);
        break;
      case EFFECT.MARK:
        if (((this.#tape.flags[at] ?? 0) & OPENS_VALUE) !== 0) this.#output.boundary();
        this.#output.byte(op);
        break;
      default:
        this.#raw(at, op);
        if (this.#orphans.needsMemo(at)) this.#memoize(at);
    }
  }

  #raw(at: number, op: number): void {
    const start = this.#tape.offset[at] ?? 0;
    const end = instructionEnd(this.#tape.bytes, start);
    const bytes = this.#tape.bytes.subarray(start, end);
    if (effectOf(op) !== EFFECT.PUSH) {
      this.#output.write(bytes);
      return;
    }
    this.#output.boundary();
    this.#output.writeContent(bytes, isLargeContent(op) ? end - contentStart(this.#tape.bytes, start) : 0);
  }

  /** A reference to an object that is already there, or the object itself where this is now its first place. */
  #reference(object: number, at: number): void {
    const index = this.#memo.get(object);
    if (index === undefined) {
      this.#define(object);
      return;
    }
    this.#output.boundary();
    if (opAt(this.#tape, at) !== OP.DUP && this.#numbers.isKept(at, index)) {
      this.#output.write(this.#bytesOf(at));
      return;
    }
    writeGet(this.#output, this.#numbers.style, index);
  }

  #put(at: number): void {
    const object = objectIn(this.#tape, at);
    const index = this.#numbers.indexOf(at);
    this.#memo.set(object, index);
    if (this.#numbers.isKept(at, index)) {
      this.#output.write(this.#bytesOf(at));
      return;
    }
    writePut(this.#output, this.#numbers.style, index);
  }

  #memoize(object: number): void {
    if (this.#memo.has(object)) return;
    const index = this.#numbers.next();
    this.#memo.set(object, index);
    writePut(this.#output, this.#numbers.style, index);
  }

  #bytesOf(at: number): Uint8Array {
    const start = this.#tape.offset[at] ?? 0;
    return this.#tape.bytes.subarray(start, instructionEnd(this.#tape.bytes, start));
  }

  /**
   * Writes the recipe of an object whose place was removed. As CPython's pickler does with recursive tuples, an object
   * that is finished while it is being written, because a part of it leads back to it, is thrown away and fetched.
   */
  #define(object: number): void {
    const end = this.#orphans.endOf(object);
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw notEditable('The objects that the removed part shares with the rest are nested too deep');
    for (let at = this.#tape.begin[end] ?? 0; at <= end; at += 1) {
      const finished = this.#orphans.startingAt(at, end).find((other) => this.#memo.has(other));
      if (finished !== undefined) {
        this.#output.boundary();
        writeGet(this.#output, this.#numbers.style, this.#memo.get(finished) ?? 0);
        at = this.#orphans.endOf(finished);
      } else if (at === object && this.#memo.has(object)) {
        this.#dropOperands(object);
        writeGet(this.#output, this.#numbers.style, this.#memo.get(object) ?? 0);
        at = end;
      } else this.#instruction(at);
    }
    if (!this.#memo.has(object)) this.#memoize(object);
    this.#depth -= 1;
  }

  #dropOperands(object: number): void {
    const op = opAt(this.#tape, object);
    if (effectOf(op) === EFFECT.MAKE) this.#output.byte(...new Array<number>(operandCount(op)).fill(OP.POP));
    else if (effectOf(op) !== EFFECT.MAKE_FROM_MARK) return;
    else if (this.#tape.protocol > 0) this.#output.byte(OP.POP_MARK);
    else throw notEditable('The removed part is shared in a circle that protocol 0 cannot write');
  }
}

/** Texts and bytes may be so long that they lie between frames. */
function isLargeContent(op: number): boolean {
  const kind = kindOf(op);
  return kind === KIND.STR || kind === KIND.BYTES || kind === KIND.BYTEARRAY;
}

/**
 * The memo indexes of an edited pickle. Where the stream counts its entries one by one, as CPython does, they are
 * counted again; any other numbering is kept, and new entries come after it.
 */
class MemoNumbering {
  readonly style: MemoStyle;
  readonly #tape: Tape;
  readonly #recounts: boolean;
  #next: number;

  constructor(tape: Tape) {
    const { sequential, unique, first, highest } = tape.memo;
    const used = stylesOf(tape);
    this.#tape = tape;
    this.style = used.has('line') ? 'line' : used.has('index') ? 'index' : used.has('order') ? 'order' : memoStyle(tape.protocol);
    // MEMOIZE counts entries, so beside other numberings it says something else once there are fewer of them.
    this.#recounts = sequential || !unique || used.has('order') || highest >= HIGHEST;
    this.#next = this.#recounts ? (sequential ? first : 0) : highest + 1;
  }

  /** The index of the next entry. */
  readonly next = (): number => {
    this.#next += 1;
    return this.#next - 1;
  };

  /** The index in the output of a PUT or MEMOIZE of the input. */
  indexOf(at: number): number {
    return this.#recounts ? this.next() : memoIndexAt(this.#tape, at);
  }

  /** Whether the instruction already says this index, so that its own bytes can stay. */
  isKept(at: number, index: number): boolean {
    const op = opAt(this.#tape, at);
    return op === OP.MEMOIZE ? this.style === 'order' : memoIndexAt(this.#tape, at) === index;
  }
}

/** The largest memo index that CPython's C unpickler takes on every platform. */
const HIGHEST = 0x7fff_ffff;

/** The ways in which a stream writes its memo entries. */
function stylesOf(tape: Tape): ReadonlySet<MemoStyle> {
  const styles = new Set<MemoStyle>();
  for (let at = 0; at < tape.count; at += 1) {
    const op = opAt(tape, at);
    if (effectOf(op) !== EFFECT.PUT) continue;
    styles.add(op === OP.MEMOIZE ? 'order' : op === OP.PUT ? 'line' : 'index');
  }
  return styles;
}

function memoIndexAt(tape: Tape, at: number): number {
  const op = opAt(tape, at);
  const start = tape.offset[at] ?? 0;
  if (op !== OP.PUT && op !== OP.GET) return binaryIndex(tape.bytes, start);
  return Number(decodeLatin1(tape.bytes.subarray(start + 1, instructionEnd(tape.bytes, start) - 1)).replaceAll('_', ''));
}
