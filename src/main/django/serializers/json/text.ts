import { OBJECT, STRIDE } from './scanner.ts';
import { afterOf, isContainer, isString, type JsonSource, kindOf, stringOf, tokenOf } from './source.ts';

/** Characters shown as escapes: controls, lone surrogates, and what changes how the text around it is laid out or hides. */
const UNREADABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  /["\\\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** A str as JSON with its characters readable. */
export function readableString(value: string): string {
  return `"${value.replace(UNREADABLE, (unit) => SHORT[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}

type Frame = { end: number; object: boolean; first: boolean };

/** Indented text of the same data: number tokens exact, strings readable. Typed back unchanged, it changes nothing. */
export function prettyJson(source: JsonSource): string {
  const parts: string[] = [];
  const open: Frame[] = [];
  let node = 0;
  do {
    const frame = open.at(-1);
    if (frame !== undefined) node = beginChild(source, node, frame, open.length, parts);
    const object = kindOf(source, node) === OBJECT;
    const end = afterOf(source, node);
    if (isContainer(kindOf(source, node)) && end > node + STRIDE) {
      parts.push(object ? '{' : '[');
      open.push({ end, object, first: true });
      node += STRIDE;
      continue;
    }
    parts.push(scalarText(source, node));
    node = end;
    closeFinished(open, node, parts);
  } while (node < source.nodes.length);
  return parts.join('');
}

/** Writes what stands before a child, its key included. @returns the child's value node */
function beginChild(source: JsonSource, node: number, frame: Frame, depth: number, parts: string[]): number {
  parts.push(frame.first ? '\n' : ',\n', '  '.repeat(depth));
  frame.first = false;
  if (!frame.object) return node;
  parts.push(readableString(stringOf(source, node)), ': ');
  return node + STRIDE;
}

function closeFinished(open: Frame[], node: number, parts: string[]): void {
  for (let frame = open.at(-1); frame !== undefined && frame.end === node; frame = open.at(-1)) {
    open.pop();
    parts.push('\n', '  '.repeat(open.length), frame.object ? '}' : ']');
  }
}

function scalarText(source: JsonSource, node: number): string {
  const kind = kindOf(source, node);
  if (isString(kind)) return readableString(stringOf(source, node));
  if (isContainer(kind)) return kind === OBJECT ? '{}' : '[]';
  return tokenOf(source, node);
}
