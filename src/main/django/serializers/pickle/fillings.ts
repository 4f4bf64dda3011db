import type { Patch } from './emit.ts';
import { EFFECT, effectOf, KIND, OP } from './opcodes.ts';
import { fillingsOf, kindOfObject, markOf, objectIn, opAt, operandsOf, type Tape } from './tape.ts';
import { BATCH } from './writer.ts';

/** One instruction that puts values into an object, or makes it of values; BUILD is none of them. */
export type Filling = Readonly<{ at: number; operands: readonly number[]; keys: readonly number[] }>;

type Kind = 'list' | 'dict' | 'set';

/** @param object a list, dict, set, or an object that is filled like one */
export function fillingsIn(tape: Tape, object: number): readonly Filling[] {
  const kind = kindOfObject(tape, object);
  const isMadeOfItems = effectOf(opAt(tape, object)) === EFFECT.MAKE_FROM_MARK && (kind === KIND.LIST || kind === KIND.DICT);
  const instructions = [...(isMadeOfItems ? [object] : []), ...fillingsOf(tape, object).filter((at) => opAt(tape, at) !== OP.BUILD)];
  return instructions.map((at) => {
    const operands = operandsOf(tape, at);
    return { at, operands, keys: operands.filter((_, index) => index % 2 === 0) };
  });
}

function kindOfFilling(tape: Tape, at: number): Kind {
  switch (opAt(tape, at)) {
    case OP.SETITEM:
    case OP.SETITEMS:
    case OP.DICT:
      return 'dict';
    case OP.ADDITEMS:
      return 'set';
    default:
      return 'list';
  }
}

/** The patches that take the wanted items (or entries, by key) out of one filling. */
export function removalOf(tape: Tape, filling: Filling, kind: Kind, isWanted: (slot: number) => boolean): readonly Patch[] {
  if (kindOfFilling(tape, filling.at) !== kind) return [];
  const stride = kind === 'dict' ? 2 : 1;
  const starts = [...filling.operands.keys()].filter((index) => index % stride === 0 && isWanted(filling.operands[index] ?? 0));
  if (starts.length === 0) return [];
  const isEmptied = starts.length * stride === filling.operands.length;
  const first = filling.operands[0] ?? 0;
  if (isEmptied && opAt(tape, filling.at) !== OP.LIST && opAt(tape, filling.at) !== OP.DICT) {
    const isBatch = effectOf(opAt(tape, filling.at)) === EFFECT.FILL_FROM_MARK;
    return [{ from: isBatch ? markOf(tape, filling.at) : (tape.begin[first] ?? 0), to: filling.at, filling: filling.at }];
  }
  const slots = starts.flatMap((index) => filling.operands.slice(index, index + stride));
  return slots.map((slot) => ({ from: tape.begin[slot] ?? 0, to: slot }));
}

/**
 * Where a new item goes: before which instruction, and whether it needs an instruction of its own to be put in.
 * @param before the slot it comes before (of an entry: the slot of the key); undefined = at the end
 */
export function placeFor(tape: Tape, object: number, kind: Kind, before: number | undefined): Readonly<{ at: number; single: boolean }> {
  const fillings = fillingsIn(tape, object).filter(({ at }) => kindOfFilling(tape, at) === kind);
  if (before !== undefined) {
    const filling = fillings.find(({ operands }) => operands.includes(before));
    return { at: tape.begin[before] ?? 0, single: effectOf(opAt(tape, filling?.at ?? 0)) === EFFECT.FILL };
  }
  const last = fillings.at(-1);
  if (last === undefined) return { at: afterMemo(tape, object), single: true };
  const size = last.operands.length / (kind === 'dict' ? 2 : 1);
  const joins = effectOf(opAt(tape, last.at)) === EFFECT.FILL_FROM_MARK && size < BATCH;
  return joins ? { at: last.at, single: false } : { at: last.at === object ? afterMemo(tape, object) : last.at + 1, single: true };
}

/** After an object's own memo entry, where it has one right away. */
function afterMemo(tape: Tape, object: number): number {
  let at = object + 1;
  while (effectOf(opAt(tape, at)) === EFFECT.PUT && objectIn(tape, at) === object) at += 1;
  return at;
}
