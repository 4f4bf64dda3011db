import type { ValueChild, ValueNode } from '../../document.ts';
import { type Sentence, say } from '../../sentences.ts';
import { ARRAY, FLOAT, INT, NULL, OBJECT, TRUE } from './scanner.ts';
import {
  floatOf,
  intOf,
  isContainer,
  isFloat,
  isRefusedInt,
  isString,
  type JsonSource,
  keyOf,
  kindOf,
  MAX_INT_DIGITS,
  stringOf,
  tokenOf,
  valuesOf,
} from './source.ts';

const DUPLICATE = say('note-duplicate');
const OVERFLOW = say('note-overflow');
const REFUSED = say('note-long-int', { digits: MAX_INT_DIGITS });

type Building = { -readonly [K in keyof ValueNode]: ValueNode[K] };

/**
 * The typed tree under a node, at most `limit` nodes of it. What is nearer to the root comes first, so that one huge
 * list does not hide its neighbours.
 */
export function viewJson(source: JsonSource, root: number, limit: number): ValueNode {
  const top = shallow(source, root);
  let left = limit - 1;
  const queue: { node: number; view: Building }[] = [{ node: root, view: top }];
  // A plain index instead of shift(): the queue may hold every node.
  for (let index = 0; index < queue.length; index += 1) {
    const { node, view } = queue[index] as (typeof queue)[number]; // index < length
    if (!isContainer(kindOf(source, node))) continue;
    const values = valuesOf(source, node);
    const cost = kindOf(source, node) === OBJECT ? 2 : 1;
    const shown = Math.min(values.length, Math.max(0, Math.floor(left / cost)));
    left -= shown * cost;
    view.children = values.slice(0, shown).map((value) => {
      const child = shallow(source, value);
      queue.push({ node: value, view: child });
      return cost === 2 ? entry(source, value, child) : { value: child };
    });
    if (cost === 2)
      noteDuplicates(
        source,
        values,
        queue.slice(queue.length - shown).map((item) => item.view),
      );
    if (shown < values.length) view.omitted = values.length - shown;
  }
  return top;
}

function entry(source: JsonSource, value: number, child: ValueNode): ValueChild {
  return { key: { type: 'str', text: stringOf(source, keyOf(value)), editable: true }, value: child };
}

/** Marks all but the last of the entries that share a key. */
function noteDuplicates(source: JsonSource, values: readonly number[], views: readonly Building[]): void {
  const last = new Map<string, number>();
  values.forEach((value, index) => {
    last.set(stringOf(source, keyOf(value)), index);
  });
  if (last.size === values.length) return;
  views.forEach((view, index) => {
    const value = values[index];
    if (value !== undefined && last.get(stringOf(source, keyOf(value))) !== index) view.notes = [DUPLICATE];
  });
}

function shallow(source: JsonSource, node: number): Building {
  const kind = kindOf(source, node);
  if (kind === OBJECT) return { type: 'dict', editable: true };
  if (kind === ARRAY) return { type: 'list', editable: true };
  if (isString(kind)) return { type: 'str', text: stringOf(source, node), editable: true };
  if (kind === NULL) return { type: 'NoneType', text: 'None', editable: true };
  if (kind === INT)
    return noted({ type: 'int', text: intOf(source, node), editable: true }, isRefusedInt(source, node) ? REFUSED : undefined);
  if (isFloat(kind)) {
    const overflow = kind === FLOAT && !Number.isFinite(floatOf(source, node));
    return noted({ type: 'float', text: tokenOf(source, node), editable: true }, overflow ? OVERFLOW : undefined);
  }
  return { type: 'bool', text: kind === TRUE ? 'True' : 'False', editable: true };
}

function noted(view: Building, note: Sentence | undefined): Building {
  if (note !== undefined) view.notes = [note];
  return view;
}
