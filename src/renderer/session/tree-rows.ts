import type { ValueNode } from '../../preload/api.ts';

/** One visible line of the tree. */
export type TreeRow = Readonly<{
  path: readonly number[];
  /** the same place by names, which outlives moved indexes */
  id: string;
  level: number;
  position: number;
  siblings: number;
  key: ValueNode | null;
  label: string | null;
  node: ValueNode;
  expandable: boolean;
  expanded: boolean;
  /** type of the container it is in; null at the root */
  parent: ValueNode['type'] | null;
}>;

/** Containers with more children than this are folded at first. */
const FOLD_ABOVE = 24;
const OPEN_LEVELS = 2;

/** The id of a key's line in the container with this id. */
export function keyId(container: string, key: Readonly<{ type: string; text?: string }>): string {
  return `${container}\u0000${key.type}:${key.text ?? ''}`;
}

/** The id of an item's line. */
export function itemId(container: string, index: number): string {
  return `${container}\u0000${index}`;
}

/** Names a child; the second of two equal keys gets its place, too. */
function childId(container: string, child: NonNullable<ValueNode['children']>[number], index: number, used: Set<string>): string {
  const name = child.key
    ? keyId(container, child.key)
    : child.label === undefined
      ? itemId(container, index)
      : `${container}\u0000${child.label}`;
  const id = used.has(name) ? `${name} #${index}` : name;
  used.add(id);
  return id;
}

function isExpanded(id: string, node: ValueNode, level: number, toggled: ReadonlySet<string>): boolean {
  const open = level <= OPEN_LEVELS && (node.children?.length ?? 0) <= FOLD_ABOVE;
  return toggled.has(id) ? !open : open;
}

/** Lines of a document in order; `toggled` holds those whose folding a person changed. */
export function treeRows(root: ValueNode, toggled: ReadonlySet<string>): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (node: ValueNode, path: readonly number[], id: string, level: number): void => {
    const children = node.children ?? [];
    const used = new Set<string>();
    for (const [index, child] of children.entries()) {
      const childPath = [...path, index];
      const lineId = childId(id, child, index, used);
      const expandable = (child.value.children?.length ?? 0) > 0;
      const expanded = expandable && isExpanded(lineId, child.value, level, toggled);
      rows.push({
        path: childPath,
        id: lineId,
        level,
        position: index + 1,
        siblings: children.length,
        key: child.key ?? null,
        label: child.label ?? null,
        node: child.value,
        expandable,
        expanded,
        parent: node.type,
      });
      if (expanded) visit(child.value, childPath, lineId, level + 1);
    }
  };
  if (root.children) visit(root, [], '', 1);
  else {
    rows.push({
      path: [],
      id: 'root',
      level: 1,
      position: 1,
      siblings: 1,
      key: null,
      label: null,
      node: root,
      expandable: false,
      expanded: false,
      parent: null,
    });
  }
  return rows;
}

const MAPPINGS: ReadonlySet<ValueNode['type']> = new Set(['dict', 'OrderedDict', 'defaultdict']);
const SEQUENCES: ReadonlySet<ValueNode['type']> = new Set(['list', 'set', 'tuple', 'frozenset']);

export function isMapping(type: ValueNode['type'] | null): boolean {
  return type !== null && MAPPINGS.has(type);
}

/** Whether something can be added to this value. */
export function takesChildren(node: ValueNode): boolean {
  return isMapping(node.type) || node.type === 'list' || node.type === 'set';
}

/** Whether a line can be removed from what it is in. */
export function isRemovable(row: TreeRow): boolean {
  return isMapping(row.parent) || row.parent === 'list' || row.parent === 'set';
}

/** What a folded or open container shows in the place of a value. */
export function containerKind(node: ValueNode): 'keys' | 'items' | 'parts' | null {
  if (!node.children) return null;
  if (isMapping(node.type)) return 'keys';
  return SEQUENCES.has(node.type) ? 'items' : 'parts';
}
