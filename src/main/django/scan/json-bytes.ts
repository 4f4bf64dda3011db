import { SESSION_KEY } from '../auth.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

/** Characters that a JSON string holds as they are: all but quotes, backslashes and control characters. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, code) => (code >= 0x20 && code !== QUOTE && code !== BACKSLASH ? 1 : 0));
const SPACE = Uint8Array.from({ length: 256 }, (_, code) =>
  code === 0x20 || (code >= 9 && code <= 13 && code !== 11 && code !== 12) ? 1 : 0,
);
const DIGIT = Uint8Array.from({ length: 256 }, (_, code) => (code >= 0x30 && code <= 0x39 ? 1 : 0));
const HEX = Uint8Array.from({ length: 256 }, (_, code) => (/[0-9a-fA-F]/.test(String.fromCharCode(code)) ? 1 : 0));
const ESCAPE = Uint8Array.from({ length: 256 }, (_, code) => (/["\\/bfnrt]/.test(String.fromCharCode(code)) ? 1 : 0));

const WORDS = ['null', 'true', 'false', 'NaN', 'Infinity', '-Infinity'].map((word) => Buffer.from(word, 'latin1'));
const USER = Buffer.from(SESSION_KEY, 'latin1');

/** Depth up to which this reads; Django's own data are three or four levels deep. */
const DEPTH = 256;
/** Keys of the root that are told apart here. */
const KEYS = 256;
/** Python refuses integers of more digits; a number of this length is left to the document. */
const NUMBER = 4300;

/**
 * One pass over a JSON payload as Python's json.loads() reads it, without building anything: is it valid, how many keys
 * has the root, who is logged in. What is unusual (escaped or repeated keys, deep nesting, a root that is no dict) is
 * not an error here but not read either: `read` answers false, and the document decides.
 */
export class JsonBytes {
  /** keys of the root dict */
  keys = 0;
  /** what stands under `_auth_user_id` at the root, null where nobody does */
  user: string | null = null;

  /** stop at the first user id */
  #brief = false;
  readonly #open = new Uint8Array(DEPTH + 1);
  readonly #hashes = new Int32Array(KEYS);

  /**
   * @param bytes holds the payload, latin-1, and a 0 behind it
   * @param length bytes of the payload
   * @returns false where the payload is not JSON, or not of the kind that this reads
   */
  read(bytes: Buffer, length: number): boolean {
    this.#brief = false;
    const end = this.#root(bytes);
    return end > 0 && space(bytes, end) === length;
  }

  /**
   * The same, but only until a user id is found: for payloads in which its key stands once. What is behind it is not read.
   * @returns false as `read`
   */
  readUser(bytes: Buffer, length: number): boolean {
    this.#brief = true;
    const end = this.#root(bytes);
    return this.user !== null || (end > 0 && space(bytes, end) === length);
  }

  /** The place behind the root, or -1. */
  #root(bytes: Buffer): number {
    this.keys = 0;
    this.user = null;
    const start = space(bytes, 0);
    return bytes[start] === OPEN_OBJECT ? this.#values(bytes, start) : -1;
  }

  /** The place behind the value at `at` with all that it contains, or -1. */
  #values(bytes: Buffer, start: number): number {
    const open = this.#open;
    let depth = 0;
    let at = start;
    for (;;) {
      const code = bytes[at] ?? 0;
      if (code === QUOTE) at = string(bytes, at);
      else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
        if (depth === DEPTH) return -1;
        depth += 1;
        const close = code + 2;
        open[depth] = close;
        at = space(bytes, at + 1);
        if (bytes[at] !== close) {
          if (code === OPEN_OBJECT) at = this.#key(bytes, at, depth);
          if (at < 0) return -1;
          continue;
        }
        at += 1;
        depth -= 1;
      } else at = scalar(bytes, at);
      // Behind a value: as many ends as there are, then the next one.
      for (;;) {
        if (at < 0 || depth === 0) return at;
        at = space(bytes, at);
        const next = bytes[at];
        if (next === COMMA) {
          at = space(bytes, at + 1);
          if (open[depth] === CLOSE_OBJECT) at = this.#key(bytes, at, depth);
          if (at < 0) return -1;
          break;
        }
        if (next !== open[depth]) return -1;
        depth -= 1;
        at += 1;
      }
    }
  }

  /** The place of the value whose key is at `at`, or -1. */
  #key(bytes: Buffer, at: number, depth: number): number {
    if (bytes[at] !== QUOTE) return -1;
    const end = string(bytes, at);
    if (end < 0) return -1;
    const colon = space(bytes, end);
    if (bytes[colon] !== COLON) return -1;
    const value = space(bytes, colon + 1);
    if (depth > 1) return value;
    return this.#rootKey(bytes, at + 1, end - 1, value) && !(this.#brief && this.user !== null) ? value : -1;
  }

  #rootKey(bytes: Buffer, start: number, end: number, value: number): boolean {
    let hash = end - start;
    for (let at = start; at < end; at += 1) {
      const code = bytes[at] ?? 0;
      if (code === BACKSLASH) return false;
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    if (this.keys === KEYS || this.#hashes.subarray(0, this.keys).includes(hash)) return false;
    this.#hashes[this.keys] = hash;
    this.keys += 1;
    return !same(bytes, start, end, USER) || this.#userAt(bytes, value);
  }

  /** A user id is a str, and was a number before Django 1.8, which is left to the document; any other value is nobody. */
  #userAt(bytes: Buffer, at: number): boolean {
    if (bytes[at] !== QUOTE) return bytes[at] !== MINUS && DIGIT[bytes[at] ?? 0] !== 1;
    const end = string(bytes, at);
    if (end < 0) return false;
    const user = bytes.toString('latin1', at + 1, end - 1);
    if (user.includes('\\')) return false;
    this.user = user;
    return true;
  }
}

function space(bytes: Uint8Array, start: number): number {
  let at = start;
  while (SPACE[bytes[at] ?? 0] === 1) at += 1;
  return at;
}

/** The place behind the string at `start`, or -1. The 0 behind the payload is a control character and ends every loop. */
function string(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    while (PLAIN[bytes[at] ?? 0] === 1) at += 1;
    const code = bytes[at];
    if (code === QUOTE) return at + 1;
    if (code !== BACKSLASH) return -1;
    const escaped = bytes[at + 1] ?? 0;
    if (ESCAPE[escaped] === 1) at += 2;
    else if (escaped === 0x75 && hexDigits(bytes, at + 2)) at += 6;
    else return -1;
  }
}

function hexDigits(bytes: Uint8Array, at: number): boolean {
  return HEX[bytes[at] ?? 0] === 1 && HEX[bytes[at + 1] ?? 0] === 1 && HEX[bytes[at + 2] ?? 0] === 1 && HEX[bytes[at + 3] ?? 0] === 1;
}

function scalar(bytes: Uint8Array, start: number): number {
  const code = bytes[start] ?? 0;
  const first = code === MINUS ? start + 1 : start;
  if (DIGIT[bytes[first] ?? 0] !== 1) return word(bytes, start);
  const end = number(bytes, first);
  return end - first > NUMBER ? -1 : end;
}

/** As Python's scanner: a fraction or an exponent without digits is not part of the number. */
function number(bytes: Uint8Array, first: number): number {
  let at = first + 1;
  if (bytes[first] !== 0x30) at = digits(bytes, at);
  if (bytes[at] === 0x2e && DIGIT[bytes[at + 1] ?? 0] === 1) at = digits(bytes, at + 2);
  const mark = bytes[at];
  if (mark !== 0x65 && mark !== 0x45) return at;
  const sign = bytes[at + 1];
  const digit = sign === 0x2b || sign === MINUS ? at + 2 : at + 1;
  return DIGIT[bytes[digit] ?? 0] === 1 ? digits(bytes, digit) : at;
}

function digits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (DIGIT[bytes[at] ?? 0] === 1) at += 1;
  return at;
}

function word(bytes: Uint8Array, start: number): number {
  for (const one of WORDS) if (same(bytes, start, start + one.length, one)) return start + one.length;
  return -1;
}

function same(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index += 1) if (bytes[start + index] !== text[index]) return false;
  return true;
}
