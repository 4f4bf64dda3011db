import { InspectorError } from '../../../errors.ts';
import { limit } from './errors.ts';

/** Beyond this many values a notation is not written out. */
export const MOST_VALUES = 500_000;

/** Containers within containers that a walk follows: walks are recursive, and the stack of JavaScript is not endless. */
export const DEEPEST = 1000;

/** The state of one walk over the values of a document: what it is inside of, and how far it may go on. */
export class Walk {
  /** containers being written, outermost first */
  readonly #open: number[] = [];
  #left = MOST_VALUES;

  /** How many containers out an open one is (0 = the innermost), or -1. */
  levelOf(object: number): number {
    const at = this.#open.lastIndexOf(object);
    return at < 0 ? -1 : this.#open.length - 1 - at;
  }

  enter(object: number): void {
    // The reader bounds how deep a stream nests values; putting them into each other afterwards can go deeper.
    if (this.#open.length > DEEPEST) throw limit(`its values are nested more than ${DEEPEST} deep`);
    this.#open.push(object);
  }

  leave(): void {
    this.#open.pop();
  }

  /** @throws InspectorError LimitExceeded */
  count(): void {
    this.#left -= 1;
    if (this.#left < 0) throw limit(`it stands for more than ${MOST_VALUES} values`);
  }
}

/** What `write` gives, or `otherwise` where it passed the limits of a walk. */
export function bounded<T, U>(write: () => T, otherwise: U): T | U {
  try {
    return write();
  } catch (error) {
    if (error instanceof InspectorError && error.code === 'LimitExceeded') return otherwise;
    throw error;
  }
}
