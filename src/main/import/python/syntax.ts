/** The tree of the Python that settings modules are written in. What is not read is `unreadable`, with what it is. */
import type { PythonValue } from './value.ts';

export type Expression =
  | Readonly<{ kind: 'literal'; value: Exclude<PythonValue, object> | null | Uint8Array }>
  | Readonly<{ kind: 'joined'; parts: readonly Expression[] }>
  | Readonly<{ kind: 'name'; name: string }>
  | Readonly<{ kind: 'attribute'; object: Expression; name: string }>
  | Readonly<{ kind: 'subscript'; object: Expression; index: Expression }>
  | Readonly<{ kind: 'call'; callee: Expression; args: readonly Expression[]; keywords: readonly (readonly [string, Expression])[] }>
  | Readonly<{ kind: 'list'; items: readonly Expression[] }>
  | Readonly<{ kind: 'dict'; entries: readonly (readonly [Expression | null, Expression])[] }>
  | Readonly<{ kind: 'starred'; value: Expression }>
  | Readonly<{ kind: 'unary'; operator: string; operand: Expression }>
  | Readonly<{ kind: 'binary'; operator: string; left: Expression; right: Expression }>
  | Readonly<{ kind: 'compare'; left: Expression; rest: readonly (readonly [string, Expression])[] }>
  | Readonly<{ kind: 'boolean'; operator: 'and' | 'or'; left: Expression; right: Expression }>
  | Readonly<{ kind: 'conditional'; test: Expression; yes: Expression; no: Expression }>
  | Readonly<{ kind: 'unreadable'; what: string }>;

export type Statement = Readonly<{ line: number }> &
  (
    | Readonly<{ kind: 'assign'; targets: readonly Expression[]; value: Expression }>
    | Readonly<{ kind: 'augmented'; target: Expression; operator: string; value: Expression }>
    | Readonly<{ kind: 'expression'; value: Expression }>
    | Readonly<{ kind: 'import'; names: readonly (readonly [module: string, as: string])[] }>
    /** `names` null: everything */
    | Readonly<{ kind: 'from'; module: string; level: number; names: readonly (readonly [name: string, as: string])[] | null }>
    | Readonly<{ kind: 'if'; branches: readonly Readonly<{ test: Expression; body: Block }>[]; otherwise: Block }>
    | Readonly<{ kind: 'try'; body: Block; handlers: readonly Block[]; after: Block }>
    /** `def`, `for`, `with` and so on */
    | Readonly<{ kind: 'block'; keyword: string; body: Block }>
    | Readonly<{ kind: 'nothing' }>
  );
export type Block = readonly Statement[];

/** The names that a block may set, however it is left. */
export function assignedNames(block: Block): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (statement: Statement): void => {
    switch (statement.kind) {
      case 'assign':
        for (const target of statement.targets) addRoots(target, names);
        return;
      case 'augmented':
        addRoots(statement.target, names);
        return;
      case 'expression':
        // NAME.update(…) and NAME['x'].append(…) change NAME.
        if (statement.value.kind === 'call' && statement.value.callee.kind === 'attribute') addRoots(statement.value.callee.object, names);
        return;
      case 'import':
        for (const [, as] of statement.names) names.add(as);
        return;
      case 'from':
        for (const [, as] of statement.names ?? []) names.add(as);
        return;
      case 'if':
        for (const { body } of statement.branches) body.forEach(visit);
        statement.otherwise.forEach(visit);
        return;
      case 'try':
        for (const body of [statement.body, ...statement.handlers, statement.after]) body.forEach(visit);
        return;
      case 'block':
        if (statement.keyword !== 'def' && statement.keyword !== 'class') statement.body.forEach(visit);
        return;
      case 'nothing':
        return;
    }
  };
  block.forEach(visit);
  return names;
}

function addRoots(target: Expression, names: Set<string>): void {
  let root = target;
  while (root.kind === 'subscript' || root.kind === 'attribute') root = root.object;
  if (root.kind === 'name') names.add(root.name);
  if (root.kind === 'list') for (const item of root.items) addRoots(item, names);
  if (root.kind === 'starred') addRoots(root.value, names);
}
