import { describe, expect } from 'vitest';
import { microsecondsOf, type PythonDatetime, type PythonResult } from '../../../src/main/django/python-datetime.ts';
import {
  type ExpirySettings,
  type ExpiryValue,
  getExpireAtBrowserClose,
  getExpiryAge,
  getExpiryDate,
  storedExpiry,
} from '../../../src/main/django/session-expiry.ts';
import { djangoDatetime } from '../../../src/main/django/time-zone.ts';
import { testFixtures } from '../fixtures-table.ts';
import { argumentOfTyped, expiryOfTyped, recorded, typedOfDatetime, typedOfExpiry } from './typed.ts';

const age = (result: PythonResult<ExpiryValue>) => recorded(result, typedOfExpiry);
const date = (result: PythonResult<PythonDatetime>) => recorded(result, typedOfDatetime);

describe('expiry', () => {
  testFixtures('expiry', (fixture) => {
    const settings: ExpirySettings = {
      DJANGO_VERSION: String(fixture.django),
      SESSION_COOKIE_AGE: Number(fixture['SESSION_COOKIE_AGE']),
      SESSION_EXPIRE_AT_BROWSER_CLOSE: false,
    };
    const moment = microsecondsOf(fixture.now ?? 0);
    const zone = { USE_TZ: fixture['use_tz'] === true, TIME_ZONE: 'UTC' };
    const now = djangoDatetime(zone, moment);
    const expected = fixture['expect'] as Readonly<Record<string, unknown>>;
    const stored = fixture['stored'] === 'ABSENT' ? null : fixture['stored'];
    const value = expiryOfTyped(stored);

    if (fixture['set_expiry'] !== undefined) {
      const kept = storedExpiry(argumentOfTyped(fixture['set_expiry']), settings.DJANGO_VERSION, now);
      expect(kept).toEqual({ ok: true, value: fixture['present'] === true ? value : null });
    }
    expect(age(getExpiryAge(value, now, settings))).toEqual(expected['get_expiry_age']);
    expect(date(getExpiryDate(value, now, settings))).toEqual(expected['get_expiry_date']);
    expect(getExpireAtBrowserClose(value, settings)).toBe(expected['expire_at_browser_close']);
    if (expected['age_with_modification_100s_ago'] === undefined) return;
    const earlier = djangoDatetime(zone, moment - 100_000_000n);
    expect(age(getExpiryAge(value, earlier, settings))).toEqual(expected['age_with_modification_100s_ago']);
    expect(date(getExpiryDate(value, earlier, settings))).toEqual(expected['date_with_modification_100s_ago']);
    expect(getExpireAtBrowserClose(value, { ...settings, SESSION_EXPIRE_AT_BROWSER_CLOSE: true })).toBe(
      expected['expire_at_browser_close_if_setting_true'],
    );
  });
});
