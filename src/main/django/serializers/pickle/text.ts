import { corrupt } from './errors.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Text as Python decodes it with `surrogatepass`: UTF-8 in which lone surrogates may stand.
 * The bytes were checked by checkUtf8() before.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return decodeWithSurrogates(bytes);
  }
}

function decodeWithSurrogates(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    let code = size === 1 ? lead : lead & (0xff >> (size + 1));
    for (let index = 1; index < size; index += 1) code = (code << 6) | ((bytes[at + index] ?? 0) & 0x3f);
    length = putCode(units, length, code);
    at += size;
  }
  return textOf(units.subarray(0, length));
}

/** Writes a code point as one or two UTF-16 units. @returns the length then */
function putCode(units: Uint16Array, length: number, code: number): number {
  if (code < 0x10000) {
    units[length] = code;
    return length + 1;
  }
  units[length] = 0xd800 + ((code - 0x10000) >> 10);
  units[length + 1] = 0xdc00 + (code & 0x3ff);
  return length + 2;
}

function textOf(units: Uint16Array): string {
  return Buffer.from(units.buffer, units.byteOffset, units.byteLength).toString('utf16le');
}

/**
 * @param at offset of the instruction, for the message
 * @throws InspectorError Corrupt where Python's UTF-8 decoder with `surrogatepass` would refuse
 */
export function checkUtf8(bytes: Uint8Array, from: number, to: number, at: number): void {
  let next = from;
  while (next < to) {
    const lead = bytes[next] ?? 0;
    next += lead < 0x80 ? 1 : sequenceLength(bytes, next, to, at);
  }
}

function sequenceLength(bytes: Uint8Array, from: number, to: number, at: number): number {
  const lead = bytes[from] ?? 0;
  const length = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  const second = bytes[from + 1] ?? 0;
  // Overlong forms and what lies above U+10FFFF; surrogates (ed a0..bf) are let through.
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xf4 ? 0x8f : 0xbf;
  let good = length > 0 && from + length <= to && second >= lowest && second <= highest;
  for (let index = 2; good && index < length; index += 1) good = ((bytes[from + index] ?? 0) & 0xc0) === 0x80;
  if (!good) throw corrupt(at, 'the text is not UTF-8');
  return length;
}

/** UTF-8 as Python writes it with `surrogatepass`: a lone surrogate becomes three bytes instead of U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  if (!/[\ud800-\udfff]/u.test(text)) return new TextEncoder().encode(text);
  const parts = text.split(/([\ud800-\udfff])/u).map((part, index) => (index % 2 === 0 ? new TextEncoder().encode(part) : surrogate(part)));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function surrogate(part: string): Uint8Array {
  const code = part.charCodeAt(0);
  return Uint8Array.of(0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}

/** One byte, one character. */
export function decodeLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The bytes of a text of code points up to U+00FF, or null where one lies above. */
export function encodeLatin1(text: string): Uint8Array | null {
  const out = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0xff) return null;
    out[index] = code;
  }
  return out;
}

/**
 * The text of a protocol 0 UNICODE line. CPython Objects/unicodeobject.c _PyUnicode_DecodeRawUnicodeEscapeStateful(), 3.11.
 * @param at offset of the instruction, for the message
 */
export function decodeRawUnicodeEscape(line: Uint8Array, at: number): string {
  const units = new Uint16Array(line.length);
  let length = 0;
  for (let index = 0; index < line.length; ) {
    const next = line[index] === BACKSLASH ? line[index + 1] : undefined;
    const digits = next === 0x75 ? 4 : next === 0x55 ? 8 : 0;
    if (digits > 0) {
      const code = hexAt(line, index + 2, digits);
      if (code < 0 || code > 0x10ffff) throw corrupt(at, 'a broken \\u escape');
      length = putCode(units, length, code);
      index += 2 + digits;
    } else {
      // A backslash before anything else stands for itself, and takes what follows with it.
      const end = Math.min(line.length, index + (next === undefined ? 1 : 2));
      for (; index < end; index += 1) length = putCode(units, length, line[index] ?? 0);
    }
  }
  return textOf(units.subarray(0, length));
}

const BACKSLASH = 0x5c;

/** A number of so many hexadecimal digits, or -1. */
function hexAt(bytes: Uint8Array, from: number, digits: number): number {
  let value = 0;
  for (let index = from; index < from + digits; index += 1) {
    const digit = HEX.indexOf(String.fromCharCode(bytes[index] ?? 0).toLowerCase());
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

const HEX = '0123456789abcdef';

/** A protocol 0 UNICODE line as CPython's C pickler writes it. Modules/_pickle.c raw_unicode_escape(), 3.11. */
export function encodeRawUnicodeEscape(text: string): Uint8Array {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x10000) out += `\\U${code.toString(16).padStart(8, '0')}`;
    else if (code >= 0x100 || '\\\0\n\r\x1a'.includes(character)) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += character;
  }
  return encodeLatin1(out) ?? new Uint8Array();
}

/** The character after a backslash, and the byte that both stand for. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }).map(
    ([key, value]) => [key.charCodeAt(0), value.charCodeAt(0)],
  ),
);

/**
 * The bytes of a protocol 0 STRING line. CPython Modules/_pickle.c load_string() and Objects/bytesobject.c
 * _PyBytes_DecodeEscape(), 3.11.
 * @param at offset of the instruction, for the message
 */
export function decodeStringLine(line: Uint8Array, at: number): Uint8Array {
  const quote = line[0];
  if (line.length < 2 || quote !== line[line.length - 1] || (quote !== 0x27 && quote !== 0x22)) throw corrupt(at, 'STRING is not quoted');
  const source = line.subarray(1, -1);
  if (!source.includes(BACKSLASH)) return source;
  const out = new Uint8Array(source.length);
  let length = 0;
  for (let index = 0; index < source.length; ) {
    const { value, size } = source[index] === BACKSLASH ? escapeAt(source, index, at) : { value: source[index] ?? 0, size: 1 };
    out[length] = value;
    length += 1;
    index += size;
  }
  return out.subarray(0, length);
}

function escapeAt(source: Uint8Array, index: number, at: number): Readonly<{ value: number; size: number }> {
  const next = source[index + 1];
  if (next === undefined) throw corrupt(at, 'STRING ends in a backslash');
  const known = ESCAPES.get(next);
  if (known !== undefined) return { value: known, size: 2 };
  if (next === 0x78) {
    const value = hexAt(source, index + 2, 2);
    if (value < 0) throw corrupt(at, 'STRING has a broken \\x escape');
    return { value, size: 4 };
  }
  let size = 1;
  let value = 0;
  for (; size < 4 && isOctal(source[index + size]); size += 1) value = value * 8 + (source[index + size] ?? 0) - 0x30;
  // A backslash before anything else stands for itself.
  return size > 1 ? { value: value & 0xff, size } : { value: BACKSLASH, size: 1 };
}

function isOctal(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x37;
}
