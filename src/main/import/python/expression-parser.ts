/** Expressions. docs.python.org/3/reference/expressions.html, by precedence; comprehensions, lambdas, slices and such are `unreadable`. */
import { stringLiteral } from './string-literal.ts';
import type { Expression } from './syntax.ts';
import { SyntaxProblem, TokenReader } from './token-reader.ts';
import { type Token, tokenize } from './tokens.ts';

const DEPTH = 100;

const BINARY: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/', '//', '%', '@']];
const COMPARISONS = ['==', '!=', '<', '>', '<=', '>=', 'in', 'is'];
const KEYWORDS = new Set(['and', 'or', 'not', 'if', 'else', 'in', 'is', 'for', 'async', 'from', 'import', 'as', 'assert', 'del', 'return']);

export class ExpressionParser {
  protected readonly reader: TokenReader;
  #depth: number;

  constructor(tokens: readonly Token[], depth = 0) {
    this.reader = new TokenReader(tokens);
    this.#depth = depth;
  }

  /** One expression, or several with commas between, which are a tuple. @throws SyntaxProblem */
  tuple(): Expression {
    const first = this.element();
    if (!this.reader.is(',')) return first;
    const items = [first];
    while (this.reader.skip(',')) {
      if (this.#endsHere()) break;
      items.push(this.element());
    }
    return { kind: 'list', items };
  }

  #endsHere(): boolean {
    const { type } = this.reader.next;
    return type === 'newline' || type === 'end' || [')', ']', '}', '=', ':', ';'].some((end) => this.reader.is(end));
  }

  protected element(): Expression {
    if (this.reader.skip('*')) return { kind: 'starred', value: this.#deeper(() => this.#binary(0)) };
    return this.expression();
  }

  protected expression(): Expression {
    return this.#deeper(() => {
      if (this.reader.is('lambda')) throw new SyntaxProblem('a lambda');
      const value = this.#or();
      if (this.reader.is(':=')) throw new SyntaxProblem('a :=');
      if (!this.reader.skip('if')) return value;
      const test = this.#or();
      this.reader.expect('else');
      return { kind: 'conditional', test, yes: value, no: this.expression() };
    });
  }

  #deeper(read: () => Expression): Expression {
    this.#depth += 1;
    try {
      if (this.#depth > DEPTH) throw new SyntaxProblem(`more than ${DEPTH} levels`);
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  #or(): Expression {
    let left = this.#and();
    while (this.reader.skip('or')) left = { kind: 'boolean', operator: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.reader.skip('and')) left = { kind: 'boolean', operator: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    if (!this.reader.skip('not')) return this.#compare();
    return this.#deeper(() => ({ kind: 'unary', operator: 'not', operand: this.#not() }));
  }

  #compare(): Expression {
    const left = this.#binary(0);
    const rest: (readonly [string, Expression])[] = [];
    for (let operator = this.#comparison(); operator !== null; operator = this.#comparison()) rest.push([operator, this.#binary(0)]);
    return rest.length === 0 ? left : { kind: 'compare', left, rest };
  }

  #comparison(): string | null {
    const { reader } = this;
    for (const operator of COMPARISONS) {
      if (!reader.skip(operator)) continue;
      return operator === 'is' && reader.skip('not') ? 'is not' : operator;
    }
    if (!reader.skip('not')) return null;
    reader.expect('in');
    return 'not in';
  }

  #binary(level: number): Expression {
    const operators = BINARY[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.reader.skip(candidate));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): Expression {
    const operator = ['-', '+', '~'].find((candidate) => this.reader.skip(candidate));
    if (operator !== undefined) return this.#deeper(() => ({ kind: 'unary', operator, operand: this.#unary() }));
    if (this.reader.is('await')) throw new SyntaxProblem('an await');
    const base = this.#primary();
    if (!this.reader.skip('**')) return base;
    return this.#deeper(() => ({ kind: 'binary', operator: '**', left: base, right: this.#unary() }));
  }

  #primary(): Expression {
    let value = this.#atom();
    for (;;) {
      if (this.reader.skip('.')) value = { kind: 'attribute', object: value, name: this.reader.name() };
      else if (this.reader.skip('(')) value = this.#call(value);
      else if (this.reader.skip('[')) value = this.#subscript(value);
      else return value;
    }
  }

  #subscript(object: Expression): Expression {
    if (this.reader.is(':')) throw new SyntaxProblem('a slice');
    const index = this.tuple();
    if (this.reader.is(':')) throw new SyntaxProblem('a slice');
    this.reader.expect(']');
    return { kind: 'subscript', object, index };
  }

  #call(callee: Expression): Expression {
    const args: Expression[] = [];
    const keywords: (readonly [string, Expression])[] = [];
    while (!this.reader.skip(')')) {
      if (this.reader.skip('**')) throw new SyntaxProblem('a call with **');
      const value = this.element();
      if (value.kind === 'name' && this.reader.skip('=')) keywords.push([value.name, this.expression()]);
      else args.push(value);
      this.#refuseComprehension();
      if (!this.reader.is(')')) this.reader.expect(',');
    }
    return { kind: 'call', callee, args, keywords };
  }

  #refuseComprehension(): void {
    if (this.reader.is('for') || this.reader.is('async')) throw new SyntaxProblem('a comprehension');
  }

  #atom(): Expression {
    const { type, text } = this.reader.next;
    if (type === 'string') return this.#strings();
    if (type === 'number') return this.#number();
    if (type === 'name' && !KEYWORDS.has(text)) return nameOrConstant(this.reader.take().text);
    if (this.reader.skip('(')) return this.#parenthesized();
    if (this.reader.skip('[')) return this.#items(']');
    if (this.reader.skip('{')) return this.#dict();
    if (this.reader.skip('...')) return { kind: 'unreadable', what: 'an Ellipsis' };
    throw new SyntaxProblem('a value is missing');
  }

  #strings(): Expression {
    const parts: Expression[] = [];
    while (this.reader.next.type === 'string') parts.push(stringLiteral(this.reader.take(), (source) => this.#inside(source)));
    const [first] = parts;
    return parts.length === 1 && first !== undefined ? first : { kind: 'joined', parts };
  }

  /** An expression of an f-string. */
  #inside(source: string): Expression {
    try {
      const parser = new ExpressionParser(tokenize(`(${source})`, ''), this.#depth + 1);
      return parser.expression();
    } catch {
      return { kind: 'unreadable', what: 'an f-string' };
    }
  }

  #number(): Expression {
    const text = this.reader.take().text.replaceAll('_', '');
    if (/[jJ]$/.test(text) && !/^0[xX]/.test(text)) return { kind: 'unreadable', what: 'a complex number' };
    return { kind: 'literal', value: Number(text) };
  }

  #parenthesized(): Expression {
    if (this.reader.skip(')')) return { kind: 'list', items: [] };
    if (this.reader.is('yield')) throw new SyntaxProblem('a yield');
    const value = this.tuple();
    this.#refuseComprehension();
    this.reader.expect(')');
    return value;
  }

  #items(end: string): Expression {
    const items: Expression[] = [];
    while (!this.reader.skip(end)) {
      items.push(this.element());
      this.#refuseComprehension();
      if (!this.reader.is(end)) this.reader.expect(',');
    }
    return { kind: 'list', items };
  }

  /** A dict, or a set, which is taken for a list. */
  #dict(): Expression {
    const entries: (readonly [Expression | null, Expression])[] = [];
    const items: Expression[] = [];
    while (!this.reader.skip('}')) {
      if (this.reader.skip('**')) entries.push([null, this.#binary(0)]);
      else {
        const key = this.element();
        if (this.reader.skip(':')) entries.push([key, this.expression()]);
        else items.push(key);
      }
      this.#refuseComprehension();
      if (!this.reader.is('}')) this.reader.expect(',');
    }
    return items.length > 0 ? { kind: 'list', items } : { kind: 'dict', entries };
  }
}

function nameOrConstant(name: string): Expression {
  switch (name) {
    case 'None':
      return { kind: 'literal', value: null };
    case 'True':
      return { kind: 'literal', value: true };
    case 'False':
      return { kind: 'literal', value: false };
    default:
      return { kind: 'name', name };
  }
}
