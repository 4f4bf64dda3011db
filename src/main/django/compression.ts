import { inflateSync } from 'node:zlib';
import { deflate } from 'pako';
import { InspectorError } from '../errors.ts';
import { inflateFast } from './inflate.ts';

/** Deflate never makes more than this of one byte. */
const MAX_RATIO = 1032;

export type Inflated = Readonly<{
  bytes: Uint8Array;
  /** bytes after the end of the zlib stream, which Python's zlib.decompress() ignores */
  trailing: number;
}>;

/**
 * The bytes that CPython's zlib.compress(data) makes with stock zlib (level 6, zlib framing). Node's own zlib is a fork
 * whose matcher differs, so Django's bytes and its compress-or-not threshold need this port of the original.
 */
export function zlibCompress(data: Uint8Array): Uint8Array {
  return deflate(data, { level: 6 });
}

/**
 * CPython's zlib.decompress(data), bounded.
 * @param limit most bytes the result may have
 * @throws InspectorError Corrupt where zlib raises, LimitExceeded where the data inflates beyond `limit`
 */
export function zlibDecompress(data: Uint8Array, limit: number): Inflated {
  return inflateFast(data, limit) ?? inflateSafely(data, limit);
}

/** What is large or broken: one output, as large as it can become, of which only what is written is ever touched. */
function inflateSafely(data: Uint8Array, limit: number): Inflated {
  const chunkSize = Math.min(limit + 1, data.length * MAX_RATIO + 64);
  try {
    // @types/node does not know the result of `info: true`
    const result = inflateSync(data, { maxOutputLength: limit, chunkSize, info: true }) as unknown as Readonly<{
      buffer: Buffer;
      engine: Readonly<{ bytesWritten: number }>;
    }>;
    const { buffer, engine } = result;
    // A small result must not keep the whole output alive.
    const bytes = buffer.length < chunkSize / 2 ? Buffer.from(buffer) : buffer;
    return { bytes, trailing: data.length - engine.bytesWritten };
  } catch (error) {
    throw inflateError(error, limit);
  }
}

function inflateError(error: unknown, limit: number): InspectorError {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return new InspectorError('LimitExceeded', `The compressed data inflates to more than ${limit} bytes`, {
      hint: 'No real session is that large: it is damaged or hostile.',
      cause: error,
    });
  }
  const reason = error instanceof Error ? error.message : 'unknown failure';
  return new InspectorError('Corrupt', `The compressed data cannot be inflated: ${reason}`, {
    hint: 'The value is cut or was changed after it was compressed.',
    cause: error,
  });
}
