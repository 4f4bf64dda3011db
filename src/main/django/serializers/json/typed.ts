import { InspectorError } from '../../../errors.ts';
import { floatRepr, readFloat } from './float-repr.ts';
import { FALSE, INT, NULL, OBJECT, TRUE } from './scanner.ts';
import { floatOf, intOf, isFloat, isString, type JsonSource, keyOf, kindOf, MAX_INT_DIGITS, stringOf, valuesOf } from './source.ts';
import { type Separators, writeFloat, writeString } from './write.ts';

/**
 * A value in the fixtures' typed-JSON notation: what Python holds after json.loads(). Of duplicate keys the last value
 * counts, at the place of the first, as in a Python dict.
 */
export function typedOf(source: JsonSource, node = 0): unknown {
  const kind = kindOf(source, node);
  if (kind === NULL) return null;
  if (kind === TRUE || kind === FALSE) return kind === TRUE;
  if (kind === INT) return typedInt(intOf(source, node));
  if (isFloat(kind)) return { $float: floatRepr(floatOf(source, node)) };
  if (isString(kind)) return stringOf(source, node);
  const values = valuesOf(source, node);
  if (kind !== OBJECT) return values.map((value) => typedOf(source, value));
  const entries = new Map<string, unknown>();
  for (const value of values) entries.set(stringOf(source, keyOf(value)), typedOf(source, value));
  return { $dict: [...entries] };
}

function typedInt(digits: string): unknown {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : { $int: digits };
}

/** One `$` object of the notation. */
type Tagged = Readonly<{ tag: string; value: unknown }>;

/**
 * The JSON text that Django's JSONSerializer writes for a value in the typed notation.
 * django/core/signing.py JSONSerializer.dumps(), all versions: json.dumps() of the value.
 * @throws InspectorError BadValue with Python's own message where json.dumps() raises TypeError or ValueError
 */
export function jsonFromTyped(typed: unknown, separators: Separators, depth = 1000): string {
  if (depth < 0) throw new InspectorError('LimitExceeded', 'The value is nested too deeply');
  if (typed === null) return 'null';
  if (typeof typed === 'boolean') return String(typed);
  if (typeof typed === 'string') return writeString(typed);
  if (typeof typed === 'number') return writeTypedInt(String(typed));
  if (Array.isArray(typed)) return writeItems(typed, separators, depth);
  const { tag, value } = taggedOf(typed);
  if (tag === '$int') return writeTypedInt(String(value));
  if (tag === '$float') return writeFloat(typedFloat(value));
  if (tag === '$str') return writeString(String(value));
  if ((tag === '$tuple' || tag === '$list') && Array.isArray(value)) return writeItems(value, separators, depth);
  if ((tag === '$dict' || tag === '$ordereddict') && Array.isArray(value)) return writeEntries(value, separators, depth);
  throw new InspectorError('BadValue', `Object of type ${PYTHON_NAMES[tag] ?? tag.slice(1)} is not JSON serializable`, {
    hint: 'JSON holds str, int, float, bool, None, lists, tuples and dicts; Django raises TypeError when it saves this.',
  });
}

const PYTHON_NAMES: Readonly<Record<string, string>> = { $decimal: 'Decimal', $uuid: 'UUID', $lazy: '__proxy__' };

function writeItems(items: readonly unknown[], separators: Separators, depth: number): string {
  return `[${items.map((item) => jsonFromTyped(item, separators, depth - 1)).join(separators.item)}]`;
}

function writeEntries(entries: readonly unknown[], separators: Separators, depth: number): string {
  const parts = entries.map((entry) => {
    if (!Array.isArray(entry) || entry.length !== 2) throw malformed();
    return writeString(keyText(entry[0])) + separators.key + jsonFromTyped(entry[1], separators, depth - 1);
  });
  return `{${parts.join(separators.item)}}`;
}

/** What json.dumps() makes of a dict key: numbers, bools and None become text. */
function keyText(key: unknown): string {
  if (typeof key === 'string') return key;
  if (key === null) return 'null';
  if (typeof key === 'boolean') return String(key);
  if (typeof key === 'number') return String(key);
  const { tag, value } = Array.isArray(key) ? { tag: '$list', value: key } : taggedOf(key);
  if (tag === '$int') return writeTypedInt(String(value));
  if (tag === '$float') return writeFloat(typedFloat(value));
  if (tag === '$str') return String(value);
  throw new InspectorError('BadValue', `keys must be str, int, float, bool or None, not ${PYTHON_NAMES[tag] ?? tag.slice(1)}`);
}

function typedFloat(value: unknown): number {
  const read = readFloat(String(value));
  if (read === null) throw malformed();
  return read;
}

function writeTypedInt(digits: string): string {
  if (!/^-?(0|[1-9]\d*)$/.test(digits)) throw malformed();
  if (digits.replace('-', '').length <= MAX_INT_DIGITS) return digits;
  throw new InspectorError('BadValue', `Exceeds the limit (${MAX_INT_DIGITS} digits) for integer string conversion`);
}

function taggedOf(typed: unknown): Tagged {
  if (typeof typed !== 'object' || typed === null) throw malformed();
  const tag = Object.keys(typed).find((key) => key.startsWith('$'));
  if (tag === undefined) throw malformed();
  return { tag, value: (typed as Readonly<Record<string, unknown>>)[tag] };
}

function malformed(): InspectorError {
  return new InspectorError('BadValue', 'Not a value in the typed notation', { hint: 'See test/fixtures/README.md, "Typed JSON".' });
}
