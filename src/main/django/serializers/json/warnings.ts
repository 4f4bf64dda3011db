import type { Warning } from '../../document.ts';
import { type Sentence, say } from '../../sentences.ts';
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
  const warn = (code: Warning['code'], says: Sentence) => warnings.push({ code, says });
  if (kindOf(source, 0) !== OBJECT) warn('not-a-dict', say('warning-not-a-dict'));
  const duplicate = duplicateKey(source);
  if (duplicate !== null) warn('duplicate-key', say('warning-duplicate', { key: shorten(duplicate) }));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is asked
  if (/[^\u0000-\u007f]/.test(source.text)) warn('non-ascii', encoding === 'utf8' ? say('warning-utf8') : say('warning-latin1'));
  if (hasNonFinite(source)) warn('non-finite', say('warning-non-finite-json'));
  if (refusedInt(source)) warn('odd', say('warning-long-int', { digits: MAX_INT_DIGITS }));
  const odd = oddSpelling(source);
  if (odd !== null) warn('odd', odd);
  return warnings;
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

/** What first differs from the way json.dumps() writes the same data, or null. */
function oddSpelling(source: JsonSource): Sentence | null {
  for (let node = 0; node < source.nodes.length; node += STRIDE) {
    const kind = kindOf(source, node);
    if (isString(kind) && oddString(source, node, kind)) return say('warning-escapes');
    if (kind === INT && tokenOf(source, node) === '-0') return say('warning-numbers');
    if (kind === FLOAT && isFloat(kind) && tokenOf(source, node) !== writeFloat(floatOf(source, node))) return say('warning-numbers');
  }
  return oddSpaces(source) ? say('warning-spaces') : null;
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
