/** Settings modules, one after another as they import each other, without running them. */
import { InspectorError } from '../../errors.ts';
import { type Binding, Evaluator, type Scope } from './evaluator.ts';
import { setEntry } from './methods.ts';
import { applyBinary } from './operators.ts';
import { parseModule } from './parser.ts';
import { assignedNames, type Block, type Expression, type Statement } from './syntax.ts';
import { ENTRIES_LIMIT, type PythonValue, Reference, textOf, truthOf, Unknown } from './value.ts';

const MODULES = 40;
const MODULE_DEPTH = 12;

export type ModuleSource = Readonly<{
  text: string;
  /** absolute, for __file__ */
  path: string;
  /** as a person names it */
  file: string;
  /** an __init__.py: relative imports begin in its own folder */
  isPackage: boolean;
}>;

/** A module of the project by its dotted name; null where it is not one of the project's own. */
export type FindModule = (name: string) => ModuleSource | null;

/** One line: what could not be read, and where. */
export type Problem = Readonly<{ file: string; line: number; message: string }>;
export type ReadModule = Readonly<{ scope: Scope; files: readonly string[]; problems: readonly Problem[] }>;

/**
 * The names that a settings module ends with.
 * @param name its dotted name @param env the variables of .env @param folder that of manage.py
 * @throws InspectorError MissingFile, UnsupportedFormat, LimitExceeded
 */
export function readModule(name: string, find: FindModule, env: ReadonlyMap<string, string>, folder: string): ReadModule {
  const reader = new ModuleReader(find, new Evaluator(env, folder));
  const scope = reader.read(name, 0);
  if (scope === null) {
    throw new InspectorError('MissingFile', `There is no module ${name} in the project`, {
      hint: 'Choose the settings module, or another folder.',
    });
  }
  return { scope, files: reader.files, problems: reader.problems };
}

/** An import of a module of the project's own that is not there. */
class NoModule extends Error {}

type Module = Readonly<{ name: string; source: ModuleSource; scope: Scope; depth: number }>;

class ModuleReader {
  readonly files: string[] = [];
  readonly problems: Problem[] = [];
  readonly #find: FindModule;
  readonly #evaluator: Evaluator;
  readonly #read = new Map<string, Scope>();
  #tries = 0;
  /** variables of the conditions around the statement that is read */
  #conditions = new Map<string, boolean>();

  constructor(find: FindModule, evaluator: Evaluator) {
    this.#find = find;
    this.#evaluator = evaluator;
  }

  read(name: string, depth: number): Scope | null {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const source = this.#find(name);
    if (source === null) return null;
    if (this.#read.size >= MODULES || depth > MODULE_DEPTH)
      throw new InspectorError('LimitExceeded', 'The settings import too many modules');
    const scope: Scope = new Map();
    // Before it is read: modules may import each other.
    this.#read.set(name, scope);
    this.files.push(source.file);
    const module = { name, source, scope, depth };
    this.#bind(module, '__file__', source.path, 1);
    this.#bind(module, '__name__', name, 1);
    this.#block(parseModule(source.text, source.file), module);
    return scope;
  }

  #block(block: Block, module: Module): void {
    for (const statement of block) {
      this.#evaluator.step();
      this.#evaluator.variables = new Map(this.#conditions);
      this.#statement(statement, module);
    }
  }

  #statement(statement: Statement, module: Module): void {
    switch (statement.kind) {
      case 'assign': {
        const value = this.#evaluator.evaluate(statement.value, module.scope);
        for (const target of statement.targets) this.#assign(target, value, module, statement.line);
        return;
      }
      case 'augmented':
        this.#augment(statement, module);
        return;
      case 'expression':
        this.#expression(statement, module);
        return;
      case 'import':
        for (const [name, as] of statement.names) this.#bind(module, as, new Reference(name), statement.line);
        return;
      case 'from':
        this.#from(statement, module);
        return;
      case 'if':
        this.#if(statement, module);
        return;
      case 'try':
        this.#try(statement, module);
        return;
      case 'block':
        this.#other(statement, module);
        return;
      case 'nothing':
        return;
    }
  }

  /** NAME['a'].update(…) changes what NAME is. */
  #expression({ value, line }: Extract<Statement, { kind: 'expression' }>, module: Module): void {
    const result = this.#evaluator.evaluate(value, module.scope);
    if (value.kind !== 'call') return;
    if (value.callee.kind === 'attribute') this.#touch(value.callee.object, module, line);
    if (value.callee.kind === 'name' && value.callee.name === 'include' && result instanceof Unknown) {
      this.#problem(module, line, 'include() of django-split-settings is not followed');
    }
  }

  /** The handlers are for what a module of the project's own that is not there would raise; nothing else is known to fail. */
  #try({ body, handlers, after }: Extract<Statement, { kind: 'try' }>, module: Module): void {
    this.#tries += 1;
    try {
      this.#block(body, module);
      this.#block(after, module);
    } catch (thrown) {
      if (!(thrown instanceof NoModule)) throw thrown;
      this.#block(handlers[0] ?? [], module);
    } finally {
      this.#tries -= 1;
    }
  }

  #assign(target: Expression, value: PythonValue, module: Module, line: number): void {
    if (target.kind === 'name') this.#bind(module, target.name, value, line);
    else if (target.kind === 'subscript') this.#assignEntry(target, value, module, line);
    else if (target.kind === 'list') {
      for (const [index, part] of target.items.entries()) {
        const own = Array.isArray(value)
          ? (value[index] ?? new Unknown('there are fewer values'))
          : new Unknown('several values at once are not known');
        this.#assign(part, own, module, line);
      }
    }
  }

  /** NAME['a']['b'] = value changes what NAME is. */
  #assignEntry(target: Extract<Expression, { kind: 'subscript' }>, value: PythonValue, module: Module, line: number): void {
    const container = this.#evaluator.evaluate(target.object, module.scope);
    const key = this.#evaluator.evaluate(target.index, module.scope);
    if (container instanceof Map && !(key instanceof Unknown)) setEntry(container, textOf(key) ?? '', value);
    this.#touch(target, module, line);
  }

  /** The name at the root of a target, which was changed here last. */
  #touch(target: Expression, module: Module, line: number): void {
    let root = target;
    while (root.kind === 'subscript' || root.kind === 'attribute') root = root.object;
    const binding = root.kind === 'name' ? module.scope.get(root.name) : undefined;
    if (root.kind === 'name' && binding !== undefined) this.#bind(module, root.name, binding.value, line);
  }

  #augment({ target, operator, value, line }: Extract<Statement, { kind: 'augmented' }>, module: Module): void {
    const right = this.#evaluator.evaluate(value, module.scope);
    const left = this.#evaluator.evaluate(target, module.scope);
    // += extends a list in place, a tuple too as it is kept here.
    const extended = operator === '+' && Array.isArray(left) && Array.isArray(right) && left.length + right.length <= ENTRIES_LIMIT;
    if (extended) left.push(...right);
    this.#assign(target, extended ? left : applyBinary(operator, left, right), module, line);
  }

  #from({ module: path, level, names, line }: Extract<Statement, { kind: 'from' }>, module: Module): void {
    const name = absoluteName(module, path, level);
    const scope = name === null ? null : this.read(name, module.depth + 1);
    const own = level > 0 || this.#find(path.split('.')[0] ?? '') !== null;
    if (scope === null && own) {
      if (this.#tries > 0) throw new NoModule();
      this.#problem(module, line, `${'.'.repeat(level)}${path}: there is no such module in the project`);
    }
    if (names === null) {
      if (scope !== null) for (const [key, binding] of [...scope]) if (!key.startsWith('_')) module.scope.set(key, binding);
      if (scope === null && !own && !NO_SETTINGS.test(path))
        this.#problem(module, line, `from ${path} import *: it is not part of the project, and not read`);
      return;
    }
    for (const [key, as] of names) {
      const binding = scope?.get(key);
      if (binding !== undefined) module.scope.set(as, binding);
      else if (scope !== null) this.#bind(module, as, new Unknown(`${name} does not set ${key}`), line);
      else this.#bind(module, as, new Reference(`${path}.${key}`), line);
    }
  }

  #if({ branches, otherwise, line }: Extract<Statement, { kind: 'if' }>, module: Module): void {
    const before = this.#conditions;
    for (const { test, body } of branches) {
      const truth = truthOf(this.#evaluator.evaluate(test, module.scope));
      this.#conditions = new Map([...before, ...this.#evaluator.variables]);
      if (truth === false) continue;
      if (truth === true) this.#block(body, module);
      else this.#undecided([...branches.map((branch) => branch.body), otherwise], module, line);
      this.#conditions = before;
      return;
    }
    this.#block(otherwise, module);
    this.#conditions = before;
  }

  #undecided(bodies: readonly Block[], module: Module, line: number): void {
    const names = new Set(bodies.flatMap((body) => [...assignedNames(body)]));
    this.#forget(names, `it depends on a condition in line ${line} that is known only by running it`, module, line);
  }

  #other({ keyword, body, line }: Extract<Statement, { kind: 'block' }>, module: Module): void {
    if (keyword === 'with') this.#block(body, module);
    else if (keyword !== 'def' && keyword !== 'class') {
      this.#forget(
        assignedNames(body),
        `it is set in a ${keyword} in line ${line}, which is not worked out without running it`,
        module,
        line,
      );
    }
  }

  #forget(names: ReadonlySet<string>, reason: string, module: Module, line: number): void {
    for (const name of names) this.#bind(module, name, new Unknown(reason), line);
  }

  #bind(module: Module, name: string, value: PythonValue, line: number): void {
    const binding: Binding = { value, file: module.source.file, line, variables: new Map(this.#evaluator.variables) };
    if (module.scope.size < ENTRIES_LIMIT || module.scope.has(name)) module.scope.set(name, binding);
  }

  #problem(module: Module, line: number, message: string): void {
    if (this.problems.length < 20) this.problems.push({ file: module.source.file, line, message });
  }
}

/** Libraries whose star imports bring no settings of their own. */
const NO_SETTINGS = /^(django\.conf\.global_settings|pathlib|os|environ)$/;

function absoluteName({ name, source }: Module, path: string, level: number): string | null {
  if (level === 0) return path;
  const parts = name.split('.');
  const up = source.isPackage ? level - 1 : level;
  if (up > parts.length) return null;
  const base = parts.slice(0, parts.length - up);
  const full = [...base, ...(path === '' ? [] : [path])].join('.');
  return full === '' ? null : full;
}
