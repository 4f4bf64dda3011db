import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromisoformat, parseDatetime } from '../../src/main/django/iso-format.ts';
import { civilOf, isoformat, wallOf, wallText } from '../../src/main/django/python-datetime.ts';
import { inZone, momentOfLocal } from '../../src/main/django/time-zone.ts';
import { Codecs } from './codecs.ts';

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/Chicago',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Asia/Tehran',
  'UTC',
  'Europe/Dublin',
  'America/St_Johns',
];
const HOUR = 3_600_000_000n;

/** Every seventh hour of some years, with a fraction, and every quarter of an hour around the changes of many zones. */
function wallClocks(): readonly bigint[] {
  const clocks: bigint[] = [];
  const year = (number: number) => wallOf({ year: number, month: 1, day: 1, hour: 0, minute: 0, second: 0, microsecond: 0 });
  for (const start of [1901, 1950, 1985, 2007, 2021]) {
    for (let wall = year(start); wall < year(start + 1); wall += 7n * HOUR) clocks.push(wall + 123_457n);
  }
  for (const [month, day] of [
    [3, 13],
    [3, 14],
    [3, 27],
    [3, 28],
    [4, 3],
    [10, 2],
    [10, 3],
    [10, 30],
    [10, 31],
    [11, 6],
    [11, 7],
    [12, 30],
  ] as const) {
    for (const number of [2010, 2011, 2021, 2022]) {
      const start = wallOf({ year: number, month, day, hour: 0, minute: 0, second: 0, microsecond: 0 });
      for (let wall = start; wall < start + 24n * HOUR; wall += HOUR / 4n) clocks.push(wall);
    }
  }
  return clocks;
}

describe('time zones and dates against CPython', () => {
  let python: Codecs;
  beforeAll(() => {
    python = new Codecs();
  });
  afterAll(() => python[Symbol.asyncDispose]());

  test.each(ZONES)('%s: local times to moments and back', async (zone) => {
    const clocks = wallClocks();
    const answer = await python.ask('moments_of_local', { zone, texts: clocks.map((wall) => wallText(wall, ' ')) });
    const expected = JSON.parse(answer) as number[];
    const differing = clocks.filter((wall, index) => momentOfLocal(zone, wall).moment !== BigInt(expected[index] ?? 0));
    expect(differing.map((wall) => wallText(wall, ' '))).toEqual([]);

    const locals = JSON.parse(await python.ask('locals_of_moment', { zone, moments: clocks.map(String) })) as string[];
    expect(clocks.map((moment) => isoformat(inZone(zone, moment)))).toEqual(locals);
  });

  test.each([
    '2030-01-02T03:04:05',
    '2030-01-02 03:04:05.5',
    '2030-01-02',
    '20300102',
    '20300102T030405',
    '2030-W01-2',
    '2030W012T03',
    '2030-W01',
    '2030W01',
    '2026-W53-7',
    '2030-W53-1',
    '2030-01-02T03',
    '2030-01-02T03:04',
    '2030-01-02x03:04:05,123456789',
    '2030-01-02T03:04:05Z',
    '2030-01-02T03:04:05+02:00',
    '2030-01-02T03:04:05-0230',
    '2030-01-02T03:04:05+01:02:03.000004',
    '2030-01-02T03:04:05+23:59',
    '2030-01-02T03:04:05-24:00',
    '2030-01-02T03:04:05+25:00:00.5',
    '2030-01-02T03:04:05+1',
    '2030-01-02T03:04:05.',
    '2030-01-02T24:00:00',
    '2030-01-02T03:60',
    '2030-01-02T03:04:60',
    '2030-02-29',
    '2028-02-29T00:00',
    '0000-01-01',
    '2030-13-01',
    '2030-1-2',
    '2030-01-02T3:04',
    '2030-01-02T03-04',
    '2030-01-02T03:04:05z',
    '2030-01-02T03:0405',
    '2030-01-02T0304:05',
    '2030-01-02TZ',
    '2030-01-02T',
    'soon',
    '3600',
    '',
    '9999-12-31T23:59:59.999999',
    '0001-01-01T00:00:00',
    '2030-01-02T03:04:05+00:00',
    '2030-01-02T03:04:05-00:00',
    '2030-0102',
    '203001-02',
  ])('fromisoformat(%j)', async (text) => {
    const own = fromisoformat(text);
    const theirs = await python.ask('fromisoformat', { text }).catch((error: unknown) => String(error).replace(/^Error: /, ''));
    expect(own.ok ? isoformat(own.value) : `${own.error}: ${own.message}`).toBe(theirs);
  });

  test.each([
    '2025-07-02 00:52:45.123456',
    '2025-07-02T00:52:45Z',
    '2025-7-2 1:2',
    '2025-07-02 00:52:45,5',
    '2025-07-02 00:52:45.123456789+0530',
    '2025-07-02 00:52:45 +05:30',
    '2025-07-02 00:52:45-03',
    '2025-07-02',
    '20250702T005245',
    '2025-13-02 00:00',
    '2025-07-02 00:52:45\n',
    '',
  ])('parse_datetime(%j)', async (text) => {
    const own = parseDatetime(text, await python.ask('version', {}));
    const theirs = await python.ask('parse_datetime', { text }).catch((error: unknown) => String(error).replace(/^Error: /, ''));
    expect(own.ok ? (own.value === null ? 'None' : isoformat(own.value)) : `${own.error}: ${own.message}`).toBe(theirs);
  });

  test("the calendar is Python's", async () => {
    for (let wall = -62_135_596_800_000_000n; wall < 253_402_300_800_000_000n; wall += 86_400_000_000n * 12_345n + 6_789_012_345n) {
      expect(wallOf(civilOf(wall))).toBe(wall);
      expect(await python.ask('fromisoformat', { text: wallText(wall, 'T') })).toBe(wallText(wall, 'T'));
    }
  });
});
