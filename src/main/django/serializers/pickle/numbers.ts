import type { InspectorError } from '../../../errors.ts';
import { readFloat } from '../json/float-repr.ts';
import { corrupt, limit } from './errors.ts';

/** Python's limit for integers in decimal text (sys.int_info.default_max_str_digits, 3.11). */
export const MAX_DIGITS = 4300;
/** No number that Python wrote has a line as long as this; reading longer ones would take quadratic time. */
const MAX_NUMBER_LINE = 5000;
/** An integer of so many bytes may have more than MAX_DIGITS digits. */
const MAX_DECIMAL_BYTES = 1785;

/** Python's int(text, 0): a sign, a base prefix, underscores between digits, white space around. */
const PYTHON_INT = /^\s*([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?[0-9])*)\s*$/;
/** What C's strtol(text, 0) reads and Python's int does not. */
const C_OCTAL = /^[ \t\v\f\r]*([+-]?)0([0-7]+)$/;

/**
 * An INT line: decimal digits, or a bool where Python 2 wrote `01` and `00`. CPython Modules/_pickle.c load_int(), 3.11.
 * @param at offset of the instruction, for the message
 */
export function readIntLine(text: string, at: number): string | boolean {
  const octal = text.length < 25 ? C_OCTAL.exec(text) : null;
  const value = octal === null ? readInt(text, at) : signed(octal[1], BigInt(`0o${octal[2]}`));
  // The C code takes any two characters that read as 0 or 1 for a bool.
  return text.length === 2 && (value === '0' || value === '1') ? value === '1' : value;
}

/** A LONG line: decimal digits with an optional L. CPython Modules/_pickle.c load_long(), 3.11. */
export function readLongLine(text: string, at: number): string {
  return readInt(text.endsWith('L') ? text.slice(0, -1) : text, at);
}

function readInt(text: string, at: number): string {
  if (text.length > MAX_NUMBER_LINE) throw tooLong(at);
  // C reads up to a NUL byte and calls that the whole text.
  const [line = ''] = text.split('\0', 1);
  if (/^-?[1-9]\d*$/.test(line) && line.length <= MAX_DIGITS) return line;
  const [, sign, digits = ''] = PYTHON_INT.exec(line) ?? [];
  if (digits === '') throw corrupt(at, 'an integer that Python does not read');
  const plain = digits.replaceAll('_', '');
  if (plain.length > MAX_DIGITS && !/^0[xXoObB]/.test(plain))
    throw corrupt(at, `an integer of more than ${MAX_DIGITS} digits, which Python refuses`);
  return signed(sign, BigInt(plain));
}

function signed(sign: string | undefined, size: bigint): string {
  return (sign === '-' ? -size : size).toString();
}

function tooLong(at: number): InspectorError {
  return limit(`at byte ${at}, a number in text is longer than ${MAX_NUMBER_LINE} characters`);
}

/** A FLOAT line. CPython Modules/_pickle.c load_float(), 3.11: no white space, no overflow. */
export function readFloatLine(text: string, at: number): number {
  if (text.length > MAX_NUMBER_LINE) throw tooLong(at);
  const value = text === text.trim() ? readFloat(text) : null;
  if (value === null) throw corrupt(at, 'a float that Python does not read');
  if (!Number.isFinite(value) && /\d/.test(text)) throw corrupt(at, 'a float too large for Python');
  return value;
}

/** Little-endian two's complement. Lib/pickle.py decode_long(). */
export function decodeLong(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const hex = Buffer.from(bytes).reverse().toString('hex');
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}

/** The shortest little-endian two's complement, as the C pickler writes it. Modules/_pickle.c save_long(), 3.11. */
export function encodeLong(value: bigint): Uint8Array {
  const size = value < 0n ? -value - 1n : value;
  // One bit more than the number needs, for the sign.
  const length = size === 0n ? 1 : Math.floor(size.toString(2).length / 8) + 1;
  const hex = BigInt.asUintN(length * 8, value)
    .toString(16)
    .padStart(length * 2, '0');
  return Uint8Array.from({ length }, (_, index) => Number.parseInt(hex.slice((length - 1 - index) * 2, (length - index) * 2), 16));
}

/** Decimal digits, or null where there are more than Python itself would print: their conversion takes quadratic time. */
export function decimalOf(bytes: Uint8Array): string | null {
  return bytes.length > MAX_DECIMAL_BYTES ? null : decodeLong(bytes).toString();
}

export function float64(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 8).getFloat64(0);
}
