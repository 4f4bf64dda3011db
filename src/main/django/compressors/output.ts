import { InspectorError } from '../../errors.ts';

/** What a decompressor may produce at most. */
export type OutputLimit = Readonly<{
  /** bytes after decompression */
  outputBytes: number;
}>;

/** Steps of preparation allowed for one value: well under a second, and ten times what 64 MB of ordinary data need. */
const PREPARATION = 1 << 26;

/**
 * A growing output with a limit, and the window that matches copy from. It grows fourfold, because memory that
 * is not written to is not taken, while what is copied from is; a short input that declares a huge size costs nothing.
 */
export class Output {
  bytes: Uint8Array;
  length = 0;
  readonly #limit: number;
  readonly #format: string;
  #work = PREPARATION;

  /** @param format named in errors @param expected bytes expected, as a hint only: a stream may lie about its size */
  constructor(format: string, limit: OutputLimit, expected: number) {
    this.#format = format;
    this.#limit = limit.outputBytes;
    this.bytes = new Uint8Array(Math.max(64, Math.min(expected, this.#limit, 1 << 20)));
  }

  /**
   * Counts preparations (table entries built, blocks begun), which a hostile stream may ask for every few bytes.
   * @throws InspectorError LimitExceeded
   */
  spend(units: number): void {
    this.#work -= units;
    if (this.#work >= 0) return;
    throw new InspectorError('LimitExceeded', `The ${this.#format} data is cut into far more pieces than any compressor makes`, {
      hint: 'It was left as it is. A stream like this is made to keep its reader busy.',
    });
  }

  /** Makes room for `count` more bytes. @throws InspectorError LimitExceeded */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    if (needed > this.#limit) throw tooLarge(this.#format, this.#limit);
    const grown = new Uint8Array(Math.min(this.#limit, Math.max(needed, this.bytes.length * 4)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  push(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  append(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** Appends a part of `source`; short parts without making a view of them, because there may be millions. */
  appendPart(source: Uint8Array, from: number, to: number): void {
    const count = to - from;
    if (count >= 32) {
      this.append(source.subarray(from, to));
      return;
    }
    this.reserve(count);
    for (let index = from; index < to; index++) this.bytes[this.length++] = source[index] as number;
  }

  fill(byte: number, count: number): void {
    this.reserve(count);
    this.bytes.fill(byte, this.length, this.length + count);
    this.length += count;
  }

  /** Copies `count` bytes from `distance` bytes back, overlapping as LZ77 does. @throws InspectorError Corrupt */
  copy(distance: number, count: number, start = 0): void {
    if (!(distance > 0) || distance > this.length - start) throw corrupt(this.#format, 'a match reaches before its beginning');
    this.reserve(count);
    const { bytes } = this;
    let to = this.length;
    const end = to + count;
    // Each pass doubles what can be copied at once, so long runs cost few calls.
    let from = to - distance;
    while (to < end) {
      const step = Math.min(end - to, to - from);
      if (step < 16) {
        for (let index = 0; index < step; index++) bytes[to + index] = bytes[from + index] as number;
      } else {
        bytes.copyWithin(to, from, from + step);
      }
      to += step;
    }
    from = end;
    this.length = end;
  }

  /** The bytes produced; a copy where much more room was reserved than used. */
  result(): Uint8Array {
    const used = this.bytes.subarray(0, this.length);
    return this.length * 2 < this.bytes.length ? used.slice() : used;
  }
}

export function tooLarge(format: string, limit: number): InspectorError {
  return new InspectorError('LimitExceeded', `The ${format} data unpacks to more than ${limit} bytes`, {
    hint: 'It was left as it is. A stream that grows this much is damaged or made to exhaust memory.',
  });
}

export function corrupt(format: string, what: string, cause?: unknown): InspectorError {
  return new InspectorError('Corrupt', `The ${format} data is damaged: ${what}`, {
    hint: 'Compare the CACHES options of the profile with those of the site, or delete the entry so that the site writes it anew.',
    cause,
  });
}

export function unsupported(format: string, what: string): InspectorError {
  return new InspectorError('UnsupportedFormat', `The ${format} data uses ${what}, which is not supported`, {
    hint: 'No known Django cache backend writes it. The stored bytes can still be viewed, copied and deleted.',
  });
}

/** A view of `bytes` for multi-byte reads. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
