import { describe, expect } from 'vitest';
import { BACKEND_SESSION_KEY, findAuthHash, HASH_SESSION_KEY, SESSION_KEY } from '../../../src/main/django/auth.ts';
import { type DatabaseClock, formatExpireDate, isCleared, isLoadable, parseExpireDate } from '../../../src/main/django/expire-date.ts';
import { describeExpiry } from '../../../src/main/django/expiry.ts';
import { isoformat, microsecondsOf } from '../../../src/main/django/python-datetime.ts';
import { parseJson } from '../../../src/main/django/serializers/json/document.ts';
import { decodeStored } from '../../../src/main/django/session-data.ts';
import { validSessionKey } from '../../../src/main/django/session-key.ts';
import { SigningKeys } from '../../../src/main/django/signing.ts';
import { atLeast, readsSha1 } from '../../../src/main/django/versions.ts';
import { type Fixture, fixtureSecrets, testFixtures } from '../fixtures-table.ts';
import { sqliteRows } from './sqlite-rows.ts';

type Row = Readonly<{
  session_key: string;
  expire_text: string;
  expire_iso: string | Readonly<{ ok: false; error: string; message: string }>;
  json: string | null;
  load_at_now: readonly [string, string];
  user_at_now: readonly [unknown, string, string] | readonly [string, string];
}>;
type User = Readonly<{ id: number; username: string; password: string; is_active: number }>;

function clockOf(fixture: Fixture): DatabaseClock {
  const settings = fixture['settings'] as Readonly<Record<string, unknown>>;
  return {
    ENGINE: 'sqlite3',
    USE_TZ: settings['USE_TZ'] === true,
    TIME_ZONE: String(settings['TIME_ZONE']),
    DATABASE_TIME_ZONE: settings['DATABASES.default.TIME_ZONE'] as string | null,
    DJANGO_VERSION: String(fixture.django),
  };
}

/** What SessionStore(key).load() decodes: the JSON text, {} for what Django refuses, or the error it raises. */
function djangoDecodes(stored: string, keys: SigningKeys, version: string): string | Readonly<{ raises: string }> {
  const decoded = decodeStored(stored, { keys });
  if (decoded.format === 'legacy' && decoded.problem !== null && !atLeast(version, 3, 1) && stored !== '')
    return { raises: 'Incorrect padding' };
  const readable = decoded.format === 'legacy' ? readsSha1(version) : atLeast(version, 3, 1);
  if (decoded.payload === null || decoded.signature.verified !== true || !readable) return '{}';
  return Buffer.from(decoded.payload).toString('latin1');
}

/** AuthenticationMiddleware on a loaded session: user, and what becomes of the session. */
function user(json: string, users: readonly User[], keys: SigningKeys, version: string): readonly [number | null, string, string] {
  const document = parseJson(Buffer.from(json, 'latin1'));
  const text = (key: string): string | null => {
    const path = document.find(key);
    return path === null ? null : (document.at(path).text ?? null);
  };
  const found = users.find(({ id, is_active }) => String(id) === text(SESSION_KEY) && is_active === 1);
  if (found === undefined || text(BACKEND_SESSION_KEY) !== 'django.contrib.auth.backends.ModelBackend') return [null, '', 'kept'];
  const match = findAuthHash(text(HASH_SESSION_KEY) ?? '', found.password, keys, version);
  if (match === null) return [null, '', 'flushed'];
  return [found.id, found.username, match.key === 0 ? 'kept' : 'cycled'];
}

describe('session tables', () => {
  testFixtures('sqlite', (fixture) => {
    const clock = clockOf(fixture);
    const version = String(fixture.django);
    const now = microsecondsOf(fixture.now ?? 0);
    const keys = new SigningKeys(fixtureSecrets(fixture));
    const users = fixture['users'] as readonly User[];
    const rows = fixture['rows'] as readonly Row[];
    const stored = new Map(sqliteRows(String(fixture['file']), 'SELECT * FROM django_session').map((row) => [row['session_key'], row]));
    expect(stored.size).toBe(rows.length);

    for (const row of rows) {
      const text = String(stored.get(row.session_key)?.['expire_date']);
      expect(text).toBe(row.expire_text);
      const { datetime, moment } = parseExpireDate(text, clock);
      expect(datetime === null ? null : isoformat(datetime), text).toBe(typeof row.expire_iso === 'string' ? row.expire_iso : null);
      if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(text)) expect(formatExpireDate(moment ?? 0n, clock)).toBe(text);

      const loads = validSessionKey(row.session_key) !== null && isLoadable(text, now, clock);
      const json = djangoDecodes(String(stored.get(row.session_key)?.['session_data']), keys, version);
      if (typeof json === 'object') {
        expect(row.load_at_now).toEqual(['Error', json.raises]);
        expect(row.json).toBeNull();
        continue;
      }
      expect(json).toBe(row.json);
      expect([loads && json !== '{}' ? 'data' : 'empty', loads ? 'key kept' : 'key reset']).toEqual(row.load_at_now);
      // A key that is too short is dropped before anything is looked up.
      const unread = validSessionKey(row.session_key) === null ? 'kept' : 'key reset';
      expect(loads ? user(json, users, keys, version) : [null, '', unread]).toEqual(row.user_at_now);
      const described = describeExpiry({
        stored: { source: 'expire_date', text },
        session_expiry: { type: 'NoneType' },
        settings: { ...clock, SESSION_COOKIE_AGE: 1209600, SESSION_EXPIRE_AT_BROWSER_CLOSE: false },
        now,
      });
      expect(described).toMatchObject({
        source: 'expire_date',
        expired: !isLoadable(text, now, clock),
        cleared: isCleared(text, now, clock),
        raw: text,
      });
    }
    const removed = rows.filter(({ expire_text }) => isCleared(expire_text, now, clock)).map(({ session_key }) => session_key);
    const expected = fixture['expect'] as Readonly<{ clear_expired_at_now_removes: readonly string[]; count: number }>;
    expect(removed.toSorted()).toEqual(expected.clear_expired_at_now_removes.toSorted());
    expect(rows).toHaveLength(expected.count);
  });
});
