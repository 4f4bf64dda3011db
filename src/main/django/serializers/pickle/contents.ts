import { EFFECT, effectOf, KIND, OP } from './opcodes.ts';
import { fillingsOf, kindOfObject, opAt, operandsOf, type Tape } from './tape.ts';

/** What the stream puts into one object, by the way it does so. All are slots. */
export type Contents = Readonly<{
  items: readonly number[];
  keys: readonly number[];
  values: readonly number[];
  members: readonly number[];
  states: readonly number[];
}>;

/** @param object a list, dict, set or inert object */
export function contentsOf(tape: Tape, object: number): Contents {
  const items: number[] = [];
  const keys: number[] = [];
  const values: number[] = [];
  const members: number[] = [];
  const states: number[] = [];
  const kind = kindOfObject(tape, object);
  if (effectOf(opAt(tape, object)) === EFFECT.MAKE_FROM_MARK) {
    if (kind === KIND.LIST) for (const operand of operandsOf(tape, object)) items.push(operand);
    if (kind === KIND.DICT) addPairs(operandsOf(tape, object), keys, values);
  }
  for (const filling of fillingsOf(tape, object)) {
    const operands = operandsOf(tape, filling);
    switch (opAt(tape, filling)) {
      case OP.APPEND:
      case OP.APPENDS:
        for (const operand of operands) items.push(operand);
        break;
      case OP.SETITEM:
      case OP.SETITEMS:
        addPairs(operands, keys, values);
        break;
      case OP.ADDITEMS:
        for (const operand of operands) members.push(operand);
        break;
      default:
        states.push(operands[0] ?? 0);
    }
  }
  return { items, keys, values, members, states };
}

function addPairs(operands: readonly number[], keys: number[], values: number[]): void {
  for (let at = 0; at + 1 < operands.length; at += 2) {
    keys.push(operands[at] ?? 0);
    values.push(operands[at + 1] ?? 0);
  }
}
