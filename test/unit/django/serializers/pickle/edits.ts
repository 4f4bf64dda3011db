import type { Edit, NewValue, ValueNode } from '../../../../../src/main/django/document.ts';
import { LIMITS } from '../../../../../src/main/django/document.ts';
import { typedFromNew } from '../../../../../src/main/django/serializers/pickle/new-value.ts';

/** A generator of numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Random = () => number;

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

const VALUES: readonly NewValue[] = [
  { type: 'NoneType', text: 'None' },
  { type: 'bool', text: 'True' },
  { type: 'int', text: '7' },
  { type: 'int', text: '-170141183460469231731687303715884105728' },
  { type: 'float', text: '-0.0' },
  { type: 'float', text: 'nan' },
  { type: 'str', text: 'n\u00e9w \ud83d\ude00 \ud800 \n\\' },
  { type: 'str', text: '' },
  { type: 'bytes', text: 'AP9h' },
  { type: 'bytes', text: '' },
  { type: 'datetime', text: '2024-02-29T01:02:03.000004+05:30' },
  { type: 'datetime', text: '1999-12-31T00:00:00' },
  { type: 'date', text: '2024-02-29' },
  { type: 'time', text: '23:59:59' },
  { type: 'Decimal', text: '-0.10' },
  { type: 'UUID', text: '12345678-1234-5678-1234-567812345678' },
  { type: 'tuple', text: '["a", [1, 2], {"b": null}]' },
  { type: 'json', text: '{"a": [1, 2.5, {"a": "b", "long key": "long key"}], "z": 123456789012345678901234567890}' },
  { type: 'json', text: '[]' },
];

const KEYS: readonly NewValue[] = [
  { type: 'str', text: 'new key' },
  { type: 'str', text: 'a' },
  { type: 'str', text: 'key0' },
  { type: 'int', text: '1' },
  { type: 'float', text: '1.0' },
  { type: 'bool', text: 'True' },
  { type: 'bytes', text: 'aw==' },
  { type: 'NoneType', text: 'None' },
  { type: 'tuple', text: '[1, "b"]' },
];

/** Every node of a view with its path, references followed by none. */
export function nodesOf(root: ValueNode): readonly Readonly<{ path: readonly number[]; node: ValueNode; parent: ValueNode | null }>[] {
  const found: { path: readonly number[]; node: ValueNode; parent: ValueNode | null }[] = [{ path: [], node: root, parent: null }];
  for (const { path, node } of found) {
    for (const [index, { value }] of (node.children ?? []).entries()) found.push({ path: [...path, index], node: value, parent: node });
  }
  return found;
}

const DICTS: readonly string[] = ['dict', 'OrderedDict', 'defaultdict'];

/**
 * A random edit of a document, and the same one for Python. Sets are left out but for what is added: their order in
 * the stream is not the one Python iterates in.
 */
export function randomEdit(random: Random, view: ValueNode): Readonly<{ edit: Edit; python: Readonly<Record<string, unknown>> }> {
  const { path, node, parent } = pick(
    random,
    nodesOf(view).filter((place) => !place.parent?.type.endsWith('set')),
  );
  const value = pick(random, VALUES);
  const key = pick(random, KEYS);
  const count = node.children?.length ?? 0;
  const choice = random();
  if (DICTS.includes(node.type) && choice < 0.4) {
    const at = random() < 0.3 ? { at: Math.floor(random() * (count + 1)) } : {};
    return both({ op: 'add', path, key, value, ...at });
  }
  if (node.type === 'list' && choice < 0.4) {
    const at = random() < 0.5 ? { at: Math.floor(random() * (count + 1)) } : {};
    return both({ op: 'add', path, value, ...at });
  }
  if (node.type === 'set' && choice < 0.7) return both({ op: 'add', path, value: pick(random, KEYS) });
  const isEntry = parent !== null && DICTS.includes(parent.type);
  if (isEntry && choice < 0.5) return both({ op: 'rename', path, key });
  if ((isEntry || parent?.type === 'list') && choice < 0.75) return both({ op: 'remove', path });
  return both({ op: 'set', path, value });
}

function both(edit: Edit): Readonly<{ edit: Edit; python: Readonly<Record<string, unknown>> }> {
  const value = 'value' in edit ? { value: typedFromNew(edit.value, LIMITS) } : {};
  const key = 'key' in edit && edit.key !== undefined ? { key: typedFromNew(edit.key, LIMITS) } : {};
  return { edit, python: { ...edit, ...value, ...key } };
}
