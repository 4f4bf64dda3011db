import { InspectorError } from '../../../errors.ts';
import type { Edit, Limits, NewValue } from '../../document.ts';
import { emitPickle, type Patch } from './emit.ts';
import { badValue, notEditable } from './errors.ts';
import { fillingsIn, placeFor, removalOf } from './fillings.ts';
import { typedFromNew } from './new-value.ts';
import { OP } from './opcodes.ts';
import { readPickle } from './reader.ts';
import { type Held, heldWithin, isElsewhere, isSettable } from './settable.ts';
import type { Container, Part, Shape } from './shape.ts';
import { keyOf, shapeOf } from './shapes.ts';
import { objectIn, type Tape, UNHASHABLE } from './tape.ts';
import { picklePlain } from './writer.ts';

/** A value of the document and where it hangs. */
export type Place = Readonly<{
  part: Part;
  index: number;
  /** null at the root */
  parent: Readonly<{ part: Part; shape: Shape; held: Held }> | null;
  /** what holds the value because of where it stands */
  held: Held;
}>;

/** The value at a path of indexes into children. @throws InspectorError BadPath */
export function placeAt(tape: Tape, path: readonly number[]): Place {
  let place: Place = { part: tape.root, index: 0, parent: null, held: 'free' };
  for (const index of path) {
    const shape = shapeIn(tape, place.part);
    const part = shape.parts?.[index];
    if (part === undefined)
      throw new InspectorError('BadPath', `No value at ${path.join('.')}`, { hint: 'The document changed; open it again.' });
    const held = heldWithin(tape, place.held, place.part, shape);
    place = { part, index, parent: { part: place.part, shape, held: place.held }, held };
  }
  return place;
}

/** Whether `set` may replace the value at a place. */
export function canSet(tape: Tape, { part, parent }: Place): boolean {
  return parent === null || isSettable(tape, parent.held, parent.part, parent.shape, part);
}

/**
 * The pickle after an edit. What is not edited keeps its instructions; what is new is written as CPython writes it in
 * this pickle's protocol. An edit inside of an object that stands in several places changes it in all of them, as it
 * would in Python; setting a value changes the one place.
 * @throws InspectorError BadValue, BadPath, NotEditable, LimitExceeded
 */
export function editPickle(tape: Tape, edit: Edit, limits: Limits): Uint8Array {
  switch (edit.op) {
    case 'text':
      throw notEditable('A pickled session is not edited as text', 'Change its values in the tree.');
    case 'set':
      return setValue(tape, placeAt(tape, edit.path), newValue(edit.value, limits));
    case 'add':
      return addValue(tape, edit, limits);
    case 'remove':
      return removeValue(tape, placeAt(tape, edit.path));
    case 'rename':
      return renameKey(tape, placeAt(tape, edit.path), newValue(edit.key, limits));
    default:
      return edit satisfies never;
  }
}

function shapeIn(tape: Tape, part: Part): Shape {
  return typeof part === 'number' ? shapeOf(tape, part) : part;
}

/** A new value, and what makes it the same key as another. */
type New = Readonly<{ typed: unknown; key: string; hashable: boolean }>;

function newValue(value: NewValue, limits: Limits): New {
  const typed = typedFromNew(value, limits);
  const alone = readPickle(picklePlain(typed, 5), limits);
  const object = objectIn(alone, alone.root);
  return { typed, key: keyOf(alone, alone.root), hashable: ((alone.flags[object] ?? 0) & UNHASHABLE) === 0 };
}

function setValue(tape: Tape, place: Place, value: New): Uint8Array {
  const { part, parent, index } = place;
  if (typeof part !== 'number' || !canSet(tape, place)) throw notSettable(place);
  if (parent?.shape.type === 'set') {
    refuseTaken(tape, slotsOf(parent.shape), value, index, 'set');
    refuseRepeated(tape, parent.shape, keyOf(tape, part), 'value');
  }
  return emitPickle(tape, [{ from: tape.begin[part] ?? 0, to: part, write: (writer) => writer.save(value.typed) }]);
}

function notSettable({ parent }: Place): InspectorError {
  const container = parent?.shape.container;
  if (parent?.held === 'set') return heldBySet();
  if (container?.kind === 'tuple')
    return notEditable('This tuple stands in several places, and a tuple cannot change', 'Set the whole tuple.');
  return notEditable(container?.fixed ?? 'This part belongs to the object around it', 'Set the whole object to a new value.');
}

function heldBySet(): InspectorError {
  return notEditable('This part lies within an item of a set', 'Set the whole item.');
}

/** CPython never writes a key twice; where a stream does, one place cannot speak for both. */
function refuseRepeated(tape: Tape, shape: Shape, wanted: string, what: 'key' | 'value'): void {
  const fillings = fillingsIn(tape, shape.container?.object ?? 0);
  const same = fillings.flatMap(({ operands, keys }) => (what === 'key' ? keys : operands)).filter((slot) => keyOf(tape, slot) === wanted);
  if (same.length > 1) throw notEditable(`The pickle sets this ${what} more than once`, 'Remove it and add it again.');
}

function slotsOf(shape: Shape): readonly number[] {
  return (shape.parts ?? []).filter((part): part is number => typeof part === 'number');
}

function refuseTaken(tape: Tape, slots: readonly number[], value: New, except: number, where: 'dict' | 'set'): void {
  if (!value.hashable)
    throw badValue(`A list, dict or set cannot be ${where === 'dict' ? 'a key' : 'in a set'}`, 'Use a str, a number or a tuple of such.');
  if (!slots.some((slot, index) => index !== except && keyOf(tape, slot) === value.key)) return;
  throw badValue(
    where === 'dict' ? 'The dict has this key already' : 'The set holds this value already',
    'Choose another, or change what is there. In Python 1, True and 1.0 are the same.',
  );
}

/** The container of a shape, where things may be added to it and removed from it. @param whole the part it was made of */
function openContainer(tape: Tape, whole: Part, shape: Shape, held: Held): Container {
  const { container } = shape;
  if (held === 'set') throw heldBySet();
  if (container === undefined)
    throw new InspectorError('BadPath', 'Only a dict, a list or a set holds values by themselves', { hint: 'Choose another value.' });
  if (container.kind === 'tuple') throw notEditable('A tuple cannot grow or shrink', 'Set the whole tuple.');
  if (container.fixed !== undefined) throw notEditable(container.fixed);
  if (isElsewhere(tape, whole, container))
    throw notEditable('The values of this object also belong to another', 'Set the whole object to a new value.');
  return container;
}

function addValue(tape: Tape, edit: Extract<Edit, { op: 'add' }>, limits: Limits): Uint8Array {
  const { part, held } = placeAt(tape, edit.path);
  const shape = shapeIn(tape, part);
  const container = openContainer(tape, part, shape, held);
  const value = newValue(edit.value, limits);
  const key = keyFor(tape, shape, edit, value, limits);
  const siblings = slotsOf(shape);
  if (edit.at !== undefined && (edit.at < 0 || edit.at > siblings.length))
    throw new InspectorError('BadPath', `No place ${edit.at} in a container of ${siblings.length}`);
  const before = edit.at === undefined ? undefined : (shape.keys ?? siblings)[edit.at];
  const { at, single } = placeFor(tape, container.object, fillingKind(shape), before);
  const write: Patch['write'] = (writer, output) => {
    if (fillingKind(shape) === 'set' && single) output.byte(OP.MARK);
    if (key !== null) writer.saveKey(key.typed);
    writer.save(value.typed);
    if (single) output.byte(SINGLE[fillingKind(shape)]);
  };
  return emitPickle(tape, [{ from: at, to: at - 1, write }]);
}

const SINGLE = { list: OP.APPEND, dict: OP.SETITEM, set: OP.ADDITEMS } as const;

/** How the instructions fill it: set([..]) of protocols below 4 keeps its items in a list. */
function fillingKind(shape: Shape): 'list' | 'dict' | 'set' {
  return shape.container?.kind === 'dict' ? 'dict' : shape.container?.kind === 'set' ? 'set' : 'list';
}

function keyFor(tape: Tape, shape: Shape, edit: Extract<Edit, { op: 'add' }>, value: New, limits: Limits): New | null {
  if (shape.keys === undefined) {
    if (edit.key !== undefined) throw badValue(`A ${shape.type} has no keys`, 'Add the value without a key.');
    if (shape.type === 'set') refuseTaken(tape, slotsOf(shape), value, -1, 'set');
    return null;
  }
  if (edit.key === undefined) throw badValue('A dict needs a key', 'Enter the key.');
  const key = newValue(edit.key, limits);
  refuseTaken(tape, shape.keys, key, -1, 'dict');
  return key;
}

function removeValue(tape: Tape, { part, parent, index }: Place): Uint8Array {
  if (parent === null)
    throw new InspectorError('BadPath', 'The whole document cannot be removed', { hint: 'Delete the session, or clear its data.' });
  if (typeof part !== 'number') throw notEditable('This part belongs to the object around it', 'Remove the whole object.');
  const { shape } = parent;
  const container = openContainer(tape, parent.part, shape, parent.held);
  const wanted = shape.type === 'list' ? '' : keyOf(tape, shape.keys?.[index] ?? part);
  const isWanted = (slot: number) => (shape.type === 'list' ? slot === part : keyOf(tape, slot) === wanted);
  const patches = fillingsIn(tape, container.object).flatMap((filling) => removalOf(tape, filling, fillingKind(shape), isWanted));
  return emitPickle(
    tape,
    patches.sort((a, b) => a.from - b.from),
  );
}

function renameKey(tape: Tape, { parent, index }: Place, key: New): Uint8Array {
  const slot = parent?.shape.keys?.[index];
  if (parent === null || slot === undefined)
    throw new InspectorError('BadPath', 'Only an entry of a dict has a key', { hint: 'Choose an entry of a dict.' });
  openContainer(tape, parent.part, parent.shape, parent.held);
  refuseTaken(tape, parent.shape.keys ?? [], key, index, 'dict');
  refuseRepeated(tape, parent.shape, keyOf(tape, slot), 'key');
  return emitPickle(tape, [{ from: tape.begin[slot] ?? 0, to: slot, write: (writer) => writer.saveKey(key.typed) }]);
}
