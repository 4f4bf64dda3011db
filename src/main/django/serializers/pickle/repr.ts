import { fromBase64 } from './base64-text.ts';
import type { Part, Shape } from './shape.ts';
import { shapeOf } from './shapes.ts';
import { objectIn, type Tape } from './tape.ts';
import { decodeLatin1 } from './text.ts';
import { MOST_VALUES } from './walk.ts';

/** Characters after which a text is cut. */
const LONGEST_TEXT = 1_000_000;
/** The same for what repeats its parts. */
const LONGEST_BOMB = 50_000;
const LONGEST_REPR = 2000;
/** Containers within containers that are written out. */
const DEEPEST_TEXT = 200;

/** Python-like text of the value in a slot, for reading and copying: cut where it gets long, shared parts written out again. */
export function pythonText(tape: Tape, slot: number): string {
  return new Text(tape, tape.expanded > MOST_VALUES ? LONGEST_BOMB : LONGEST_TEXT).of(slot);
}

/** Type name and repr() of a value, as far as sorting a set needs them. */
export function valueRepr(tape: Tape, part: Part): Readonly<{ type: string; repr: string }> {
  const shape = typeof part === 'number' ? shapeOf(tape, part) : part;
  const type = shape.class === undefined ? shape.type : shape.class.slice(shape.class.lastIndexOf('.') + 1);
  return { type, repr: new Text(tape, LONGEST_REPR).of(part) };
}

class Text {
  readonly #tape: Tape;
  #left: number;
  readonly #open = new Set<number>();

  constructor(tape: Tape, length: number) {
    this.#tape = tape;
    this.#left = length;
  }

  of(part: Part): string {
    if (typeof part !== 'number') return this.#shape(part);
    const object = objectIn(this.#tape, part);
    if (this.#left <= 0) return '..';
    if (this.#open.has(object) || this.#open.size >= DEEPEST_TEXT) return '...';
    this.#open.add(object);
    const text = this.#shape(shapeOf(this.#tape, part));
    this.#open.delete(object);
    return text;
  }

  #shape(shape: Shape): string {
    if (shape.parts === undefined) return this.#count(this.#leaf(shape));
    this.#left -= 2;
    switch (shape.type) {
      case 'dict':
      case 'OrderedDict':
      case 'defaultdict':
        return named(shape, `{${this.#pairs(shape)}}`);
      case 'list':
        return named(shape, `[${this.#list(shape.parts)}]`);
      case 'tuple':
        return `(${this.#list(shape.parts)}${shape.parts.length === 1 ? ',' : ''})`;
      case 'set':
        return shape.parts.length === 0 ? 'set()' : `{${this.#list(shape.parts)}}`;
      case 'frozenset':
        return `frozenset({${this.#list(shape.parts)}})`;
      default:
        return `${this.#count(`<${shape.class ?? shape.type}`)}${this.#labelled(shape)}>`;
    }
  }

  #leaf(shape: Shape): string {
    if (shape.repr !== undefined) return shape.repr;
    const text = shape.text ?? '';
    switch (shape.type) {
      case 'str':
        return strRepr(text.slice(0, this.#left + 1));
      case 'bytes':
        return bytesRepr(text);
      case 'bytearray':
        return `bytearray(${bytesRepr(text)})`;
      case 'str2':
        return bytesRepr(text).slice(1);
      case 'persistent id':
      case 'extension':
      case 'buffer':
        return `<${shape.type}${text === '' ? '' : ` ${text}`}>`;
      default:
        return text;
    }
  }

  #pairs(shape: Shape): string {
    return this.#joined(shape.parts ?? [], (part, index) => `${this.of(shape.keys?.[index] ?? 0)}: ${this.of(part)}`);
  }

  #labelled(shape: Shape): string {
    const parts = this.#joined(shape.parts ?? [], (part, index) => `${shape.labels?.[index] ?? index}=${this.of(part)}`, ' ');
    return parts === '' ? '' : ` ${parts}`;
  }

  #list(parts: readonly Part[]): string {
    return this.#joined(parts, (part) => this.of(part));
  }

  #joined(parts: readonly Part[], write: (part: Part, index: number) => string, separator = ', '): string {
    const written: string[] = [];
    for (const [index, part] of parts.entries()) {
      if (this.#left <= 0) {
        written.push('..');
        break;
      }
      this.#left -= separator.length;
      written.push(write(part, index));
    }
    return written.join(separator);
  }

  #count(text: string): string {
    this.#left -= text.length;
    return text;
  }
}

function named(shape: Shape, text: string): string {
  if (shape.type === 'OrderedDict') return `OrderedDict(${text})`;
  return shape.class === undefined ? text : `${shape.class.slice(shape.class.lastIndexOf('.') + 1)}(${text})`;
}

/** CPython Objects/unicodeobject.c unicode_repr(): the quotes, and escapes for what is not printable. */
export function strRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll(/[\\'"\p{C}\p{Z}]/gu, (character) => {
    if (character === '\\' || character === quote) return `\\${character}`;
    return character === ' ' || character === '"' || character === "'" ? character : escaped(character);
  });
  return `${quote}${body}${quote}`;
}

function escaped(character: string): string {
  const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** CPython Objects/bytesobject.c PyBytes_Repr(). */
function bytesRepr(base64: string): string {
  const text = decodeLatin1(fromBase64(base64));
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll(/[^ -~]|[\\'"]/g, (character) => {
    if (character === '\\' || character === quote) return `\\${character}`;
    return character === '"' || character === "'" ? character : escaped(character);
  });
  return `b${quote}${body}${quote}`;
}
