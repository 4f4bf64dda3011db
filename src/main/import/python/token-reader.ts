import type { Token } from './tokens.ts';

/** What the rest of a line was not understood as: caught where the line begins. */
export class SyntaxProblem extends Error {}

const END: Token = { type: 'end', text: '', prefix: '', line: 0 };

/** A place in a list of tokens. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token {
    return this.#tokens[this.#at] ?? END;
  }

  ahead(count: number): Token {
    return this.#tokens[this.#at + count] ?? END;
  }

  take(): Token {
    const token = this.next;
    this.#at += 1;
    return token;
  }

  is(text: string): boolean {
    const { type } = this.next;
    return (type === 'operator' || type === 'name') && this.next.text === text;
  }

  skip(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at += 1;
    return true;
  }

  /** @throws SyntaxProblem */
  expect(text: string): void {
    if (!this.skip(text)) throw new SyntaxProblem(`${text} is missing`);
  }

  /** @throws SyntaxProblem */
  name(): string {
    if (this.next.type !== 'name') throw new SyntaxProblem('a name is missing');
    return this.take().text;
  }

  /** Behind the end of the line and, where it is the head of a block, before the block. */
  skipLine(): void {
    while (this.next.type !== 'newline' && this.next.type !== 'end') this.#at += 1;
    if (this.next.type === 'newline') this.#at += 1;
  }
}
