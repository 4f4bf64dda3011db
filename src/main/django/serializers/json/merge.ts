import type { Limits } from '../../document.ts';
import { scanTyped } from './new-value.ts';
import { OBJECT, STRIDE } from './scanner.ts';
import { endOf, isContainer, type JsonSource, keyOf, kindOf, meaningOf, startOf, stringOf, tokenOf, valuesOf } from './source.ts';
import { type Separators, writeNode, writeString } from './write.ts';

/**
 * The text of a document after a person typed all of it anew: every part that means what it meant keeps its source,
 * the rest is written as json.dumps() would.
 * @throws InspectorError BadValue, LimitExceeded
 */
export function mergeText(source: JsonSource, text: string, separators: Separators, limits: Limits): string {
  const typed = scanTyped(text, limits);
  const numbers = new Map<string, number>();
  const merge: Merge = { source, typed, separators, sourceMeaning: meanings(source, numbers), typedMeaning: meanings(typed, numbers) };
  return source.text.slice(0, startOf(source, 0)) + mergeValue(merge, 0, 0) + source.text.slice(endOf(source, 0));
}

type Merge = Readonly<{
  source: JsonSource;
  typed: JsonSource;
  separators: Separators;
  /** by node / STRIDE: equal numbers mean equal values, order and duplicates included */
  sourceMeaning: Int32Array;
  typedMeaning: Int32Array;
}>;

/** Numbers every value by what it means; children come before their parents, so each node is looked at once. */
function meanings(source: JsonSource, numbers: Map<string, number>): Int32Array {
  const result = new Int32Array(source.nodes.length / STRIDE);
  for (let node = source.nodes.length - STRIDE; node >= 0; node -= STRIDE) {
    const kind = kindOf(source, node);
    const meaning = isContainer(kind) ? containerMeaning(source, node, result) : meaningOf(source, node);
    let number = numbers.get(meaning);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(meaning, number);
    }
    result[node / STRIDE] = number;
  }
  return result;
}

function containerMeaning(source: JsonSource, container: number, result: Int32Array): string {
  const object = kindOf(source, container) === OBJECT;
  let meaning = object ? '{' : '[';
  for (const value of valuesOf(source, container)) {
    if (object) meaning += `${result[keyOf(value) / STRIDE]}:`;
    meaning += `${result[value / STRIDE]},`;
  }
  return meaning;
}

function mergeValue(merge: Merge, old: number, next: number): string {
  const { source, typed } = merge;
  if (merge.sourceMeaning[old / STRIDE] === merge.typedMeaning[next / STRIDE]) return tokenOf(source, old);
  const kind = kindOf(typed, next);
  if (!isContainer(kind) || kindOf(source, old) !== kind) return writeNode(typed, next, merge.separators);
  return kind === OBJECT ? mergeObject(merge, old, next) : mergeArray(merge, old, next);
}

/** One entry of the result: its text, and the index of the source's entry that it comes from (-1: none). */
type Piece = Readonly<{ text: string; from: number }>;

function mergeObject(merge: Merge, old: number, next: number): string {
  const { source, typed } = merge;
  const oldValues = valuesOf(source, old);
  const byKey = new Map<number, number[]>();
  oldValues.forEach((value, index) => {
    const key = merge.sourceMeaning[keyOf(value) / STRIDE] ?? -1;
    const indexes = byKey.get(key);
    if (indexes === undefined) byKey.set(key, [index]);
    else indexes.push(index);
  });
  for (const indexes of byKey.values()) indexes.reverse();
  const pieces = valuesOf(typed, next).map((value): Piece => {
    const from = byKey.get(merge.typedMeaning[keyOf(value) / STRIDE] ?? -1)?.pop() ?? -1;
    const oldValue = oldValues[from];
    if (oldValue === undefined) {
      const key = writeString(stringOf(typed, keyOf(value)));
      return { text: key + merge.separators.key + writeNode(typed, value, merge.separators), from: -1 };
    }
    // The key and what stands between it and its value stay as they were.
    const key = source.text.slice(startOf(source, keyOf(oldValue)), startOf(source, oldValue));
    return { text: key + mergeValue(merge, oldValue, value), from };
  });
  return joinPieces(merge, old, oldValues, pieces);
}

function mergeArray(merge: Merge, old: number, next: number): string {
  const { source, typed } = merge;
  const oldValues = valuesOf(source, old);
  const newValues = valuesOf(typed, next);
  const origins = alignItems(merge, oldValues, newValues);
  const pieces = newValues.map((value, index): Piece => {
    const from = origins[index] ?? -1;
    const oldValue = oldValues[from];
    return { text: oldValue === undefined ? writeNode(typed, value, merge.separators) : mergeValue(merge, oldValue, value), from };
  });
  return joinPieces(merge, old, oldValues, pieces);
}

/**
 * Which old item each new item comes from (-1: none): the equal ones at both ends, then equal ones in between wherever
 * they moved, then what is left in its order.
 */
function alignItems(merge: Merge, oldValues: readonly number[], newValues: readonly number[]): number[] {
  const oldMeaning = oldValues.map((value) => merge.sourceMeaning[value / STRIDE]);
  const newMeaning = newValues.map((value) => merge.typedMeaning[value / STRIDE]);
  const origins = new Array<number>(newValues.length).fill(-1);
  const shorter = Math.min(oldValues.length, newValues.length);
  let head = 0;
  while (head < shorter && oldMeaning[head] === newMeaning[head]) {
    origins[head] = head;
    head += 1;
  }
  let tail = 0;
  while (tail < shorter - head && oldMeaning.at(-1 - tail) === newMeaning.at(-1 - tail)) {
    tail += 1;
    origins[newValues.length - tail] = oldValues.length - tail;
  }
  const free = new Set<number>();
  const moved = new Map<number | undefined, number[]>();
  for (let index = oldValues.length - tail - 1; index >= head; index -= 1) {
    free.add(index);
    const same = moved.get(oldMeaning[index]);
    if (same === undefined) moved.set(oldMeaning[index], [index]);
    else same.push(index);
  }
  for (let index = head; index < newValues.length - tail; index += 1) {
    const from = moved.get(newMeaning[index])?.pop();
    if (from === undefined) continue;
    origins[index] = from;
    free.delete(from);
  }
  const rest = [...free];
  for (let index = head; index < newValues.length - tail; index += 1) {
    if (origins[index] === -1) origins[index] = rest.pop() ?? -1;
  }
  return origins;
}

/** Puts a container together; what stood between two entries that are still neighbours stays as it was. */
function joinPieces(merge: Merge, old: number, oldValues: readonly number[], pieces: readonly Piece[]): string {
  const { source } = merge;
  const object = kindOf(source, old) === OBJECT;
  const start = (index: number): number => {
    const value = oldValues[index] ?? 0;
    return startOf(source, object ? keyOf(value) : value);
  };
  const parts: string[] = [];
  let previous = -1;
  for (const piece of pieces) {
    if (parts.length === 0) parts.push(piece.from === 0 ? source.text.slice(startOf(source, old), start(0)) : object ? '{' : '[');
    else if (piece.from > 0 && piece.from === previous + 1)
      parts.push(source.text.slice(endOf(source, oldValues[previous] ?? 0), start(piece.from)));
    else parts.push(merge.separators.item);
    parts.push(piece.text);
    previous = piece.from;
  }
  if (pieces.length === 0) return object ? '{}' : '[]';
  const last = oldValues.at(-1);
  const closing =
    previous === oldValues.length - 1 && last !== undefined
      ? source.text.slice(endOf(source, last), endOf(source, old))
      : object
        ? '}'
        : ']';
  return parts.join('') + closing;
}
