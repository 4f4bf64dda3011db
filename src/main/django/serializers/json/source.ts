import { floatRepr } from './float-repr.ts';
import {
  ARRAY,
  ESCAPED_STRING,
  FALSE,
  FLOAT,
  INFINITY,
  INT,
  NAN,
  NEGATIVE_INFINITY,
  type Nodes,
  NULL,
  OBJECT,
  STRIDE,
  STRING,
  TRUE,
} from './scanner.ts';

/** A JSON text and its nodes: what every reader and editor of this folder works on. */
export type JsonSource = Readonly<{ text: string; nodes: Nodes }>;

/** Python refuses to read integers of more digits (sys.set_int_max_str_digits, 3.11 and patched 3.7+). */
export const MAX_INT_DIGITS = 4300;

export function kindOf(source: JsonSource, node: number): number {
  return source.nodes[node] ?? NULL;
}

export function startOf(source: JsonSource, node: number): number {
  return source.nodes[node + 1] ?? 0;
}

export function endOf(source: JsonSource, node: number): number {
  return source.nodes[node + 2] ?? 0;
}

/** The offset behind a node and all that it contains. */
export function afterOf(source: JsonSource, node: number): number {
  return source.nodes[node + 3] ?? source.nodes.length;
}

export function isContainer(kind: number): boolean {
  return kind === ARRAY || kind === OBJECT;
}

export function isString(kind: number): boolean {
  return kind === STRING || kind === ESCAPED_STRING;
}

/** The exact characters of a node. */
export function tokenOf(source: JsonSource, node: number): string {
  return source.text.slice(startOf(source, node), endOf(source, node));
}

/** The str that a string node stands for, lone surrogates included. */
export function stringOf(source: JsonSource, node: number): string {
  if (kindOf(source, node) === STRING) return source.text.slice(startOf(source, node) + 1, endOf(source, node) - 1);
  // The scanner took Python's rules for it, which are JSON.parse's for strings.
  return JSON.parse(tokenOf(source, node)) as string;
}

/** The value of a float-like node as a double. */
export function floatOf(source: JsonSource, node: number): number {
  switch (kindOf(source, node)) {
    case NAN:
      return Number.NaN;
    case INFINITY:
      return Number.POSITIVE_INFINITY;
    case NEGATIVE_INFINITY:
      return Number.NEGATIVE_INFINITY;
    default:
      return Number(tokenOf(source, node));
  }
}

export function isFloat(kind: number): boolean {
  return kind >= FLOAT && kind <= NEGATIVE_INFINITY;
}

/** The digits that Python's int has: `-0` is 0, everything else is written as it is. */
export function intOf(source: JsonSource, node: number): string {
  const token = tokenOf(source, node);
  return token === '-0' ? '0' : token;
}

/** True for an integer that Python refuses to read, and the whole document with it. */
export function isRefusedInt(source: JsonSource, node: number): boolean {
  if (kindOf(source, node) !== INT) return false;
  const negative = source.text.charCodeAt(startOf(source, node)) === 0x2d ? 1 : 0;
  return endOf(source, node) - startOf(source, node) - negative > MAX_INT_DIGITS;
}

/** The value nodes of a container, in order (an object's keys are `STRIDE` before their values). */
export function valuesOf(source: JsonSource, container: number): number[] {
  const values: number[] = [];
  const end = afterOf(source, container);
  const key = kindOf(source, container) === OBJECT ? STRIDE : 0;
  for (let node = container + STRIDE; node < end; ) {
    const value = node + key;
    values.push(value);
    node = afterOf(source, value);
  }
  return values;
}

/** The key node of an object's value node. */
export function keyOf(value: number): number {
  return value - STRIDE;
}

/** The value of a scalar as Python's repr of it would tell apart: type and value, not spelling. */
export function meaningOf(source: JsonSource, node: number): string {
  const kind = kindOf(source, node);
  if (kind === NULL) return 'n';
  if (kind === TRUE) return 't';
  if (kind === FALSE) return 'f';
  if (kind === INT) return `i${intOf(source, node)}`;
  if (isFloat(kind)) return `d${floatRepr(floatOf(source, node))}`;
  return `s${stringOf(source, node)}`;
}
