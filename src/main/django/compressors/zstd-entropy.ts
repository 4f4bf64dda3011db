import { corrupt } from './output.ts';

/** The two entropy coders of zstd: FSE (RFC 8878, 4.1) and Huffman (4.2). */

const FORMAT = 'zstd';

/** Bits read from the end of a range of bytes towards its beginning (RFC 8878, 4.1: "reads in reverse"). */
export class BackwardBits {
  /** bits left; negative once more were taken than there were, which stand for zeros */
  position: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    const last = bytes[end - 1];
    // The highest set bit of the last byte marks where the bits begin.
    if (end <= start || last === undefined || last === 0) throw corrupt(FORMAT, 'a bit stream has no beginning');
    this.#bytes = bytes;
    this.#start = start;
    this.position = (end - start - 1) * 8 + (31 - Math.clz32(last));
  }

  read(count: number): number {
    this.position -= count;
    return this.#at(this.position, count);
  }

  /** the next `count` bits, without taking them */
  peek(count: number): number {
    return this.#at(this.position - count, count);
  }

  #at(position: number, count: number): number {
    if (count === 0) return 0;
    if (position < 0) {
      const present = count + position;
      return present <= 0 ? 0 : this.#at(0, present) * 2 ** -position;
    }
    if (count > 24) return this.#at(position + 16, count - 16) * 0x10000 + this.#at(position, 16);
    const at = this.#start + (position >> 3);
    const bytes = this.#bytes;
    // Past the end of the array reads give undefined, which the operators below take for 0; those bits are masked away.
    const word =
      (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    return (word >>> (position & 7)) & ((1 << count) - 1);
  }
}

/** A decoding table: for every state its symbol, the bits to read, and the state those are added to. */
export type FseTable = Readonly<{ log: number; symbols: Uint8Array; bits: Uint8Array; bases: Uint16Array }>;

/** A table of one state, for sequences that all have the same code (RFC 8878, 3.1.1.3.2.1, RLE_Mode). */
export function fseRunTable(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: Uint8Array.of(0), bases: Uint16Array.of(0) };
}

/** The decoding table of normalized probabilities, -1 meaning "less than one" (RFC 8878, 4.1.1). */
export function fseTable(probabilities: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(probabilities.length);
  let high = size;
  for (const [symbol, probability] of probabilities.entries()) {
    if (probability !== -1) continue;
    symbols[--high] = symbol;
    next[symbol] = 1;
  }
  spread(probabilities, symbols, next, high);
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] as number;
    const value = next[symbol] as number;
    next[symbol] = value + 1;
    const width = log - (31 - Math.clz32(value));
    bits[state] = width;
    bases[state] = (value << width) - size;
  }
  return { log, symbols, bits, bases };
}

function spread(probabilities: readonly number[], symbols: Uint8Array, next: Uint16Array, high: number): void {
  const size = symbols.length;
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (const [symbol, probability] of probabilities.entries()) {
    if (probability <= 0) continue;
    next[symbol] = probability;
    for (let count = 0; count < probability; count++) {
      symbols[position] = symbol;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  }
  if (position !== 0) throw corrupt(FORMAT, 'the probabilities of a table do not fill it');
}

/**
 * A table description (RFC 8878, 4.1.1) at `start`; answers the table and the offset behind it.
 * @param symbols how many symbols there may be @param maximumLog the largest accuracy allowed here
 */
export function readFseTable(
  bytes: Uint8Array,
  start: number,
  end: number,
  symbols: number,
  maximumLog: number,
): Readonly<{ table: FseTable; end: number }> {
  let position = start * 8;
  const read = (count: number): number => {
    if (position + count > end * 8) throw corrupt(FORMAT, 'a table ends early');
    const at = position >> 3;
    const word = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
    const value = (word >>> (position & 7)) & ((1 << count) - 1);
    position += count;
    return value;
  };
  const log = read(4) + 5;
  if (log > maximumLog) throw corrupt(FORMAT, 'a table is larger than allowed');
  let remaining = 1 << log;
  const probabilities: number[] = [];
  while (remaining > 0 && probabilities.length < symbols) {
    const width = 32 - Math.clz32(remaining + 1);
    const mask = (1 << (width - 1)) - 1;
    const threshold = (1 << width) - 1 - (remaining + 1);
    // Small values take one bit less, which can be told from the lower ones.
    let value = read(width - 1);
    if (value >= threshold) {
      value |= read(1) << (width - 1);
      if (value > mask) value -= threshold;
    }
    const probability = value - 1;
    remaining -= Math.abs(probability);
    probabilities.push(probability);
    for (let repeat = probability === 0 ? 3 : 0; repeat === 3; ) {
      repeat = read(2);
      for (let count = 0; count < repeat; count++) probabilities.push(0);
    }
  }
  if (remaining !== 0 || probabilities.length > symbols) throw corrupt(FORMAT, 'the probabilities of a table do not add up');
  return { table: fseTable(probabilities, log), end: (position + 7) >> 3 };
}

/** A prefix code as a table of all inputs of `log` bits. */
export type HuffmanTable = Readonly<{ log: number; symbols: Uint8Array; bits: Uint8Array }>;

/** A Huffman tree description (RFC 8878, 4.2.1) at `start`; answers the table and the offset behind it. */
export function readHuffmanTable(bytes: Uint8Array, start: number, end: number): Readonly<{ table: HuffmanTable; end: number }> {
  const header = bytes[start];
  if (header === undefined || start >= end) throw corrupt(FORMAT, 'a tree ends early');
  const direct = header >= 128;
  const size = direct ? (header - 126) >> 1 : header;
  const from = start + 1;
  if (from + size > end) throw corrupt(FORMAT, 'a tree ends early');
  const weights = direct ? directWeights(bytes, from, header - 127) : compressedWeights(bytes, from, from + size);
  return { table: huffmanTable(weights), end: from + size };
}

function directWeights(bytes: Uint8Array, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const byte = bytes[start + (index >> 1)] as number;
    return index % 2 === 0 ? byte >> 4 : byte & 15;
  });
}

function compressedWeights(bytes: Uint8Array, start: number, end: number): number[] {
  const { table, end: from } = readFseTable(bytes, start, end, 256, 6);
  const bits = new BackwardBits(bytes, from, end);
  const states: [number, number] = [bits.read(table.log), bits.read(table.log)];
  const weights: number[] = [];
  // Two states take turns; when the bits run out, the other one still holds a symbol.
  for (let turn: 0 | 1 = 0; ; turn = turn === 0 ? 1 : 0) {
    const state = states[turn];
    weights.push(table.symbols[state] as number);
    if (weights.length > 254) throw corrupt(FORMAT, 'a tree has too many symbols');
    states[turn] = (table.bases[state] as number) + bits.read(table.bits[state] as number);
    if (bits.position >= 0) continue;
    weights.push(table.symbols[states[turn === 0 ? 1 : 0]] as number);
    return weights;
  }
}

function huffmanTable(weights: readonly number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) {
    if (weight > 11) throw corrupt(FORMAT, 'a tree is too deep');
    sum += weight === 0 ? 0 : 1 << (weight - 1);
  }
  if (sum === 0) throw corrupt(FORMAT, 'a tree has no symbols');
  const log = 32 - Math.clz32(sum);
  const left = 2 ** log - sum;
  // The weight of the last symbol is what is missing to a power of two.
  if (log > 11 || (left & (left - 1)) !== 0) throw corrupt(FORMAT, 'a tree is not complete');
  const all = [...weights, 32 - Math.clz32(left)];
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const bits = new Uint8Array(size);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    const span = 1 << (weight - 1);
    for (const [symbol, own] of all.entries()) {
      if (own !== weight) continue;
      symbols.fill(symbol, at, at + span);
      bits.fill(log + 1 - weight, at, at + span);
      at += span;
    }
  }
  if (at !== size) throw corrupt(FORMAT, 'a tree is not complete');
  return { log, symbols, bits };
}

/** Decodes one stream of exactly `count` symbols into `target` at `at`. */
export function readHuffmanStream(
  table: HuffmanTable,
  bytes: Uint8Array,
  range: Readonly<{ start: number; end: number }>,
  target: Uint8Array,
  at: number,
  count: number,
): void {
  const bits = new BackwardBits(bytes, range.start, range.end);
  for (let index = at; index < at + count; index++) {
    const code = bits.peek(table.log);
    target[index] = table.symbols[code] as number;
    bits.position -= table.bits[code] as number;
    if (bits.position < 0) throw corrupt(FORMAT, 'a stream of literals ends early');
  }
  if (bits.position !== 0) throw corrupt(FORMAT, 'a stream of literals is longer than its content');
}
