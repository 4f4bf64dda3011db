import type { Container, Part, Shape } from './shape.ts';
import { isShared, objectIn, type Tape } from './tape.ts';

/**
 * What keeps a part from changing inside, because of where it stands: `set` within an item of a set or a key, which
 * are compared by what they hold; `tuple` within a tuple that stands in several places, each of which would change.
 */
export type Held = 'free' | 'tuple' | 'set';

/** Items of a set only change as a whole. */
export function isSet(shape: Shape): boolean {
  return shape.type === 'set' || shape.type === 'frozenset';
}

/** What holds the children of a part. @param held what holds the part itself @param whole the part that `shape` was made of */
export function heldWithin(tape: Tape, held: Held, whole: Part, shape: Shape): Held {
  if (held === 'set' || isSet(shape)) return 'set';
  if (!isTuple(whole, shape)) return 'free';
  return held === 'tuple' || (shape.container !== undefined && isElsewhere(tape, whole, shape.container)) ? 'tuple' : 'free';
}

/** Whether `set` may replace a child. @param held what holds the part that `shape` was made of */
export function isSettable(tape: Tape, held: Held, whole: Part, shape: Shape, child: Part): boolean {
  if (typeof child !== 'number' || shape.container === undefined || shape.type === 'frozenset') return false;
  return isOpen(held, whole, shape) && !isElsewhere(tape, whole, shape.container);
}

/** Whether children may change as far as the places around a part are concerned. */
export function isOpen(held: Held, whole: Part, shape: Shape): boolean {
  return held === 'free' || (held === 'tuple' && !isTuple(whole, shape));
}

/** A tuple as a value; the arguments of a call belong to an object that may change. */
function isTuple(whole: Part, shape: Shape): boolean {
  return typeof whole === 'number' && (shape.type === 'tuple' || shape.type === 'namedtuple');
}

/** True where a container that cannot be changed in one place alone stands in others too. */
export function isElsewhere(tape: Tape, whole: Part, { kind, object }: Container): boolean {
  const own = typeof whole === 'number' ? objectIn(tape, whole) : object;
  if (kind === 'tuple') return isShared(tape, object) || isShared(tape, own);
  return own !== object && isShared(tape, object);
}
