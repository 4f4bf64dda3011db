import { xxh64Low32 } from './checksums.ts';
import { corrupt, Output, type OutputLimit, tooLarge, unsupported, viewOf } from './output.ts';
import { MAXIMUM_BLOCK, newFrameState, readBlock } from './zstd-block.ts';

/** zstd frames (RFC 8878), as django-redis' ZStdCompressor writes and reads them. */

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const FORMAT = 'zstd';

/** What a frame says of itself; kept so that an edited value is written in the same dialect. */
export type ZstdFrame = Readonly<{ checksum: boolean }>;

export function isZstd(bytes: Uint8Array): boolean {
  return bytes.length >= 9 && viewOf(bytes).getUint32(0, true) === MAGIC;
}

/** The descriptor of a frame that `isZstd` recognised. */
export function zstdFrame(bytes: Uint8Array): ZstdFrame {
  return { checksum: ((bytes[4] as number) & 4) !== 0 };
}

type Header = Readonly<{ end: number; contentSize: number | null; maximumBlock: number; checksum: boolean }>;

/**
 * The content of all frames, one after the other; skippable frames are skipped.
 * @throws InspectorError Corrupt, LimitExceeded, UnsupportedFormat (dictionaries)
 */
export function zstdDecompress(bytes: Uint8Array, limit: OutputLimit): Uint8Array {
  const view = viewOf(bytes);
  const output = new Output(FORMAT, limit, bytes.length * 4);
  let offset = 0;
  let frames = 0;
  while (offset < bytes.length) {
    if (offset + 8 > bytes.length) throw corrupt(FORMAT, 'it ends early');
    const magic = view.getUint32(offset, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      offset += 8 + view.getUint32(offset + 4, true);
      if (offset > bytes.length) throw corrupt(FORMAT, 'it ends early');
      continue;
    }
    if (magic !== MAGIC) throw corrupt(FORMAT, 'no frame begins here');
    offset = readFrame(bytes, view, offset + 4, output, limit);
    frames++;
  }
  if (frames === 0) throw corrupt(FORMAT, 'it has no frame');
  return output.result();
}

function readFrame(bytes: Uint8Array, view: DataView, start: number, output: Output, limit: OutputLimit): number {
  const header = readHeader(bytes, view, start);
  const frameStart = output.length;
  if (header.contentSize !== null && frameStart + header.contentSize > limit.outputBytes) throw tooLarge(FORMAT, limit.outputBytes);
  const state = newFrameState();
  let offset = header.end;
  for (let last = false; !last; ) {
    if (offset + 3 > bytes.length) throw corrupt(FORMAT, 'it ends early');
    const word = (bytes[offset] as number) | ((bytes[offset + 1] as number) << 8) | ((bytes[offset + 2] as number) << 16);
    last = (word & 1) === 1;
    const type = (word >> 1) & 3;
    const size = word >> 3;
    offset += 3;
    const stored = type === 1 ? 1 : size;
    if (type === 3 || size > header.maximumBlock) throw corrupt(FORMAT, 'a block is of no known kind or size');
    if (offset + stored > bytes.length) throw corrupt(FORMAT, 'it ends early');
    if (type === 0) output.append(bytes.subarray(offset, offset + size));
    else if (type === 1) output.fill(bytes[offset] as number, size);
    else readBlock(bytes, offset, offset + size, state, output, frameStart);
    offset += stored;
  }
  if (header.contentSize !== null && output.length - frameStart !== header.contentSize) {
    throw corrupt(FORMAT, 'its length is not the stated one');
  }
  if (!header.checksum) return offset;
  if (offset + 4 > bytes.length) throw corrupt(FORMAT, 'it ends early');
  const sum = xxh64Low32(output.bytes.subarray(frameStart, output.length));
  if (view.getUint32(offset, true) !== sum) throw corrupt(FORMAT, 'its checksum does not match');
  return offset + 4;
}

/** RFC 8878, 3.1.1.1 */
function readHeader(bytes: Uint8Array, view: DataView, start: number): Header {
  const descriptor = bytes[start] as number;
  const single = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  if ((descriptor & 8) !== 0) throw corrupt(FORMAT, 'its header has reserved bits set');
  const sizeBytes = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  let offset = start + 1 + (single ? 0 : 1);
  const end = offset + dictionaryBytes + sizeBytes;
  if (end > bytes.length) throw corrupt(FORMAT, 'it ends early');
  for (const byte of bytes.subarray(offset, offset + dictionaryBytes)) {
    if (byte !== 0) throw unsupported(FORMAT, 'a dictionary');
  }
  offset += dictionaryBytes;
  const contentSize = readSize(view, offset, sizeBytes);
  const window = single ? (contentSize ?? 0) : windowSize(bytes[start + 1] as number);
  return { end, contentSize, maximumBlock: Math.min(window, MAXIMUM_BLOCK), checksum: (descriptor & 4) !== 0 };
}

function readSize(view: DataView, offset: number, sizeBytes: number): number | null {
  if (sizeBytes === 1) return view.getUint8(offset);
  if (sizeBytes === 2) return view.getUint16(offset, true) + 256;
  if (sizeBytes === 4) return view.getUint32(offset, true);
  if (sizeBytes === 8) return Number(view.getBigUint64(offset, true));
  return null;
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/**
 * One frame of raw and run-length blocks: valid, but hardly smaller than its content ("stored"). There is no compressor
 * for zstd in the oldest supported runtime; readers cannot tell, and the site compresses the value again at its next save.
 * The content size is stated, because python-zstandard refuses frames without it.
 */
export function zstdStore(bytes: Uint8Array, frame: ZstdFrame = { checksum: false }): Uint8Array {
  const output = new Output(FORMAT, { outputBytes: Number.MAX_SAFE_INTEGER }, bytes.length + 64);
  appendNumber(output, MAGIC, 4);
  const sizeFlag = bytes.length < 256 ? 0 : bytes.length < 256 + 0x10000 ? 1 : 2;
  output.push((sizeFlag << 6) | 0x20 | (frame.checksum ? 4 : 0));
  if (sizeFlag === 1) appendNumber(output, bytes.length - 256, 2);
  else appendNumber(output, bytes.length, sizeFlag === 0 ? 1 : 4);
  for (let start = 0; start === 0 || start < bytes.length; start += MAXIMUM_BLOCK) {
    const block = bytes.subarray(start, start + MAXIMUM_BLOCK);
    const last = start + MAXIMUM_BLOCK >= bytes.length;
    const run = block.length > 1 && block.every((byte) => byte === block[0]);
    appendNumber(output, (block.length << 3) | (run ? 2 : 0) | (last ? 1 : 0), 3);
    output.append(run ? block.subarray(0, 1) : block);
  }
  if (frame.checksum) appendNumber(output, xxh64Low32(bytes), 4);
  return output.result();
}

function appendNumber(output: Output, value: number, width: number): void {
  for (let shift = 0; shift < width * 8; shift += 8) output.push((value >>> shift) & 0xff);
}
