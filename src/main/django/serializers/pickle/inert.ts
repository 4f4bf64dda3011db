import { say } from '../../sentences.ts';
import { floatRepr } from '../json/float-repr.ts';
import type { Call } from './call.ts';
import { KIND } from './opcodes.ts';
import type { Part, Shape } from './shape.ts';
import { kindOfObject, objectIn, operandsOf } from './tape.ts';
import { boolOf, floatOf, intTextOf, strOf } from './values.ts';

const RUNS = say('note-runs-code');

/**
 * The shape of an object of a class that is not known: what would be called, and with what. A class with one plain
 * value (a subclass of str, an int, ..) and one with several and no state (as namedtuples are written) are shown as
 * such, since that is what they nearly always are.
 */
export function inertShape(call: Call): Shape {
  return subclassShape(call) ?? tupleShape(call) ?? objectShape(call);
}

function isPlain(call: Call): boolean {
  const { items, keys, members } = call.contents;
  return call.path !== null && call.kwargs === null && items.length + keys.length + members.length === 0;
}

/** Slug("s") of protocol 2 and later is a class and one text; of protocols 0 and 1 a class, its base str, and the text. */
function subclassShape(call: Call): Shape | null {
  const [value, second] = call.args ?? [];
  if (value === undefined || second !== undefined || !isPlain(call) || call.contents.states.length > 0) return null;
  if (call.path === null || (call.via !== 'new' && call.via !== 'base')) return null;
  const { tape } = call;
  const object = objectIn(tape, value);
  const sure = call.via === 'base';
  const notes = sure ? [RUNS] : [RUNS, say('note-one-value')];
  const common = { class: call.path, notes, typed: null };
  switch (kindOfObject(tape, object)) {
    case KIND.STR: {
      const text = strOf(tape, object);
      return { type: 'str', text, ...common, typed: sure && call.base === 'builtins.str' ? { $str: text, class: call.path } : null };
    }
    case KIND.INT:
      return { type: 'int', text: intTextOf(tape, object) ?? '', ...common };
    case KIND.FLOAT:
      return { type: 'float', text: floatRepr(floatOf(tape, object)), ...common };
    case KIND.BOOL:
      return { type: 'bool', text: boolOf(tape, object) ? 'True' : 'False', ...common };
    default:
      return null;
  }
}

/** A namedtuple's fields have their names in the class alone, so they are numbered. */
function tupleShape(call: Call): Shape | null {
  if (!isPlain(call) || call.path === null || call.contents.states.length > 0) return null;
  const notes = [RUNS, say('note-namedtuple')];
  if (call.via === 'new' && call.args !== null && call.args.length > 1 && call.argsSlot !== null) {
    const object = objectIn(call.tape, call.argsSlot);
    return { type: 'namedtuple', class: call.path, notes, typed: null, ...numbered(call.args), container: { kind: 'tuple', object } };
  }
  const value = objectIn(call.tape, call.args?.[0] ?? 0);
  if (call.via !== 'base' || call.base !== 'builtins.tuple' || kindOfObject(call.tape, value) !== KIND.TUPLE) return null;
  const parts = operandsOf(call.tape, value);
  return { type: 'namedtuple', class: call.path, notes, typed: null, ...numbered(parts), container: { kind: 'tuple', object: value } };
}

function numbered(parts: readonly number[]): Readonly<{ parts: readonly number[]; labels: readonly string[] }> {
  return { parts, labels: parts.map((_, index) => String(index)) };
}

/** A class or function, and everything given to it, by label. */
export function objectShape(call: Call): Shape {
  const parts: Part[] = [];
  const labels: string[] = [];
  const add = (label: string, part: Part) => {
    labels.push(label);
    parts.push(part);
  };
  const { items, keys, values, members, states } = call.contents;
  const { object } = call;
  if (call.path === null && call.head !== null) add('callable', call.head);
  if (call.args === null && call.argsSlot !== null) add('args', call.argsSlot);
  // object.__new__(class) of protocols 0 and 1 has None for its value, which says nothing.
  const isEmpty = call.base === 'builtins.object' || call.args?.length === 0;
  if (call.args !== null && !isEmpty) add('args', argsShape(call, call.args));
  if (call.kwargs !== null) add('kwargs', call.kwargs);
  if (items.length > 0) add('listitems', { type: 'list', parts: items, container: { kind: 'list', object } });
  if (keys.length > 0) add('dictitems', { type: 'dict', parts: values, keys, container: { kind: 'dict', object } });
  if (members.length > 0) add('setitems', { type: 'set', parts: members, container: { kind: 'set', object } });
  for (const state of states) add('state', state);
  const named = call.path === null ? {} : { class: call.path };
  const note = call.path === null ? say('note-runs-unnamed') : say('note-runs', { name: call.path });
  return { type: 'object', ...named, notes: [note], typed: null, parts, labels };
}

function argsShape(call: Call, args: readonly number[]): Shape {
  const object = call.argsSlot === null ? call.object : objectIn(call.tape, call.argsSlot);
  const fixed = call.argsSlot === null ? { fixed: 'These arguments belong to the call itself' } : {};
  return { type: 'tuple', parts: args, container: { kind: 'tuple', object, ...fixed } };
}
