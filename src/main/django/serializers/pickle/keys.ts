import type { ValueType } from '../../document.ts';
import { floatRepr, readFloat } from '../json/float-repr.ts';

/** A Decimal with a larger exponent than this is not written out to be compared with an int. */
const LARGEST_EXPONENT = 400;

/**
 * What makes two leaves the same dict key in Python: 1, True, 1.0 and Decimal(1) are one key, "1" is another.
 * @param text as ValueNode.text
 * @returns null where a value equals nothing but itself, as NaN does
 */
export function keyOfLeaf(type: ValueType, text: string): string | null {
  switch (type) {
    case 'bool':
      return text === 'True' ? 'int:1' : 'int:0';
    case 'int':
      return `int:${text}`;
    case 'float':
      return floatKey(readFloat(text) ?? Number.NaN);
    case 'Decimal':
      return decimalKey(text);
    default:
      return `${type}:${text}`;
  }
}

function floatKey(value: number): string | null {
  if (Number.isNaN(value)) return null;
  return Number.isInteger(value) ? `int:${BigInt(value)}` : `float:${floatRepr(value)}`;
}

function decimalKey(text: string): string | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return /nan/i.test(text) ? null : floatKey(/^-/.test(text) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 'int:0';
  const significant = digits.replace(/0+$/, '');
  const scale = Number(exponent) - fraction.length + digits.length - significant.length;
  const minus = sign === '-' ? '-' : '';
  const isSmallInteger = scale >= 0 && scale <= LARGEST_EXPONENT;
  return isSmallInteger ? `int:${minus}${significant}${'0'.repeat(scale)}` : `decimal:${minus}${significant}e${scale}`;
}

/** The key of a tuple or frozenset of such keys; the lengths keep ("a", "b") and ("a,b",) apart. */
export function keyOfParts(type: 'tuple' | 'frozenset', parts: readonly string[]): string {
  const ordered = type === 'tuple' ? parts : [...parts].sort();
  return `${type}(${ordered.map((part) => `${part.length}:${part}`).join()})`;
}
