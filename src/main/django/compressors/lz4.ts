import { xxh32 } from './checksums.ts';
import { corrupt, Output, type OutputLimit, tooLarge, unsupported, viewOf } from './output.ts';

/**
 * LZ4 frames (lz4_Frame_format.md and lz4_Block_format.md of the reference implementation), as django-redis'
 * Lz4Compressor writes and reads them through Python's lz4.frame.
 */

const MAGIC = 0x184d2204;
const SKIPPABLE = 0x184d2a50;
const FORMAT = 'lz4';

/** lz4.frame's defaults: version 1, no block checksums, content size stored, no content checksum; blocks are linked if several. */
const DEFAULT_FLAGS = 0x48;
const DEFAULT_BLOCK = 0x40;
const BLOCK_BYTES = 1 << 16;

/** What a frame says of itself; kept so that an edited value is written in the same dialect. */
export type Lz4Frame = Readonly<{ flags: number; block: number }>;

export function isLz4(bytes: Uint8Array): boolean {
  return bytes.length >= 7 && viewOf(bytes).getUint32(0, true) === MAGIC;
}

/** The descriptor of a frame that `isLz4` recognised. */
export function lz4Frame(bytes: Uint8Array): Lz4Frame {
  return { flags: bytes[4] as number, block: bytes[5] as number };
}

type Header = Readonly<{
  size: number;
  linked: boolean;
  blockChecksum: boolean;
  contentSize: number | null;
  contentChecksum: boolean;
  maximum: number;
}>;

/**
 * The content of the first frame, as lz4.frame.decompress gives it; what follows that frame is ignored, as there.
 * @throws InspectorError Corrupt, LimitExceeded, UnsupportedFormat (dictionaries)
 */
export function lz4Decompress(bytes: Uint8Array, limit: OutputLimit): Uint8Array {
  const view = viewOf(bytes);
  const start = skipFrames(view);
  const header = readHeader(bytes, view, start);
  if (header.contentSize !== null && header.contentSize > limit.outputBytes) throw tooLarge(FORMAT, limit.outputBytes);
  const output = new Output(FORMAT, limit, header.contentSize ?? bytes.length * 4);
  const end = readBlocks(bytes, view, start + header.size, header, output);
  if (header.contentSize !== null && header.contentSize !== output.length) throw corrupt(FORMAT, 'its length is not the stated one');
  const result = output.result();
  if (header.contentChecksum) {
    if (end + 4 > bytes.length) throw corrupt(FORMAT, 'it ends early');
    if (view.getUint32(end, true) !== xxh32(result)) throw corrupt(FORMAT, 'its checksum does not match');
  }
  return result;
}

function skipFrames(view: DataView): number {
  let offset = 0;
  while (offset + 8 <= view.byteLength && (view.getUint32(offset, true) & 0xfffffff0) >>> 0 === SKIPPABLE) {
    offset += 8 + view.getUint32(offset + 4, true);
  }
  return offset;
}

function readHeader(bytes: Uint8Array, view: DataView, start: number): Header {
  if (start + 7 > bytes.length || view.getUint32(start, true) !== MAGIC) throw corrupt(FORMAT, 'no frame begins here');
  const flags = bytes[start + 4] as number;
  const block = bytes[start + 5] as number;
  if (flags >> 6 !== 1) throw unsupported(FORMAT, `frame version ${flags >> 6}`);
  if ((flags & 1) !== 0) throw unsupported(FORMAT, 'a dictionary');
  const sizeClass = (block >> 4) & 7;
  if ((flags & 2) !== 0 || (block & 0x8f) !== 0 || sizeClass < 4) throw corrupt(FORMAT, 'its header has reserved bits set');
  const hasSize = (flags & 8) !== 0;
  const size = hasSize ? 15 : 7;
  if (start + size > bytes.length) throw corrupt(FORMAT, 'it ends early');
  const checksum = (xxh32(bytes.subarray(start + 4, start + size - 1)) >>> 8) & 0xff;
  if (bytes[start + size - 1] !== checksum) throw corrupt(FORMAT, 'the checksum of its header does not match');
  return {
    size,
    linked: (flags & 0x20) === 0,
    blockChecksum: (flags & 0x10) !== 0,
    contentSize: hasSize ? Number(view.getBigUint64(start + 6, true)) : null,
    contentChecksum: (flags & 4) !== 0,
    maximum: 1 << (8 + 2 * sizeClass),
  };
}

/** Decodes every block; answers the offset behind the end mark. */
function readBlocks(bytes: Uint8Array, view: DataView, start: number, header: Header, output: Output): number {
  let offset = start;
  for (;;) {
    if (offset + 4 > bytes.length) throw corrupt(FORMAT, 'it ends early');
    const word = view.getUint32(offset, true);
    offset += 4;
    if (word === 0) return offset;
    const size = word & 0x7fffffff;
    if (size > header.maximum || offset + size > bytes.length) throw corrupt(FORMAT, 'a block is longer than what is left');
    const block = bytes.subarray(offset, offset + size);
    offset += size;
    if (header.blockChecksum) {
      if (offset + 4 > bytes.length) throw corrupt(FORMAT, 'it ends early');
      if (view.getUint32(offset, true) !== xxh32(block)) throw corrupt(FORMAT, 'the checksum of a block does not match');
      offset += 4;
    }
    const before = output.length;
    if (word >>> 31 === 1) output.append(block);
    else readBlock(block, header.linked ? 0 : before, output);
    if (output.length - before > header.maximum) throw corrupt(FORMAT, 'a block is longer than its frame allows');
  }
}

/** One compressed block: tokens of literals and matches. @param start where the window of this block begins */
function readBlock(block: Uint8Array, start: number, output: Output): void {
  let offset = 0;
  const readLength = (nibble: number): number => {
    let length = nibble;
    if (nibble < 15) return length;
    for (;;) {
      const byte = block[offset++];
      if (byte === undefined) throw corrupt(FORMAT, 'a block ends early');
      length += byte;
      if (byte < 255) return length;
    }
  };
  while (offset < block.length) {
    const token = block[offset++] as number;
    const literals = readLength(token >> 4);
    if (offset + literals > block.length) throw corrupt(FORMAT, 'a block ends early');
    output.appendPart(block, offset, offset + literals);
    offset += literals;
    if (offset === block.length) return; // the last sequence has no match
    if (offset + 2 > block.length) throw corrupt(FORMAT, 'a block ends early');
    const distance = (block[offset] as number) | ((block[offset + 1] as number) << 8);
    offset += 2;
    output.copy(distance, readLength(token & 15) + 4, start);
  }
  throw corrupt(FORMAT, 'a block ends early');
}

/**
 * One frame with linked blocks of at most 64 kB, the content size stored, and the checksums that `frame` asks for.
 * Compressed with one hash table and no search for better matches, like level 0 of the reference implementation.
 */
export function lz4Compress(bytes: Uint8Array, frame: Lz4Frame = { flags: DEFAULT_FLAGS, block: DEFAULT_BLOCK }): Uint8Array {
  const contentChecksum = (frame.flags & 4) !== 0;
  // Only what changes the frame's meaning for a reader is taken over: checksums and whether the size is stored.
  const flags = 0x40 | (frame.flags & 0x1c) | (bytes.length <= BLOCK_BYTES ? 0x20 : 0);
  const output = new Output(FORMAT, { outputBytes: Number.MAX_SAFE_INTEGER }, bytes.length + 64);
  appendHeader(output, flags, bytes.length);
  const table = new Int32Array(1 << 14).fill(-1);
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
    const end = Math.min(start + BLOCK_BYTES, bytes.length);
    const block = compressBlock(bytes, start, end, table);
    const stored = block.length >= end - start;
    const data = stored ? bytes.subarray(start, end) : block;
    appendUint32(output, stored ? (data.length | 0x80000000) >>> 0 : data.length);
    output.append(data);
    if ((flags & 0x10) !== 0) appendUint32(output, xxh32(data));
  }
  appendUint32(output, 0);
  if (contentChecksum) appendUint32(output, xxh32(bytes));
  return output.result();
}

function appendHeader(output: Output, flags: number, length: number): void {
  appendUint32(output, MAGIC);
  const start = output.length;
  output.push(flags);
  output.push(DEFAULT_BLOCK);
  if ((flags & 8) !== 0) {
    appendUint32(output, length >>> 0);
    appendUint32(output, Math.floor(length / 2 ** 32));
  }
  output.push((xxh32(output.bytes.subarray(start, output.length)) >>> 8) & 0xff);
}

function appendUint32(output: Output, value: number): void {
  for (const shift of [0, 8, 16, 24]) output.push((value >>> shift) & 0xff);
}

/** Greedy matching in a window of 64 kB over all that came before, so that blocks are linked. */
function compressBlock(bytes: Uint8Array, start: number, end: number, table: Int32Array): Uint8Array {
  const output = new Output(FORMAT, { outputBytes: Number.MAX_SAFE_INTEGER }, end - start);
  // lz4_Block_format.md: the last match begins 12 bytes before the end or earlier, the last 5 bytes are literals.
  const lastMatch = end - 12;
  const lastMatched = end - 5;
  let literals = start;
  let at = start;
  while (at <= lastMatch) {
    const word = readUint32(bytes, at);
    const slot = Math.imul(word, -1640531535) >>> 18;
    const candidate = table[slot] as number;
    table[slot] = at;
    if (candidate < 0 || at - candidate > 0xffff || readUint32(bytes, candidate) !== word) {
      // Incompressible stretches are crossed faster and faster.
      at += 1 + ((at - literals) >> 6);
      continue;
    }
    let length = 4;
    while (at + length < lastMatched && bytes[candidate + length] === bytes[at + length]) length++;
    appendSequence(output, bytes.subarray(literals, at), at - candidate, length);
    at += length;
    literals = at;
  }
  appendSequence(output, bytes.subarray(literals, end), 0, 0);
  return output.result();
}

function appendSequence(output: Output, literals: Uint8Array, distance: number, length: number): void {
  const matched = distance === 0 ? 0 : length - 4;
  output.push((Math.min(literals.length, 15) << 4) | Math.min(matched, 15));
  if (literals.length >= 15) appendLength(output, literals.length - 15);
  output.append(literals);
  if (distance === 0) return;
  output.push(distance & 0xff);
  output.push(distance >> 8);
  if (matched >= 15) appendLength(output, matched - 15);
}

function appendLength(output: Output, length: number): void {
  output.fill(255, Math.floor(length / 255));
  output.push(length % 255);
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0
  );
}
