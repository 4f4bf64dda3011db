import { corrupt, type Output } from './output.ts';
import {
  BackwardBits,
  type FseTable,
  fseRunTable,
  fseTable,
  type HuffmanTable,
  readFseTable,
  readHuffmanStream,
  readHuffmanTable,
} from './zstd-entropy.ts';

/** Compressed blocks of zstd (RFC 8878, 3.1.1.3): literals, then sequences that mix them with matches. */

const FORMAT = 'zstd';
export const MAXIMUM_BLOCK = 1 << 17;
/** the largest tables a block may bring, in entries: see Output.spend */
const BLOCK_COST = 2048 + 512 + 512 + 256;

type Code = Readonly<{ base: number; bits: number }>;

/** base values and extra bits from the widths alone: each code begins where the one before ends (tables in 3.1.1.3.2.1.1) */
function codes(first: number, widths: readonly number[]): readonly Code[] {
  let base = first;
  return widths.map((bits) => {
    const code = { base, bits };
    base += 2 ** bits;
    return code;
  });
}

const zeros = (count: number): number[] => new Array<number>(count).fill(0);

const LITERAL_LENGTHS = codes(0, [...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const MATCH_LENGTHS = codes(3, [...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);

/** The three kinds of codes in a sequence, with their default tables (3.1.1.3.2.2). */
type Kind = Readonly<{ symbols: number; maximumLog: number; fallback: FseTable }>;

const LITERAL_LENGTH: Kind = {
  symbols: 36,
  maximumLog: 9,
  fallback: fseTable([4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1], 6),
};
const OFFSET: Kind = {
  symbols: 32,
  maximumLog: 8,
  fallback: fseTable([1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], 5),
};
const MATCH_LENGTH: Kind = {
  symbols: 53,
  maximumLog: 9,
  fallback: fseTable(
    [
      1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, -1, -1, -1, -1, -1, -1, -1,
    ],
    6,
  ),
};

/** What blocks of one frame hand on to the next: tables, tree, and the three offsets used last. */
export type FrameState = {
  huffman: HuffmanTable | null;
  literalLengths: FseTable | null;
  offsets: FseTable | null;
  matchLengths: FseTable | null;
  /** offsets used last, most recent first */
  recent: [number, number, number];
};

export function newFrameState(): FrameState {
  return { huffman: null, literalLengths: null, offsets: null, matchLengths: null, recent: [1, 4, 8] };
}

/** Decodes one compressed block. @param frameStart where the frame's content begins in `output` */
export function readBlock(bytes: Uint8Array, start: number, end: number, state: FrameState, output: Output, frameStart: number): void {
  output.spend(BLOCK_COST);
  const literals = readLiterals(bytes, start, end, state);
  const before = output.length;
  readSequences(bytes, literals.end, end, state, literals.content, output, frameStart);
  if (output.length - before > MAXIMUM_BLOCK) throw corrupt(FORMAT, 'a block is longer than allowed');
}

type Literals = Readonly<{ content: Uint8Array; end: number }>;

function readLiterals(bytes: Uint8Array, start: number, end: number, state: FrameState): Literals {
  if (start >= end) throw corrupt(FORMAT, 'a block ends early');
  const first = bytes[start] as number;
  const type = first & 3;
  const format = (first >> 2) & 3;
  if (type < 2) return readPlainLiterals(bytes, start, end, type === 1, format);
  const headerBytes = format < 2 ? 3 : format + 2;
  if (start + headerBytes > end) throw corrupt(FORMAT, 'a block ends early');
  const width = format < 2 ? 10 : format === 2 ? 14 : 18;
  let header = 0;
  for (let index = headerBytes - 1; index >= 0; index--) header = header * 256 + (bytes[start + index] as number);
  const size = Math.floor(header / 16) % 2 ** width;
  const packed = Math.floor(header / 2 ** (4 + width)) % 2 ** width;
  const from = start + headerBytes;
  if (size > MAXIMUM_BLOCK || from + packed > end) throw corrupt(FORMAT, 'the literals are longer than their block');
  let streams = from;
  if (type === 2) {
    const tree = readHuffmanTable(bytes, from, from + packed);
    state.huffman = tree.table;
    streams = tree.end;
  }
  if (state.huffman === null) throw corrupt(FORMAT, 'a block repeats a tree that was not given');
  const content = new Uint8Array(size);
  readStreams(state.huffman, bytes, streams, from + packed, content, format === 0 ? 1 : 4);
  return { content, end: from + packed };
}

function readPlainLiterals(bytes: Uint8Array, start: number, end: number, run: boolean, format: number): Literals {
  const headerBytes = format === 1 ? 2 : format === 3 ? 3 : 1;
  if (start + headerBytes > end) throw corrupt(FORMAT, 'a block ends early');
  const [first, second, third] = [bytes[start] as number, bytes[start + 1] as number, bytes[start + 2] as number];
  const size =
    headerBytes === 1 ? first >> 3 : headerBytes === 2 ? (first >> 4) | (second << 4) : (first >> 4) | (second << 4) | (third << 12);
  const from = start + headerBytes;
  if (size > MAXIMUM_BLOCK || from + (run ? 1 : size) > end) throw corrupt(FORMAT, 'the literals are longer than their block');
  if (run) return { content: new Uint8Array(size).fill(bytes[from] as number), end: from + 1 };
  return { content: bytes.subarray(from, from + size), end: from + size };
}

function readStreams(table: HuffmanTable, bytes: Uint8Array, start: number, end: number, content: Uint8Array, streams: 1 | 4): void {
  if (streams === 1) {
    readHuffmanStream(table, bytes, { start, end }, content, 0, content.length);
    return;
  }
  if (start + 6 > end) throw corrupt(FORMAT, 'a block ends early');
  const quarter = (content.length + 3) >> 2;
  let from = start + 6;
  for (let stream = 0; stream < 4; stream++) {
    const at = quarter * stream;
    const jump = start + stream * 2;
    const to = stream === 3 ? end : from + ((bytes[jump] as number) | ((bytes[jump + 1] as number) << 8));
    if (to > end || at > content.length) throw corrupt(FORMAT, 'the literals are longer than their block');
    readHuffmanStream(table, bytes, { start: from, end: to }, content, at, stream === 3 ? content.length - at : quarter);
    from = to;
  }
}

function readSequences(
  bytes: Uint8Array,
  start: number,
  end: number,
  state: FrameState,
  literals: Uint8Array,
  output: Output,
  frameStart: number,
): void {
  const header = sequencesHeader(bytes, start, end);
  if (header.count === 0) {
    if (header.from !== end) throw corrupt(FORMAT, 'a block is longer than its content');
    output.append(literals);
    return;
  }
  if (header.from >= end) throw corrupt(FORMAT, 'a block ends early');
  const modes = bytes[header.from] as number;
  if ((modes & 3) !== 0) throw corrupt(FORMAT, 'a block has reserved bits set');
  const reader = { bytes, at: header.from + 1, end };
  state.literalLengths = readTable(reader, modes >> 6, LITERAL_LENGTH, state.literalLengths);
  state.offsets = readTable(reader, (modes >> 4) & 3, OFFSET, state.offsets);
  state.matchLengths = readTable(reader, (modes >> 2) & 3, MATCH_LENGTH, state.matchLengths);
  const bits = new BackwardBits(bytes, reader.at, end);
  const tables = [state.literalLengths, state.offsets, state.matchLengths] as const;
  const used = runSequences(bits, header.count, tables, state.recent, literals, output, frameStart);
  output.appendPart(literals, used, literals.length);
}

function sequencesHeader(bytes: Uint8Array, start: number, end: number): Readonly<{ count: number; from: number }> {
  if (start >= end) throw corrupt(FORMAT, 'a block ends early');
  const [first, second, third] = [bytes[start] as number, bytes[start + 1] as number, bytes[start + 2] as number];
  if (first < 128) return { count: first, from: start + 1 };
  if (start + (first < 255 ? 2 : 3) > end) throw corrupt(FORMAT, 'a block ends early');
  if (first < 255) return { count: ((first - 128) << 8) + second, from: start + 2 };
  return { count: second + (third << 8) + 0x7f00, from: start + 3 };
}

type Reader = { readonly bytes: Uint8Array; at: number; readonly end: number };

/** The table for one kind of code, by its mode: predefined, run of one code, described here, or as before. */
function readTable(reader: Reader, mode: number, kind: Kind, previous: FseTable | null): FseTable {
  if (mode === 0) return kind.fallback;
  if (mode === 1) {
    const symbol = reader.bytes[reader.at];
    if (reader.at >= reader.end || symbol === undefined || symbol >= kind.symbols) throw corrupt(FORMAT, 'a code is out of range');
    reader.at++;
    return fseRunTable(symbol);
  }
  if (mode === 2) {
    const { table, end } = readFseTable(reader.bytes, reader.at, reader.end, kind.symbols, kind.maximumLog);
    reader.at = end;
    return table;
  }
  if (previous === null) throw corrupt(FORMAT, 'a block repeats a table that was not given');
  return previous;
}

/** Runs all sequences of a block; answers how many literals they used. */
function runSequences(
  bits: BackwardBits,
  count: number,
  [literalLengths, offsets, matchLengths]: readonly [FseTable, FseTable, FseTable],
  recent: [number, number, number],
  literals: Uint8Array,
  output: Output,
  frameStart: number,
): number {
  let used = 0;
  let literalState = bits.read(literalLengths.log);
  let offsetState = bits.read(offsets.log);
  let matchState = bits.read(matchLengths.log);
  const limit = output.length + MAXIMUM_BLOCK;
  for (let left = count; left > 0; left--) {
    const offsetCode = offsets.symbols[offsetState] as number;
    const match = MATCH_LENGTHS[matchLengths.symbols[matchState] as number] as Code;
    const literal = LITERAL_LENGTHS[literalLengths.symbols[literalState] as number] as Code;
    const offsetValue = 2 ** offsetCode + bits.read(offsetCode);
    const matchLength = match.base + bits.read(match.bits);
    const literalLength = literal.base + bits.read(literal.bits);
    if (bits.position < 0 || used + literalLength > literals.length) throw corrupt(FORMAT, 'a sequence needs more than its block has');
    if (output.length + literalLength + matchLength > limit) throw corrupt(FORMAT, 'a block is longer than allowed');
    output.appendPart(literals, used, used + literalLength);
    used += literalLength;
    output.copy(nextOffset(offsetValue, literalLength === 0, recent), matchLength, frameStart);
    if (left === 1) break;
    literalState = (literalLengths.bases[literalState] as number) + bits.read(literalLengths.bits[literalState] as number);
    matchState = (matchLengths.bases[matchState] as number) + bits.read(matchLengths.bits[matchState] as number);
    offsetState = (offsets.bases[offsetState] as number) + bits.read(offsets.bits[offsetState] as number);
  }
  if (bits.position !== 0) throw corrupt(FORMAT, 'the sequences of a block do not end with its bits');
  return used;
}

/** RFC 8878, 3.1.1.5: values 1 to 3 stand for the offsets used last, shifted by one where there are no literals. */
function nextOffset(value: number, noLiterals: boolean, recent: [number, number, number]): number {
  const [first, second, third] = recent;
  if (value > 3) {
    recent[2] = second;
    recent[1] = first;
    recent[0] = value - 3;
    return value - 3;
  }
  const which = noLiterals ? value : value - 1;
  if (which === 0) return first;
  const offset = which === 1 ? second : which === 2 ? third : first - 1;
  if (which !== 1) recent[2] = second;
  recent[1] = first;
  recent[0] = offset;
  return offset;
}
