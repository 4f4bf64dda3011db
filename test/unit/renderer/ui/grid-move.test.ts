import { expect, test } from 'vitest';
import { gridMove } from '../../../../src/renderer/ui/use-grid-keys.ts';

test.each([
  ['ArrowDown', 3, 4],
  ['ArrowUp', 3, 2],
  ['ArrowUp', 0, 0],
  ['ArrowDown', 99, 99],
  ['PageDown', 3, 13],
  ['PageDown', 95, 99],
  ['PageUp', 3, 0],
  ['Home', 50, 0],
  ['End', 50, 99],
])('%s from row %i leads to row %i', (key, from, to) => {
  expect(gridMove(key, false, from, 100, 10)).toEqual({ index: to, extend: false });
  expect(gridMove(key, true, from, 100, 10)).toEqual({ index: to, extend: true });
});

test('other keys and empty lists move nothing', () => {
  expect(gridMove('x', false, 0, 100, 10)).toBeNull();
  expect(gridMove('ArrowDown', false, 0, 0, 10)).toBeNull();
});
