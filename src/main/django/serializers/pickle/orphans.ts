import type { Patch } from './emit.ts';
import { notEditable } from './errors.ts';
import { EFFECT, effectOf, OP } from './opcodes.ts';
import { objectIn, opAt, operandsOf, type Tape } from './tape.ts';

/**
 * Objects whose place goes away with an edit while something that stays still refers to them. They are found once, and
 * their recipes with them.
 */
export class Orphans {
  readonly #tape: Tape;
  readonly #isRemoved: Uint8Array;
  /** object to the last instruction of its recipe */
  readonly #ends = new Map<number, number>();
  /** first instruction of a recipe to the objects whose recipes begin there, the longest recipe first */
  readonly #starts = new Map<number, number[]>();
  /** objects that a DUP repeats: in an edited stream their memo entry does, for what stood before the DUP may be gone */
  readonly #repeated = new Set<number>();

  constructor(tape: Tape, patches: readonly Patch[]) {
    this.#tape = tape;
    const removed = patches.filter(({ from, to }) => to >= from);
    this.#isRemoved = new Uint8Array(tape.count);
    for (const { from, to } of removed) this.#isRemoved.fill(1, from, to + 1);
    for (let at = 0; at < tape.count; at += 1) if (opAt(tape, at) === OP.DUP) this.#repeated.add(objectIn(tape, at));
    const wanted = this.#wanted(removed);
    if (wanted.size > 0) this.#findRecipes(removed, wanted);
    this.#refuseLostChanges(removed);
  }

  /** The last instruction of an orphan's recipe. */
  endOf(object: number): number {
    const end = this.#ends.get(object);
    if (end === undefined) throw notEditable('The removed part shares objects with the rest in a way that cannot be kept');
    return end;
  }

  /** Orphans whose recipe begins at an instruction and ends before `end`, the longest first. */
  startingAt(at: number, end: number): readonly number[] {
    return (this.#starts.get(at) ?? []).filter((object) => this.endOf(object) < end);
  }

  needsMemo(object: number): boolean {
    return this.#repeated.has(object);
  }

  /** Objects made in a removed part and referred to from what stays, and what their recipes refer to in turn. */
  #wanted(removed: readonly Patch[]): Set<number> {
    const wanted = new Set<number>();
    if (removed.length === 0) return wanted;
    for (let at = 0; at < this.#tape.count; at += 1) {
      const effect = effectOf(opAt(this.#tape, at));
      if (effect !== EFFECT.GET && effect !== EFFECT.DUP) continue;
      // References inside of removed parts count too: they may lie in a recipe that moves.
      const object = objectIn(this.#tape, at);
      if (this.#isRemoved[object] === 1) wanted.add(object);
    }
    return wanted;
  }

  #findRecipes(removed: readonly Patch[], wanted: ReadonlySet<number>): void {
    const found = (slot: number) => {
      const object = objectIn(this.#tape, slot);
      const isRecipe = wanted.has(object) && !this.#ends.has(object) && (this.#tape.begin[slot] ?? 0) <= object && object <= slot;
      if (isRecipe) this.#ends.set(object, slot);
    };
    for (const { from, to } of removed) {
      for (let at = from; at <= to; at += 1) for (const slot of this.#consumed(at)) found(slot);
      // The removed part is itself a value, which what stays may refer to.
      found(to);
    }
    for (const [object, end] of this.#ends) {
      const start = this.#tape.begin[end] ?? 0;
      this.#starts.set(
        start,
        [...(this.#starts.get(start) ?? []), object].sort((a, b) => this.endOf(b) - this.endOf(a)),
      );
    }
  }

  /** The slots that end with an instruction: its operands, and what it drops. */
  #consumed(at: number): readonly number[] {
    if (opAt(this.#tape, at) !== OP.POP) return operandsOf(this.#tape, at);
    return at > 0 && objectIn(this.#tape, at - 1) >= 0 ? [at - 1] : [];
  }

  /** An instruction that is removed and fills an object that stays would take a part of what stays with it. */
  #refuseLostChanges(removed: readonly Patch[]): void {
    for (const { from, to, filling } of removed) {
      for (let at = from; at <= to; at += 1) {
        const effect = effectOf(opAt(this.#tape, at));
        if (at === filling || (effect !== EFFECT.FILL && effect !== EFFECT.FILL_FROM_MARK)) continue;
        const object = objectIn(this.#tape, at);
        const end = this.#ends.get(object);
        const isLost = this.#isRemoved[object] !== 1 || (end !== undefined && at > end);
        if (isLost) throw notEditable('The pickle changes other objects within this part, which would be lost with it');
      }
    }
  }
}
