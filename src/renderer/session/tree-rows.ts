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

function stepId(child: NonNullable<ValueNode['children']>[number], index: number): string {
  if (child.key) return `${child.key.type}:${child.key.text ?? index}`;
  return child.label ?? String(index);
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
    for (const [index, child] of children.entries()) {
      const childPath = [...path, index];
      const childId = `${id}\u0000${stepId(child, index)}`;
      const expandable = (child.value.children?.length ?? 0) > 0;
      const expanded = expandable && isExpanded(childId, child.value, level, toggled);
      rows.push({
        path: childPath,
        id: childId,
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
      if (expanded) visit(child.value, childPath, childId, level + 1);
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
