import { contentStart, EFFECT, effectOf, instructionEnd, int32, KIND, kindOf, OP, operandCount, uint16, uint32 } from './opcodes.ts';

/**
 * A pickle read once: its instructions in order, and for each what it leaves on top of the stack. Nothing is decoded
 * that nobody looks at, and no object is made per value, so that millions of values cost some 20 bytes each.
 *
 * The tape is a program in postfix form. A *slot* is a value on the stack, named by the last instruction that touched
 * it; `begin` says where its program begins, so `begin[slot]..slot` is the whole recipe of that value, its operands
 * included. An *object* is named by the instruction that made it; `value[slot]` says which object lies in the slot,
 * the same one in many slots where the memo shares it.
 */
export type Tape = Readonly<{
  bytes: Uint8Array;
  /** number of instructions, STOP included; PROTO and FRAME are not counted among them */
  count: number;
  /** byte offset of each instruction */
  offset: Uint32Array;
  /** first instruction of the slot on top after each instruction */
  begin: Uint32Array;
  /** object on top after each instruction; -1 where the frame of values is empty */
  value: Int32Array;
  /** of an object: the first instruction that puts something into it; of such an instruction: the next one; 0 = none */
  link: Int32Array;
  /** 0, 1 or 2 (= more than one) for how often an object is part of others; SHARED and so on are its bits */
  flags: Uint8Array;
  /** the slot that STOP returns */
  root: number;
  /** byte offset after STOP */
  end: number;
  /** the highest PROTO; where there is none, 0 or 1 by the instructions used */
  protocol: number;
  /** PROTO instructions: before which instruction they stand, and what they say */
  protos: readonly Readonly<{ before: number; protocol: number }>[];
  /** there are FRAME instructions */
  framed: boolean;
  /** memo index of every PUT and MEMOIZE, in order */
  memo: MemoUse;
  /** values counted as often as they are reached, shared ones again and again */
  expanded: number;
}>;

/** How the stream numbers its memo. */
export type MemoUse = Readonly<{
  /** every index is one more than the last, beginning with `first`: what CPython writes */
  sequential: boolean;
  first: number;
  /** one index never stands for two objects */
  unique: boolean;
  highest: number;
}>;

/** Bits of Tape.flags. */
export const USED = 1;
export const SHARED = 2;
export const UNHASHABLE = 4;
/** on a MARK: what lies above it becomes a new value, rather than being put into the one below */
export const OPENS_VALUE = 8;

export function opAt(tape: Pick<Tape, 'bytes' | 'offset'>, instruction: number): number {
  return tape.bytes[tape.offset[instruction] ?? 0] ?? 0;
}

/** The object in a slot. */
export function objectIn(tape: Tape, slot: number): number {
  return tape.value[slot] ?? -1;
}

/** KIND of an object; Python 2's way to write bools, INT, is looked into. */
export function kindOfObject(tape: Tape, object: number): number {
  const op = opAt(tape, object);
  if (op === OP.INT && isBoolLine(tape, object)) return KIND.BOOL;
  return kindOf(op);
}

/** Two characters that C's strtol() reads as 0 or 1: see readIntLine(). */
function isBoolLine(tape: Tape, object: number): boolean {
  const at = tape.offset[object] ?? 0;
  const [first = 0, last = 0, newline] = tape.bytes.subarray(at + 1, at + 4);
  if (newline !== 0x0a || (last !== 0x30 && last !== 0x31)) return false;
  return first === 0x2d ? last === 0x30 : '0+ \t\v\f\r'.includes(String.fromCharCode(first));
}

/** The bytes of an instruction's argument, without its count or newline. */
export function contentOf(tape: Pick<Tape, 'bytes' | 'offset'>, instruction: number): Uint8Array {
  const at = tape.offset[instruction] ?? 0;
  const end = instructionEnd(tape.bytes, at);
  const isLine = tape.bytes[end - 1] === 0x0a && isLineOp(tape.bytes[at] ?? 0);
  return tape.bytes.subarray(contentStart(tape.bytes, at), isLine ? end - 1 : end);
}

function isLineOp(op: number): boolean {
  return LINE_OPS.has(op);
}

const LINE_OPS: ReadonlySet<number> = new Set([
  OP.FLOAT,
  OP.INT,
  OP.LONG,
  OP.PERSID,
  OP.STRING,
  OP.UNICODE,
  OP.GLOBAL,
  OP.INST,
  OP.GET,
  OP.PUT,
]);

/** The memo index of a BINPUT, BINGET and their long forms. */
export function binaryIndex(bytes: Uint8Array, at: number): number {
  const op = bytes[at];
  return op === OP.BINPUT || op === OP.BINGET ? (bytes[at + 1] ?? 0) : uint32(bytes, at + 1);
}

export function extensionCode(bytes: Uint8Array, at: number): number {
  if (bytes[at] === OP.EXT1) return bytes[at + 1] ?? 0;
  return bytes[at] === OP.EXT2 ? uint16(bytes, at + 1) : int32(bytes, at + 1);
}

/** The slots that an instruction takes from the stack, in their order. */
export function operandsOf(tape: Tape, instruction: number): readonly number[] {
  const op = opAt(tape, instruction);
  const effect = effectOf(op);
  if (effect === EFFECT.MAKE || effect === EFFECT.FILL) return slotsBefore(tape, instruction, operandCount(op));
  const fromMark = effect === EFFECT.MAKE_FROM_MARK || effect === EFFECT.FILL_FROM_MARK || effect === EFFECT.POP_MARK;
  return fromMark ? slotsBefore(tape, instruction, Number.POSITIVE_INFINITY) : [];
}

function slotsBefore(tape: Tape, instruction: number, most: number): readonly number[] {
  const slots: number[] = [];
  let at = instruction - 1;
  while (slots.length < most && opAt(tape, at) !== OP.MARK) {
    if (objectIn(tape, at) >= 0) slots.push(at);
    at = (tape.begin[at] ?? 0) - 1;
  }
  return slots.reverse();
}

/** The MARK whose values an instruction takes. */
export function markOf(tape: Tape, instruction: number): number {
  let at = instruction - 1;
  while (opAt(tape, at) !== OP.MARK) at = (tape.begin[at] ?? 0) - 1;
  return at;
}

/** The instructions that put something into an object, in order: APPEND, SETITEMS, BUILD and so on. */
export function fillingsOf(tape: Tape, object: number): readonly number[] {
  const fillings: number[] = [];
  for (let at = tape.link[object] ?? 0; at !== 0; at = tape.link[at] ?? 0) fillings.push(at);
  return fillings;
}

export function isShared(tape: Tape, object: number): boolean {
  return ((tape.flags[object] ?? 0) & SHARED) !== 0;
}
