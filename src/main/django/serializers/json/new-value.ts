import { InspectorError } from '../../../errors.ts';
import type { Limits, NewValue } from '../../document.ts';
import { readFloat } from './float-repr.ts';
import { INT, STRIDE, scanJson } from './scanner.ts';
import { isRefusedInt, type JsonSource, MAX_INT_DIGITS } from './source.ts';
import { type Separators, writeFloat, writeNode, writeString } from './write.ts';

/**
 * A typed value as json.dumps() would write it.
 * @throws InspectorError BadValue where the text is no such value, or JSON cannot hold it
 */
export function writeNewValue(value: NewValue, separators: Separators, limits: Limits): string {
  switch (value.type) {
    case 'json':
      return writeNode(scanTyped(value.text, limits), 0, separators);
    case 'NoneType':
      return 'null';
    case 'bool':
      return writeBool(value.text);
    case 'int':
      return writeInt(value.text);
    case 'float':
      return writeTypedFloat(value.text);
    case 'str':
      return writeString(value.text);
    case 'bytes':
    case 'datetime':
    case 'date':
    case 'time':
    case 'Decimal':
    case 'UUID':
    case 'tuple':
      throw new InspectorError('BadValue', `Object of type ${value.type} is not JSON serializable`, {
        hint:
          value.type === 'tuple'
            ? 'Use a list: JSON has no tuples.'
            : 'Use its text: JSON holds str, int, float, bool, None, lists and dicts.',
      });
    default:
      return value.type satisfies never;
  }
}

/**
 * A typed key as json.dumps() turns it into text.
 * @throws InspectorError BadValue for what Python refuses as a JSON key
 */
export function writeNewKey(key: NewValue): string {
  switch (key.type) {
    case 'str':
      return key.text;
    case 'NoneType':
      return 'null';
    case 'bool':
      return writeBool(key.text);
    case 'int':
      return writeInt(key.text);
    case 'float':
      return writeTypedFloat(key.text);
    default:
      throw new InspectorError('BadValue', `Keys must be str, int, float, bool or None, not ${key.type}`);
  }
}

/**
 * JSON text typed by a person, scanned. @throws InspectorError BadValue with the place where it is not JSON, LimitExceeded
 */
export function scanTyped(text: string, limits: Limits): JsonSource {
  const source = { text, nodes: scanText(text, limits) };
  for (let node = 0; node < source.nodes.length; node += STRIDE) {
    if (source.nodes[node] === INT && isRefusedInt(source, node)) throw tooManyDigits();
  }
  return source;
}

function scanText(text: string, limits: Limits): JsonSource['nodes'] {
  try {
    return scanJson(text, limits);
  } catch (error) {
    if (!(error instanceof InspectorError) || error.code !== 'Corrupt') throw error;
    throw new InspectorError('BadValue', withLine(error.message, text), {
      hint: 'Nothing was changed. Correct the text at that place.',
      cause: error,
    });
  }
}

/** "at character 12" as "at line 2, column 3": a person looks at lines. */
function withLine(message: string, text: string): string {
  return message.replace(/at character (\d+)$/, (_, digits: string) => {
    const before = text.slice(0, Number(digits)).split('\n');
    return `at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
  });
}

function writeBool(text: string): string {
  const word = text.trim().toLowerCase();
  if (word === 'true' || word === 'false') return word;
  throw new InspectorError('BadValue', 'Not a bool', { hint: 'Enter True or False.' });
}

function writeInt(text: string): string {
  const digits = text.trim().replace(/^\+/, '');
  if (!/^-?(0|[1-9]\d*)$/.test(digits))
    throw new InspectorError('BadValue', 'Not an int', { hint: 'Enter decimal digits, with a minus sign if negative.' });
  if (digits.replace('-', '').length > MAX_INT_DIGITS) throw tooManyDigits();
  return digits === '-0' ? '0' : digits;
}

function writeTypedFloat(text: string): string {
  const value = readFloat(text);
  if (value === null)
    throw new InspectorError('BadValue', 'Not a float', { hint: 'Enter digits with a point or an exponent, or nan, inf, -inf.' });
  return writeFloat(value);
}

function tooManyDigits(): InspectorError {
  return new InspectorError('BadValue', `An int of more than ${MAX_INT_DIGITS} digits`, {
    hint: 'Python refuses to read it, and the whole session with it.',
  });
}
