import { expect, test } from 'vitest';
import type { ValueNode } from '../../../../src/preload/api.ts';
import { describeEdit, nodeAt, rebaseEdit, resolveSteps, stepsOf } from '../../../../src/renderer/session/replay.ts';

const text = (value: string): ValueNode => ({ type: 'str', text: value, editable: true });
const dict = (values: Readonly<Record<string, ValueNode>>): ValueNode => ({
  type: 'dict',
  editable: true,
  children: Object.entries(values).map(([key, value]) => ({ key: text(key), value })),
});
const list = (...values: readonly ValueNode[]): ValueNode => ({
  type: 'list',
  editable: true,
  children: values.map((value) => ({ value })),
});

const mine = dict({ theme: text('dark'), cart: dict({ items: list(text('a'), text('b')) }) });
const theirs = dict({ visits: text('3'), cart: dict({ coupon: text('x'), items: list(text('a'), text('b')) }), theme: text('light') });

test('an edit finds its place by name where indexes have moved', () => {
  const edit = { op: 'set', path: [1, 0, 1], value: { type: 'str', text: 'c' } } as const;
  expect(rebaseEdit(theirs, describeEdit(mine, edit))).toEqual({ ...edit, path: [1, 1, 1] });
});

test('a key that is gone cannot be edited again', () => {
  const named = describeEdit(mine, { op: 'remove', path: [0] });
  expect(rebaseEdit(dict({ other: text('1') }), named)).toBeNull();
});

test('a list item that is gone cannot be edited again', () => {
  const named = describeEdit(mine, { op: 'remove', path: [1, 0, 1] });
  expect(rebaseEdit(dict({ cart: dict({ items: list(text('a')) }) }), named)).toBeNull();
});

test('a key of another type is another key', () => {
  const numbered: ValueNode = {
    type: 'dict',
    editable: true,
    children: [{ key: { type: 'int', text: '1', editable: true }, value: text('n') }],
  };
  expect(resolveSteps(numbered, stepsOf(dict({ 1: text('s') }), [0]))).toBeNull();
});

test('of duplicate keys the last counts, as in Python', () => {
  const twice: ValueNode = {
    type: 'dict',
    editable: true,
    children: [
      { key: text('a'), value: text('1') },
      { key: text('a'), value: text('2') },
    ],
  };
  expect(resolveSteps(twice, stepsOf(dict({ a: text('0') }), [0]))).toEqual([1]);
});

test('the whole text cannot be done again on another version', () => {
  expect(rebaseEdit(theirs, describeEdit(mine, { op: 'text', text: '{}' }))).toBeNull();
});

test('adding to the root needs no steps', () => {
  const edit = { op: 'add', path: [], key: { type: 'str', text: 'n' }, value: { type: 'int', text: '1' } } as const;
  expect(rebaseEdit(theirs, describeEdit(mine, edit))).toEqual(edit);
});

test('nodeAt follows a path, and ends where the tree does', () => {
  expect(nodeAt(mine, [1, 0, 1])).toEqual(text('b'));
  expect(nodeAt(mine, [1, 0, 9])).toBeUndefined();
});
