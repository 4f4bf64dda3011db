/** What Python's operators make of values that are known. */
import { joinPaths } from './known-calls.ts';
import { BoundMethod, ENTRIES_LIMIT, type PythonValue, Reference, sameValue, TEXT_LIMIT, textOf, Unknown } from './value.ts';

export function applyBinary(operator: string, left: PythonValue, right: PythonValue): PythonValue {
  if (left instanceof Unknown) return left;
  if (right instanceof Unknown) return right;
  if (isNumber(left) && isNumber(right)) return arithmetic(operator, Number(left), Number(right));
  if (operator === '/' && typeof left === 'string') return joinPaths([left, right]);
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return joinTexts([left, right]);
  if (operator === '+' && Array.isArray(left) && Array.isArray(right)) return joinLists(left, right);
  if (operator === '|' && left instanceof Map && right instanceof Map) return new Map([...left, ...right]);
  return new Unknown(`${operator} of such values is not worked out without running it`);
}

function isNumber(value: PythonValue): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function arithmetic(operator: string, left: number, right: number): PythonValue {
  const result = calculate(operator, left, right);
  return result !== null && Number.isFinite(result) ? result : new Unknown('a number is not worked out');
}

function calculate(operator: string, left: number, right: number): number | null {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '//':
      return Math.floor(left / right);
    case '%':
      return left - right * Math.floor(left / right);
    case '**':
      return left ** right;
    default:
      return null;
  }
}

export function joinTexts(parts: readonly PythonValue[]): PythonValue {
  let text = '';
  for (const part of parts) {
    if (part instanceof Unknown) return part;
    const own = textOf(part);
    if (own === null) return new Unknown('a part of a text is not known');
    text += own;
    if (text.length > TEXT_LIMIT) return new Unknown(`the text is longer than ${TEXT_LIMIT} characters`);
  }
  return text;
}

function joinLists(left: readonly PythonValue[], right: readonly PythonValue[]): PythonValue {
  if (left.length + right.length > ENTRIES_LIMIT) return new Unknown(`the list has more than ${ENTRIES_LIMIT} entries`);
  return [...left, ...right];
}

export function applyUnary(operator: string, value: PythonValue): PythonValue {
  if (value instanceof Unknown) return value;
  if (typeof value === 'number' && operator === '-') return -value;
  if (typeof value === 'number' && operator === '+') return value;
  return new Unknown(`${operator} of such a value is not worked out without running it`);
}

/** True, False, or Unknown. */
export function applyComparison(operator: string, left: PythonValue, right: PythonValue): PythonValue {
  switch (operator) {
    case '==':
    case 'is':
      return known(sameValue(left, right));
    case '!=':
    case 'is not':
      return known(negated(sameValue(left, right)));
    case 'in':
      return known(contains(right, left));
    case 'not in':
      return known(negated(contains(right, left)));
    default:
      return known(ordered(operator, left, right));
  }
}

function known(answer: boolean | null): PythonValue {
  return answer ?? new Unknown('a comparison is not worked out without running it');
}

function negated(answer: boolean | null): boolean | null {
  return answer === null ? null : !answer;
}

function contains(container: PythonValue, value: PythonValue): boolean | null {
  if (value instanceof Unknown || value instanceof Reference || value instanceof BoundMethod) return null;
  if (typeof container === 'string') return typeof value === 'string' ? container.includes(value) : null;
  if (container instanceof Map) return container.has(textOf(value) ?? '');
  if (!Array.isArray(container)) return null;
  const answers = container.map((item) => sameValue(item, value));
  return answers.includes(true) ? true : answers.includes(null) ? null : false;
}

function ordered(operator: string, left: PythonValue, right: PythonValue): boolean | null {
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string')) return null;
  // Both have the same type, which is one of those that compare.
  const [a, b] = [left, right as typeof left];
  return operator === '<' ? a < b : operator === '>' ? a > b : operator === '<=' ? a <= b : a >= b;
}
