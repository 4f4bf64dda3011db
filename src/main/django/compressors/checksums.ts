/**
 * The checksums inside the frames: CRC-32 and CRC-64 of xz, xxHash of lz4 (32 bits) and zstd (64 bits). 64-bit values are
 * kept as two 32-bit halves, because BigInt would take seconds over the largest payloads allowed.
 */

const CRC32_TABLE = makeCrc32Table();
const [CRC64_LOW, CRC64_HIGH] = makeCrc64Table();

/** CRC-32 (IEEE 802.3) of `bytes`, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC32_TABLE[(crc ^ byte) & 0xff] as number);
  return (crc ^ 0xffffffff) >>> 0;
}

/** CRC-64 (ECMA-182, reflected, as xz uses it) of `bytes`: 8 bytes, little-endian. */
export function crc64(bytes: Uint8Array): Uint8Array {
  let low = 0xffffffff;
  let high = 0xffffffff;
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (CRC64_LOW[index] as number);
    high = (high >>> 8) ^ (CRC64_HIGH[index] as number);
  }
  return littleEndian64(~low >>> 0, ~high >>> 0);
}

function makeCrc32Table(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    return crc >>> 0;
  });
}

function makeCrc64Table(): readonly [Uint32Array, Uint32Array] {
  const lows = new Uint32Array(256);
  const highs = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let low = byte;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (odd === 0) continue;
      low ^= 0xd7870f42;
      high ^= 0xc96c5795;
    }
    lows[byte] = low;
    highs[byte] = high;
  }
  return [lows, highs];
}

function littleEndian64(low: number, high: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, low, true);
  view.setUint32(4, high, true);
  return bytes;
}

const rotate32 = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

const PRIME32_1 = 0x9e3779b1;
const PRIME32_2 = 0x85ebca77;
const PRIME32_3 = 0xc2b2ae3d;
const PRIME32_4 = 0x27d4eb2f;
const PRIME32_5 = 0x165667b1;

/** xxHash, 32 bits, seed 0, as an unsigned number (xxhash_spec.md of the reference implementation). */
export function xxh32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  let hash = PRIME32_5;
  if (bytes.length >= 16) {
    const lanes = new Int32Array([PRIME32_1 + PRIME32_2, PRIME32_2, 0, -PRIME32_1]);
    for (; offset + 16 <= bytes.length; offset += 16) {
      for (let lane = 0; lane < 4; lane++) {
        const mixed = (lanes[lane] as number) + Math.imul(view.getUint32(offset + lane * 4, true), PRIME32_2);
        lanes[lane] = Math.imul(rotate32(mixed, 13), PRIME32_1);
      }
    }
    const [a, b, c, d] = lanes as unknown as [number, number, number, number]; // four were made above
    hash = rotate32(a, 1) + rotate32(b, 7) + rotate32(c, 12) + rotate32(d, 18);
  }
  hash = (hash + bytes.length) | 0;
  for (; offset + 4 <= bytes.length; offset += 4) {
    hash = Math.imul(rotate32(hash + Math.imul(view.getUint32(offset, true), PRIME32_3), 17), PRIME32_4);
  }
  for (; offset < bytes.length; offset++) {
    hash = Math.imul(rotate32(hash + Math.imul(bytes[offset] as number, PRIME32_5), 11), PRIME32_1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME32_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME32_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A 64-bit number as two halves; mutable, because the hash would otherwise allocate several objects for every 8 bytes. */
class Word {
  low: number;
  high: number;

  constructor(high: number, low: number) {
    this.high = high >>> 0;
    this.low = low >>> 0;
  }

  set(other: Word): this {
    this.low = other.low;
    this.high = other.high;
    return this;
  }

  add(other: Word): this {
    return this.addHalves(other.high, other.low);
  }

  addHalves(high: number, low: number): this {
    const sum = this.low + low;
    this.high = (this.high + high + (sum > 0xffffffff ? 1 : 0)) >>> 0;
    this.low = sum >>> 0;
    return this;
  }

  xor(other: Word): this {
    this.low = (this.low ^ other.low) >>> 0;
    this.high = (this.high ^ other.high) >>> 0;
    return this;
  }

  /** this ^= this >>> bits, for bits from 1 to 63 */
  xorShift(bits: number): this {
    const low = bits < 32 ? (this.low >>> bits) | (this.high << (32 - bits)) : this.high >>> (bits - 32);
    const high = bits < 32 ? this.high >>> bits : 0;
    this.low = (this.low ^ low) >>> 0;
    this.high = (this.high ^ high) >>> 0;
    return this;
  }

  /** rotates left by 1 to 31 bits */
  rotate(bits: number): this {
    const { low, high } = this;
    this.low = ((low << bits) | (high >>> (32 - bits))) >>> 0;
    this.high = ((high << bits) | (low >>> (32 - bits))) >>> 0;
    return this;
  }

  multiply(other: Word): this {
    const a0 = this.low & 0xffff;
    const a1 = this.low >>> 16;
    const b0 = other.low & 0xffff;
    const b1 = other.low >>> 16;
    const low = a0 * b0;
    const middle = a1 * b0 + (low >>> 16);
    const cross = a0 * b1 + (middle & 0xffff);
    // The upper half of low x low, then the two crossed products, of which only the lower halves count.
    const carry = a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000);
    this.high = (carry + Math.imul(this.low, other.high) + Math.imul(this.high, other.low)) >>> 0;
    this.low = (((cross & 0xffff) << 16) | (low & 0xffff)) >>> 0;
    return this;
  }
}

const PRIME64_1 = new Word(0x9e3779b1, 0x85ebca87);
const PRIME64_2 = new Word(0xc2b2ae3d, 0x27d4eb4f);
const PRIME64_3 = new Word(0x165667b1, 0x9e3779f9);
const PRIME64_4 = new Word(0x85ebca77, 0xc2b2ae63);
const PRIME64_5 = new Word(0x27d4eb2f, 0x165667c5);

/** The lower 32 bits of xxHash, 64 bits, seed 0: what a zstd frame stores (RFC 8878, 3.1.1). */
export function xxh64Low32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const scratch = new Word(0, 0);
  const read = (offset: number): Word => {
    scratch.low = view.getUint32(offset, true);
    scratch.high = view.getUint32(offset + 4, true);
    return scratch;
  };
  let offset = 0;
  const hash = new Word(0, 0).set(PRIME64_5);
  if (bytes.length >= 32) {
    const lanes = startLanes();
    for (; offset + 32 <= bytes.length; offset += 32) {
      for (let lane = 0; lane < 4; lane++) {
        const word = lanes[lane] as Word;
        word
          .add(read(offset + lane * 8).multiply(PRIME64_2))
          .rotate(31)
          .multiply(PRIME64_1);
      }
    }
    mergeLanes(hash, lanes);
  }
  hash.addHalves(0, bytes.length);
  for (; offset + 8 <= bytes.length; offset += 8) {
    hash.xor(read(offset).multiply(PRIME64_2).rotate(31).multiply(PRIME64_1));
    hash.rotate(27).multiply(PRIME64_1).add(PRIME64_4);
  }
  if (offset + 4 <= bytes.length) {
    hash.xor(new Word(0, view.getUint32(offset, true)).multiply(PRIME64_1));
    hash.rotate(23).multiply(PRIME64_2).add(PRIME64_3);
    offset += 4;
  }
  for (; offset < bytes.length; offset++) {
    hash.xor(new Word(0, bytes[offset] as number).multiply(PRIME64_5));
    hash.rotate(11).multiply(PRIME64_1);
  }
  return hash.xorShift(33).multiply(PRIME64_2).xorShift(29).multiply(PRIME64_3).xorShift(32).low;
}

function startLanes(): readonly Word[] {
  return [
    new Word(0, 0).add(PRIME64_1).add(PRIME64_2),
    new Word(0, 0).add(PRIME64_2),
    new Word(0, 0),
    // 2^64 - PRIME64_1
    new Word(~PRIME64_1.high, ~PRIME64_1.low).addHalves(0, 1),
  ];
}

function mergeLanes(hash: Word, lanes: readonly Word[]): void {
  const turns = [1, 7, 12, 18] as const;
  hash.low = 0;
  hash.high = 0;
  for (const [index, lane] of lanes.entries()) hash.add(new Word(0, 0).set(lane).rotate(turns[index] as number));
  for (const lane of lanes) {
    hash.xor(lane.multiply(PRIME64_2).rotate(31).multiply(PRIME64_1));
    hash.multiply(PRIME64_1).add(PRIME64_4);
  }
}
