import type { Difference } from '../../preload/api.ts';
import type { SessionDocument, ValueChild, ValueNode } from '../django/document.ts';

/** Differences that one answer carries, and characters of a value in it. */
const MOST = 1000;
const CHARACTERS = 200;

/**
 * What changed between two versions of a session's data, by path (`cart.items[0]`), as far as their views reach. Dicts are
 * compared by key, sequences by position. null stands for data that do not decode.
 */
export function differencesOf(before: SessionDocument | null, after: SessionDocument | null): readonly Difference[] {
  if (before === null || after === null) return before === after ? [] : [wholly(before, after)];
  if (Buffer.compare(before.payload, after.payload) === 0) return [];
  const found: Difference[] = [];
  compare('', before.view(), after.view(), found);
  // The same data in another order or notation: the bytes differ, so it must not be said that nothing does.
  if (found.length === 0) found.push({ path: '', kind: 'changed', before: 'order or notation', after: 'order or notation' });
  return found.slice(0, MOST);
}

function wholly(before: SessionDocument | null, after: SessionDocument | null): Difference {
  if (before !== null) return { path: '', kind: 'removed', before: shown(before.view()) };
  return { path: '', kind: 'added', ...(after === null ? {} : { after: shown(after.view()) }) };
}

function compare(path: string, before: ValueNode, after: ValueNode, found: Difference[]): void {
  if (found.length >= MOST) return;
  const sameKind = before.type === after.type && before.class === after.class;
  if (!sameKind || before.text !== after.text || (before.children === undefined) !== (after.children === undefined)) {
    found.push({ path, kind: 'changed', before: shown(before), after: shown(after) });
    return;
  }
  if (before.children === undefined || after.children === undefined) return;
  const old = byName(before.children);
  const own = byName(after.children);
  for (const [name, child] of old) {
    const next = own.get(name);
    const at = path + step(path, child);
    if (next === undefined) found.push({ path: at, kind: 'removed', before: shown(child.child.value) });
    else compare(at, child.child.value, next.child.value, found);
  }
  for (const [name, child] of own) {
    if (!old.has(name)) found.push({ path: path + step(path, child), kind: 'added', after: shown(child.child.value) });
  }
}

type Placed = Readonly<{ child: ValueChild; index: number }>;

/** Children by what names them: the key, of duplicates the last as Python keeps it; the label; else the position. */
function byName(children: readonly ValueChild[]): ReadonlyMap<string, Placed> {
  const named = new Map<string, Placed>();
  for (const [index, child] of children.entries()) {
    const { key, label } = child;
    const name = key === undefined ? `${label ?? ''} ${label === undefined ? index : ''}` : `${key.type}:${key.text ?? shown(key)}`;
    named.set(name, { child, index });
  }
  return named;
}

function step(path: string, { child, index }: Placed): string {
  const { key, label } = child;
  if (key === undefined) return label === undefined ? `[${index}]` : `${path === '' ? '' : '.'}${label}`;
  const text = key.text ?? '';
  if (key.type === 'str' && /^[A-Za-z_][\w-]*$/.test(text)) return `${path === '' ? '' : '.'}${cut(text)}`;
  return `[${shown(key)}]`;
}

/** A value in few characters. */
function shown(node: ValueNode): string {
  if (node.children !== undefined) {
    const count = node.children.length + (node.omitted ?? 0);
    return `${node.class ?? node.type} (${count})`;
  }
  const text = node.text ?? node.type;
  return cut(node.type === 'str' ? JSON.stringify(text.slice(0, CHARACTERS + 1)) : text);
}

function cut(text: string): string {
  return text.length <= CHARACTERS ? text : `${text.slice(0, CHARACTERS)}…`;
}
