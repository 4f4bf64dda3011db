import { type Contents, contentsOf } from './contents.ts';
import { pathOf, pythonName } from './names.ts';
import { KIND, OP } from './opcodes.ts';
import { kindOfObject, objectIn, opAt, operandsOf, type Tape } from './tape.ts';

/** Something that loading would call, taken apart. Nothing here calls it. */
export type Call = Readonly<{
  tape: Tape;
  object: number;
  /** `call`: REDUCE; `new`: NEWOBJ and NEWOBJ_EX; `inst`: INST and OBJ; `base`: copyreg._reconstructor(class, base, value) */
  via: 'call' | 'new' | 'inst' | 'base';
  /** dotted path of what is called, Python 3's name; null where only running it could say */
  path: string | null;
  /** the slot of what is called; null for INST, which names it itself */
  head: number | null;
  /** slots of the arguments; null where they are themselves the result of a call */
  args: readonly number[] | null;
  /** the slot of the tuple of arguments; null for INST and OBJ */
  argsSlot: number | null;
  kwargs: number | null;
  /** for `base`: the path of the built-in base, and the slot of its value */
  base: string | null;
  contents: Contents;
}>;

/** @param object the instruction of kind CALL, NEW or INST */
export function callOf(tape: Tape, object: number): Call {
  const contents = contentsOf(tape, object);
  const common = { tape, object, contents, kwargs: null, base: null };
  const operands = operandsOf(tape, object);
  const op = opAt(tape, object);
  if (op === OP.INST) return { ...common, via: 'inst', path: pythonName(tape, object), head: null, args: operands, argsSlot: null };
  const head = operands[0] ?? 0;
  const path = pathOf(tape, objectIn(tape, head));
  if (op === OP.OBJ) return { ...common, via: 'inst', path, head, args: operands.slice(1), argsSlot: null };
  const argsSlot = operands[1] ?? 0;
  const args = kindOfObject(tape, objectIn(tape, argsSlot)) === KIND.TUPLE ? operandsOf(tape, objectIn(tape, argsSlot)) : null;
  const call: Call = { ...common, via: op === OP.REDUCE ? 'call' : 'new', path, head, args, argsSlot, kwargs: operands[2] ?? null };
  return rebuilt(call) ?? call;
}

/** Protocols 0 and 1 make objects by functions of copyreg; what those are asked for is what a person wants to see. */
function rebuilt(call: Call): Call | null {
  const { tape, path, args } = call;
  const [cls, base, value] = args ?? [];
  if (cls === undefined || call.via !== 'call') return null;
  const classPath = pathOf(tape, objectIn(tape, cls));
  if (classPath === null) return null;
  if (path === 'copyreg.__newobj__') return { ...call, via: 'new', path: classPath, head: cls, args: (args ?? []).slice(1) };
  if (path !== 'copyreg._reconstructor' || base === undefined || value === undefined || args?.length !== 3) return null;
  const basePath = pathOf(tape, objectIn(tape, base));
  return basePath === null ? null : { ...call, via: 'base', path: classPath, head: cls, args: [value], base: basePath };
}

/** Whether anything was put into the object besides its arguments. */
export function isBare(call: Call): boolean {
  const { items, keys, members, states } = call.contents;
  return call.kwargs === null && items.length + keys.length + members.length + states.length === 0;
}
