import { InspectorError } from '../../../errors.ts';
import type { Edit, Limits, NewValue } from '../../document.ts';
import { mergeText } from './merge.ts';
import { writeNewKey, writeNewValue } from './new-value.ts';
import { ARRAY, OBJECT } from './scanner.ts';
import { endOf, isContainer, type JsonSource, keyOf, kindOf, startOf, stringOf, valuesOf } from './source.ts';
import { type Separators, writeString } from './write.ts';

/** A value and where it hangs. */
type Place = Readonly<{ node: number; parent: number | null; index: number; siblings: readonly number[] }>;

/**
 * The text after an edit: everything but the edited part is copied character by character.
 * @throws InspectorError BadValue, BadPath, LimitExceeded
 */
export function editJson(source: JsonSource, edit: Edit, separators: Separators, limits: Limits): string {
  switch (edit.op) {
    case 'text':
      return mergeText(source, edit.text, separators, limits);
    case 'set':
      return setValue(source, placeAt(source, edit.path), edit.value, separators, limits);
    case 'add':
      return addValue(source, edit, separators, limits);
    case 'remove':
      return removeValue(source, placeAt(source, edit.path));
    case 'rename':
      return renameKey(source, placeAt(source, edit.path), edit.key);
    default:
      return edit satisfies never;
  }
}

/** The value at a path of indexes into children. @throws InspectorError BadPath */
export function placeAt(source: JsonSource, path: readonly number[]): Place {
  let place: Place = { node: 0, parent: null, index: 0, siblings: [0] };
  for (const index of path) {
    const parent = place.node;
    const siblings = isContainer(kindOf(source, parent)) ? valuesOf(source, parent) : [];
    const node = siblings[index];
    if (node === undefined)
      throw new InspectorError('BadPath', `No value at ${path.join('.')}`, { hint: 'The document changed; open it again.' });
    place = { node, parent, index, siblings };
  }
  return place;
}

function splice(source: JsonSource, start: number, end: number, text: string): string {
  return source.text.slice(0, start) + text + source.text.slice(end);
}

function setValue(source: JsonSource, place: Place, value: NewValue, separators: Separators, limits: Limits): string {
  return splice(source, startOf(source, place.node), endOf(source, place.node), writeNewValue(value, separators, limits));
}

/** Where the text of an entry begins: at its key in an object. */
function entryStart(source: JsonSource, parent: number, value: number): number {
  return startOf(source, kindOf(source, parent) === OBJECT ? keyOf(value) : value);
}

function addValue(source: JsonSource, edit: Extract<Edit, { op: 'add' }>, separators: Separators, limits: Limits): string {
  const container = placeAt(source, edit.path).node;
  const kind = kindOf(source, container);
  if (!isContainer(kind)) throw new InspectorError('BadPath', 'Only a dict or a list can be added to');
  const siblings = valuesOf(source, container);
  const entry = entryText(source, siblings, kind, edit, separators) + writeNewValue(edit.value, separators, limits);
  const before = edit.at === undefined ? undefined : siblings[edit.at];
  if (before !== undefined) {
    const at = entryStart(source, container, before);
    return splice(source, at, at, entry + separators.item);
  }
  if (edit.at !== undefined && edit.at > siblings.length)
    throw new InspectorError('BadPath', `No place ${edit.at} in a container of ${siblings.length}`);
  const last = siblings.at(-1);
  const at = last === undefined ? startOf(source, container) + 1 : endOf(source, last);
  return splice(source, at, at, (last === undefined ? '' : separators.item) + entry);
}

function entryText(
  source: JsonSource,
  siblings: readonly number[],
  kind: number,
  edit: Extract<Edit, { op: 'add' }>,
  separators: Separators,
): string {
  if (kind === ARRAY) {
    if (edit.key !== undefined) throw new InspectorError('BadValue', 'A list has no keys');
    return '';
  }
  if (edit.key === undefined) throw new InspectorError('BadValue', 'A dict needs a key');
  const key = writeNewKey(edit.key);
  refuseTaken(source, siblings, key, -1);
  return writeString(key) + separators.key;
}

function refuseTaken(source: JsonSource, siblings: readonly number[], key: string, except: number): void {
  const taken = siblings.some((value, index) => index !== except && stringOf(source, keyOf(value)) === key);
  if (taken)
    throw new InspectorError('BadValue', 'The dict has this key already', {
      hint: 'Choose another key, or change the value that is there.',
    });
}

function removeValue(source: JsonSource, place: Place): string {
  const { parent, index, siblings, node } = place;
  if (parent === null)
    throw new InspectorError('BadPath', 'The whole document cannot be removed', { hint: 'Delete the session, or clear its data.' });
  const start = entryStart(source, parent, node);
  const next = siblings[index + 1];
  if (next !== undefined) return splice(source, start, entryStart(source, parent, next), '');
  const previous = siblings[index - 1];
  return splice(source, previous === undefined ? start : endOf(source, previous), endOf(source, node), '');
}

function renameKey(source: JsonSource, place: Place, key: NewValue): string {
  const { parent, index, siblings, node } = place;
  if (parent === null || kindOf(source, parent) !== OBJECT) throw new InspectorError('BadPath', 'Only an entry of a dict has a key');
  const text = writeNewKey(key);
  refuseTaken(source, siblings, text, index);
  return splice(source, startOf(source, keyOf(node)), endOf(source, keyOf(node)), writeString(text));
}
