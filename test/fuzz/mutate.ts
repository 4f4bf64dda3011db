/** A small generator of random numbers that can be started again at the same place (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer of 32 bits. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to below `limit`. */
  below(limit: number): number {
    return limit <= 0 ? 0 : this.next() % limit;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }
}

/** Bytes that formats treat specially: lengths, marks, ends, quotes, separators. */
const SPECIAL = [
  0x00, 0x01, 0x0a, 0x20, 0x22, 0x28, 0x29, 0x2c, 0x2e, 0x30, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0x94, 0xc1, 0xd8, 0xff,
] as const;
/** Lengths that overflow, as pickles, MessagePack and compressors write them. */
const LENGTHS = ['ffffffff', '7fffffff', '80000000', 'ffffffffffffffff', 'ffffffffffffff7f', '00000000', '10000000', '00000100'] as const;

/** No input grows beyond this: hostile sizes are tried by tests of their own. */
const MAX_BYTES = 64 * 1024;

/** One to six changes of an input: bits, bytes, runs cut, doubled, moved or taken from another input. */
export function mutate(random: Random, seed: Uint8Array, other: Uint8Array): Buffer {
  let bytes: Buffer = Buffer.from(seed);
  for (let count = 1 + random.below(6); count > 0; count -= 1) bytes = change(random, bytes, other);
  return bytes.subarray(0, MAX_BYTES);
}

function change(random: Random, bytes: Buffer, other: Uint8Array): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(random.below(4) === 0 ? bytes.length + 1 : 8));
  const run = bytes.subarray(at, end);
  switch (random.below(10)) {
    case 0:
      return replaced(bytes, at, at + 1, Buffer.of((bytes[at] ?? 0) ^ (1 << random.below(8))));
    case 1:
      return replaced(bytes, at, at + 1, Buffer.of(random.pick(SPECIAL)));
    case 2:
      return replaced(bytes, at, at + 1, Buffer.of(random.below(256)));
    case 3:
      return replaced(bytes, at, end, Buffer.alloc(0));
    case 4:
      return replaced(bytes, at, at, Buffer.of(random.pick(SPECIAL)));
    case 5:
      return replaced(bytes, at, at, repeated(run, 1 + random.below(40)));
    case 6:
      return replaced(bytes, at, at + 4, Buffer.from(random.pick(LENGTHS), 'hex'));
    case 7:
      return replaced(bytes, at, end, Buffer.from(other.subarray(0, random.below(other.length + 1))));
    case 8:
      return bytes.subarray(0, at);
    default:
      return replaced(bytes, at, at, Buffer.from(other.subarray(random.below(other.length + 1))));
  }
}

function replaced(bytes: Buffer, from: number, to: number, middle: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(Math.min(to, bytes.length))]).subarray(0, MAX_BYTES);
}

function repeated(run: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => run)).subarray(0, MAX_BYTES);
}
