import { expect, test } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatLocal,
  formatNumber,
  formatRelative,
  formatUtc,
  parseTime,
  toLocalInput,
} from '../../../src/renderer/format.ts';

const NOW = Date.UTC(2026, 10, 22, 21, 55, 33);
const DAY = 86_400_000;

test.each([
  [0, 'now'],
  [45_000, 'in 45 seconds'],
  [-90_000, '1 minute ago'],
  [2 * 3_600_000, 'in 2 hours'],
  [DAY, 'tomorrow'],
  [-9 * DAY, '9 days ago'],
  [20 * DAY, 'in 20 days'],
  [70 * DAY, 'in 2 months'],
  [800 * DAY, 'in 2 years'],
])('%i milliseconds from now is "%s"', (distance, words) => {
  expect(formatRelative(NOW + distance, NOW, 'en')).toBe(words);
});

test('relative time speaks the language of the window', () => {
  expect(formatRelative(NOW + 3 * DAY, NOW, 'zh-Hans')).toBe('3天后');
});

test('local time names its zone, UTC looks the same in every language', () => {
  expect(formatLocal(NOW, 'en')).toMatch(/Nov \d\d, 2026.*(UTC|GMT|[A-Z]{2,5})/);
  expect(formatUtc(NOW)).toBe('2026-11-22 21:55:33 UTC');
});

test.each([
  [0, '0\u00a0B'],
  [318, '318\u00a0B'],
  [999, '999\u00a0B'],
  [1000, '1\u00a0kB'],
  [12_420, '12.4\u00a0kB'],
  [123_456, '123\u00a0kB'],
  [5_000_000_000_000_000, '5,000\u00a0TB'],
])('%i bytes are "%s"', (bytes, words) => {
  expect(formatBytes(bytes, 'en')).toBe(words);
});

test.each([
  [0, '0 seconds'],
  [59, '59 seconds'],
  [3900, '1 hour 5 minutes'],
  [1_209_600, '2 weeks'],
  [-60, '−1 minute'],
])('%i seconds are "%s"', (seconds, words) => {
  expect(formatDuration(seconds, 'en')).toBe(words);
});

test('numbers are grouped', () => {
  expect(formatNumber(1234567, 'en')).toBe('1,234,567');
});

test('times of stores have microseconds, and may be none', () => {
  expect(parseTime('2026-11-22T21:55:33.123456Z')).toBe(NOW + 123);
  expect(parseTime(null)).toBeNull();
  expect(parseTime('soon')).toBeNull();
});

test('the value of a datetime field is the same moment again', () => {
  expect(new Date(toLocalInput(NOW)).getTime()).toBe(NOW);
});
