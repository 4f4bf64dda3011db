import { InspectorError } from '../../../errors.ts';
import type { Limits, NewValue } from '../../document.ts';
import { readFloat } from '../json/float-repr.ts';
import { scanTyped } from '../json/new-value.ts';
import * as json from '../json/scanner.ts';
import { floatOf, intOf, isFloat, isString, type JsonSource, keyOf, kindOf, stringOf, valuesOf } from '../json/source.ts';

/** Values as msgpack.dumps(value) of Python's msgpack 1.x writes them: the shortest form, 64-bit floats, str and bytes apart. */

const UTF8 = new TextEncoder();

/**
 * A typed value as bytes.
 * @throws InspectorError BadValue where the text is no such value, or msgpack cannot hold it
 */
export function writeNewValue(value: NewValue, limits: Limits): Uint8Array {
  switch (value.type) {
    case 'json':
      return writeJson(scanTyped(value.text, limits), 0);
    case 'NoneType':
      return Uint8Array.of(0xc0);
    case 'bool':
      return writeBool(value.text);
    case 'int':
      return writeIntText(value.text);
    case 'float':
      return writeFloatText(value.text);
    case 'str':
      return writeStr(value.text);
    case 'bytes':
      return writeBytes(value.text);
    case 'datetime':
    case 'date':
    case 'time':
    case 'Decimal':
    case 'UUID':
    case 'tuple':
      throw new InspectorError('BadValue', `can not serialize '${value.type}' object`, {
        hint:
          value.type === 'tuple'
            ? 'Use a list: MessagePack has no tuples.'
            : 'Use its text: MessagePack holds str, bytes, int, float, bool, None, lists and dicts.',
      });
    default:
      return value.type satisfies never;
  }
}

/** The head of a list or dict of `count` entries; `like` keeps the width that the head had, where it is wide enough. */
export function writeHead(kind: 'list' | 'dict', count: number, like?: number): Uint8Array {
  const [short, two] = kind === 'list' ? [0x90, 0xdc] : [0x80, 0xde];
  const wide = like === two + 1 ? 2 : like === two ? 1 : 0;
  if (count < 16 && wide === 0) return Uint8Array.of(short | count);
  if (count < 0x10000 && wide < 2) return numbered(two, 2, count);
  return numbered(two + 1, 4, count);
}

/** @throws InspectorError BadValue outside of 64 bits, signed or unsigned */
export function writeInt(value: bigint): Uint8Array {
  if (value >= 0n) {
    if (value < 0x80n) return Uint8Array.of(Number(value));
    if (value < 0x100n) return numbered(0xcc, 1, Number(value));
    if (value < 0x10000n) return numbered(0xcd, 2, Number(value));
    if (value < 0x100000000n) return numbered(0xce, 4, Number(value));
    if (value >= 1n << 64n) throw outOfRange();
    return wide(0xcf, (view) => view.setBigUint64(1, value));
  }
  if (value >= -32n) return Uint8Array.of(Number(value) & 0xff);
  if (value >= -0x80n) return numbered(0xd0, 1, Number(value));
  if (value >= -0x8000n) return numbered(0xd1, 2, Number(value));
  if (value >= -0x80000000n) return numbered(0xd2, 4, Number(value));
  if (value < -(1n << 63n)) throw outOfRange();
  return wide(0xd3, (view) => view.setBigInt64(1, value));
}

/** @throws InspectorError BadValue for lone surrogates, which UTF-8 cannot hold */
export function writeStr(text: string): Uint8Array {
  if (/\p{Surrogate}/u.test(text)) {
    throw new InspectorError('BadValue', 'A lone surrogate cannot be stored: MessagePack text is UTF-8', {
      hint: 'Python raises UnicodeEncodeError for it: surrogates not allowed.',
    });
  }
  const bytes = UTF8.encode(text);
  const head = bytes.length < 32 ? Uint8Array.of(0xa0 | bytes.length) : lengthHead(0xd9, bytes.length);
  return joined([head, bytes]);
}

function writeFloat(value: number): Uint8Array {
  return wide(0xcb, (view) => view.setFloat64(1, value));
}

function writeBool(text: string): Uint8Array {
  const word = text.trim().toLowerCase();
  if (word !== 'true' && word !== 'false') throw new InspectorError('BadValue', 'Not a bool', { hint: 'Enter True or False.' });
  return Uint8Array.of(word === 'true' ? 0xc3 : 0xc2);
}

function writeIntText(text: string): Uint8Array {
  const digits = text.trim().replace(/^\+/, '');
  if (!/^-?\d{1,20}$/.test(digits)) {
    if (/^-?\d+$/.test(digits)) throw outOfRange();
    throw new InspectorError('BadValue', 'Not an int', { hint: 'Enter decimal digits, with a minus sign if negative.' });
  }
  return writeInt(BigInt(digits));
}

function writeFloatText(text: string): Uint8Array {
  const value = readFloat(text);
  if (value === null)
    throw new InspectorError('BadValue', 'Not a float', { hint: 'Enter digits with a point or an exponent, or nan, inf, -inf.' });
  return writeFloat(value);
}

function writeBytes(base64: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0)
    throw new InspectorError('BadValue', 'Not base64', { hint: 'Enter the bytes as base64.' });
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  return joined([lengthHead(0xc4, bytes.length), bytes]);
}

function writeJson(source: JsonSource, node: number): Uint8Array {
  const kind = kindOf(source, node);
  if (kind === json.NULL) return Uint8Array.of(0xc0);
  if (kind === json.TRUE || kind === json.FALSE) return Uint8Array.of(kind === json.TRUE ? 0xc3 : 0xc2);
  if (kind === json.INT) return writeIntText(intOf(source, node));
  if (isFloat(kind)) return writeFloat(floatOf(source, node));
  if (isString(kind)) return writeStr(stringOf(source, node));
  const values = valuesOf(source, node);
  if (kind !== json.OBJECT) return joined([writeHead('list', values.length), ...values.map((value) => writeJson(source, value))]);
  // As in a Python dict, the last of equal keys counts, at the place of the first.
  const entries = new Map(values.map((value) => [stringOf(source, keyOf(value)), value]));
  const parts = [...entries].flatMap(([key, value]) => [writeStr(key), writeJson(source, value)]);
  return joined([writeHead('dict', entries.size), ...parts]);
}

function lengthHead(first: number, length: number): Uint8Array {
  if (length < 0x100) return numbered(first, 1, length);
  return length < 0x10000 ? numbered(first + 1, 2, length) : numbered(first + 2, 4, length);
}

function numbered(first: number, width: 1 | 2 | 4, value: number): Uint8Array {
  const bytes = new Uint8Array(1 + width);
  bytes[0] = first;
  for (let index = 0; index < width; index++) bytes[width - index] = (value >> (8 * index)) & 0xff;
  return bytes;
}

function wide(first: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = first;
  write(new DataView(bytes.buffer));
  return bytes;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function outOfRange(): InspectorError {
  return new InspectorError('BadValue', 'Integer value out of range: MessagePack holds 64 bits', {
    hint: 'Python raises OverflowError for it. Use a str, or a float if its digits may be rounded.',
  });
}
