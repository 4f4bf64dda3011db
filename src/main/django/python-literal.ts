import { InspectorError } from '../errors.ts';

/** Brackets within brackets; CPython's tokenizer refuses 200 (Parser/tokenizer.h MAXLEVEL), and a few stand around the value. */
const DEEPEST = 90;
/** sys.int_info.default_max_str_digits: the compiler refuses a longer literal. */
const MOST_DIGITS = 4300;
/** Characters up to which a container stays on one line. */
const LINE = 88;

/** A Python expression, and the modules it names. */
export type PythonExpression = Readonly<{ text: string; imports: readonly string[] }>;

/**
 * The Python expression of a value in the typed notation of test/fixtures/README.md, which Python evaluates to an equal
 * value of the same types. Nothing in it calls more than constructors of the standard library.
 * @throws InspectorError Unsupported where a value has no plain expression, LimitExceeded where Python would not compile it
 */
export function pythonExpression(typed: unknown): PythonExpression {
  const writer = new Writer();
  const text = writer.write(typed, 0);
  return { text, imports: [...writer.imports].sort() };
}

class Writer {
  readonly imports = new Set<string>();

  write(typed: unknown, depth: number): string {
    if (depth > DEEPEST) {
      throw new InspectorError(
        'LimitExceeded',
        `The data are nested deeper than ${DEEPEST} levels: Python does not compile such an expression`,
        {
          hint: 'Copy them as JSON.',
        },
      );
    }
    if (typed === null) return 'None';
    if (typeof typed === 'boolean') return typed ? 'True' : 'False';
    if (typeof typed === 'number') return String(typed);
    if (typeof typed === 'string') return pythonString(typed);
    if (Array.isArray(typed)) return this.#items('[', typed, ']', depth);
    return this.#tagged(Object.entries(typed as object), depth);
  }

  #tagged(entries: readonly (readonly [string, unknown])[], depth: number): string {
    const [[tag, content] = ['', null], ...more] = entries;
    const rest = new Map(more);
    const zone = rest.get('tz');
    // Subclasses, fields of namedtuples, zones of other packages: their own code would have to run.
    const plainZone = tag === '$datetime' && (zone === null || (typeof zone === 'string' && zone.startsWith('timezone:')));
    if (rest.size > 0 && !(rest.size === 1 && plainZone)) throw unsayable(tag);
    if (typeof content === 'string') return this.#text(tag, content);
    if (Array.isArray(content)) return this.#container(tag, content, depth);
    throw unsayable(tag);
  }

  #text(tag: string, content: string): string {
    switch (tag) {
      case '$int':
        return pythonInt(content);
      case '$float':
        return pythonFloat(content);
      case '$bytes':
        return pythonBytes(content);
      case '$bytearray':
        return `bytearray(${pythonBytes(content)})`;
      case '$datetime':
        return this.#call('datetime', 'datetime.fromisoformat', content);
      case '$date':
        return this.#call('datetime', 'date.fromisoformat', content);
      case '$time':
        return this.#call('datetime', 'time.fromisoformat', content);
      case '$decimal':
        return this.#call('decimal', 'Decimal', content);
      case '$uuid':
        return this.#call('uuid', 'UUID', content);
      default:
        throw unsayable(tag);
    }
  }

  #container(tag: string, content: readonly unknown[], depth: number): string {
    switch (tag) {
      case '$dict':
        return this.#pairs('{', content, ': ', '}', depth);
      case '$ordereddict':
        this.imports.add('collections');
        return `collections.OrderedDict(${this.#items(
          '[',
          content.map((pair) => ({ $tuple: pair })),
          ']',
          depth + 1,
        )})`;
      case '$tuple':
        return this.#items('(', content, content.length === 1 ? ',)' : ')', depth);
      case '$set':
        return content.length === 0 ? 'set()' : this.#items('{', content, '}', depth);
      case '$frozenset':
        return content.length === 0 ? 'frozenset()' : `frozenset(${this.#items('{', content, '}', depth + 1)})`;
      case '$complex':
        return `complex(${pythonFloat(String(content[0]))}, ${pythonFloat(String(content[1]))})`;
      case '$timedelta':
        this.imports.add('datetime');
        return `datetime.timedelta(${content.map(Number).join(', ')})`;
      default:
        throw unsayable(tag);
    }
  }

  #call(module: string, name: string, text: string): string {
    this.imports.add(module);
    return `${module}.${name}(${pythonString(text)})`;
  }

  #items(open: string, items: readonly unknown[], close: string, depth: number): string {
    return bracketed(
      open,
      items.map((item) => this.write(item, depth + 1)),
      close,
    );
  }

  #pairs(open: string, pairs: readonly unknown[], colon: string, close: string, depth: number): string {
    const parts = pairs.map((pair) => {
      if (!Array.isArray(pair)) throw unsayable('$dict');
      return `${this.write(pair[0], depth + 1)}${colon}${this.write(pair[1], depth + 1)}`;
    });
    return bracketed(open, parts, close);
  }
}

/** On one line where it fits, else one item a line. No literal holds a line break, so that each one is of a container. */
function bracketed(open: string, parts: readonly string[], close: string): string {
  const length = parts.reduce((sum, part) => sum + part.length + 2, open.length + close.length);
  if (length <= LINE && !parts.some((part) => part.includes('\n'))) return `${open}${parts.join(', ')}${close}`;
  const lines = parts.map((part) => `    ${part.replaceAll('\n', '\n    ')},\n`);
  return `${open}\n${lines.join('')}${close.replace(',', '')}`;
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A str literal: letters of every script as they are; what cannot be seen, lone surrogates included, as escapes. */
export function pythonString(text: string): string {
  const body = text.replace(/[\\'\p{C}\p{Z}]/gu, (character) => {
    if (character === ' ') return character;
    if (character === '\\' || character === "'") return `\\${character}`;
    return SHORT[character] ?? escaped(character.codePointAt(0) ?? 0);
  });
  return `'${body}'`;
}

function escaped(point: number): string {
  if (point < 0x100) return `\\x${point.toString(16).padStart(2, '0')}`;
  return point < 0x10000 ? `\\u${point.toString(16).padStart(4, '0')}` : `\\U${point.toString(16).padStart(8, '0')}`;
}

/** @param base64 as the notation has bytes */
function pythonBytes(base64: string): string {
  const body = Buffer.from(base64, 'base64')
    .toString('latin1')
    .replace(/[^ -~]|[\\']/g, (character) => {
      if (character === '\\' || character === "'") return `\\${character}`;
      return SHORT[character] ?? escaped(character.charCodeAt(0));
    });
  return `b'${body}'`;
}

function pythonInt(digits: string): string {
  if (!/^-?\d+$/.test(digits)) throw unsayable('$int');
  if (digits.length > MOST_DIGITS) {
    throw new InspectorError('LimitExceeded', `An int has more than ${MOST_DIGITS} digits: Python does not compile such a literal`);
  }
  return digits;
}

function pythonFloat(repr: string): string {
  return /^-?(inf|nan)$/.test(repr) ? `float('${repr}')` : repr;
}

function unsayable(tag: string): InspectorError {
  return new InspectorError('Unsupported', `The data hold a value that is no plain Python expression (${tag.replace('$', '')})`, {
    hint: 'Only its own code could build it again. The Text view shows it for reading.',
  });
}
