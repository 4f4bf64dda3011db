/** What expressions are worth, as far as that can be told without running anything. */
import { InspectorError } from '../../errors.ts';
import { type CallContext, callKnown, readVariable } from './known-calls.ts';
import { attributeOf, callMethod, setEntry } from './methods.ts';
import { applyBinary, applyComparison, applyUnary, joinTexts } from './operators.ts';
import type { Expression } from './syntax.ts';
import { BoundMethod, ENTRIES_LIMIT, EnvReader, type PythonDict, type PythonValue, Reference, textOf, truthOf, Unknown } from './value.ts';

/** Steps of all modules together, and expressions in each other. */
const STEPS = 400_000;
const DEPTH = 200;

const BUILTINS = ['str', 'int', 'float', 'bool', 'list', 'tuple', 'set', 'dict', 'len'];

/** What a name of a module stands for, and from where. */
export type Binding = Readonly<{
  value: PythonValue;
  /** the project's own way of writing it: `shop/settings.py` */
  file: string;
  line: number;
  /** variables that decided the value, and whether .env has them */
  variables: ReadonlyMap<string, boolean>;
}>;
export type Scope = Map<string, Binding>;

export class Evaluator {
  readonly #env: ReadonlyMap<string, string>;
  readonly #folder: string;
  #steps = 0;
  #depth = 0;
  /** asked for since the caller last looked */
  variables = new Map<string, boolean>();

  /** @param env the variables of .env @param folder that of manage.py */
  constructor(env: ReadonlyMap<string, string>, folder: string) {
    this.#env = env;
    this.#folder = folder;
  }

  /** @throws InspectorError LimitExceeded */
  step(): void {
    this.#steps += 1;
    if (this.#steps > STEPS) {
      throw new InspectorError('LimitExceeded', 'The settings take too long to work out', {
        hint: "Ask the project's own Python, or fill the form in.",
      });
    }
  }

  /** @throws InspectorError LimitExceeded */
  evaluate(expression: Expression, scope: Scope): PythonValue {
    this.step();
    if (this.#depth >= DEPTH) return new Unknown(`the expression has more than ${DEPTH} levels`);
    this.#depth += 1;
    try {
      return this.#evaluate(expression, scope);
    } finally {
      this.#depth -= 1;
    }
  }

  #evaluate(expression: Expression, scope: Scope): PythonValue {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'joined':
        return this.#joined(expression.parts.map((part) => this.evaluate(part, scope)));
      case 'name':
        return this.#name(expression.name, scope);
      case 'attribute':
        return this.#attribute(this.evaluate(expression.object, scope), expression.name);
      case 'subscript':
        return this.#subscript(this.evaluate(expression.object, scope), this.evaluate(expression.index, scope));
      case 'call':
        return this.#call(expression, scope);
      case 'list':
        return this.#list(expression.items, scope);
      case 'dict':
        return this.#dict(expression.entries, scope);
      case 'starred':
        return new Unknown('a * is not worked out here');
      case 'unary':
        return this.#unary(expression.operator, this.evaluate(expression.operand, scope));
      case 'binary':
        return applyBinary(expression.operator, this.evaluate(expression.left, scope), this.evaluate(expression.right, scope));
      case 'compare':
        return this.#compare(expression, scope);
      case 'boolean':
        return this.#boolean(expression, scope);
      case 'conditional':
        return this.#conditional(expression, scope);
      case 'unreadable':
        return new Unknown(`${expression.what} is not worked out without running it`);
    }
  }

  #joined(parts: readonly PythonValue[]): PythonValue {
    if (!parts.some((part) => part instanceof Uint8Array)) return joinTexts(parts);
    return parts.every((part) => part instanceof Uint8Array) ? Buffer.concat(parts) : new Unknown('bytes and text are mixed');
  }

  #name(name: string, scope: Scope): PythonValue {
    const binding = scope.get(name);
    if (binding === undefined)
      return BUILTINS.includes(name) ? new Reference(`builtins.${name}`) : new Unknown(`${name} is not set in what was read`);
    for (const [variable, found] of binding.variables) this.variables.set(variable, found);
    return binding.value;
  }

  #attribute(object: PythonValue, name: string): PythonValue {
    if (object instanceof Unknown) return object;
    if (!(object instanceof Reference)) return attributeOf(object, name) ?? new BoundMethod(object, name);
    const path = `${object.path}.${name}`;
    // A site that serves was not started with `test` or the like.
    return path === 'sys.argv' ? ['manage.py', 'runserver'] : new Reference(path);
  }

  #subscript(object: PythonValue, index: PythonValue): PythonValue {
    if (object instanceof Unknown) return object;
    if (index instanceof Unknown) return index;
    if (object instanceof Reference && object.path === 'os.environ') return this.#variableOrUnknown(textOf(index) ?? '');
    if (object instanceof Map) return object.get(textOf(index) ?? '') ?? new Unknown(`there is no ${textOf(index)}`);
    if (Array.isArray(object) && typeof index === 'number') return object.at(index) ?? new Unknown('a list is shorter');
    return new Unknown('a part of it is not worked out without running it');
  }

  #variableOrUnknown(name: string): PythonValue {
    return this.#variable(name) ?? new Unknown(`${name} is not in .env`);
  }

  #variable(name: string): string | null {
    const value = this.#env.get(name);
    this.variables.set(name, value !== undefined);
    return value ?? null;
  }

  #call({ callee, args, keywords }: Extract<Expression, { kind: 'call' }>, scope: Scope): PythonValue {
    const target = this.evaluate(callee, scope);
    if (target instanceof Unknown) return target;
    const call = {
      args: args.map((arg) => this.evaluate(arg, scope)),
      keywords: new Map(keywords.map(([name, value]) => [name, this.evaluate(value, scope)] as const)),
    };
    const context: CallContext = { variable: (name) => this.#variable(name), folder: this.#folder };
    if (target instanceof BoundMethod) return callMethod(target.target, target.name, call, context);
    if (target instanceof Reference) return callKnown(target.path, call, context);
    if (target instanceof EnvReader) return readVariable(target, null, call, context);
    return new Unknown('a call is not worked out without running it');
  }

  #list(items: readonly Expression[], scope: Scope): PythonValue {
    const list: PythonValue[] = [];
    for (const item of items) {
      if (item.kind !== 'starred') list.push(this.evaluate(item, scope));
      else {
        const value = this.evaluate(item.value, scope);
        if (Array.isArray(value)) list.push(...value);
        else return value instanceof Unknown ? value : new Unknown('what a * unpacks is not known');
      }
      if (list.length > ENTRIES_LIMIT) return new Unknown(`the list has more than ${ENTRIES_LIMIT} entries`);
    }
    return list;
  }

  #dict(entries: readonly (readonly [Expression | null, Expression])[], scope: Scope): PythonValue {
    const dict: PythonDict = new Map();
    for (const [key, expression] of entries) {
      const value = this.evaluate(expression, scope);
      if (key !== null) {
        const name = this.evaluate(key, scope);
        if (name instanceof Unknown) return name;
        setEntry(dict, textOf(name) ?? '', value);
      } else if (value instanceof Map) for (const [name, inner] of value) setEntry(dict, name, inner);
      else return value instanceof Unknown ? value : new Unknown('what a ** unpacks is not known');
    }
    return dict;
  }

  #unary(operator: string, value: PythonValue): PythonValue {
    if (operator !== 'not') return applyUnary(operator, value);
    const truth = truthOf(value);
    return truth === null ? new Unknown('a condition is not worked out without running it') : !truth;
  }

  #compare({ left, rest }: Extract<Expression, { kind: 'compare' }>, scope: Scope): PythonValue {
    let before = this.evaluate(left, scope);
    for (const [operator, expression] of rest) {
      const value = this.evaluate(expression, scope);
      const isVariable = value instanceof Reference && value.path === 'os.environ' && operator.endsWith('in');
      const answer = isVariable
        ? (this.#variable(textOf(before) ?? '') !== null) === (operator === 'in')
        : applyComparison(operator, before, value);
      if (answer !== true) return answer;
      before = value;
    }
    return true;
  }

  #boolean({ operator, left, right }: Extract<Expression, { kind: 'boolean' }>, scope: Scope): PythonValue {
    const value = this.evaluate(left, scope);
    const truth = truthOf(value);
    if (truth === null) return value instanceof Unknown ? value : new Unknown('a condition is not worked out without running it');
    return truth === (operator === 'or') ? value : this.evaluate(right, scope);
  }

  #conditional({ test, yes, no }: Extract<Expression, { kind: 'conditional' }>, scope: Scope): PythonValue {
    const value = this.evaluate(test, scope);
    const truth = truthOf(value);
    if (truth === null) return value instanceof Unknown ? value : new Unknown('a condition is not worked out without running it');
    return this.evaluate(truth ? yes : no, scope);
  }
}
