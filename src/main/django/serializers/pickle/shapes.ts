import { say } from '../../sentences.ts';
import { floatRepr } from '../json/float-repr.ts';
import { toBase64 } from './base64-text.ts';
import { type Call, callOf } from './call.ts';
import { contentsOf } from './contents.ts';
import { inertShape } from './inert.ts';
import { keyOfLeaf, keyOfParts } from './keys.ts';
import { knownShape } from './known.ts';
import { pythonName } from './names.ts';
import { KIND, OP } from './opcodes.ts';
import { leaf, type Shape } from './shape.ts';
import { extensionCode, kindOfObject, objectIn, opAt, operandsOf, type Tape } from './tape.ts';
import { asciiOf, boolOf, bytesOf, floatOf, intTextOf, strOf } from './values.ts';

/** Keys longer than this are compared by identity: their text could be as long as a bomb expands. */
const LONGEST_KEY = 10_000;

/** What the value in a slot means: one level of it. */
export function shapeOf(tape: Tape, slot: number): Shape {
  return shapeOfObject(tape, objectIn(tape, slot));
}

/** @param object the instruction that made it */
export function shapeOfObject(tape: Tape, object: number): Shape {
  switch (kindOfObject(tape, object)) {
    case KIND.NONE:
      return leaf('NoneType', 'None', null);
    case KIND.BOOL: {
      const value = boolOf(tape, object);
      return leaf('bool', value ? 'True' : 'False', value);
    }
    case KIND.INT:
      return intShape(intTextOf(tape, object));
    case KIND.FLOAT: {
      const text = floatRepr(floatOf(tape, object));
      return leaf('float', text, { $float: text });
    }
    case KIND.STR: {
      const text = strOf(tape, object);
      return leaf('str', text, text);
    }
    case KIND.STR2:
      return str2Shape(tape, object);
    case KIND.BYTES:
      return bytesShape('bytes', bytesOf(tape, object));
    case KIND.BYTEARRAY:
      return bytesShape('bytearray', bytesOf(tape, object));
    default:
      return containerShape(tape, object);
  }
}

function containerShape(tape: Tape, object: number): Shape {
  switch (kindOfObject(tape, object)) {
    case KIND.LIST:
      return { type: 'list', parts: contentsOf(tape, object).items, container: { kind: 'list', object } };
    case KIND.TUPLE:
      return { type: 'tuple', parts: operandsOf(tape, object), container: { kind: 'tuple', object } };
    case KIND.DICT: {
      const { keys, values } = contentsOf(tape, object);
      return dictShape(tape, 'dict', object, keys, values);
    }
    case KIND.SET:
      return { type: 'set', parts: distinct(tape, contentsOf(tape, object).members), container: { kind: 'set', object } };
    case KIND.FROZENSET: {
      const fixed = 'A frozenset cannot change; set the whole value';
      return { type: 'frozenset', parts: distinct(tape, operandsOf(tape, object)), container: { kind: 'set', object, fixed } };
    }
    case KIND.GLOBAL:
      return globalShape(tape, object);
    case KIND.PERSID:
      return persistentShape(tape, object);
    case KIND.EXTENSION: {
      const code = extensionCode(tape.bytes, tape.offset[object] ?? 0);
      return { type: 'extension', text: String(code), typed: null, notes: [say('note-registry')] };
    }
    case KIND.BUFFER:
      return { type: 'buffer', typed: null, notes: [say('note-buffer')] };
    default: {
      const call = callOf(tape, object);
      return knownShape(call, TOOLS) ?? inertShape(call);
    }
  }
}

/** What the recognisers of classes need from here. */
export const TOOLS = { dictShape, distinct, shapeOf, bytesShape, callIn } as const;
export type Tools = typeof TOOLS;

function callIn(tape: Tape, slot: number): Call {
  return callOf(tape, objectIn(tape, slot));
}

function intShape(text: string | null): Shape {
  if (text === null) return { type: 'int', typed: null, notes: [say('note-unshown-int')] };
  if (text.includes('x')) return { type: 'int', text, typed: null, notes: [say('note-hexadecimal')] };
  const small = text.length < 16 || (text.length < 18 && Number.isSafeInteger(Number(text)));
  return leaf('int', text, small ? Number(text) : { $int: text });
}

function str2Shape(tape: Tape, object: number): Shape {
  const ascii = asciiOf(tape, object);
  const text = toBase64(bytesOf(tape, object));
  if (ascii !== null) return { type: 'str2', text, typed: ascii, notes: [say('note-str2')] };
  return { type: 'str2', text, typed: null, notes: [say('note-str2-refused')] };
}

function bytesShape(type: 'bytes' | 'bytearray', bytes: Uint8Array): Shape {
  const text = toBase64(bytes);
  return leaf(type, text, type === 'bytes' ? { $bytes: text } : { $bytearray: text });
}

/** A dict as Python holds it: of equal keys the first one's place and key, and the last one's value. */
function dictShape(
  tape: Tape,
  type: 'dict' | 'OrderedDict' | 'defaultdict',
  object: number,
  keys: readonly number[],
  values: readonly number[],
): Shape {
  const places = new Map<string, number>();
  const shownKeys: number[] = [];
  const parts: number[] = [];
  for (const [index, key] of keys.entries()) {
    const identity = keyOf(tape, key);
    const place = places.get(identity);
    if (place !== undefined) parts[place] = values[index] ?? 0;
    else {
      places.set(identity, parts.length);
      shownKeys.push(key);
      parts.push(values[index] ?? 0);
    }
  }
  const repeated = keys.length - parts.length;
  const note = repeated === 0 ? {} : { notes: [say('note-repeated-keys', { count: repeated })] };
  return { type, parts, keys: shownKeys, container: { kind: 'dict', object }, ...note };
}

function distinct(tape: Tape, slots: readonly number[]): readonly number[] {
  const first = new Map<string, number>();
  for (const slot of slots) {
    const identity = keyOf(tape, slot);
    if (!first.has(identity)) first.set(identity, slot);
  }
  return [...first.values()];
}

/** What makes the value in a slot the same dict key as another. */
export function keyOf(tape: Tape, slot: number): string {
  return keyOfObject(tape, objectIn(tape, slot), { left: LONGEST_KEY });
}

function keyOfObject(tape: Tape, object: number, budget: { left: number }): string {
  const itself = `object:${object}`;
  budget.left -= 1;
  if (budget.left < 0) return itself;
  const kind = kindOfObject(tape, object);
  if (kind === KIND.STR) return `str:${strOf(tape, object)}`;
  if (kind === KIND.STR2) return `str:${strOf(tape, object)}`;
  if (kind === KIND.TUPLE || kind === KIND.FROZENSET) {
    const parts = operandsOf(tape, object).map((slot) => keyOfObject(tape, objectIn(tape, slot), budget));
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    budget.left -= size;
    return budget.left < 0 ? itself : keyOfParts(kind === KIND.TUPLE ? 'tuple' : 'frozenset', parts);
  }
  // Other calls are compared by identity: looking into them could take as long as a bomb expands.
  if (kind >= KIND.GLOBAL && !COMPARED.has(kind < KIND.CALL ? '' : (callOf(tape, object).path ?? ''))) return itself;
  const { type, text } = shapeOfObject(tape, object);
  return (text === undefined ? null : keyOfLeaf(type, text)) ?? itself;
}

const COMPARED: ReadonlySet<string> = new Set([
  '_codecs.encode',
  'builtins.bytes',
  'decimal.Decimal',
  'uuid.UUID',
  'datetime.datetime',
  'datetime.date',
  'datetime.time',
  'django.utils.safestring.SafeString',
  'django.utils.safestring.SafeText',
]);

const CONSTANTS: ReadonlyMap<string, string> = new Map([
  ['builtins.Ellipsis', 'builtins.ellipsis'],
  ['builtins.NotImplemented', 'builtins.NotImplementedType'],
]);

function globalShape(tape: Tape, object: number): Shape {
  const name = pythonName(tape, object);
  const constant = CONSTANTS.get(name);
  const typed = constant === undefined ? null : { $object: constant, state: null };
  const filled = contentsOf(tape, object);
  const changed = filled.states.length + filled.items.length + filled.keys.length + filled.members.length > 0;
  const note = changed ? { notes: [say('note-changed', { name })] } : {};
  return { type: 'global', text: name, class: name, typed: changed ? null : typed, repr: name, ...note };
}

function persistentShape(tape: Tape, object: number): Shape {
  const [id] = opAt(tape, object) === OP.BINPERSID ? operandsOf(tape, object) : [];
  const text = id === undefined ? strOf(tape, object) : shapeOf(tape, id).text;
  return {
    type: 'persistent id',
    typed: null,
    notes: [say('note-persistent-id')],
    ...(text === undefined ? {} : { text }),
    ...(id === undefined ? {} : { parts: [id], labels: ['id'] }),
  };
}
