import type { MemoUse } from './tape.ts';

/** Indexes up to this many times the entries are kept in an array; beyond that in a map, because a stream may name 2^31. */
const SPARSE = 2;

/** The memo while a pickle is read: index to object. */
export class Memo {
  #dense = new Int32Array(64).fill(-1);
  readonly #sparse = new Map<number, number>();
  /** entries that are set, which is the index MEMOIZE takes */
  #size = 0;
  #puts = 0;
  #first = 0;
  #highest = -1;
  #sequential = true;
  #unique = true;

  get size(): number {
    return this.#size;
  }

  /** @returns the object, or -1 */
  get(index: number): number {
    return this.#dense[index] ?? this.#sparse.get(index) ?? -1;
  }

  put(index: number, object: number): void {
    const before = this.get(index);
    if (before < 0) this.#size += 1;
    else if (before !== object) this.#unique = false;
    if (this.#puts === 0) this.#first = index;
    if (index !== this.#first + this.#puts) this.#sequential = false;
    this.#puts += 1;
    this.#highest = Math.max(this.#highest, index);
    if (index >= this.#dense.length && index < SPARSE * this.#size + 1024) this.#grow(index);
    if (index < this.#dense.length) this.#dense[index] = object;
    else this.#sparse.set(index, object);
  }

  use(): MemoUse {
    return { sequential: this.#sequential && this.#first <= 1, first: this.#first, unique: this.#unique, highest: this.#highest };
  }

  #grow(index: number): void {
    const larger = new Int32Array(Math.max(this.#dense.length * 2, index + 1)).fill(-1);
    larger.set(this.#dense);
    // What was too far away for the array before may lie within it now.
    for (const [at, object] of this.#sparse) if (at < larger.length) larger[at] = object;
    this.#dense = larger;
  }
}
