import type { Edit, ValueNode } from '../../preload/api.ts';

/** One step down a tree, by what a person would call it: a dict's key, an object's label, or a place in a list. */
export type Step = Readonly<{ key?: string; keyType?: string; label?: string; index: number }>;

/** An edit whose path is given by names, so that it can be done again on a version where places have moved. */
export type NamedEdit = Readonly<{ op: Edit['op']; steps: readonly Step[]; edit: Edit }>;

/** The steps of an index path; stops where the path leaves the tree. */
export function stepsOf(root: ValueNode, path: readonly number[]): readonly Step[] {
  const steps: Step[] = [];
  let node: ValueNode | undefined = root;
  for (const index of path) {
    const child: NonNullable<ValueNode['children']>[number] | undefined = node?.children?.[index];
    if (!child) break;
    steps.push({
      index,
      ...(child.key ? { key: child.key.text ?? '', keyType: child.key.type } : {}),
      ...(child.label === undefined ? {} : { label: child.label }),
    });
    node = child.value;
  }
  return steps;
}

/** The node at a path, or undefined where the tree has none. */
export function nodeAt(root: ValueNode, path: readonly number[]): ValueNode | undefined {
  let node: ValueNode | undefined = root;
  for (const index of path) node = node?.children?.[index]?.value;
  return node;
}

export function describeEdit(root: ValueNode, edit: Edit): NamedEdit {
  return { op: edit.op, steps: 'path' in edit ? stepsOf(root, edit.path) : [], edit };
}

/** The index path of named steps in another tree, or null where it has no such place. */
export function resolveSteps(root: ValueNode, steps: readonly Step[]): readonly number[] | null {
  const path: number[] = [];
  let node: ValueNode = root;
  for (const step of steps) {
    const children = node.children ?? [];
    const index =
      step.key === undefined
        ? children.findIndex((child, place) => child.label === step.label && (step.label !== undefined || place === step.index))
        : children.findLastIndex((child) => child.key?.text === step.key && child.key?.type === step.keyType);
    const child = children[index];
    if (!child) return null;
    path.push(index);
    node = child.value;
  }
  return path;
}

/** The same edit for another version of the document, or null where what it changed is not there. */
export function rebaseEdit(root: ValueNode, named: NamedEdit): Edit | null {
  if (!('path' in named.edit)) return null;
  const path = resolveSteps(root, named.steps);
  return path === null ? null : { ...named.edit, path };
}
