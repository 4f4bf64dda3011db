import { gunzipSync, inflateSync } from 'node:zlib';
import { deflate, deflateRaw } from 'pako';
import { InspectorError } from '../../errors.ts';
import { crc32 } from './checksums.ts';
import { isLz4, type Lz4Frame, lz4Compress, lz4Decompress, lz4Frame } from './lz4.ts';
import { corrupt, type OutputLimit, tooLarge, viewOf } from './output.ts';
import { isLzmaAlone, isXz, lzmaAloneDecompress, xzDecompress } from './xz.ts';
import { xzStore } from './xz-store.ts';
import { isZstd, type ZstdFrame, zstdDecompress, zstdFrame, zstdStore } from './zstd.ts';

/** django-redis' compressors by the names of their modules (django_redis/compressors/). */
export type CompressorName = 'zlib' | 'gzip' | 'lzma' | 'lz4' | 'zstd';

/** How a value is compressed: the format, and what of it can be chosen, so that an edited value is written the same way. */
export type Compression =
  | Readonly<{ name: 'zlib'; level: number }>
  /** header: the ten fixed bytes, with the time the site wrote it */
  | Readonly<{ name: 'gzip'; level: number; header: Uint8Array }>
  | Readonly<{ name: 'lzma'; container: 'xz' | 'lzma' }>
  | Readonly<{ name: 'lz4'; frame: Lz4Frame }>
  | Readonly<{ name: 'zstd'; frame: ZstdFrame }>;

/** django_redis/compressors/*.py, `min_length` in bytes: only longer values are compressed. */
export const MINIMUM_LENGTHS: Readonly<Record<CompressorName, number>> = { zlib: 15, gzip: 15, lz4: 15, zstd: 15, lzma: 100 };

/** The compression that the first bytes announce, or null. What follows may be damaged all the same. */
export function detectCompression(bytes: Uint8Array): Compression | null {
  if (isGzip(bytes)) return { name: 'gzip', level: gzipLevel(bytes), header: bytes.slice(0, 10) };
  if (isXz(bytes)) return { name: 'lzma', container: 'xz' };
  if (isLz4(bytes)) return { name: 'lz4', frame: lz4Frame(bytes) };
  if (isZstd(bytes)) return { name: 'zstd', frame: zstdFrame(bytes) };
  if (isZlib(bytes)) return { name: 'zlib', level: zlibLevel(bytes) };
  return isLzmaAlone(bytes) ? { name: 'lzma', container: 'lzma' } : null;
}

/** What django-redis' compressor of that name writes. @param mtime for gzip: seconds since the epoch, UTC */
export function defaultCompression(name: CompressorName, mtime = 0): Compression {
  switch (name) {
    case 'zlib':
      return { name, level: 6 };
    case 'gzip': {
      // gzip.compress(value): level 9, unknown system.
      const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff);
      viewOf(header).setUint32(4, mtime >>> 0, true);
      return { name, level: 9, header };
    }
    case 'lzma':
      return { name, container: 'xz' };
    case 'lz4':
      return { name, frame: { flags: 0x68, block: 0x40 } };
    case 'zstd':
      return { name, frame: { checksum: false } };
    default:
      return name satisfies never;
  }
}

/** @throws InspectorError Corrupt, LimitExceeded, UnsupportedFormat */
export function decompress(compression: Compression, bytes: Uint8Array, limit: OutputLimit): Uint8Array {
  switch (compression.name) {
    case 'zlib':
      return inflate('zlib', () => inflateSync(bytes, { maxOutputLength: limit.outputBytes }), limit);
    case 'gzip':
      return inflate('gzip', () => gunzipSync(bytes, { maxOutputLength: limit.outputBytes }), limit);
    case 'lzma':
      return compression.container === 'xz' ? xzDecompress(bytes, limit) : lzmaAloneDecompress(bytes, limit);
    case 'lz4':
      return lz4Decompress(bytes, limit);
    case 'zstd':
      return zstdDecompress(bytes, limit);
    default:
      return compression satisfies never;
  }
}

/**
 * Compresses as found. zlib and gzip give the bytes of Python built with stock zlib (pako 2 follows it exactly, node:zlib does
 * not); lz4 compresses; lzma (always .xz) and zstd are valid streams of uncompressed chunks.
 */
export function compress(compression: Compression, content: Uint8Array): Uint8Array {
  switch (compression.name) {
    case 'zlib':
      return deflate(content, { level: compression.level as 6 });
    case 'gzip':
      return gzip(content, compression.level, compression.header);
    case 'lzma':
      return xzStore(content);
    case 'lz4':
      return lz4Compress(content, compression.frame);
    case 'zstd':
      return zstdStore(content, compression.frame);
    default:
      return compression satisfies never;
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 18 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** RFC 1950, 2.2: method 8, a window of at most 32 kB, no dictionary, and a check over both bytes. */
function isZlib(bytes: Uint8Array): boolean {
  const [method, flags] = [bytes[0] ?? 0, bytes[1] ?? 0];
  return bytes.length >= 8 && (method & 15) === 8 && method >> 4 <= 7 && (flags & 0x20) === 0 && (method * 256 + flags) % 31 === 0;
}

/** The level whose header says the same: zlib writes 0 for levels 0 and 1, 1 for 2 to 5, 2 for 6, 3 for more. */
function zlibLevel(bytes: Uint8Array): number {
  return [1, 5, 6, 9][(bytes[1] as number) >> 6] as number;
}

function gzipLevel(bytes: Uint8Array): number {
  const hint = bytes[8];
  return hint === 2 ? 9 : hint === 4 ? 1 : 6;
}

function gzip(content: Uint8Array, level: number, header: Uint8Array): Uint8Array {
  const body = deflateRaw(content, { level: level as 9 });
  const bytes = new Uint8Array(10 + body.length + 8);
  bytes.set(header.subarray(0, 10));
  bytes[3] = 0; // no name, comment or extra field, which the site's compressor does not write either
  bytes.set(body, 10);
  const view = viewOf(bytes);
  view.setUint32(10 + body.length, crc32(content), true);
  view.setUint32(14 + body.length, content.length >>> 0, true);
  return bytes;
}

function inflate(format: string, run: () => Uint8Array, limit: OutputLimit): Uint8Array {
  try {
    const { buffer, byteOffset, length } = run();
    return new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    if (cause instanceof InspectorError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(format, limit.outputBytes);
    if (code === 'Z_BUF_ERROR') throw corrupt(format, 'it ends early', cause);
    throw corrupt(format, cause instanceof Error ? cause.message : 'unknown reason', cause);
  }
}
