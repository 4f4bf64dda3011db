import { say } from '../../sentences.ts';
import { fromBase64 } from './base64-text.ts';
import type { Call } from './call.ts';
import { objectShape } from './inert.ts';
import { KIND } from './opcodes.ts';
import type { Shape } from './shape.ts';
import type { Tools } from './shapes.ts';
import { kindOfObject, objectIn, type Tape } from './tape.ts';
import { bytesOf, strOf } from './values.ts';

/** Says what a call makes, or null where it is not the call that Python's own pickler writes for that class. */
export type Recogniser = (call: Call, tools: Tools) => Shape | null;

/** KIND of what lies in a slot; 0 for no slot. */
export function kindIn(tape: Tape, slot: number | undefined): number {
  return slot === undefined ? 0 : kindOfObject(tape, objectIn(tape, slot));
}

/** Nothing was put into it but one state at most. */
export function isStateOnly(call: Call): boolean {
  const { items, keys, members, states } = call.contents;
  return call.kwargs === null && items.length + keys.length + members.length === 0 && states.length <= 1;
}

/** An object of a harmless class that has no type of its own in the view. */
export function plainObject(call: Call, state: unknown): Shape | null {
  if (call.args === null || !isStateOnly(call)) return null;
  return {
    ...objectShape(call),
    notes: [say('note-plain-python')],
    typed: call.contents.states.length === 0 ? { $object: call.path, state } : null,
  };
}

/** The same, where its state is a dict that becomes its attributes. */
export function stateObject(call: Call): Shape | null {
  const [state] = call.contents.states;
  if (call.args === null || !isStateOnly(call) || (state !== undefined && kindIn(call.tape, state) !== KIND.DICT)) return null;
  return { ...objectShape(call), notes: [say('note-plain-class')], typed: undefined };
}

const BYTES_CALLS: ReadonlySet<string> = new Set(['_codecs.encode', 'builtins.bytes']);

/** The bytes in a slot, however the protocol writes them. */
export function bytesIn(tape: Tape, slot: number, tools: Tools): Uint8Array | null {
  const kind = kindIn(tape, slot);
  if (kind === KIND.BYTES) return bytesOf(tape, objectIn(tape, slot));
  if (kind !== KIND.CALL || !BYTES_CALLS.has(tools.callIn(tape, slot).path ?? '')) return null;
  const { type, text } = tools.shapeOf(tape, slot);
  return type === 'bytes' && text !== undefined ? fromBase64(text) : null;
}

/** Whether a slot holds exactly this text. */
export function isStr(tape: Tape, slot: number | undefined, text: string): boolean {
  const kind = kindIn(tape, slot);
  return (kind === KIND.STR || kind === KIND.STR2) && strOf(tape, objectIn(tape, slot ?? 0)) === text;
}
