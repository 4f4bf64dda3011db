import type { Limits, NewValue } from '../../document.ts';
import { floatRepr, readFloat } from '../json/float-repr.ts';
import { scanTyped } from '../json/new-value.ts';
import { typedOf } from '../json/typed.ts';
import { fromBase64, toBase64 } from './base64-text.ts';
import { decimalText } from './decimal-text.ts';
import { badValue } from './errors.ts';
import { MAX_DIGITS } from './numbers.ts';

/**
 * A value typed by a person in the fixtures' typed notation, from which it is written.
 * @throws InspectorError BadValue, LimitExceeded
 */
export function typedFromNew(value: NewValue, limits: Limits): unknown {
  const { type, text } = value;
  switch (type) {
    case 'json':
      return typedOf(scanTyped(text, limits));
    case 'tuple':
      return tuple(typedOf(scanTyped(text, limits)));
    case 'NoneType':
      return null;
    case 'bool':
      return bool(text);
    case 'int':
      return int(text);
    case 'float':
      return float(text);
    case 'str':
      return text;
    case 'bytes':
      return { $bytes: base64(text) };
    case 'datetime':
      return { $datetime: text, tz: null };
    case 'date':
      return { $date: text };
    case 'time':
      return { $time: text };
    case 'Decimal':
      return decimal(text);
    case 'UUID':
      return { $uuid: text };
    default:
      return type satisfies never;
  }
}

function tuple(items: unknown): unknown {
  if (!Array.isArray(items)) throw badValue('Not a tuple', 'Enter its items as JSON: ["a", 1].');
  return { $tuple: items };
}

function bool(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw badValue('Not a bool', 'Enter True or False.');
}

function int(text: string): unknown {
  const digits = text.trim().replace(/^\+/, '');
  if (!/^-?\d+$/.test(digits)) throw badValue('Not an int', 'Enter decimal digits, with a minus sign if negative.');
  if (digits.length > MAX_DIGITS)
    throw badValue(`An int of more than ${MAX_DIGITS} digits`, 'Python refuses to print it. Enter a smaller one.');
  return { $int: BigInt(digits).toString() };
}

function float(text: string): unknown {
  const value = readFloat(text);
  if (value === null) throw badValue('Not a float', 'Enter digits with a point or an exponent, or nan, inf, -inf.');
  return { $float: floatRepr(value) };
}

function base64(text: string): string {
  const digits = text.replaceAll(/\s/g, '');
  if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits))
    throw badValue('Not base64', 'Enter the bytes as base64, with padding.');
  return toBase64(fromBase64(digits));
}

function decimal(text: string): unknown {
  const canonical = decimalText(text.trim());
  if (canonical === null) throw badValue('Not a Decimal', 'Enter digits with a point or an exponent, or NaN, Infinity.');
  return { $decimal: canonical };
}
