import { describe, expect, test } from 'vitest';
import {
  compareExpireDate,
  type DatabaseClock,
  formatExpireDate,
  isCleared,
  isLoadable,
  parseExpireDate,
} from '../../../src/main/django/expire-date.ts';
import { describeExpiry, type ExpiryContext } from '../../../src/main/django/expiry.ts';
import { isoformat, wallText } from '../../../src/main/django/python-datetime.ts';
import { momentOf } from '../../../src/main/django/time-zone.ts';
import { InspectorError } from '../../../src/main/errors.ts';
import { datetimeOfIso } from './typed.ts';

const moment = (iso: string): bigint => momentOf({ TIME_ZONE: 'UTC' }, datetimeOfIso(iso));
const clock = (change: Partial<DatabaseClock>): DatabaseClock => ({
  ENGINE: 'sqlite3',
  USE_TZ: true,
  TIME_ZONE: 'America/Chicago',
  DATABASE_TIME_ZONE: null,
  DJANGO_VERSION: '5.2',
  ...change,
});
const utc = (value: bigint | null) => (value === null ? null : wallText(value, ' '));

describe('the column of each backend', () => {
  const at = moment('2025-07-02T03:04:05.120000+00:00');
  test.each([
    ['sqlite3', {}, '2025-07-02 03:04:05.120000'],
    ['sqlite3', { DATABASE_TIME_ZONE: 'America/New_York' }, '2025-07-01 23:04:05.120000'],
    ['sqlite3', { USE_TZ: false, TIME_ZONE: 'Asia/Tokyo' }, '2025-07-02 12:04:05.120000'],
    ['mysql', {}, '2025-07-02 03:04:05.120000'],
    ['mysql', { USE_TZ: false, TIME_ZONE: 'Asia/Tokyo', DATABASE_TIME_ZONE: 'America/New_York' }, '2025-07-02 12:04:05.120000'],
    ['postgresql', {}, '2025-07-02 03:04:05.12+00'],
    ['postgresql', { USE_TZ: false, TIME_ZONE: 'Asia/Tokyo' }, '2025-07-02 03:04:05.12+00'],
  ] as const)('%s %o', (ENGINE, change, text) => {
    const settings = clock({ ENGINE, ...change });
    expect(formatExpireDate(at, settings)).toBe(text);
    expect(parseExpireDate(text, settings).moment).toBe(at);
    expect(compareExpireDate(text, at, settings)).toBe(0);
    expect([
      isLoadable(text, at - 1n, settings),
      isLoadable(text, at, settings),
      isCleared(text, at, settings),
      isCleared(text, at + 1n, settings),
    ]).toEqual([true, false, false, true]);
  });

  test('whole seconds have no fraction, but on MySQL', () => {
    const whole = moment('2025-07-02T03:04:00+00:00');
    expect(formatExpireDate(whole, clock({}))).toBe('2025-07-02 03:04:00');
    expect(formatExpireDate(whole, clock({ ENGINE: 'mysql' }))).toBe('2025-07-02 03:04:00.000000');
    expect(formatExpireDate(whole, clock({ ENGINE: 'postgresql' }))).toBe('2025-07-02 03:04:00+00');
  });

  test('PostgreSQL text of other zones, infinity and old dates', () => {
    const settings = clock({ ENGINE: 'postgresql', USE_TZ: false, TIME_ZONE: 'Asia/Kolkata' });
    const read = parseExpireDate('2025-07-02 08:34:05.12+05:30', settings);
    expect(utc(read.moment)).toBe('2025-07-02 03:04:05.120000');
    expect(read.datetime === null ? null : isoformat(read.datetime)).toBe('2025-07-02T08:34:05.120000');
    expect(parseExpireDate('infinity', settings)).toMatchObject({ moment: null, datetime: null });
    expect([isLoadable('infinity', moment('9999-01-01'), settings), isCleared('-infinity', 0n, settings)]).toEqual([true, true]);
    expect(parseExpireDate('0044-03-15 00:00:00+00 BC', settings).moment).toBeNull();
  });

  test('SQLite compares text, whatever Django would read from it', () => {
    const settings = clock({});
    const now = moment('2025-07-02T10:00:00+00:00');
    expect(isLoadable('2025-07-02T01:00:00Z', now, settings)).toBe(true); // T sorts behind the space
    expect(isCleared('2025-07-02 10:00', now, settings)).toBe(true);
    expect(isCleared('20990101', now, settings)).toBe(true); // numeric affinity: a number sorts before all text
    expect(parseExpireDate('soon', settings)).toMatchObject({ moment: null, note: { code: 'date-none' } });
    expect(parseExpireDate('2025-13-01 00:00:00', settings).note?.message).toBe('Django raises ValueError: month must be in 1..12.');
    expect(parseExpireDate('2099-01-01', clock({ DJANGO_VERSION: '3.2' }))).toMatchObject({
      datetime: null,
      note: { code: 'date-unread', params: { version: '3.2' } },
    });
  });

  test('local times that are none or two', () => {
    const settings = clock({ USE_TZ: false, TIME_ZONE: 'Europe/Berlin' });
    const twice = parseExpireDate('2025-10-26 02:30:00', settings);
    expect([utc(twice.moment), twice.note?.message]).toEqual([
      '2025-10-26 00:30:00',
      'The clocks of Europe/Berlin show this time twice, as they are set back; the first is meant here.',
    ]);
    const skipped = parseExpireDate('2025-03-30 02:30:00', settings);
    expect(utc(skipped.moment)).toBe('2025-03-30 01:30:00');
    expect(skipped.note?.code).toBe('date-never');
    // The second 02:30 is written like the first: the hour between is lost, as in Django.
    expect(formatExpireDate(moment('2025-10-26T01:30:00+00:00'), settings)).toBe('2025-10-26 02:30:00');
  });

  test('an unknown zone and an impossible year are named', () => {
    const code = (run: () => unknown) => {
      try {
        return run();
      } catch (error) {
        return error instanceof InspectorError ? error.code : error;
      }
    };
    expect(code(() => parseExpireDate('2025-01-01 00:00:00', clock({ USE_TZ: false, TIME_ZONE: 'Mars/Base' })))).toBe(
      'ImproperlyConfigured',
    );
    expect(code(() => formatExpireDate(moment('9999-12-31T23:00:00+00:00') + 7_200_000_000n, clock({})))).toBe('BadValue');
  });
});

describe('where the end comes from', () => {
  const now = moment('2025-07-02T10:00:00.500000+00:00');
  const context = (change: Partial<ExpiryContext>): ExpiryContext => ({
    stored: { source: 'ttl', milliseconds: null },
    session_expiry: { type: 'NoneType' },
    settings: { ...clock({}), SESSION_COOKIE_AGE: 3600, SESSION_EXPIRE_AT_BROWSER_CLOSE: false },
    now,
    ...change,
  });
  const nanoseconds = (iso: string) => String(moment(iso) * 1000n);

  test('caches: a TTL, none, a column, a number of seconds', () => {
    expect(describeExpiry(context({}))).toMatchObject({ at: null, source: 'never', expired: false });
    expect(describeExpiry(context({ stored: { source: 'ttl', milliseconds: 1500 } }))).toEqual({
      at: '2025-07-02T10:00:02Z',
      source: 'ttl',
      browserClose: false,
      expired: false,
      cleared: false,
      raw: '1.5',
    });
    expect(describeExpiry(context({ stored: { source: 'cache', text: '2025-07-02 10:00:00' } }))).toMatchObject({
      source: 'cache expires',
      expired: true,
    });
    expect(describeExpiry(context({ stored: { source: 'cache', text: '9999-12-31 23:59:59' } }))).toMatchObject({
      source: 'never',
      expired: false,
    });
    expect(describeExpiry(context({ stored: { source: 'cache', text: null } }))).toMatchObject({ source: 'never', expired: false });
    expect(describeExpiry(context({ stored: { source: 'cache', text: '1751450400.5' } }))).toMatchObject({
      at: '2025-07-02T10:00:00.500000Z',
      expired: false,
    });
    expect(describeExpiry(context({ stored: { source: 'cache', text: '1751450400.499999' } }))).toMatchObject({
      expired: true,
      cleared: false,
    });
  });

  test('rows: equal is neither live nor cleared', () => {
    expect(describeExpiry(context({ stored: { source: 'expire_date', text: '2025-07-02 10:00:00.500000' } }))).toMatchObject({
      source: 'expire_date',
      expired: true,
      cleared: false,
      note: { code: 'expiry-now' },
    });
  });

  test('files: mtime, text, numbers, nothing', () => {
    const file = (change: Partial<ExpiryContext>) =>
      describeExpiry(context({ stored: { source: 'mtime', nanoseconds: nanoseconds('2025-07-02T09:00:01.600000+00:00') }, ...change }));
    expect(file({})).toMatchObject({ at: '2025-07-02T10:00:01.600000Z', source: 'mtime + SESSION_COOKIE_AGE', expired: false });
    expect(file({ now: now + 200_000n })).toMatchObject({ expired: true, cleared: true }); // 0.9 s are floored to 0
    expect(file({ session_expiry: { type: 'str', value: '2025-07-02T10:00:00' } })).toMatchObject({
      source: '_session_expiry',
      expired: false,
      note: { message: "Loading it raises TypeError: can't subtract offset-naive and offset-aware datetimes." },
    });
    expect(file({ session_expiry: { type: 'str', value: '2025-07-02T12:00:00+00:00' } })).toMatchObject({
      at: '2025-07-02T12:00:00Z',
      expired: false,
    });
    expect(file({ session_expiry: { type: 'int', value: 60n } })).toMatchObject({ at: null, expired: false, raw: '60' });
    expect(file({ session_expiry: { type: 'int', value: -1n } })).toMatchObject({ expired: true, cleared: true });
    expect(file({ session_expiry: { type: 'int', value: 0n } })).toMatchObject({
      source: 'mtime + SESSION_COOKIE_AGE',
      browserClose: true,
    });
    expect(file({ emptyFile: true, now: now * 2n })).toMatchObject({ source: 'never', expired: false, cleared: false });
    expect(file({ unusableKey: true, now: now * 2n })).toMatchObject({ cleared: false });
  });

  test('cookies: the signature, not the data', () => {
    const cookie = (change: Partial<ExpiryContext>) =>
      describeExpiry(context({ stored: { source: 'timestamp', seconds: 1751446800 }, ...change }));
    expect(cookie({ now: moment('2025-07-02T10:00:00+00:00') })).toMatchObject({ at: '2025-07-02T10:00:00Z', expired: false });
    expect(cookie({})).toMatchObject({ source: 'cookie timestamp + SESSION_COOKIE_AGE', expired: true, cleared: false });
    expect(cookie({ session_expiry: { type: 'int', value: 5n } }).note?.message).toContain('Max-Age');
  });
});
