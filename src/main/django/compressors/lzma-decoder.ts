import { corrupt, type Output } from './output.ts';

/** The LZMA coder inside .xz and .lzma (lzma-specification.txt of the LZMA SDK). */

const FORMAT = 'lzma';

/** Offsets of the groups of probabilities in one array. */
const IS_MATCH = 0;
const IS_REP = 192;
const IS_REP_G0 = 204;
const IS_REP_G1 = 216;
const IS_REP_G2 = 228;
const IS_REP0_LONG = 240;
const POSITION_SLOT = 432;
const SPECIAL = 688;
const ALIGN = 804;
const MATCH_LENGTH = 820;
const REP_LENGTH = 1334;
const LITERAL = 1848;

/** Inside a group of lengths: two choices, 16 trees of 3 bits, 16 trees of 3 bits, one tree of 8 bits. */
const LENGTH_LOW = 2;
const LENGTH_MIDDLE = 130;
const LENGTH_HIGH = 258;

export type LzmaProperties = Readonly<{ literalContext: number; literalPosition: number; position: number }>;

/** The properties in the byte of both containers. */
export function lzmaProperties(byte: number): LzmaProperties {
  if (byte >= 225) throw corrupt(FORMAT, 'its properties are out of range');
  return { literalContext: byte % 9, literalPosition: Math.floor(byte / 9) % 5, position: Math.floor(byte / 45) };
}

/** Decodes one LZMA stream, chunk by chunk, into `output`. */
export class LzmaDecoder {
  readonly #output: Output;
  #probabilities = new Uint16Array(0);
  #properties: LzmaProperties = { literalContext: 0, literalPosition: 0, position: 0 };
  #dictionaryStart = 0;
  #state = 0;
  #reps: [number, number, number, number] = [1, 1, 1, 1];
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #range = 0;
  #code = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Nothing before this point can be matched any more. */
  resetDictionary(): void {
    this.#dictionaryStart = this.#output.length;
  }

  setProperties(properties: LzmaProperties): void {
    this.#properties = properties;
    const size = LITERAL + 0x300 * 2 ** (properties.literalContext + properties.literalPosition);
    if (this.#probabilities.length !== size) this.#probabilities = new Uint16Array(size);
  }

  resetState(): void {
    if (this.#probabilities.length === 0) throw corrupt(FORMAT, 'its properties are missing');
    this.#output.spend(this.#probabilities.length);
    this.#probabilities.fill(1024);
    this.#state = 0;
    this.#reps = [1, 1, 1, 1];
  }

  /**
   * Decodes `count` bytes (or up to the end mark where `count` is null) from a range of `bytes`.
   * @throws InspectorError Corrupt, LimitExceeded
   */
  decode(bytes: Uint8Array, start: number, end: number, count: number | null): void {
    if (this.#probabilities.length === 0) throw corrupt(FORMAT, 'its properties are missing');
    if (start + 5 > end || bytes[start] !== 0) throw corrupt(FORMAT, 'a chunk has no beginning');
    this.#bytes = bytes;
    this.#at = start + 5;
    this.#end = end;
    this.#range = 0xffffffff;
    this.#code = 0;
    for (let index = 1; index < 5; index++) this.#code = ((this.#code << 8) | (bytes[start + index] as number)) >>> 0;
    this.#run(count === null ? Number.POSITIVE_INFINITY : this.#output.length + count, count === null);
  }

  #run(target: number, endMark: boolean): void {
    const output = this.#output;
    const positionMask = (1 << this.#properties.position) - 1;
    while (output.length < target) {
      const positionState = (output.length - this.#dictionaryStart) & positionMask;
      if (this.#bit(IS_MATCH + this.#state * 16 + positionState) === 0) {
        this.#literal();
        continue;
      }
      const length = this.#bit(IS_REP + this.#state) === 0 ? this.#match(positionState) : this.#rep(positionState);
      if (this.#reps[0] === 0x100000000) {
        if (!endMark) throw corrupt(FORMAT, 'it ends early');
        return;
      }
      if (length > target - output.length) throw corrupt(FORMAT, 'a match is longer than its chunk');
      output.copy(this.#reps[0], length, this.#dictionaryStart);
    }
  }

  #literal(): void {
    const output = this.#output;
    const { literalContext, literalPosition } = this.#properties;
    const written = output.length - this.#dictionaryStart;
    const previous = written === 0 ? 0 : (output.bytes[output.length - 1] as number);
    const context = ((written & ((1 << literalPosition) - 1)) << literalContext) + (previous >> (8 - literalContext));
    const base = LITERAL + 0x300 * context;
    let symbol = 1;
    if (this.#state >= 7) {
      if (this.#reps[0] > written) throw corrupt(FORMAT, 'a match reaches before its beginning');
      let matched = output.bytes[output.length - this.#reps[0]] as number;
      do {
        const expected = (matched >> 7) & 1;
        matched <<= 1;
        const bit = this.#bit(base + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(base + symbol);
    output.push(symbol & 0xff);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  #match(positionState: number): number {
    const reps = this.#reps;
    reps[3] = reps[2];
    reps[2] = reps[1];
    reps[1] = reps[0];
    this.#state = this.#state < 7 ? 7 : 10;
    const length = this.#length(MATCH_LENGTH, positionState);
    const slot = this.#tree(POSITION_SLOT + Math.min(length, 3) * 64, 6);
    reps[0] = this.#distance(slot) + 1;
    return length + 2;
  }

  #distance(slot: number): number {
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + this.#reverseTree(SPECIAL + base - slot, bits);
    return base + this.#direct(bits - 4) * 16 + this.#reverseTree(ALIGN, 4);
  }

  #rep(positionState: number): number {
    const reps = this.#reps;
    if (this.#bit(IS_REP_G0 + this.#state) === 0) {
      if (this.#bit(IS_REP0_LONG + this.#state * 16 + positionState) === 0) {
        this.#state = this.#state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      let distance = reps[1];
      if (this.#bit(IS_REP_G1 + this.#state) !== 0) {
        distance = reps[2];
        if (this.#bit(IS_REP_G2 + this.#state) !== 0) {
          distance = reps[3];
          reps[3] = reps[2];
        }
        reps[2] = reps[1];
      }
      reps[1] = reps[0];
      reps[0] = distance;
    }
    this.#state = this.#state < 7 ? 8 : 11;
    return this.#length(REP_LENGTH, positionState) + 2;
  }

  #length(base: number, positionState: number): number {
    if (this.#bit(base) === 0) return this.#tree(base + LENGTH_LOW + positionState * 8, 3);
    if (this.#bit(base + 1) === 0) return 8 + this.#tree(base + LENGTH_MIDDLE + positionState * 8, 3);
    return 16 + this.#tree(base + LENGTH_HIGH, 8);
  }

  #tree(base: number, bits: number): number {
    let symbol = 1;
    for (let index = 0; index < bits; index++) symbol = (symbol << 1) | this.#bit(base + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(base: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let index = 0; index < bits; index++) {
      const bit = this.#bit(base + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << index;
    }
    return value;
  }

  #direct(bits: number): number {
    let value = 0;
    for (let index = 0; index < bits; index++) {
      this.#normalize();
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit === 1) this.#code -= this.#range;
      value = value * 2 + bit;
    }
    return value;
  }

  #bit(index: number): 0 | 1 {
    this.#normalize();
    const probability = this.#probabilities[index] as number;
    const bound = (this.#range >>> 11) * probability;
    if (this.#code < bound) {
      this.#range = bound;
      this.#probabilities[index] = probability + ((2048 - probability) >> 5);
      return 0;
    }
    this.#range -= bound;
    this.#code -= bound;
    this.#probabilities[index] = probability - (probability >> 5);
    return 1;
  }

  #normalize(): void {
    if (this.#range >= 0x1000000) return;
    if (this.#at >= this.#end) throw corrupt(FORMAT, 'a chunk ends early');
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | (this.#bytes[this.#at++] as number)) >>> 0;
  }
}
