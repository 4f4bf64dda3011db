import type { InspectorError } from '../../../errors.ts';
import type { Limits } from '../../document.ts';
import { checkCreation, checkFilling, isUnhashable, type Operands } from './checks.ts';
import { corrupt, limit } from './errors.ts';
import { Memo } from './memo.ts';
import { EFFECT, effectOf, instructionEnd, OP, operandCount, opName, protocolOf } from './opcodes.ts';
import { binaryIndex, OPENS_VALUE, SHARED, type Tape, UNHASHABLE, USED } from './tape.ts';
import { decodeLatin1 } from './text.ts';
import { DEEPEST } from './walk.ts';

/** Milliseconds of a clock that never goes back. */
export type Clock = () => number;

/**
 * Reads a pickle without importing or calling anything. CPython Modules/_pickle.c load(), 3.11: what that refuses is
 * refused here, except where only running the stream could tell.
 * @throws InspectorError Corrupt, UnsupportedFormat, LimitExceeded
 */
export function readPickle(bytes: Uint8Array, limits: Limits, clock?: Clock): Tape {
  if (bytes.length > limits.payloadBytes) throw limit(`it has ${bytes.length} bytes, and the limit is ${limits.payloadBytes}`);
  return new Reader(bytes, limits, clock).read();
}

/** What CPython writes takes two to three instructions for a value; more than this many are no document but an attack. */
const INSTRUCTIONS_PER_VALUE = 3;

/** CPython writes one PROTO, and pickles written one after another into one are no session. */
const MOST_PROTOS = 1000;

/** How many instructions there are up to STOP: known before anything is allocated. @param most values, shared ones counted each time */
function countInstructions(bytes: Uint8Array, most: number): number {
  const mostInstructions = most * INSTRUCTIONS_PER_VALUE + 16;
  let count = 0;
  let values = 0;
  let at = 0;
  while (at < bytes.length) {
    const op = bytes[at] ?? 0;
    const effect = effectOf(op);
    if (effect !== EFFECT.STREAM) count += 1;
    if (op === OP.STOP) return count;
    if (effect <= EFFECT.MAKE_FROM_MARK || effect === EFFECT.GET || effect === EFFECT.DUP) values += 1;
    if (values > most || count > mostInstructions) throw limit(`it has more than ${most} values`);
    at = instructionEnd(bytes, at);
  }
  throw corrupt(bytes.length, 'there is no STOP');
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #limits: Limits;
  readonly #clock: Clock | undefined;
  readonly #deadline: number;
  readonly #depthLimit: number;
  readonly #offset: Uint32Array;
  readonly #begin: Uint32Array;
  readonly #value: Int32Array;
  readonly #flags: Uint8Array;
  /** containers above the leaves of each object */
  readonly #depth: Uint16Array;
  /** values within each object, shared ones counted each time */
  readonly #weight: Float32Array;
  /** slots on the stack */
  readonly #slots: Int32Array;
  #height = 0;
  /** open MARKs, and the height of the stack at each */
  readonly #marks: number[] = [];
  readonly #floors: number[] = [];
  /** where the values begin that the last instruction dropped; -1 = it dropped none */
  #dropped = -1;
  readonly #memo = new Memo();
  readonly #protos: { before: number; protocol: number }[] = [];
  #protocol = 0;
  #framed = false;
  /** what the current instruction takes */
  readonly #operands: { slots: Int32Array; from: number; to: number };
  readonly #parts: Pick<Tape, 'bytes' | 'offset' | 'value' | 'flags'>;
  /** index and byte offset of the current instruction */
  #index = 0;
  #at = 0;

  constructor(bytes: Uint8Array, limits: Limits, clock: Clock | undefined) {
    const count = countInstructions(bytes, limits.nodes);
    this.#bytes = bytes;
    this.#limits = limits;
    this.#clock = clock;
    this.#deadline = clock === undefined ? 0 : clock() + limits.milliseconds;
    this.#depthLimit = Math.min(limits.depth, DEEPEST);
    this.#offset = new Uint32Array(count);
    this.#begin = new Uint32Array(count);
    this.#value = new Int32Array(count).fill(-1);
    this.#flags = new Uint8Array(count);
    this.#depth = new Uint16Array(count);
    this.#weight = new Float32Array(count);
    this.#slots = new Int32Array(count);
    this.#operands = { slots: this.#slots, from: 0, to: 0 };
    this.#parts = { bytes, offset: this.#offset, value: this.#value, flags: this.#flags };
  }

  read(): Tape {
    for (;;) {
      const op = this.#bytes[this.#at] ?? 0;
      const effect = effectOf(op);
      if (effect === EFFECT.STREAM) this.#stream(op);
      else {
        this.#offset[this.#index] = this.#at;
        this.#protocol = Math.max(this.#protocol, Math.min(protocolOf(op), 1));
        if (effect === EFFECT.STOP) return this.#finish();
        this.#step(op, effect);
        this.#index += 1;
        if ((this.#index & 0xfff) === 0) this.#checkTime();
      }
      this.#at = instructionEnd(this.#bytes, this.#at);
    }
  }

  #step(op: number, effect: number): void {
    const dropped = this.#dropped;
    this.#dropped = -1;
    switch (effect) {
      case EFFECT.PUSH:
        this.#pushNew(dropped);
        break;
      case EFFECT.GET:
        this.#push(this.#get(op), dropped);
        break;
      case EFFECT.DUP:
        this.#push(this.#value[this.#top()] ?? -1, dropped);
        break;
      case EFFECT.MARK:
        this.#mark(dropped);
        break;
      case EFFECT.MAKE:
        this.#make(this.#take(operandCount(op)));
        break;
      case EFFECT.MAKE_FROM_MARK:
        this.#makeFromMark(op);
        break;
      case EFFECT.FILL:
        this.#fill(this.#take(operandCount(op)));
        break;
      case EFFECT.FILL_FROM_MARK:
        this.#closeMark(op);
        this.#fill(this.#operands);
        break;
      case EFFECT.PUT:
        this.#memo.put(this.#memoIndex(op), this.#value[this.#top()] ?? -1);
        this.#touch(this.#top());
        break;
      case EFFECT.POP:
        this.#pop(op);
        break;
      case EFFECT.POP_MARK:
        this.#drop(this.#begin[this.#closeMark(op)] ?? 0);
        break;
      default:
        this.#touch(this.#top());
    }
  }

  #stream(op: number): void {
    if (op === OP.FRAME) this.#framed = true;
    else {
      if (this.#protos.length >= MOST_PROTOS) throw limit(`it says its protocol more than ${MOST_PROTOS} times`);
      const protocol = this.#bytes[this.#at + 1] ?? 0;
      this.#protos.push({ before: this.#index, protocol });
      this.#protocol = Math.max(this.#protocol, protocol);
    }
  }

  /** `object` comes to lie in a new slot; `dropped` values before it belong to its recipe. */
  #push(object: number, dropped: number): void {
    const index = this.#index;
    if (dropped >= 0) this.#leaveDropped(dropped);
    this.#begin[index] = dropped >= 0 ? dropped : index;
    this.#value[index] = object;
    this.#slots[this.#height] = index;
    this.#height += 1;
  }

  #pushNew(dropped: number): void {
    this.#operands.from = this.#height;
    this.#operands.to = this.#height;
    this.#checkNew(this.#operands);
    this.#weight[this.#index] = 1;
    this.#push(this.#index, dropped);
  }

  #mark(dropped: number): void {
    if (dropped >= 0) this.#leaveDropped(dropped);
    this.#begin[this.#index] = dropped >= 0 ? dropped : this.#index;
    this.#marks.push(this.#index);
    this.#floors.push(this.#height);
    if (this.#marks.length > this.#depthLimit) throw this.#tooDeep();
  }

  /** The slot below ends before the dropped values, because they go with the one that follows. */
  #leaveDropped(dropped: number): void {
    if (this.#height > this.#floor()) this.#slots[this.#height - 1] = dropped - 1;
  }

  #make(operands: Operands): void {
    this.#create(operands, this.#begin[operands.slots[operands.from] ?? 0] ?? 0);
  }

  #makeFromMark(op: number): void {
    const mark = this.#closeMark(op);
    this.#flags[mark] = OPENS_VALUE;
    this.#create(this.#operands, this.#begin[mark] ?? 0);
  }

  #create(operands: Operands, begin: number): void {
    const index = this.#index;
    this.#value[index] = index;
    this.#begin[index] = begin;
    this.#checkNew(operands);
    this.#weight[index] = 1;
    for (let at = operands.from; at < operands.to; at += 1) this.#include(operands.slots[at] ?? 0, index);
    this.#slots[this.#height] = index;
    this.#height += 1;
  }

  #checkNew(operands: Operands): void {
    checkCreation(this.#parts, this.#index, operands);
    if (isUnhashable(this.#parts, this.#index, operands)) this.#flags[this.#index] = UNHASHABLE;
  }

  #fill(operands: Operands): void {
    const slot = this.#top();
    const object = this.#value[slot] ?? 0;
    checkFilling(this.#parts, this.#index, object, operands);
    for (let at = operands.from; at < operands.to; at += 1) this.#include(operands.slots[at] ?? 0, object);
    this.#touch(slot);
  }

  /** A slot's object becomes part of another. */
  #include(slot: number, whole: number): void {
    const part = this.#value[slot] ?? 0;
    this.#use(part);
    this.#weight[whole] = (this.#weight[whole] ?? 0) + (this.#weight[part] ?? 0);
    const depth = 1 + (this.#depth[part] ?? 0);
    if (depth <= (this.#depth[whole] ?? 0)) return;
    if (depth > this.#depthLimit) throw this.#tooDeep();
    this.#depth[whole] = depth;
  }

  #use(object: number): void {
    const flags = this.#flags[object] ?? 0;
    this.#flags[object] = flags | ((flags & USED) === 0 ? USED : SHARED);
  }

  /** The instruction acts on the value in `slot`, which keeps its place on the stack. */
  #touch(slot: number): void {
    this.#begin[this.#index] = this.#begin[slot] ?? 0;
    this.#value[this.#index] = this.#value[slot] ?? -1;
    this.#slots[this.#height - 1] = this.#index;
  }

  #pop(op: number): void {
    // load_pop() takes the MARK away where nothing lies above it.
    const atMark = this.#marks.length > 0 && this.#height === this.#floor();
    if (atMark) {
      this.#drop(this.#begin[this.#closeMark(op)] ?? 0);
      return;
    }
    const { slots, from } = this.#take(1);
    this.#drop(this.#begin[slots[from] ?? 0] ?? 0);
  }

  #drop(begin: number): void {
    this.#dropped = begin;
    if (this.#height > this.#floor()) this.#touch(this.#top());
    else this.#begin[this.#index] = begin;
  }

  #floor(): number {
    return this.#floors[this.#floors.length - 1] ?? 0;
  }

  #top(): number {
    if (this.#height <= this.#floor()) throw this.#underflow();
    return this.#slots[this.#height - 1] ?? 0;
  }

  #take(count: number): Operands {
    if (this.#height - count < this.#floor()) throw this.#underflow();
    this.#operands.to = this.#height;
    this.#height -= count;
    this.#operands.from = this.#height;
    return this.#operands;
  }

  /** Takes the values above the last MARK, and the MARK. @returns its instruction */
  #closeMark(op: number): number {
    const mark = this.#marks.pop();
    if (mark === undefined) throw corrupt(this.#at, `${opName(op)} has no MARK`);
    this.#operands.to = this.#height;
    this.#height = this.#floors.pop() ?? 0;
    this.#operands.from = this.#height;
    return mark;
  }

  #get(op: number): number {
    const object = this.#memo.get(this.#memoIndex(op));
    if (object < 0) throw corrupt(this.#at, `${opName(op)} names a memo entry that is not there`);
    return object;
  }

  #memoIndex(op: number): number {
    if (op === OP.MEMOIZE) return this.#memo.size;
    if (op !== OP.PUT && op !== OP.GET) return binaryIndex(this.#bytes, this.#at);
    const line = decodeLatin1(this.#bytes.subarray(this.#at + 1, Math.min(instructionEnd(this.#bytes, this.#at) - 1, this.#at + 64)));
    const index = /^\s*[+-]?\d(_?\d)*\s*$/.test(line) ? Number(line.replaceAll('_', '')) : Number.NaN;
    if (!Number.isSafeInteger(index) || index < 0) throw corrupt(this.#at, `${opName(op)} has a bad index`);
    return index;
  }

  #checkTime(): void {
    if (this.#clock !== undefined && this.#clock() > this.#deadline)
      throw limit(`reading it took longer than ${this.#limits.milliseconds} ms`);
  }

  #tooDeep(): InspectorError {
    return limit(`its values are nested more than ${this.#depthLimit} deep`);
  }

  #underflow(): InspectorError {
    return corrupt(this.#at, `${opName(this.#bytes[this.#at] ?? 0)} takes a value that is not there`);
  }

  #finish(): Tape {
    const root = this.#top();
    this.#use(this.#value[root] ?? 0);
    this.#begin[this.#index] = this.#begin[root] ?? 0;
    this.#value[this.#index] = this.#value[root] ?? 0;
    return {
      bytes: this.#bytes,
      count: this.#index + 1,
      offset: this.#offset,
      begin: this.#begin,
      value: this.#value,
      link: linksOf(this.#bytes, this.#offset, this.#value),
      flags: this.#flags,
      root,
      end: this.#at + 1,
      protocol: this.#protocol,
      protos: this.#protos,
      framed: this.#framed,
      memo: this.#memo.use(),
      expanded: this.#weight[this.#value[root] ?? 0] ?? 1,
    };
  }
}

/** Chains the instructions that fill each object, in their order. */
function linksOf(bytes: Uint8Array, offset: Uint32Array, value: Int32Array): Int32Array {
  const link = new Int32Array(offset.length);
  for (let index = offset.length - 1; index > 0; index -= 1) {
    const effect = effectOf(bytes[offset[index] ?? 0] ?? 0);
    if (effect !== EFFECT.FILL && effect !== EFFECT.FILL_FROM_MARK) continue;
    const object = value[index] ?? 0;
    link[index] = link[object] ?? 0;
    link[object] = index;
  }
  return link;
}
