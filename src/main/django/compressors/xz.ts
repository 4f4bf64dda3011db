import { createHash } from 'node:crypto';
import { crc32, crc64 } from './checksums.ts';
import { LzmaDecoder, lzmaProperties } from './lzma-decoder.ts';
import { corrupt, Output, type OutputLimit, tooLarge, unsupported, viewOf } from './output.ts';

/**
 * .xz streams (xz-file-format.txt of XZ Utils) and the older .lzma ones, as django-redis' LzmaCompressor writes the
 * first and reads both through Python's lzma.
 */

const FORMAT = 'lzma';
const MAGIC = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00);
const LZMA2 = 0x21;
const CHECK_CRC64 = 4;
/** what a stream or block costs besides its content: see Output.spend */
const BLOCK_COST = 1024;

export function isXz(bytes: Uint8Array): boolean {
  return bytes.length >= 24 && MAGIC.every((byte, index) => bytes[index] === byte);
}

/** A .lzma file has no magic: the usual properties, a dictionary size, and a length that is unknown or not absurd. */
export function isLzmaAlone(bytes: Uint8Array): boolean {
  if (bytes.length < 14 || bytes[0] !== 0x5d || bytes[1] !== 0 || bytes[13] !== 0) return false;
  const size = viewOf(bytes).getBigUint64(5, true);
  return size === 0xffffffffffffffffn || size < 1n << 38n;
}

/**
 * The content of all streams, one after the other. What follows the last stream and is none is ignored, as lzma.decompress does.
 * @throws InspectorError Corrupt, LimitExceeded, UnsupportedFormat (filters other than LZMA2)
 */
export function xzDecompress(bytes: Uint8Array, limit: OutputLimit): Uint8Array {
  if (statedSize(bytes) > limit.outputBytes) throw tooLarge(FORMAT, limit.outputBytes);
  const output = new Output(FORMAT, limit, bytes.length * 4);
  const decoder = new LzmaDecoder(output);
  let offset = 0;
  do {
    offset = readStream(bytes, offset, output, decoder);
    // Streams may be padded with zeros in groups of four.
    while (offset + 4 <= bytes.length && viewOf(bytes).getUint32(offset) === 0) offset += 4;
  } while (isXz(bytes.subarray(offset)));
  return output.result();
}

/** @throws InspectorError Corrupt, LimitExceeded */
export function lzmaAloneDecompress(bytes: Uint8Array, limit: OutputLimit): Uint8Array {
  const size = viewOf(bytes).getBigUint64(5, true);
  const known = size !== 0xffffffffffffffffn;
  if (known && size > BigInt(limit.outputBytes)) throw tooLarge(FORMAT, limit.outputBytes);
  const output = new Output(FORMAT, limit, known ? Number(size) : bytes.length * 4);
  const decoder = new LzmaDecoder(output);
  decoder.setProperties(lzmaProperties(bytes[0] as number));
  decoder.resetState();
  decoder.decode(bytes, 13, bytes.length, known ? Number(size) : null);
  return output.result();
}

/**
 * What the index before the end says of the last stream's size, so that most bombs end before they are unpacked; 0 where
 * it cannot be read. A stream that lies is found out while it is read.
 */
function statedSize(bytes: Uint8Array): number {
  const footer = bytes.length - 12;
  if (footer < 12 || bytes[footer + 10] !== 0x59 || bytes[footer + 11] !== 0x5a) return 0;
  const start = footer - (viewOf(bytes).getUint32(footer + 4, true) + 1) * 4;
  if (start < 12 || bytes[start] !== 0) return 0;
  try {
    const count = readNumber(bytes, start + 1, footer);
    let size = 0;
    let end = count.end;
    for (let record = 0; record < count.value; record++) {
      const stated = readNumber(bytes, readNumber(bytes, end, footer).end, footer);
      size += stated.value;
      end = stated.end;
    }
    return size;
  } catch {
    return 0; // whatever is wrong with it is said by the reader, which comes to it in its turn
  }
}

function readStream(bytes: Uint8Array, start: number, output: Output, decoder: LzmaDecoder): number {
  output.spend(BLOCK_COST);
  const view = viewOf(bytes);
  if (!isXz(bytes.subarray(start))) throw corrupt(FORMAT, 'no stream begins here');
  const check = bytes[start + 7] as number;
  if (bytes[start + 6] !== 0 || check > 15) throw unsupported(FORMAT, 'a later version of the format');
  if (view.getUint32(start + 8, true) !== crc32(bytes.subarray(start + 6, start + 8)))
    throw corrupt(FORMAT, 'its header does not match its checksum');
  const records: { unpadded: number; size: number }[] = [];
  let offset = start + 12;
  while (bytes[offset] !== 0) {
    const block = readBlock(bytes, offset, check, output, decoder);
    records.push(block);
    offset = block.end;
  }
  return readIndex(bytes, view, offset, records, check);
}

type Block = Readonly<{ unpadded: number; size: number; end: number }>;

function readBlock(bytes: Uint8Array, start: number, check: number, output: Output, decoder: LzmaDecoder): Block {
  output.spend(BLOCK_COST);
  const data = readBlockHeader(bytes, start);
  const before = output.length;
  const dataEnd = readChunks(bytes, data, output, decoder);
  const checkStart = dataEnd + ((4 - ((dataEnd - start) % 4)) % 4);
  const expected = checksum(check, output.bytes.subarray(before, output.length));
  if (checkStart + expected.length > bytes.length) throw corrupt(FORMAT, 'it ends early');
  if (expected.some((byte, index) => bytes[checkStart + index] !== byte)) throw corrupt(FORMAT, 'its checksum does not match');
  return { unpadded: dataEnd - start + expected.length, size: output.length - before, end: checkStart + expected.length };
}

/** Checks a block's header; answers where its data begins. */
function readBlockHeader(bytes: Uint8Array, start: number): number {
  const size = bytes[start];
  if (size === undefined) throw corrupt(FORMAT, 'it ends early');
  const end = start + (size + 1) * 4;
  if (end > bytes.length) throw corrupt(FORMAT, 'it ends early');
  if (viewOf(bytes).getUint32(end - 4, true) !== crc32(bytes.subarray(start, end - 4)))
    throw corrupt(FORMAT, 'a header does not match its checksum');
  const flags = bytes[start + 1] as number;
  let offset = start + 2;
  // Stated sizes are not needed: the chunks say where they end, and the index is checked against what was read.
  if ((flags & 0x40) !== 0) offset = readNumber(bytes, offset, end).end;
  if ((flags & 0x80) !== 0) offset = readNumber(bytes, offset, end).end;
  if ((flags & 3) !== 0) throw unsupported(FORMAT, 'more than one filter');
  const filter = readNumber(bytes, offset, end);
  if (filter.value !== LZMA2) throw unsupported(FORMAT, `filter ${filter.value}`);
  return end;
}

function readChunks(bytes: Uint8Array, start: number, output: Output, decoder: LzmaDecoder): number {
  decoder.resetDictionary();
  let offset = start;
  let first = true;
  for (;;) {
    const control = bytes[offset];
    if (control === undefined) throw corrupt(FORMAT, 'it ends early');
    if (control === 0) return offset + 1;
    if (control === 1 || control >= 0xe0) decoder.resetDictionary();
    else if (first) throw corrupt(FORMAT, 'its first chunk needs what came before');
    first = false;
    offset = control < 0x80 ? readStoredChunk(bytes, offset, output) : readLzmaChunk(bytes, offset, decoder);
  }
}

function readStoredChunk(bytes: Uint8Array, start: number, output: Output): number {
  if ((bytes[start] as number) > 2) throw corrupt(FORMAT, 'a chunk is of no known kind');
  const data = start + 3;
  const end = data + (((bytes[start + 1] as number) << 8) | (bytes[start + 2] as number)) + 1;
  if (end > bytes.length) throw corrupt(FORMAT, 'it ends early');
  output.append(bytes.subarray(data, end));
  return end;
}

function readLzmaChunk(bytes: Uint8Array, start: number, decoder: LzmaDecoder): number {
  if (start + 6 > bytes.length) throw corrupt(FORMAT, 'it ends early');
  const [control, b1, b2, b3, b4, properties] = bytes.subarray(start, start + 6) as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const size = ((control & 0x1f) << 16) + (b1 << 8) + b2 + 1;
  const packed = (b3 << 8) + b4 + 1;
  const reset = (control >> 5) & 3;
  const data = start + (reset >= 2 ? 6 : 5);
  if (data + packed > bytes.length) throw corrupt(FORMAT, 'it ends early');
  if (reset >= 2) {
    const parsed = lzmaProperties(properties);
    if (parsed.literalContext + parsed.literalPosition > 4) throw corrupt(FORMAT, 'its properties are out of range');
    decoder.setProperties(parsed);
  }
  if (reset >= 1) decoder.resetState();
  decoder.decode(bytes, data, data + packed, size);
  return data + packed;
}

function readIndex(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  records: readonly Readonly<{ unpadded: number; size: number }>[],
  check: number,
): number {
  let at = readNumber(bytes, start + 1, bytes.length);
  if (at.value !== records.length) throw corrupt(FORMAT, 'its index does not match its blocks');
  for (const record of records) {
    const unpadded = readNumber(bytes, at.end, bytes.length);
    at = readNumber(bytes, unpadded.end, bytes.length);
    if (unpadded.value !== record.unpadded || at.value !== record.size) throw corrupt(FORMAT, 'its index does not match its blocks');
  }
  const end = at.end + ((4 - ((at.end - start) % 4)) % 4);
  if (end + 16 > bytes.length) throw corrupt(FORMAT, 'it ends early');
  if (view.getUint32(end, true) !== crc32(bytes.subarray(start, end))) throw corrupt(FORMAT, 'its index does not match its checksum');
  const footer = end + 4;
  const sound =
    view.getUint32(footer, true) === crc32(bytes.subarray(footer + 4, footer + 10)) &&
    (view.getUint32(footer + 4, true) + 1) * 4 === footer - start &&
    bytes[footer + 9] === check &&
    view.getUint16(footer + 10) === 0x595a;
  if (!sound) throw corrupt(FORMAT, 'its footer does not match');
  return footer + 12;
}

/** xz-file-format.txt, 1.2: 7 bits a byte, lowest first. */
function readNumber(bytes: Uint8Array, start: number, end: number): Readonly<{ value: number; end: number }> {
  let value = 0;
  for (let index = 0; index < 7; index++) {
    const byte = bytes[start + index];
    if (byte === undefined || start + index >= end) throw corrupt(FORMAT, 'it ends early');
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  throw corrupt(FORMAT, 'a number is out of range');
}

function checksum(check: number, content: Uint8Array): Uint8Array {
  switch (check) {
    case 0:
      return new Uint8Array(0);
    case 1: {
      const sum = new Uint8Array(4);
      viewOf(sum).setUint32(0, crc32(content), true);
      return sum;
    }
    case CHECK_CRC64:
      return crc64(content);
    case 10:
      return createHash('sha256').update(content).digest();
    default:
      throw unsupported(FORMAT, `check ${check}`);
  }
}
