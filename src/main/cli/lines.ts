/** Longest line read, in bytes: more is answered as one bad line and skipped. */
const MAX_LINE = 256 * 1024 * 1024;
/** Answers are written in blocks of about this many characters. */
const BLOCK = 64 * 1024;

const NEWLINE = 0x0a;

/** One line of input: its text, or null where it was longer than may be read. */
export type Line = string | null;

/**
 * Answers every line of the input in its order, holding no more than one block of it. Empty lines are passed over.
 * @param input bytes as they come
 * @param answer the answer to one line, without a line end; it must not throw
 * @param write takes a block of answers, and is done when more may come
 * @returns how many lines were answered
 */
export async function answerLines(
  input: AsyncIterable<Uint8Array>,
  answer: (line: Line) => string,
  write: (block: string) => Promise<void>,
): Promise<number> {
  let answered = 0;
  let block = '';
  for await (const line of linesOf(input)) {
    if (line !== null && line.trim() === '') continue;
    block += `${answer(line)}\n`;
    answered += 1;
    if (block.length < BLOCK) continue;
    await write(block);
    block = '';
  }
  if (block !== '') await write(block);
  return answered;
}

/** Splits at line feeds alone: JSON text may hold every other character that readers of lines take for an end. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield length + end - start > MAX_LINE ? null : textOf([...pending, chunk.subarray(start, end)]);
      pending = [];
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length <= MAX_LINE) pending.push(chunk.subarray(start));
    else pending = [];
  }
  if (length > 0) yield length > MAX_LINE ? null : textOf(pending);
}

function textOf(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('utf8');
}
