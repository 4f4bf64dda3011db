/** The tokens of Python source. docs.python.org/3/reference/lexical_analysis.html; what Python itself would refuse may pass. */
import { InspectorError } from '../../errors.ts';

export type Token = Readonly<{
  type: 'name' | 'number' | 'string' | 'operator' | 'newline' | 'indent' | 'dedent' | 'end';
  /** as written; of a string what is between the quotes */
  text: string;
  /** of a string, lower case: r, b, f, u and their pairs */
  prefix: string;
  /** from 1 */
  line: number;
}>;

const TOKENS = 300_000;
const INDENTS = 50;

const BLANK = /[ \t\f]*(?:#[^\n]*)?(?:\r?\n|$)/y;
const SPACE = /(?:[ \t\f]|\\\r?\n|#[^\n]*)+/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?/y;
const STRING_START = /([rRbBfFuU]{0,2})('''|"""|'|")/y;
const OPERATOR =
  /\*\*=|\/\/=|>>=|<<=|\.\.\.|:=|->|==|!=|<=|>=|\+=|-=|\*=|\/=|%=|@=|&=|\|=|\^=|\*\*|\/\/|<<|>>|[-+*/%@&|^~<>()[\]{},:.;=!]/y;

/** @throws InspectorError UnsupportedFormat where the text is not Python, LimitExceeded */
export function tokenize(source: string, file: string): readonly Token[] {
  return new Tokenizer(source.replace(/^\uFEFF/, ''), file).run();
}

class Tokenizer {
  readonly #source: string;
  readonly #file: string;
  readonly #tokens: Token[] = [];
  readonly #indents: number[] = [0];
  #at = 0;
  #line = 1;
  /** open brackets: inside them a line's end means nothing */
  #depth = 0;

  constructor(source: string, file: string) {
    this.#source = source;
    this.#file = file;
  }

  run(): readonly Token[] {
    while (this.#at < this.#source.length) {
      if (this.#atLineStart()) {
        if (this.#match(BLANK) !== null) continue;
        this.#indent();
      }
      this.#next();
    }
    if (!this.#atLineStart()) this.#push('newline', '');
    while (this.#indents.length > 1) this.#dedent();
    this.#push('end', '');
    return this.#tokens;
  }

  #atLineStart(): boolean {
    const last = this.#tokens.at(-1)?.type;
    return this.#depth === 0 && (last === undefined || last === 'newline' || last === 'indent' || last === 'dedent');
  }

  #next(): void {
    if (this.#match(SPACE) !== null) return;
    if (/[\r\n]/.test(this.#source[this.#at] ?? '')) {
      this.#match(/\r?\n|\r/y);
      if (this.#depth === 0) this.#push('newline', '', this.#line - 1);
      return;
    }
    if (this.#string()) return;
    const { type, text } = this.#word();
    if ('([{'.includes(text)) this.#depth += 1;
    if (')]}'.includes(text)) this.#depth = Math.max(0, this.#depth - 1);
    this.#push(type, text);
  }

  #word(): Pick<Token, 'type' | 'text'> {
    const name = this.#match(NAME);
    if (name !== null) return { type: 'name', text: name[0] };
    const number = this.#match(NUMBER);
    if (number !== null) return { type: 'number', text: number[0] };
    const operator = this.#match(OPERATOR);
    if (operator !== null) return { type: 'operator', text: operator[0] };
    throw this.#fail('a character that Python does not know here');
  }

  #string(): boolean {
    const start = this.#match(STRING_START);
    if (start === null) return false;
    const [, prefix = '', quote = ''] = start;
    const line = this.#line;
    const from = this.#at;
    while (this.#at < this.#source.length) {
      if (this.#source.startsWith(quote, this.#at)) {
        const text = this.#source.slice(from, this.#at).replaceAll('\r\n', '\n');
        this.#at += quote.length;
        this.#push('string', text, line, prefix.toLowerCase());
        return true;
      }
      if (this.#source[this.#at] === '\n') {
        if (quote.length === 1) break;
        this.#line += 1;
      }
      this.#at += this.#source[this.#at] === '\\' ? this.#escaped() : 1;
    }
    throw this.#fail('a text that does not end', line);
  }

  #escaped(): number {
    const next = this.#source.startsWith('\r\n', this.#at + 1) ? '\r\n' : (this.#source[this.#at + 1] ?? '');
    if (next.endsWith('\n')) this.#line += 1;
    return 1 + next.length;
  }

  #indent(): void {
    const column = width(this.#match(/[ \t\f]*/y)?.[0] ?? '');
    if (column > (this.#indents.at(-1) ?? 0)) {
      if (this.#indents.length > INDENTS) throw this.#fail(`more than ${INDENTS} levels of indentation`);
      this.#indents.push(column);
      this.#push('indent', '');
    }
    while (column < (this.#indents.at(-1) ?? 0)) this.#dedent();
  }

  #dedent(): void {
    this.#indents.pop();
    this.#push('dedent', '');
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match === null) return null;
    this.#at += match[0].length;
    for (const character of match[0]) if (character === '\n') this.#line += 1;
    return match;
  }

  #push(type: Token['type'], text: string, line = this.#line, prefix = ''): void {
    if (this.#tokens.length >= TOKENS) {
      throw new InspectorError('LimitExceeded', `${this.#file} has more than ${TOKENS} words`, { hint: 'It is no settings module.' });
    }
    this.#tokens.push({ type, text, prefix, line });
  }

  #fail(what: string, line = this.#line): InspectorError {
    return new InspectorError('UnsupportedFormat', `${this.#file}, line ${line}: ${what}`, { hint: 'Is it a Python file?' });
  }
}

/** A tab goes on to the next multiple of eight. */
function width(space: string): number {
  let column = 0;
  for (const character of space) {
    if (character === '\t') column += 8 - (column % 8);
    else if (character === ' ') column += 1;
    else column = 0;
  }
  return column;
}
