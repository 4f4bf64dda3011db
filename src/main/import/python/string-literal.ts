/** String and bytes literals. docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals */
import type { Expression } from './syntax.ts';
import type { Token } from './tokens.ts';

/** @param parse reads an expression inside an f-string, and answers `unreadable` where it cannot */
export function stringLiteral({ text, prefix }: Token, parse: (source: string) => Expression): Expression {
  if (prefix.includes('f')) return joined(text, prefix.includes('r'), parse);
  const raw = prefix.includes('r');
  if (prefix.includes('b')) return { kind: 'literal', value: Buffer.from(raw ? text : unescaped(text, true), 'latin1') };
  return { kind: 'literal', value: raw ? text : unescaped(text, false) };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
};

function unescaped(text: string, bytes: boolean): string {
  const pattern = bytes
    ? /\\(?:x([\da-fA-F]{2})|([0-7]{1,3})|(\r?\n|.))/gs
    : /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(\r?\n|.))/gs;
  return text.replace(pattern, (whole: string, ...groups: (string | undefined)[]) => {
    const [x, ...others] = groups;
    const [u, long, octal, other] = bytes ? [undefined, undefined, ...others] : others;
    const hex = x ?? u ?? long;
    if (hex !== undefined) return codePoint(Number.parseInt(hex, 16), whole);
    if (octal !== undefined) return codePoint(Number.parseInt(octal, 8), whole);
    // Python keeps the backslash of what is no escape.
    return ESCAPES[other === '\r\n' ? '\n' : (other ?? '')] ?? whole;
  });
}

function codePoint(value: number, otherwise: string): string {
  return value <= 0x10ffff ? String.fromCodePoint(value) : otherwise;
}

/** `{{`, `}}` and `{expression}`; a format or conversion is not worked out. */
function joined(text: string, raw: boolean, parse: (source: string) => Expression): Expression {
  const parts: Expression[] = [];
  const pattern = /\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g;
  for (const [whole, inner] of text.matchAll(pattern)) {
    if (whole === '{' || whole === '}') return { kind: 'unreadable', what: 'an f-string with nested braces' };
    if (inner === undefined) parts.push({ kind: 'literal', value: plain(whole, raw) });
    else if (/![rsa]|:/.test(inner)) parts.push({ kind: 'unreadable', what: 'an f-string with a format' });
    else parts.push(parse(inner));
  }
  return { kind: 'joined', parts };
}

function plain(text: string, raw: boolean): string {
  if (text === '{{') return '{';
  if (text === '}}') return '}';
  return raw ? text : unescaped(text, false);
}
