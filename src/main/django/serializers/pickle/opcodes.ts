import { corrupt, unsupported } from './errors.ts';

// biome-ignore format: a table
/** The instructions of protocols 0 to 5, by their names in CPython's Lib/pickle.py (3.11). */
export const OP = {
  MARK: 0x28, STOP: 0x2e, POP: 0x30, POP_MARK: 0x31, DUP: 0x32,
  FLOAT: 0x46, INT: 0x49, BININT: 0x4a, BININT1: 0x4b, LONG: 0x4c, BININT2: 0x4d, NONE: 0x4e,
  PERSID: 0x50, BINPERSID: 0x51, REDUCE: 0x52, STRING: 0x53, BINSTRING: 0x54, SHORT_BINSTRING: 0x55, UNICODE: 0x56, BINUNICODE: 0x58,
  APPEND: 0x61, BUILD: 0x62, GLOBAL: 0x63, DICT: 0x64, EMPTY_DICT: 0x7d, APPENDS: 0x65, GET: 0x67, BINGET: 0x68, LONG_BINGET: 0x6a,
  INST: 0x69, LIST: 0x6c, EMPTY_LIST: 0x5d, OBJ: 0x6f, PUT: 0x70, BINPUT: 0x71, LONG_BINPUT: 0x72, SETITEM: 0x73, TUPLE: 0x74,
  EMPTY_TUPLE: 0x29, SETITEMS: 0x75, BINFLOAT: 0x47,
  PROTO: 0x80, NEWOBJ: 0x81, EXT1: 0x82, EXT2: 0x83, EXT4: 0x84, TUPLE1: 0x85, TUPLE2: 0x86, TUPLE3: 0x87, NEWTRUE: 0x88, NEWFALSE: 0x89,
  LONG1: 0x8a, LONG4: 0x8b, BINBYTES: 0x42, SHORT_BINBYTES: 0x43,
  SHORT_BINUNICODE: 0x8c, BINUNICODE8: 0x8d, BINBYTES8: 0x8e, EMPTY_SET: 0x8f, ADDITEMS: 0x90, FROZENSET: 0x91, NEWOBJ_EX: 0x92,
  STACK_GLOBAL: 0x93, MEMOIZE: 0x94, FRAME: 0x95, BYTEARRAY8: 0x96, NEXT_BUFFER: 0x97, READONLY_BUFFER: 0x98,
} as const;

/** What an instruction does to the stack. */
export const EFFECT = {
  /** pushes a value that its own bytes say */
  PUSH: 1,
  /** takes a fixed number of values and pushes one made of them */
  MAKE: 2,
  /** takes all values above the mark and pushes one made of them */
  MAKE_FROM_MARK: 3,
  /** takes a fixed number of values and puts them into the object below */
  FILL: 4,
  /** takes all values above the mark and puts them into the object below */
  FILL_FROM_MARK: 5,
  PUT: 6,
  GET: 7,
  MARK: 8,
  POP: 9,
  POP_MARK: 10,
  DUP: 11,
  STOP: 12,
  /** changes nothing that a reader of values sees */
  KEEP: 13,
  /** concerns the stream, not the stack */
  STREAM: 14,
} as const;

// biome-ignore format: a table
/** How the argument of an instruction is laid out. */
const FORM = { NONE: 1, BYTES1: 2, BYTES2: 3, BYTES4: 4, BYTES8: 5, LINE: 6, LINES: 7, COUNT1: 8, COUNT4: 9, SIGNED4: 10, COUNT8: 11 } as const;

// biome-ignore format: a table
/** What a value made by an instruction is. `CALL`, `NEW` and `INST` are inert: nothing is ever called. */
export const KIND = {
  NONE: 1, BOOL: 2, INT: 3, FLOAT: 4, STR: 5, STR2: 6, BYTES: 7, BYTEARRAY: 8, LIST: 9, TUPLE: 10, DICT: 11, SET: 12, FROZENSET: 13,
  GLOBAL: 14, CALL: 15, NEW: 16, INST: 17, PERSID: 18, EXTENSION: 19, BUFFER: 20,
} as const;

const names = new Array<string>(256);
const forms = new Uint8Array(256);
const effects = new Uint8Array(256);
const operandCounts = new Uint8Array(256);
const kinds = new Uint8Array(256);
const protocols = new Uint8Array(256);

type Row = readonly [name: keyof typeof OP, form: keyof typeof FORM, effect: keyof typeof EFFECT, detail?: Detail];
type Detail = Readonly<{ operands?: number; kind?: keyof typeof KIND }>;

// biome-ignore format: a table
/** The instructions by the protocol that brought them; Lib/pickletools.py says the same at length. */
const TABLE: readonly (readonly Row[])[] = [
  [
    ['MARK', 'NONE', 'MARK'], ['STOP', 'NONE', 'STOP'], ['POP', 'NONE', 'POP'], ['DUP', 'NONE', 'DUP'],
    ['FLOAT', 'LINE', 'PUSH', { kind: 'FLOAT' }], ['INT', 'LINE', 'PUSH', { kind: 'INT' }], ['LONG', 'LINE', 'PUSH', { kind: 'INT' }],
    ['NONE', 'NONE', 'PUSH', { kind: 'NONE' }], ['PERSID', 'LINE', 'PUSH', { kind: 'PERSID' }],
    ['REDUCE', 'NONE', 'MAKE', { operands: 2, kind: 'CALL' }], ['STRING', 'LINE', 'PUSH', { kind: 'STR2' }],
    ['UNICODE', 'LINE', 'PUSH', { kind: 'STR' }], ['APPEND', 'NONE', 'FILL', { operands: 1 }], ['BUILD', 'NONE', 'FILL', { operands: 1 }],
    ['GLOBAL', 'LINES', 'PUSH', { kind: 'GLOBAL' }], ['DICT', 'NONE', 'MAKE_FROM_MARK', { kind: 'DICT' }], ['GET', 'LINE', 'GET'],
    ['INST', 'LINES', 'MAKE_FROM_MARK', { kind: 'INST' }], ['LIST', 'NONE', 'MAKE_FROM_MARK', { kind: 'LIST' }], ['PUT', 'LINE', 'PUT'],
    ['SETITEM', 'NONE', 'FILL', { operands: 2 }], ['TUPLE', 'NONE', 'MAKE_FROM_MARK', { kind: 'TUPLE' }],
  ],
  [
    ['POP_MARK', 'NONE', 'POP_MARK'], ['BININT', 'BYTES4', 'PUSH', { kind: 'INT' }], ['BININT1', 'BYTES1', 'PUSH', { kind: 'INT' }],
    ['BININT2', 'BYTES2', 'PUSH', { kind: 'INT' }], ['BINPERSID', 'NONE', 'MAKE', { operands: 1, kind: 'PERSID' }],
    ['BINSTRING', 'SIGNED4', 'PUSH', { kind: 'STR2' }], ['SHORT_BINSTRING', 'COUNT1', 'PUSH', { kind: 'STR2' }],
    ['BINUNICODE', 'COUNT4', 'PUSH', { kind: 'STR' }], ['EMPTY_DICT', 'NONE', 'PUSH', { kind: 'DICT' }], ['APPENDS', 'NONE', 'FILL_FROM_MARK'],
    ['BINGET', 'BYTES1', 'GET'], ['LONG_BINGET', 'BYTES4', 'GET'], ['EMPTY_LIST', 'NONE', 'PUSH', { kind: 'LIST' }],
    ['OBJ', 'NONE', 'MAKE_FROM_MARK', { kind: 'INST' }], ['BINPUT', 'BYTES1', 'PUT'], ['LONG_BINPUT', 'BYTES4', 'PUT'],
    ['EMPTY_TUPLE', 'NONE', 'PUSH', { kind: 'TUPLE' }], ['SETITEMS', 'NONE', 'FILL_FROM_MARK'], ['BINFLOAT', 'BYTES8', 'PUSH', { kind: 'FLOAT' }],
  ],
  [
    ['PROTO', 'BYTES1', 'STREAM'], ['NEWOBJ', 'NONE', 'MAKE', { operands: 2, kind: 'NEW' }], ['EXT1', 'BYTES1', 'PUSH', { kind: 'EXTENSION' }],
    ['EXT2', 'BYTES2', 'PUSH', { kind: 'EXTENSION' }], ['EXT4', 'BYTES4', 'PUSH', { kind: 'EXTENSION' }],
    ['TUPLE1', 'NONE', 'MAKE', { operands: 1, kind: 'TUPLE' }], ['TUPLE2', 'NONE', 'MAKE', { operands: 2, kind: 'TUPLE' }],
    ['TUPLE3', 'NONE', 'MAKE', { operands: 3, kind: 'TUPLE' }], ['NEWTRUE', 'NONE', 'PUSH', { kind: 'BOOL' }],
    ['NEWFALSE', 'NONE', 'PUSH', { kind: 'BOOL' }], ['LONG1', 'COUNT1', 'PUSH', { kind: 'INT' }], ['LONG4', 'SIGNED4', 'PUSH', { kind: 'INT' }],
  ],
  [['BINBYTES', 'COUNT4', 'PUSH', { kind: 'BYTES' }], ['SHORT_BINBYTES', 'COUNT1', 'PUSH', { kind: 'BYTES' }]],
  [
    ['SHORT_BINUNICODE', 'COUNT1', 'PUSH', { kind: 'STR' }], ['BINUNICODE8', 'COUNT8', 'PUSH', { kind: 'STR' }],
    ['BINBYTES8', 'COUNT8', 'PUSH', { kind: 'BYTES' }], ['EMPTY_SET', 'NONE', 'PUSH', { kind: 'SET' }], ['ADDITEMS', 'NONE', 'FILL_FROM_MARK'],
    ['FROZENSET', 'NONE', 'MAKE_FROM_MARK', { kind: 'FROZENSET' }], ['NEWOBJ_EX', 'NONE', 'MAKE', { operands: 3, kind: 'NEW' }],
    ['STACK_GLOBAL', 'NONE', 'MAKE', { operands: 2, kind: 'GLOBAL' }], ['MEMOIZE', 'NONE', 'PUT'], ['FRAME', 'BYTES8', 'STREAM'],
  ],
  [
    ['BYTEARRAY8', 'COUNT8', 'PUSH', { kind: 'BYTEARRAY' }], ['NEXT_BUFFER', 'NONE', 'PUSH', { kind: 'BUFFER' }],
    ['READONLY_BUFFER', 'NONE', 'KEEP'],
  ],
];

for (const [protocol, rows] of TABLE.entries()) {
  for (const [name, form, effect, detail] of rows) {
    const op = OP[name];
    names[op] = name;
    forms[op] = FORM[form];
    effects[op] = EFFECT[effect];
    operandCounts[op] = detail?.operands ?? 0;
    kinds[op] = detail?.kind === undefined ? 0 : KIND[detail.kind];
    protocols[op] = protocol;
  }
}

export function opName(op: number): string {
  return names[op] ?? `0x${op.toString(16).padStart(2, '0')}`;
}

/** @returns one of EFFECT; 0 for a byte that is no instruction */
export function effectOf(op: number): number {
  return effects[op] ?? 0;
}

/** How many values MAKE and FILL instructions take. */
export function operandCount(op: number): number {
  return operandCounts[op] ?? 0;
}

/** @returns one of KIND; 0 where the instruction makes no value. INT says INT for Python 2's True and False too. */
export function kindOf(op: number): number {
  return kinds[op] ?? 0;
}

/** The lowest protocol that has this instruction. */
export function protocolOf(op: number): number {
  return protocols[op] ?? 0;
}

export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

export function int32(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) | (uint16(bytes, at + 2) << 16);
}

export function uint32(bytes: Uint8Array, at: number): number {
  return int32(bytes, at) >>> 0;
}

/** An 8-byte length; above 2^53 inexact, which only makes a length longer than any input. */
export function uint64(bytes: Uint8Array, at: number): number {
  return uint32(bytes, at) + uint32(bytes, at + 4) * 0x1_0000_0000;
}

/**
 * Where the argument's own content begins: after the instruction and, for counted ones, after the count. With
 * instructionEnd() it bounds the content.
 */
export function contentStart(bytes: Uint8Array, at: number): number {
  switch (forms[bytes[at] ?? 0]) {
    case FORM.COUNT1:
      return at + 2;
    case FORM.COUNT4:
    case FORM.SIGNED4:
      return at + 5;
    case FORM.COUNT8:
      return at + 9;
    default:
      return at + 1;
  }
}

/**
 * The offset after the instruction at `at`. Every length is compared with what is left before anything is read.
 * @throws InspectorError Corrupt where the bytes are no instruction or end within it, UnsupportedFormat for protocols above 5
 */
export function instructionEnd(bytes: Uint8Array, at: number): number {
  const end = unboundedEnd(bytes, at);
  if (end > bytes.length) throw corrupt(at, `${opName(bytes[at] ?? 0)} goes on beyond the last byte`);
  return end;
}

function unboundedEnd(bytes: Uint8Array, at: number): number {
  const op = bytes[at] ?? 0;
  const left = bytes.length - at;
  switch (forms[op]) {
    case FORM.NONE:
      return at + 1;
    case FORM.BYTES1:
      if (op === OP.PROTO && left > 1) checkProtocol(bytes[at + 1] ?? 0, at);
      return at + 2;
    case FORM.BYTES2:
      return at + 3;
    case FORM.BYTES4:
      return at + 5;
    case FORM.BYTES8:
      if (op === OP.FRAME && left >= 9 && uint64(bytes, at + 1) > left - 9) throw corrupt(at, 'FRAME is longer than what follows');
      return at + 9;
    case FORM.LINE:
      return lineEnd(bytes, at + 1, at);
    case FORM.LINES:
      return lineEnd(bytes, lineEnd(bytes, at + 1, at), at);
    case FORM.COUNT1:
      return left < 2 ? at + left + 1 : at + 2 + (bytes[at + 1] ?? 0);
    case FORM.COUNT4:
      return left < 5 ? at + left + 1 : at + 5 + uint32(bytes, at + 1);
    case FORM.SIGNED4:
      return signedEnd(bytes, at);
    case FORM.COUNT8:
      return left < 9 ? at + left + 1 : at + 9 + uint64(bytes, at + 1);
    default:
      throw corrupt(at, `no instruction begins with ${opName(op)}`);
  }
}

function signedEnd(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < 5) return bytes.length + 1;
  const count = int32(bytes, at + 1);
  if (count < 0) throw corrupt(at, `${opName(bytes[at] ?? 0)} has a negative length`);
  return at + 5 + count;
}

function lineEnd(bytes: Uint8Array, from: number, at: number): number {
  const newline = bytes.indexOf(0x0a, from);
  if (newline < 0) throw corrupt(at, `${opName(bytes[at] ?? 0)} has no end of line`);
  return newline + 1;
}

function checkProtocol(protocol: number, at: number): void {
  if (protocol > 5) throw unsupported(at, `protocol ${protocol}`);
}
