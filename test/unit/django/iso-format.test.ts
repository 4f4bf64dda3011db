import { describe, expect, test } from 'vitest';
import { fromisoformat, parseDatetime } from '../../../src/main/django/iso-format.ts';
import { isoformat, timedeltaOfSeconds } from '../../../src/main/django/python-datetime.ts';
import { momentOfLocal, offsetAt } from '../../../src/main/django/time-zone.ts';

/** What CPython 3.7 and 3.10 answer; later ones are asked in test/contract/datetime.test.ts. */
describe('fromisoformat() before Python 3.11', () => {
  test.each([
    ['2030-01-02', '2030-01-02T00:00:00'],
    ['2030-01-02T03', '2030-01-02T03:00:00'],
    ['2030-01-02x03:04', '2030-01-02T03:04:00'],
    ['2030-01-02T03:04:05.123', '2030-01-02T03:04:05.123000'],
    ['2030-01-02T03:04:05+02:00:01', '2030-01-02T03:04:05+02:00:01'],
    ['2030-01-02T03:04:05+02:00:01.000001', '2030-01-02T03:04:05+02:00:01.000001'],
    ['2030-01-02T', null],
    ['2030-01-02T03:04:05.5', null],
    ['2030-01-02T03:04:05,123456', null],
    ['2030-01-02T03:04:05Z', null],
    ['2030-01-02T03:04:05+0200', null],
    ['20300102', null],
    ['2030-W01-2', null],
  ])('%s', (text, expected) => {
    const read = fromisoformat(text, 'isoformat only');
    expect(read.ok ? isoformat(read.value) : null).toBe(expected);
    if (!read.ok) expect(read.message).toBe(`Invalid isoformat string: '${text}'`);
  });
});

test('parse_datetime() reads a date alone since 4.0', () => {
  expect(parseDatetime('2099-01-01', '3.2')).toEqual({ ok: true, value: null });
  const read = parseDatetime('2099-01-01', '4.0');
  expect(read.ok && read.value !== null ? isoformat(read.value) : null).toBe('2099-01-01T00:00:00');
});

test('timedelta(seconds=...) has its limits', () => {
  expect(timedeltaOfSeconds(90.5)).toEqual({ ok: true, value: 90_500_000n });
  expect(timedeltaOfSeconds(-0.0000005)).toEqual({ ok: true, value: 0n }); // half a microsecond goes to the even side
  expect(timedeltaOfSeconds(0.0000015)).toEqual({ ok: true, value: 2n });
  expect(timedeltaOfSeconds(Number.NaN)).toMatchObject({ error: 'ValueError' });
  expect(timedeltaOfSeconds(Number.POSITIVE_INFINITY)).toMatchObject({
    error: 'OverflowError',
    message: 'cannot convert float infinity to integer',
  });
  expect(timedeltaOfSeconds(86_400n * 1_000_000_000n)).toMatchObject({
    error: 'OverflowError',
    message: 'days=1000000000; must have magnitude <= 999999999',
  });
});

test('zones: old offsets with seconds, and clocks that skip a whole day', () => {
  expect(offsetAt('America/New_York', -2_840_140_800_000_000n)).toBe(-17_762_000_000n); // 1880: -4:56:02
  expect(momentOfLocal('Pacific/Apia', 1_325_203_200_000_000n + 43_200_000_000n).kind).toBe('missing'); // 2011-12-30
  expect(momentOfLocal('UTC', 5n)).toEqual({ moment: 5n, kind: 'unique' });
});
