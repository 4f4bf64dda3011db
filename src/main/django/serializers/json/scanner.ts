import { InspectorError } from '../../../errors.ts';
import type { Limits } from '../../document.ts';

/** What a JSON node is; strings without escapes are their own kind because they need no decoding. */
export const NULL = 0;
export const TRUE = 1;
export const FALSE = 2;
export const INT = 3;
export const FLOAT = 4;
export const NAN = 5;
export const INFINITY = 6;
export const NEGATIVE_INFINITY = 7;
export const STRING = 8;
export const ESCAPED_STRING = 9;
export const ARRAY = 10;
export const OBJECT = 11;

/** Numbers per node in the flat tree: kind, start and end in the text, index of the node after its subtree. */
export const STRIDE = 4;

/**
 * The nodes of one JSON text in the order of the text; an object's children are its keys and values in turn. One array
 * of integers, so that a document of a million values costs neither a million objects nor their collection.
 */
export type Nodes = Int32Array;

type Scratch = { nodes: Int32Array };
/** One growing workspace for all documents: decoding a store must not allocate per row more than it keeps. */
const SCRATCH: Scratch = { nodes: new Int32Array(STRIDE * 1024) };
/** A workspace above this many integers is given back after use. */
const SCRATCH_KEPT = STRIDE * 65_536;

/**
 * Parses JSON exactly as Python's json.loads() does (strict; NaN, Infinity and -Infinity allowed), without recursion.
 * @param text the text as Python sees it: latin-1 decoded for sessions
 * @throws InspectorError Corrupt with Python's reason and the place, LimitExceeded for depth or nodes
 */
export function scanJson(text: string, limits: Pick<Limits, 'depth' | 'nodes'>): Nodes {
  return new Scanner(text, limits).scan();
}

/** Values spelled as words, by their first character. */
const WORDS: Readonly<Record<number, Readonly<{ text: string; kind: number }>>> = {
  0x6e: { text: 'null', kind: NULL },
  0x74: { text: 'true', kind: TRUE },
  0x66: { text: 'false', kind: FALSE },
  0x4e: { text: 'NaN', kind: NAN },
  0x49: { text: 'Infinity', kind: INFINITY },
};

class Scanner {
  readonly #text: string;
  readonly #maxNodes: number;
  readonly #maxDepth: number;
  #nodes = SCRATCH.nodes;
  #used = 0;
  #at = 0;
  /** node offsets of the open containers */
  readonly #open: number[] = [];

  constructor(text: string, limits: Pick<Limits, 'depth' | 'nodes'>) {
    this.#text = text;
    this.#maxNodes = limits.nodes * STRIDE;
    this.#maxDepth = limits.depth;
  }

  scan(): Nodes {
    if (this.#text.startsWith('\ufeff')) throw this.#error('Unexpected UTF-8 BOM', 0);
    this.#space();
    this.#values();
    this.#space();
    if (this.#at !== this.#text.length) throw this.#error('Extra data', this.#at);
    const nodes = this.#nodes.slice(0, this.#used);
    SCRATCH.nodes = this.#nodes.length <= SCRATCH_KEPT ? this.#nodes : new Int32Array(STRIDE * 1024);
    return nodes;
  }

  /** One value with all that it contains. */
  #values(): void {
    this.#value();
    while (this.#open.length > 0) {
      const container = this.#open[this.#open.length - 1] ?? 0;
      if (this.#nodes[container] === OBJECT) this.#objectStep(container);
      else this.#arrayStep(container);
    }
  }

  /** Reads a scalar, or opens a container. */
  #value(): void {
    const start = this.#at;
    const code = this.#text.charCodeAt(start);
    if (code === 0x22) this.#string();
    else if (code === 0x7b) this.#openContainer(OBJECT);
    else if (code === 0x5b) this.#openContainer(ARRAY);
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) this.#number(start);
    else this.#word(start);
  }

  #openContainer(kind: number): void {
    if (this.#open.length >= this.#maxDepth) {
      throw new InspectorError('LimitExceeded', `JSON nested deeper than ${this.#maxDepth} levels, at character ${this.#at}`, {
        hint: 'Python refuses about the same depth: Django reads this session as empty.',
      });
    }
    const node = this.#add(kind, this.#at, 0);
    this.#at += 1;
    this.#open.push(node);
  }

  #close(container: number): void {
    this.#at += 1;
    this.#nodes[container + 2] = this.#at;
    this.#nodes[container + 3] = this.#used;
    this.#open.pop();
  }

  /** The next entry of an object, or its end. */
  #objectStep(container: number): void {
    this.#space();
    const empty = this.#used === container + STRIDE;
    const code = this.#text.charCodeAt(this.#at);
    if (code === 0x7d) {
      this.#close(container);
      return;
    }
    if (!empty) {
      if (code !== 0x2c) throw this.#error("Expecting ',' delimiter", this.#at);
      this.#at += 1;
      this.#space();
    }
    if (this.#text.charCodeAt(this.#at) !== 0x22) throw this.#error('Expecting property name enclosed in double quotes', this.#at);
    this.#string();
    this.#space();
    if (this.#text.charCodeAt(this.#at) !== 0x3a) throw this.#error("Expecting ':' delimiter", this.#at);
    this.#at += 1;
    this.#space();
    this.#value();
  }

  /** The next item of an array, or its end. */
  #arrayStep(container: number): void {
    this.#space();
    const empty = this.#used === container + STRIDE;
    const code = this.#text.charCodeAt(this.#at);
    if (code === 0x5d) {
      this.#close(container);
      return;
    }
    if (!empty) {
      if (code !== 0x2c) throw this.#error("Expecting ',' delimiter", this.#at);
      this.#at += 1;
      this.#space();
    }
    this.#value();
  }

  #string(): void {
    const start = this.#at;
    const text = this.#text;
    let at = start + 1;
    let escaped = false;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        escaped = true;
        at = this.#escape(at);
      } else if (code >= 0x20) at += 1;
      else if (Number.isNaN(code)) throw this.#error('Unterminated string starting', start);
      else throw this.#error('Invalid control character', at);
    }
    this.#at = at + 1;
    this.#add(escaped ? ESCAPED_STRING : STRING, start, this.#at);
  }

  /** The place after the escape at `at`. */
  #escape(at: number): number {
    const code = this.#text.charCodeAt(at + 1);
    if (Number.isNaN(code)) throw this.#error('Unterminated string', at);
    if (code !== 0x75) {
      if (!isSimpleEscape(code)) throw this.#error('Invalid \\escape', at);
      return at + 2;
    }
    for (let digit = at + 2; digit < at + 6; digit += 1) {
      if (!isHexDigit(this.#text.charCodeAt(digit))) throw this.#error('Invalid \\uXXXX escape', at + 1);
    }
    return at + 6;
  }

  #number(start: number): void {
    const text = this.#text;
    let at = start;
    if (text.charCodeAt(at) === 0x2d) at += 1;
    const first = text.charCodeAt(at);
    if (first === 0x49 && text.startsWith('Infinity', at)) this.#literal(NEGATIVE_INFINITY, start, at + 8);
    else if (isDigit(first)) this.#digits(start, at);
    else throw this.#error('Expecting value', start);
  }

  /** An int or a float whose first digit is at `first`. */
  #digits(start: number, first: number): void {
    const text = this.#text;
    let at = first + 1;
    if (text.charCodeAt(first) !== 0x30) while (isDigit(text.charCodeAt(at))) at += 1;
    let float = false;
    if (text.charCodeAt(at) === 0x2e && isDigit(text.charCodeAt(at + 1))) {
      float = true;
      at += 2;
      while (isDigit(text.charCodeAt(at))) at += 1;
    }
    const exponent = exponentDigits(text, at);
    if (exponent > 0) {
      float = true;
      at = exponent;
      while (isDigit(text.charCodeAt(at))) at += 1;
    }
    this.#literal(float ? FLOAT : INT, start, at);
  }

  #word(start: number): void {
    const word = WORDS[this.#text.charCodeAt(start)];
    if (word === undefined || !this.#text.startsWith(word.text, start)) throw this.#error('Expecting value', start);
    this.#literal(word.kind, start, start + word.text.length);
  }

  #literal(kind: number, start: number, end: number): void {
    this.#add(kind, start, end);
    this.#at = end;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #add(kind: number, start: number, end: number): number {
    const node = this.#used;
    if (node >= this.#maxNodes) {
      throw new InspectorError('LimitExceeded', `JSON with more than ${this.#maxNodes / STRIDE} values`, {
        hint: 'No real session holds that many: it is damaged or hostile.',
      });
    }
    if (node + STRIDE > this.#nodes.length) this.#grow();
    const nodes = this.#nodes;
    nodes[node] = kind;
    nodes[node + 1] = start;
    nodes[node + 2] = end;
    nodes[node + 3] = node + STRIDE;
    this.#used = node + STRIDE;
    return node;
  }

  #grow(): void {
    const grown = new Int32Array(Math.min(this.#nodes.length * 2, Math.max(this.#maxNodes, this.#nodes.length + STRIDE)));
    grown.set(this.#nodes);
    this.#nodes = grown;
  }

  #error(reason: string, at: number): InspectorError {
    return new InspectorError('Corrupt', `Not JSON: ${reason} at character ${at}`, {
      hint: 'Django reads a session with such a payload as empty.',
    });
  }
}

/** The place of the first digit of an exponent that begins at `at`, or 0 where none does. */
function exponentDigits(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code !== 0x65 && code !== 0x45) return 0;
  const sign = text.charCodeAt(at + 1);
  const digit = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1;
  return isDigit(text.charCodeAt(digit)) ? digit : 0;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
}

/** `" \ / b f n r t` */
function isSimpleEscape(code: number): boolean {
  return (
    code === 0x22 || code === 0x5c || code === 0x2f || code === 0x62 || code === 0x66 || code === 0x6e || code === 0x72 || code === 0x74
  );
}
