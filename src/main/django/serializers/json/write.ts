import { floatRepr } from './float-repr.ts';
import { FALSE, INT, NULL, OBJECT, TRUE } from './scanner.ts';
import { floatOf, intOf, isFloat, type JsonSource, keyOf, kindOf, startOf, stringOf, valuesOf } from './source.ts';

/** What stands between items and between key and value. */
export type Separators = Readonly<{ item: string; key: string }>;

/** django/core/signing.py JSONSerializer, all versions: json.dumps(separators=(',', ':')). */
export const COMPACT: Separators = { item: ',', key: ':' };
/** Python's own defaults, as django-redis' JSONSerializer writes. */
export const SPACED: Separators = { item: ', ', key: ': ' };

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** A str as json.dumps(ensure_ascii=True) writes it: everything outside U+0020..U+007E escaped, lower-case hex, DEL too. */
export function writeString(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  return `"${value.replace(/["\\\u0000-\u001f\u007f-\uffff]/g, escapeUnit)}"`;
}

function escapeUnit(unit: string): string {
  return ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A float as json.dumps(allow_nan=True) writes it. */
export function writeFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return floatRepr(value);
}

/** A node as json.dumps() would write what json.loads() reads from it, except that duplicate keys stay. */
export function writeNode(source: JsonSource, node: number, separators: Separators): string {
  const kind = kindOf(source, node);
  if (kind === NULL) return 'null';
  if (kind === TRUE) return 'true';
  if (kind === FALSE) return 'false';
  if (kind === INT) return intOf(source, node);
  if (isFloat(kind)) return writeFloat(floatOf(source, node));
  if (source.text.charCodeAt(startOf(source, node)) === 0x22) return writeString(stringOf(source, node));
  const values = valuesOf(source, node);
  if (kind === OBJECT) {
    const entries = values.map(
      (value) => writeString(stringOf(source, keyOf(value))) + separators.key + writeNode(source, value, separators),
    );
    return `{${entries.join(separators.item)}}`;
  }
  return `[${values.map((value) => writeNode(source, value, separators)).join(separators.item)}]`;
}
