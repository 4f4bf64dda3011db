/** Statements. A line that is not understood becomes an assignment of `unreadable`, or nothing: the lines around it are read all the same. */
import { InspectorError } from '../../errors.ts';
import { ExpressionParser } from './expression-parser.ts';
import type { Block, Expression, Statement } from './syntax.ts';
import { SyntaxProblem } from './token-reader.ts';
import { type Token, tokenize } from './tokens.ts';

const BLOCK_DEPTH = 60;
const AUGMENTED = ['+=', '-=', '*=', '/=', '//=', '%=', '|=', '&=', '^=', '**=', '>>=', '<<=', '@='];
const BLOCKS = ['def', 'class', 'for', 'while', 'with', 'async', 'match', 'case'];

/** @throws InspectorError UnsupportedFormat, LimitExceeded */
export function parseModule(source: string, file: string): Block {
  return new StatementParser(source, file).module();
}

class StatementParser extends ExpressionParser {
  readonly #file: string;
  #blocks = 0;

  constructor(source: string, file: string) {
    super(tokenize(source, file));
    this.#file = file;
  }

  module(): Block {
    const body: Statement[] = [];
    while (this.reader.next.type !== 'end') body.push(...this.#line());
    return body;
  }

  /** The statements of one line, or one with its block. */
  #line(): readonly Statement[] {
    const { line, type, text } = this.reader.next;
    if (type === 'indent' || type === 'dedent' || type === 'newline') {
      this.reader.take();
      return [];
    }
    if (type === 'name') {
      if (text === 'if') return [this.#if(line)];
      if (text === 'try') return [this.#try(line)];
      if (this.#isBlock(text)) return [this.#block(line)];
    }
    if (this.reader.is('@')) {
      this.reader.skipLine();
      return [];
    }
    const statements = [this.#guarded(line)];
    while (this.reader.skip(';')) if (this.reader.next.type !== 'newline') statements.push(this.#guarded(line));
    this.reader.skipLine();
    return statements;
  }

  /** `match` and `case` are ordinary names where no block follows. */
  #isBlock(text: string): boolean {
    if (!BLOCKS.includes(text)) return false;
    if (text !== 'match' && text !== 'case') return true;
    const after = this.reader.ahead(1);
    return after.type === 'name' || after.type === 'string' || after.type === 'number';
  }

  #guarded(line: number): Statement {
    try {
      return this.#simple(line);
    } catch (thrown) {
      if (!(thrown instanceof SyntaxProblem)) throw thrown;
      while (!this.#isAt('newline', 'end')) this.reader.take();
      return { kind: 'nothing', line };
    }
  }

  #simple(line: number): Statement {
    const { reader } = this;
    if (reader.skip('import')) return this.#import(line);
    if (reader.skip('from')) return this.#from(line);
    if (['pass', 'raise', 'assert', 'del', 'global', 'return', 'break', 'continue', 'nonlocal', 'yield'].includes(reader.next.text)) {
      if (reader.next.type === 'name') throw new SyntaxProblem('a statement that sets nothing');
    }
    return this.#assignment(line);
  }

  #assignment(line: number): Statement {
    const { reader } = this;
    const first = this.tuple();
    const augmented = AUGMENTED.find((operator) => reader.skip(operator));
    if (augmented !== undefined) return { kind: 'augmented', target: first, operator: augmented.slice(0, -1), value: this.#value(), line };
    if (reader.skip(':')) {
      this.tuple();
      if (!reader.skip('=')) return { kind: 'nothing', line };
      return { kind: 'assign', targets: [first], value: this.#value(), line };
    }
    if (!reader.is('=')) return { kind: 'expression', value: first, line };
    const targets: Expression[] = [];
    let value: Expression = first;
    while (reader.skip('=')) {
      targets.push(value);
      value = this.#value();
    }
    return { kind: 'assign', targets, value, line };
  }

  /** What is set to something unreadable must not keep an earlier value. */
  #value(): Expression {
    try {
      return this.tuple();
    } catch (thrown) {
      if (!(thrown instanceof SyntaxProblem)) throw thrown;
      while (!this.#isAt('newline', 'end')) this.reader.take();
      return { kind: 'unreadable', what: thrown.message };
    }
  }

  #import(line: number): Statement {
    const names: (readonly [string, string])[] = [];
    do {
      const module = this.#dotted();
      // `import a.b` binds `a`; a.b is then reached by its attributes.
      const [first = ''] = module.split('.');
      names.push(this.reader.skip('as') ? [module, this.reader.name()] : [first, first]);
    } while (this.reader.skip(','));
    return { kind: 'import', names, line };
  }

  #from(line: number): Statement {
    const { reader } = this;
    let level = 0;
    while (reader.is('.') || reader.is('...')) level += reader.take().text.length;
    const module = reader.is('import') ? '' : this.#dotted();
    reader.expect('import');
    if (reader.skip('*')) return { kind: 'from', module, level, names: null, line };
    const parenthesized = reader.skip('(');
    const names: (readonly [string, string])[] = [];
    do {
      if (parenthesized && reader.is(')')) break;
      const name = reader.name();
      names.push([name, reader.skip('as') ? reader.name() : name]);
    } while (reader.skip(','));
    return { kind: 'from', module, level, names, line };
  }

  #dotted(): string {
    let name = this.reader.name();
    while (this.reader.skip('.')) name += `.${this.reader.name()}`;
    return name;
  }

  #if(line: number): Statement {
    const branches: { test: Expression; body: Block }[] = [];
    let otherwise: Block = [];
    while (this.reader.skip(branches.length === 0 ? 'if' : 'elif')) branches.push({ test: this.#test(), body: this.#suite() });
    if (this.reader.skip('else')) otherwise = this.#suite();
    return { kind: 'if', branches, otherwise, line };
  }

  #test(): Expression {
    try {
      return this.expression();
    } catch (thrown) {
      if (!(thrown instanceof SyntaxProblem)) throw thrown;
      // The colon that ends the head: the last one of the line where the block is below.
      while (!['newline', 'end'].includes(this.reader.ahead(1).type)) this.reader.take();
      return { kind: 'unreadable', what: thrown.message };
    }
  }

  #try(line: number): Statement {
    this.reader.skip('try');
    const body = this.#suite();
    const handlers: Block[] = [];
    let after: Block = [];
    while (this.reader.skip('except')) handlers.push(this.#suite());
    if (this.reader.skip('else')) after = this.#suite();
    if (this.reader.skip('finally')) after = [...after, ...this.#suite()];
    return { kind: 'try', body, handlers, after, line };
  }

  #block(line: number): Statement {
    const first = this.reader.take().text;
    const keyword = first === 'async' ? this.reader.take().text : first;
    return { kind: 'block', keyword, body: this.#suite(), line };
  }

  /** From within the head of a block to its end: the lines below, or what stands behind the colon. */
  #suite(): Block {
    const { reader } = this;
    for (let depth = 0; !(depth === 0 && reader.is(':')); reader.take()) {
      if (this.#isAt('newline', 'end')) break;
      if (['(', '[', '{'].some((bracket) => reader.is(bracket))) depth += 1;
      if ([')', ']', '}'].some((bracket) => reader.is(bracket))) depth -= 1;
    }
    reader.skip(':');
    this.#blocks += 1;
    if (this.#blocks > BLOCK_DEPTH) {
      throw new InspectorError('LimitExceeded', `${this.#file} has more than ${BLOCK_DEPTH} blocks in each other`, {
        hint: 'It is no settings module.',
      });
    }
    const body = reader.next.type === 'newline' ? this.#below() : this.#line();
    this.#blocks -= 1;
    return body;
  }

  #below(): Block {
    this.reader.take();
    if (!this.#isAt('indent')) return [];
    this.reader.take();
    const body: Statement[] = [];
    while (!this.#isAt('dedent', 'end')) body.push(...this.#line());
    if (this.#isAt('dedent')) this.reader.take();
    return body;
  }

  #isAt(...types: readonly Token['type'][]): boolean {
    return types.includes(this.reader.next.type);
  }
}
