import type { ValueType } from '../../document.ts';
import type { Sentence } from '../../sentences.ts';

/** A child of a shape: a slot of the tape, or a shape that only groups others (args, dictitems, ..). */
export type Part = number | Shape;

/** What the children of a shape are kept in, which is what an edit has to change. */
export type Container = Readonly<{
  kind: 'list' | 'dict' | 'set' | 'tuple';
  /** the object whose instructions hold the children; for `set([..])` that is the list */
  object: number;
  /** its children cannot be added to, removed or renamed, only set; the reason for a person */
  fixed?: string;
}>;

/**
 * What an object means to a person: one level of it. The view, the typed notation and the Python-like text are three
 * ways to write this down.
 */
export type Shape = Readonly<{
  type: ValueType;
  /** as ValueNode.text */
  text?: string;
  class?: string;
  notes?: readonly Sentence[];
  parts?: readonly Part[];
  /** slots of the keys, one per part */
  keys?: readonly number[];
  labels?: readonly string[];
  container?: Container;
  /** the value in the fixtures' typed notation, where it does not follow from type and parts; null = cannot be said */
  typed?: unknown;
  /** Python's repr(), where it does not follow from type, text and parts */
  repr?: string;
}>;

/** A shape with nothing in it. */
export function leaf(type: ValueType, text: string, typed: unknown, more: Partial<Shape> = {}): Shape {
  return { type, text, typed, ...more };
}
