import { InspectorError } from '../../../errors.ts';
import type { Edit, Limits, NewValue } from '../../document.ts';
import { ARRAY, endOf, entriesOf, kindOf, MAP, type MsgpackSource, scanMsgpack, startOf } from './reader.ts';
import { keyText } from './view.ts';
import { joined, writeHead, writeNewValue } from './writer.ts';

type Place = Readonly<{ node: number; parent: number | null; index: number }>;

/** The value at a path of indexes into children. @throws InspectorError BadPath */
export function placeAt(source: MsgpackSource, path: readonly number[]): Place {
  let place: Place = { node: 0, parent: null, index: 0 };
  for (const index of path) {
    const entry = entriesOf(source, place.node)[index];
    if (entry === undefined)
      throw new InspectorError('BadPath', `No value at ${path.join('.')}`, { hint: 'The document changed; open it again.' });
    place = { node: entry.value, parent: place.node, index };
  }
  return place;
}

/**
 * The payload after an edit: everything but the edited part, and the number of entries of its container, is copied
 * byte by byte. @throws InspectorError BadValue, BadPath, NotEditable
 */
export function editMsgpack(source: MsgpackSource, edit: Edit, limits: Limits): Uint8Array {
  switch (edit.op) {
    case 'text':
      throw new InspectorError('NotEditable', 'A MessagePack session is not edited as text', { hint: 'Change its values in the tree.' });
    case 'set': {
      const { node } = placeAt(source, edit.path);
      return splice(source, [{ from: startOf(source, node), to: endOf(source, node), bytes: writeNewValue(edit.value, limits) }]);
    }
    case 'add':
      return add(source, edit, limits);
    case 'remove':
      return remove(source, edit.path);
    case 'rename':
      return rename(source, edit.path, edit.key, limits);
    default:
      return edit satisfies never;
  }
}

type Patch = Readonly<{ from: number; to: number; bytes: Uint8Array }>;

/** @param patches in order, not overlapping */
function splice(source: MsgpackSource, patches: readonly Patch[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const patch of patches) {
    parts.push(source.bytes.subarray(at, patch.from), patch.bytes);
    at = patch.to;
  }
  return joined([...parts, source.bytes.subarray(at)]);
}

/** The patch that makes a container say that it has `count` entries. */
function headPatch(source: MsgpackSource, container: number, count: number): Patch {
  const start = startOf(source, container);
  const kind = kindOf(source, container) === MAP ? 'dict' : 'list';
  return { from: start, to: source.nodes[container + 2] as number, bytes: writeHead(kind, count, source.bytes[start]) };
}

function add(source: MsgpackSource, edit: Extract<Edit, { op: 'add' }>, limits: Limits): Uint8Array {
  const { node } = placeAt(source, edit.path);
  const kind = kindOf(source, node);
  if (kind !== MAP && kind !== ARRAY) throw new InspectorError('BadPath', 'Only a dict or a list can be added to');
  const entries = entriesOf(source, node);
  if (edit.at !== undefined && edit.at > entries.length)
    throw new InspectorError('BadPath', `No place ${edit.at} in a container of ${entries.length}`);
  const next = edit.at === undefined ? undefined : entries[edit.at];
  const at = next === undefined ? endOf(source, node) : startOf(source, next.key ?? next.value);
  const bytes = joined([newKey(source, node, edit.key, null, limits), writeNewValue(edit.value, limits)]);
  return splice(source, [headPatch(source, node, entries.length + 1), { from: at, to: at, bytes }]);
}

/** The bytes of a new key of a container: none for a list. */
function newKey(source: MsgpackSource, container: number, key: NewValue | undefined, except: number | null, limits: Limits): Uint8Array {
  if (kindOf(source, container) === ARRAY) {
    if (key !== undefined) throw new InspectorError('BadValue', 'A list has no keys');
    return new Uint8Array(0);
  }
  if (key === undefined) throw new InspectorError('BadValue', 'A dict needs a key');
  if (key.type !== 'str' && key.type !== 'bytes') {
    throw new InspectorError('BadValue', `${key.type} is not allowed for map key when strict_map_key=True`, {
      hint: 'The site could not read the session any more. Use a str.',
    });
  }
  const bytes = writeNewValue(key, limits);
  const text = keyText(scanMsgpack(bytes, limits), 0);
  const taken = entriesOf(source, container).some((entry, index) => index !== except && keyText(source, entry.key as number) === text);
  if (taken)
    throw new InspectorError('BadValue', 'The dict has this key already', {
      hint: 'Choose another key, or change the value that is there.',
    });
  return bytes;
}

function remove(source: MsgpackSource, path: readonly number[]): Uint8Array {
  const { node, parent, index } = placeAt(source, path);
  if (parent === null)
    throw new InspectorError('BadPath', 'The whole document cannot be removed', { hint: 'Delete the session, or clear its data.' });
  const entries = entriesOf(source, parent);
  const from = startOf(source, entries[index]?.key ?? node);
  return splice(source, [headPatch(source, parent, entries.length - 1), { from, to: endOf(source, node), bytes: new Uint8Array(0) }]);
}

function rename(source: MsgpackSource, path: readonly number[], key: NewValue, limits: Limits): Uint8Array {
  const { parent, index } = placeAt(source, path);
  if (parent === null || kindOf(source, parent) !== MAP) throw new InspectorError('BadPath', 'Only an entry of a dict has a key');
  const old = entriesOf(source, parent)[index]?.key as number; // placeAt found the entry, and a map's entries have keys
  return splice(source, [{ from: startOf(source, old), to: endOf(source, old), bytes: newKey(source, parent, key, index, limits) }]);
}
