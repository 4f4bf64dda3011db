import { crc32, crc64 } from './checksums.ts';
import { Output, viewOf } from './output.ts';

/** Writes .xz streams (xz-file-format.txt of XZ Utils). */

const FORMAT = 'lzma';
const MAGIC = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00);
const LZMA2 = 0x21;
const CHECK_CRC64 = 4;

/**
 * One .xz stream of uncompressed LZMA2 chunks with a CRC-64, as lzma.compress checks it: valid, but slightly larger than
 * its content ("stored"). Readers cannot tell, and the site compresses the value again at its next save.
 */
export function xzStore(bytes: Uint8Array): Uint8Array {
  const output = new Output(FORMAT, { outputBytes: Number.MAX_SAFE_INTEGER }, bytes.length + 128);
  const flags = Uint8Array.of(0, CHECK_CRC64);
  output.append(MAGIC);
  output.append(flags);
  appendUint32(output, crc32(flags));
  const unpadded = appendBlock(output, bytes);
  const indexSize = appendIndex(output, bytes.length === 0 ? [] : [unpadded, bytes.length]);
  const footer = new Uint8Array(6);
  viewOf(footer).setUint32(0, indexSize / 4 - 1, true);
  footer.set(flags, 4);
  appendUint32(output, crc32(footer));
  output.append(footer);
  output.append(Uint8Array.of(0x59, 0x5a));
  return output.result();
}

/** An empty content has no block at all. @returns the block's size without padding, for the index */
function appendBlock(output: Output, bytes: Uint8Array): number {
  if (bytes.length === 0) return 0;
  const start = output.length;
  // 12 bytes, no stated sizes, LZMA2 with a dictionary of 4 MB as preset 4 has.
  const header = Uint8Array.of(2, 0, LZMA2, 1, 0x14, 0, 0, 0);
  output.append(header);
  appendUint32(output, crc32(header));
  for (let from = 0; from < bytes.length; from += 0x10000) {
    const chunk = bytes.subarray(from, from + 0x10000);
    output.append(Uint8Array.of(from === 0 ? 1 : 2, (chunk.length - 1) >> 8, (chunk.length - 1) & 0xff));
    output.append(chunk);
  }
  output.push(0);
  const unpadded = output.length - start + 8;
  pad(output, start);
  output.append(crc64(bytes));
  return unpadded;
}

function appendIndex(output: Output, record: readonly number[]): number {
  const start = output.length;
  output.push(0);
  for (const number of [record.length / 2, ...record]) {
    let rest = number;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) output.push((rest % 0x80) | 0x80);
    output.push(rest);
  }
  pad(output, start);
  appendUint32(output, crc32(output.bytes.subarray(start, output.length)));
  return output.length - start;
}

function pad(output: Output, start: number): void {
  output.fill(0, (4 - ((output.length - start) % 4)) % 4);
}

function appendUint32(output: Output, value: number): void {
  for (const shift of [0, 8, 16, 24]) output.push((value >>> shift) & 0xff);
}
