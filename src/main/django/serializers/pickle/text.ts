import { corrupt } from './errors.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Text as Python decodes it with `surrogatepass`: UTF-8 in which lone surrogates may stand.
 * The bytes were checked by checkUtf8() before.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return decodeWithSurrogates(bytes);
  }
}

function decodeWithSurrogates(bytes: Uint8Array): string {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at + 2 < bytes.length; at += 1) {
    if (bytes[at] !== 0xed || (bytes[at + 1] ?? 0) < 0xa0) continue;
    parts.push(UTF8.decode(bytes.subarray(start, at)));
    parts.push(String.fromCharCode(0xd000 | (((bytes[at + 1] ?? 0) & 0x3f) << 6) | ((bytes[at + 2] ?? 0) & 0x3f)));
    at += 2;
    start = at + 1;
  }
  parts.push(UTF8.decode(bytes.subarray(start)));
  return parts.join('');
}

/**
 * @param at offset of the instruction, for the message
 * @throws InspectorError Corrupt where Python's UTF-8 decoder with `surrogatepass` would refuse
 */
export function checkUtf8(bytes: Uint8Array, from: number, to: number, at: number): void {
  let next = from;
  while (next < to) {
    const lead = bytes[next] ?? 0;
    next += lead < 0x80 ? 1 : sequenceLength(bytes, next, to, at);
  }
}

function sequenceLength(bytes: Uint8Array, from: number, to: number, at: number): number {
  const lead = bytes[from] ?? 0;
  const length = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  const second = bytes[from + 1] ?? 0;
  // Overlong forms and what lies above U+10FFFF; surrogates (ed a0..bf) are let through.
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xf4 ? 0x8f : 0xbf;
  let good = length > 0 && from + length <= to && second >= lowest && second <= highest;
  for (let index = 2; good && index < length; index += 1) good = ((bytes[from + index] ?? 0) & 0xc0) === 0x80;
  if (!good) throw corrupt(at, 'the text is not UTF-8');
  return length;
}

/** UTF-8 as Python writes it with `surrogatepass`: a lone surrogate becomes three bytes instead of U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  if (!/[\ud800-\udfff]/u.test(text)) return new TextEncoder().encode(text);
  const parts = text.split(/([\ud800-\udfff])/u).map((part, index) => (index % 2 === 0 ? new TextEncoder().encode(part) : surrogate(part)));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function surrogate(part: string): Uint8Array {
  const code = part.charCodeAt(0);
  return Uint8Array.of(0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}

/** One byte, one character. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 8192) text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  return text;
}

/** The bytes of a text of code points up to U+00FF, or null where one lies above. */
export function encodeLatin1(text: string): Uint8Array | null {
  const out = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0xff) return null;
    out[index] = code;
  }
  return out;
}

/**
 * The text of a protocol 0 UNICODE line. CPython Objects/unicodeobject.c _PyUnicode_DecodeRawUnicodeEscapeStateful(), 3.11.
 * @param at offset of the instruction, for the message
 */
export function decodeRawUnicodeEscape(line: Uint8Array, at: number): string {
  const source = decodeLatin1(line);
  if (!source.includes('\\')) return source;
  return source.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([uU])|([\s\S]))/g,
    (match, four?: string, eight?: string, broken?: string) => {
      if (broken !== undefined) throw corrupt(at, `a truncated \\${broken} escape`);
      const hex = four ?? eight;
      if (hex === undefined) return match;
      const code = Number.parseInt(hex, 16);
      if (code > 0x10ffff) throw corrupt(at, `\\U${hex} is beyond Unicode`);
      return String.fromCodePoint(code);
    },
  );
}

/** A protocol 0 UNICODE line as CPython's C pickler writes it. Modules/_pickle.c raw_unicode_escape(), 3.11. */
export function encodeRawUnicodeEscape(text: string): Uint8Array {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x10000) out += `\\U${code.toString(16).padStart(8, '0')}`;
    else if (code >= 0x100 || '\\\0\n\r\x1a'.includes(character)) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += character;
  }
  return encodeLatin1(out) ?? new Uint8Array();
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
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
};

/**
 * The bytes of a protocol 0 STRING line. CPython Modules/_pickle.c load_string() and Objects/bytesobject.c
 * _PyBytes_DecodeEscape(), 3.11.
 * @param at offset of the instruction, for the message
 */
export function decodeStringLine(line: Uint8Array, at: number): Uint8Array {
  const quote = line[0];
  if (line.length < 2 || quote !== line[line.length - 1] || (quote !== 0x27 && quote !== 0x22)) throw corrupt(at, 'STRING is not quoted');
  const source = decodeLatin1(line.subarray(1, -1));
  if (!source.includes('\\')) return line.subarray(1, -1);
  const text = source.replaceAll(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|([\s\S])|$)/g,
    (match, octal?: string, hex?: string, other?: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (other === undefined || other === 'x') throw corrupt(at, 'STRING has a broken escape');
      return ESCAPES[other] ?? match;
    },
  );
  return encodeLatin1(text) ?? new Uint8Array();
}
