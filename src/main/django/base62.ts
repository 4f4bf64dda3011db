import { InspectorError } from '../errors.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^8 < 2^53: this many digits are exact as a number. */
const SAFE_DIGITS = 8;

/** Whole seconds since the epoch: a number where that is exact, else a bigint (Django takes timestamps of any length). */
export type Timestamp = number | bigint;

/** django/core/signing.py b62_encode() (before 4.0: utils/baseconv.py). @param value an integer */
export function b62encode(value: Timestamp): string {
  let rest = BigInt(value);
  if (rest === 0n) return '0';
  const sign = rest < 0n ? '-' : '';
  if (rest < 0n) rest = -rest;
  let digits = '';
  while (rest > 0n) {
    digits = ALPHABET.charAt(Number(rest % 62n)) + digits;
    rest /= 62n;
  }
  return sign + digits;
}

/**
 * django/core/signing.py b62_decode(), all versions: leading zeros and any length are accepted, "-" alone is 0.
 * @param limit most digits read; longer text is refused because reading it takes quadratic time
 * @throws InspectorError Corrupt where Python raises IndexError (empty) or ValueError (foreign digit)
 */
export function b62decode(text: string, limit = 1000): Timestamp {
  if (text === '')
    throw new InspectorError('Corrupt', 'The timestamp is empty', { hint: 'The value lost a part between its last colons.' });
  const negative = text.startsWith('-');
  const digits = negative ? text.slice(1) : text;
  if (digits.length > limit) throw new InspectorError('LimitExceeded', `The timestamp has more than ${limit} digits`);
  return digits.length <= SAFE_DIGITS ? decodeSmall(digits, negative) : decodeLarge(digits, negative);
}

function decodeSmall(digits: string, negative: boolean): number {
  let value = 0;
  for (let index = 0; index < digits.length; index += 1) value = value * 62 + digitAt(digits, index);
  // -0 would print as 0 but compare oddly
  return negative && value !== 0 ? -value : value;
}

function decodeLarge(digits: string, negative: boolean): Timestamp {
  let value = 0n;
  for (let index = 0; index < digits.length; index += 1) value = value * 62n + BigInt(digitAt(digits, index));
  const signed = negative ? -value : value;
  return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(signed) : signed;
}

function digitAt(digits: string, index: number): number {
  const code = digits.charCodeAt(index);
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 90) return code - 55;
  if (code >= 97 && code <= 122) return code - 61;
  throw new InspectorError('Corrupt', 'The timestamp holds a character that is no base62 digit', {
    hint: 'A timestamp consists of 0-9, A-Z and a-z; the value was changed or is not from Django.',
  });
}
