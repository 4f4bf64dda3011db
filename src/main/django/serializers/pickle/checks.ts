import { corrupt } from './errors.ts';
import { readFloatLine, readIntLine, readLongLine } from './numbers.ts';
import { contentStart, instructionEnd, KIND, kindOf, OP, opName } from './opcodes.ts';
import { contentOf, extensionCode, opAt, type Tape, UNHASHABLE } from './tape.ts';
import { checkUtf8, decodeLatin1, decodeRawUnicodeEscape, decodeStringLine } from './text.ts';

/** The slots an instruction takes: a part of the stack, so that none is copied. */
export type Operands = Readonly<{ slots: Int32Array; from: number; to: number }>;

type Parts = Pick<Tape, 'bytes' | 'offset' | 'value' | 'flags'>;

/**
 * Refuses what CPython's unpickler would refuse when it makes this value, as far as that can be said without running it.
 * @throws InspectorError Corrupt
 */
export function checkCreation(tape: Parts, index: number, operands: Operands): void {
  const op = opAt(tape, index);
  const at = tape.offset[index] ?? 0;
  switch (op) {
    case OP.REDUCE:
    case OP.NEWOBJ:
    case OP.NEWOBJ_EX:
      checkCall(tape, op, at, operands);
      break;
    case OP.STACK_GLOBAL:
      if (!isText(tape, operands, 0) || !isText(tape, operands, 1)) throw corrupt(at, 'STACK_GLOBAL takes two texts');
      return;
    case OP.DICT:
      if ((operands.to - operands.from) % 2 !== 0) throw corrupt(at, 'DICT has a key without a value');
      checkHashable(tape, at, operands, 2);
      break;
    case OP.FROZENSET:
      checkHashable(tape, at, operands, 1);
      break;
    case OP.OBJ:
      if (operands.to === operands.from) throw corrupt(at, 'OBJ has no class');
      return;
    default:
      checkLeaf(tape, op, index, at);
  }
}

function checkLeaf(tape: Parts, op: number, index: number, at: number): void {
  switch (op) {
    case OP.SHORT_BINUNICODE:
    case OP.BINUNICODE:
    case OP.BINUNICODE8:
      checkUtf8(tape.bytes, contentStart(tape.bytes, at), instructionEnd(tape.bytes, at), at);
      break;
    case OP.INT:
      return void readIntLine(decodeLatin1(contentOf(tape, index)), at);
    case OP.LONG:
      return void readLongLine(decodeLatin1(contentOf(tape, index)), at);
    case OP.FLOAT:
      return void readFloatLine(decodeLatin1(contentOf(tape, index)), at);
    case OP.STRING:
      return void decodeStringLine(contentOf(tape, index), at);
    case OP.UNICODE:
      return void decodeRawUnicodeEscape(contentOf(tape, index), at);
    case OP.PERSID:
      if (contentOf(tape, index).some((byte) => byte > 0x7f)) throw corrupt(at, 'PERSID is not ASCII');
      return;
    case OP.GLOBAL:
    case OP.INST:
      checkNames(tape, index, at);
      break;
    case OP.EXT1:
    case OP.EXT2:
    case OP.EXT4:
      if (extensionCode(tape.bytes, at) <= 0) throw corrupt(at, `${opName(op)} has a code below 1`);
      return;
    default:
      return;
  }
}

function checkNames(tape: Parts, index: number, at: number): void {
  const lines = contentOf(tape, index);
  const newline = lines.indexOf(0x0a);
  if (newline <= 0 || newline === lines.length - 1) throw corrupt(at, 'a module or a name is empty');
  checkUtf8(lines, 0, lines.length, at);
}

function checkCall(tape: Parts, op: number, at: number, operands: Operands): void {
  if (!isOpaque(kindAt(tape, operands, 0))) throw corrupt(at, `${opName(op)} calls what is no function or class`);
  const args = kindAt(tape, operands, 1);
  if (args !== KIND.TUPLE && !isOpaque(args)) throw corrupt(at, `${opName(op)} takes its arguments in a tuple`);
  const kwargs = op === OP.NEWOBJ_EX ? kindAt(tape, operands, 2) : KIND.DICT;
  if (kwargs !== KIND.DICT && !isOpaque(kwargs)) throw corrupt(at, 'NEWOBJ_EX takes its keyword arguments in a dict');
}

/**
 * Refuses to put values where CPython could not.
 * @param object the object they are put into
 * @throws InspectorError Corrupt
 */
export function checkFilling(tape: Parts, index: number, object: number, operands: Operands): void {
  const op = opAt(tape, index);
  const at = tape.offset[index] ?? 0;
  const kind = kindOf(opAt(tape, object));
  if (isOpaque(kind)) {
    if (op === OP.SETITEMS) checkPairs(at, operands);
    return;
  }
  if (op === OP.BUILD && kindAt(tape, operands, 0) === KIND.NONE) return;
  const fits = FITS.get(op);
  if (fits !== kind) throw corrupt(at, `${opName(op)} acts on a value that cannot take it`);
  if (op === OP.SETITEMS) checkPairs(at, operands);
  if (kind === KIND.DICT) checkHashable(tape, at, operands, 2);
  if (kind === KIND.SET) checkHashable(tape, at, operands, 1);
}

const FITS: ReadonlyMap<number, number> = new Map([
  [OP.APPEND, KIND.LIST],
  [OP.APPENDS, KIND.LIST],
  [OP.SETITEM, KIND.DICT],
  [OP.SETITEMS, KIND.DICT],
  [OP.ADDITEMS, KIND.SET],
]);

function checkPairs(at: number, operands: Operands): void {
  if ((operands.to - operands.from) % 2 !== 0) throw corrupt(at, 'SETITEMS has a key without a value');
}

function checkHashable(tape: Parts, at: number, operands: Operands, stride: number): void {
  for (let index = operands.from; index < operands.to; index += stride) {
    const object = tape.value[operands.slots[index] ?? 0] ?? 0;
    if (((tape.flags[object] ?? 0) & UNHASHABLE) !== 0) throw corrupt(at, 'a key or set item is unhashable');
  }
}

/** True where Python cannot use the new value as a key: lists, dicts, sets, bytearrays, and tuples that hold one. */
export function isUnhashable(tape: Parts, index: number, operands: Operands): boolean {
  const kind = kindOf(opAt(tape, index));
  if (kind === KIND.LIST || kind === KIND.DICT || kind === KIND.SET || kind === KIND.BYTEARRAY) return true;
  if (kind !== KIND.TUPLE) return false;
  for (let at = operands.from; at < operands.to; at += 1) {
    if (((tape.flags[tape.value[operands.slots[at] ?? 0] ?? 0] ?? 0) & UNHASHABLE) !== 0) return true;
  }
  return false;
}

/** True for values that only running the stream could say more about. */
export function isOpaque(kind: number): boolean {
  return kind >= KIND.GLOBAL;
}

function kindAt(tape: Parts, operands: Operands, position: number): number {
  return kindOf(opAt(tape, tape.value[operands.slots[operands.from + position] ?? 0] ?? 0));
}

function isText(tape: Parts, operands: Operands, position: number): boolean {
  const kind = kindAt(tape, operands, position);
  return kind === KIND.STR || kind === KIND.STR2;
}
