import type { Warning } from '../../document.ts';
import { ESCAPED_STRING, FLOAT, INT, NAN, NEGATIVE_INFINITY, OBJECT, STRIDE } from './scanner.ts';
import {
  endOf,
  floatOf,
  isFloat,
  isRefusedInt,
  isString,
  type JsonSource,
  keyOf,
  kindOf,
  MAX_INT_DIGITS,
  startOf,
  stringOf,
  tokenOf,
  valuesOf,
} from './source.ts';
import { COMPACT, SPACED, writeFloat, writeString } from './write.ts';

/** What a person should know about a JSON payload that Django reads, but would not have written so. */
export function jsonWarnings(source: JsonSource, encoding: 'latin1' | 'utf8'): readonly Warning[] {
  const warnings: Warning[] = [];
  if (kindOf(source, 0) !== OBJECT) {
    warnings.push({ code: 'not-a-dict', message: 'The payload is not a dict: Django cannot use it as a session.' });
  }
  const duplicate = duplicateKey(source);
  if (duplicate !== null) {
    warnings.push({
      code: 'duplicate-key',
      message: `The key ${shorten(duplicate)} occurs twice in one dict: Python keeps the last value.`,
    });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is asked
  if (/[^\u0000-\u007f]/.test(source.text)) warnings.push(nonAscii(encoding));
  if (hasNonFinite(source)) {
    warnings.push({ code: 'non-finite', message: 'The payload holds NaN or an infinity, which only Python reads in JSON.' });
  }
  if (refusedInt(source)) {
    const message = `An integer has more than ${MAX_INT_DIGITS} digits: Python refuses the payload, so Django reads an empty session.`;
    warnings.push({ code: 'odd', message });
  }
  const odd = oddSpelling(source);
  if (odd !== null) warnings.push({ code: 'odd', message: `${odd}: Django reads it, but writes it differently.` });
  return warnings;
}

function nonAscii(encoding: 'latin1' | 'utf8'): Warning {
  if (encoding === 'utf8')
    return { code: 'non-ascii', message: 'The payload holds raw non-ASCII characters; Python writes them as \\u escapes.' };
  return {
    code: 'non-ascii',
    message: 'The payload holds raw non-ASCII bytes: Django reads them as latin-1, so UTF-8 text appears garbled.',
  };
}

function shorten(key: string): string {
  const text = writeString(key);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…"`;
}

/** The first key that occurs twice in one dict, or null. */
export function duplicateKey(source: JsonSource): string | null {
  for (let node = 0; node < source.nodes.length; node += STRIDE) {
    if (kindOf(source, node) !== OBJECT) continue;
    const seen = new Set<string>();
    for (const value of valuesOf(source, node)) {
      const key = stringOf(source, keyOf(value));
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return null;
}

function hasNonFinite(source: JsonSource): boolean {
  for (let node = 0; node < source.nodes.length; node += STRIDE) {
    const kind = kindOf(source, node);
    if (kind >= NAN && kind <= NEGATIVE_INFINITY) return true;
    if (kind === FLOAT && !Number.isFinite(floatOf(source, node))) return true;
  }
  return false;
}

/** True where an integer is so long that Python refuses the whole payload. */
export function refusedInt(source: JsonSource): boolean {
  for (let node = 0; node < source.nodes.length; node += STRIDE) {
    if (kindOf(source, node) === INT && isRefusedInt(source, node)) return true;
  }
  return false;
}

/** What first differs from the way json.dumps() writes the same data, in a few words, or null. */
function oddSpelling(source: JsonSource): string | null {
  for (let node = 0; node < source.nodes.length; node += STRIDE) {
    const kind = kindOf(source, node);
    if (isString(kind) && oddString(source, node, kind)) return 'A string is escaped unusually';
    if (kind === INT && tokenOf(source, node) === '-0') return 'A number is spelled unusually';
    if (kind === FLOAT && isFloat(kind) && tokenOf(source, node) !== writeFloat(floatOf(source, node)))
      return 'A number is spelled unusually';
  }
  return oddSpaces(source) ? 'There are spaces or line ends between the values' : null;
}

function oddString(source: JsonSource, node: number, kind: number): boolean {
  if (kind === ESCAPED_STRING) return tokenOf(source, node) !== writeString(stringOf(source, node)) && !hasRaw(tokenOf(source, node));
  return tokenOf(source, node).includes('\u007f');
}

/** Raw non-ASCII characters have a warning of their own. */
function hasRaw(token: string): boolean {
  return /[\u0080-\uffff]/.test(token);
}

/** True unless the spaces are those of one of the two styles that Python writes. */
function oddSpaces(source: JsonSource): boolean {
  const length = source.text.length;
  return length !== lengthWith(source, COMPACT) && length !== lengthWith(source, SPACED);
}

/** The length of the text if its own tokens stood in this style. */
function lengthWith(source: JsonSource, separators: Readonly<{ item: string; key: string }>): number {
  let length = 0;
  for (let node = 0; node < source.nodes.length; node += STRIDE) {
    const kind = kindOf(source, node);
    const container = kind >= OBJECT - 1;
    if (!container) length += endOf(source, node) - startOf(source, node);
    else length += containerLength(source, node, separators);
  }
  return length;
}

function containerLength(source: JsonSource, node: number, separators: Readonly<{ item: string; key: string }>): number {
  const count = valuesOf(source, node).length;
  const keys = kindOf(source, node) === OBJECT ? count * separators.key.length : 0;
  return 2 + keys + Math.max(0, count - 1) * separators.item.length;
}
