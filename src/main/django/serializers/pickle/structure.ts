import { toBase64 } from './base64-text.ts';
import { contentsOf } from './contents.ts';
import { globalOf, rawName } from './names.ts';
import { KIND, OP } from './opcodes.ts';
import { shapeOfObject } from './shapes.ts';
import { extensionCode, isShared, kindOfObject, objectIn, opAt, operandsOf, type Tape } from './tape.ts';
import { bytesOf, strOf } from './values.ts';
import { bounded, MOST_VALUES, Walk } from './walk.ts';

/**
 * The value in a slot in the fixtures' structure notation: what a reader sees that imports and calls nothing.
 * Undefined where shared parts would make it longer than MOST_VALUES.
 */
export function structureOf(tape: Tape, slot: number): unknown {
  if (tape.expanded > MOST_VALUES) return undefined;
  return bounded(() => new Structure(tape).of(slot), undefined);
}

/** What the stream asks to import: `module.name` as it stands there, each once, in its order. */
export function globalsOf(tape: Tape): readonly string[] {
  const names = new Set<string>();
  for (let index = 0; index < tape.count; index += 1) {
    if (kindOfObject(tape, index) === KIND.GLOBAL || opAt(tape, index) === OP.INST) names.add(rawName(tape, index));
  }
  return [...names];
}

/** What the stream asks to call, each once, in the order of the calls; `<Obj>` where that is itself the result of a call. */
export function callsOf(tape: Tape): readonly string[] {
  const names = new Set<string>();
  for (let index = 0; index < tape.count; index += 1) {
    const kind = kindOfObject(tape, index);
    if (kind === KIND.CALL || kind === KIND.NEW || kind === KIND.INST) names.add(headName(tape, index));
  }
  return [...names];
}

function headName(tape: Tape, object: number): string {
  if (opAt(tape, object) === OP.INST) return rawName(tape, object);
  const head = objectIn(tape, operandsOf(tape, object)[0] ?? 0);
  return kindOfObject(tape, head) === KIND.GLOBAL ? rawName(tape, head) : '<Obj>';
}

class Structure {
  readonly #tape: Tape;
  readonly #walk = new Walk();

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  of(slot: number): unknown {
    const object = objectIn(this.#tape, slot);
    const kind = kindOfObject(this.#tape, object);
    this.#walk.count();
    if (kind < KIND.LIST) return this.#plain(object, kind);
    const level = isShared(this.#tape, object) ? this.#walk.levelOf(object) : -1;
    if (level >= 0) return { $cycle: level };
    this.#walk.enter(object);
    const structure = this.#container(object, kind);
    this.#walk.leave();
    return structure;
  }

  #plain(object: number, kind: number): unknown {
    if (kind === KIND.STR2) return { $str2: toBase64(bytesOf(this.#tape, object)) };
    const { typed, text } = shapeOfObject(this.#tape, object);
    return typed === null && kind === KIND.INT ? { $int: text } : typed;
  }

  #container(object: number, kind: number): unknown {
    const tape = this.#tape;
    switch (kind) {
      case KIND.LIST:
        return this.#all(contentsOf(tape, object).items);
      case KIND.TUPLE:
        return { $tuple: this.#all(operandsOf(tape, object)) };
      case KIND.DICT:
        return { $dict: this.#pairs(object) };
      case KIND.SET:
        return { $set: this.#all(contentsOf(tape, object).members) };
      case KIND.FROZENSET:
        return { $frozenset: this.#all(operandsOf(tape, object)) };
      case KIND.PERSID:
        return { $persid: opAt(tape, object) === OP.PERSID ? strOf(tape, object) : this.of(operandsOf(tape, object)[0] ?? 0) };
      case KIND.EXTENSION:
        return this.#filled(object, { $ext: extensionCode(tape.bytes, tape.offset[object] ?? 0) });
      case KIND.BUFFER:
        return this.#filled(object, { $buffer: true });
      case KIND.GLOBAL:
        return this.#filled(object, { $global: globalOf(tape, object) });
      default:
        return this.#filled(object, this.#call(object, kind));
    }
  }

  #call(object: number, kind: number): Record<string, unknown> {
    const tape = this.#tape;
    const operands = operandsOf(tape, object);
    if (opAt(tape, object) === OP.INST) return { $inst: { head: { $global: globalOf(tape, object) }, args: this.#all(operands) } };
    const head = this.of(operands[0] ?? 0);
    if (kind === KIND.INST) return { $inst: { head, args: this.#all(operands.slice(1)) } };
    const args = objectIn(tape, operands[1] ?? 0);
    const isTuple = kindOfObject(tape, args) === KIND.TUPLE;
    const parts = { head, args: isTuple ? this.#all(operandsOf(tape, args)) : this.of(operands[1] ?? 0) };
    if (kind === KIND.CALL) return { $call: parts };
    return { $new: operands[2] === undefined ? parts : { ...parts, kwargs: this.of(operands[2]) } };
  }

  /** Beside what makes an object, what is put into it afterwards. */
  #filled(object: number, made: Record<string, unknown>): unknown {
    const { items, keys, members, states } = contentsOf(this.#tape, object);
    return {
      ...made,
      ...(items.length > 0 ? { listitems: this.#all(items) } : {}),
      ...(keys.length > 0 ? { dictitems: this.#pairs(object) } : {}),
      ...(members.length > 0 ? { setitems: this.#all(members) } : {}),
      ...(states.length > 0 ? { state: this.of(states.at(-1) ?? 0) } : {}),
    };
  }

  #pairs(object: number): readonly (readonly unknown[])[] {
    const { keys, values } = contentsOf(this.#tape, object);
    return keys.map((key, index) => [this.of(key), this.of(values[index] ?? 0)]);
  }

  #all(slots: readonly number[]): readonly unknown[] {
    return slots.map((slot) => this.of(slot));
  }
}
