import { describe, expect } from 'vitest';
import { describeExpiry, type Expiry } from '../../../src/main/django/expiry.ts';
import { microsecondsOf } from '../../../src/main/django/python-datetime.ts';
import { parseJson } from '../../../src/main/django/serializers/json/document.ts';
import { expiryValue } from '../../../src/main/django/session.ts';
import { decodeStored } from '../../../src/main/django/session-data.ts';
import { isFileEngineKey, validSessionKey } from '../../../src/main/django/session-key.ts';
import { SigningKeys } from '../../../src/main/django/signing.ts';
import { atLeast, readsSha1 } from '../../../src/main/django/versions.ts';
import { type Fixture, fixtureFile, fixtureSecrets, testFixtures } from '../fixtures-table.ts';

type File = Readonly<{ key: string | null; mtime: number; size: number; json?: string; load_at_now?: readonly [string, string, string] }>;

/** What Django decodes from the text of a file. */
function djangoDecodes(text: Buffer, fixture: Fixture): string {
  const decoded = decodeStored(text, { keys: new SigningKeys(fixtureSecrets(fixture)) });
  const readable = decoded.format === 'legacy' ? readsSha1(String(fixture.django)) : atLeast(String(fixture.django), 3, 1);
  if (decoded.payload === null || decoded.signature.verified !== true || !readable) return '{}';
  return Buffer.from(decoded.payload).toString('latin1');
}

function expiryOf(file: File, text: Buffer, json: string, fixture: Fixture): Expiry {
  const settings = fixture['settings'] as Readonly<Record<string, unknown>>;
  return describeExpiry({
    stored: { source: 'mtime', nanoseconds: String(microsecondsOf(file.mtime) * 1000n) },
    session_expiry: expiryValue(parseJson(Buffer.from(json, 'latin1'))),
    settings: {
      ENGINE: 'sqlite3',
      DATABASE_TIME_ZONE: null,
      USE_TZ: settings['USE_TZ'] === true,
      TIME_ZONE: 'America/Sao_Paulo', // the entries do not name it; the texts of the one without USE_TZ show UTC-3
      DJANGO_VERSION: String(fixture.django),
      SESSION_COOKIE_AGE: Number(settings['SESSION_COOKIE_AGE']),
      SESSION_EXPIRE_AT_BROWSER_CLOSE: false,
    },
    now: microsecondsOf(fixture.now ?? 0),
    emptyFile: text.length === 0,
    unusableKey: file.key === null || validSessionKey(file.key) === null || !isFileEngineKey(file.key),
  });
}

describe('session files', () => {
  testFixtures('file_engine', (fixture) => {
    const removed: string[] = [];
    for (const [name, file] of Object.entries(fixture['files'] as Readonly<Record<string, File>>)) {
      if (file.key === null) continue; // of another cookie: Django does not look at it
      const text = fixtureFile(`${fixture['dir']}/${name}`);
      expect(text.length).toBe(file.size);
      const json = djangoDecodes(text, fixture);
      const expiry = expiryOf(file, text, json, fixture);
      const usable = validSessionKey(file.key) !== null && isFileEngineKey(file.key);
      const data = usable && !expiry.expired && json !== '{}';
      expect([data ? 'data' : 'empty', usable ? 'key kept' : 'key reset', expiry.expired ? 'file deleted' : 'file kept'], name).toEqual(
        file.load_at_now,
      );
      expect(data ? json : '{}', name).toBe(file.json);
      if (expiry.cleared) removed.push(name);
    }
    const expected = fixture['expect'] as Readonly<{ clear_expired_at_now_removes: readonly string[] }>;
    expect(removed.toSorted()).toEqual(expected.clear_expired_at_now_removes.toSorted());
  });
});
