import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { findAuthHash, sessionAuthHash } from '../../../src/main/django/auth.ts';
import { maskCsrfSecret, unmaskCsrfToken } from '../../../src/main/django/csrf.ts';
import {
  encodeLegacyMessages,
  type Message,
  parseMessages,
  splitLegacyMessages,
  verifyLegacyMessages,
} from '../../../src/main/django/messages.ts';
import { makeResetToken, parseResetToken, type ResetTokenUser, verifyResetToken } from '../../../src/main/django/reset-token.ts';
import { parseJson } from '../../../src/main/django/serializers/json/document.ts';
import { jsonFromTyped } from '../../../src/main/django/serializers/json/typed.ts';
import { COMPACT } from '../../../src/main/django/serializers/json/write.ts';
import { decodeStored, encodeStored, SIGNED_COOKIES_SALT, type StoredText } from '../../../src/main/django/session-data.ts';
import { isFileEngineKey, validSessionKey } from '../../../src/main/django/session-key.ts';
import {
  type Algorithm,
  dumps,
  SigningKeys,
  sign,
  signObject,
  timestampSign,
  timestampUnsign,
  unsign,
} from '../../../src/main/django/signing.ts';
import { atLeast, readsSha1 } from '../../../src/main/django/versions.ts';
import { type Fixture, fixtureSecrets, fixtureText, testFixtures } from '../fixtures-table.ts';

type Expectation = Readonly<Record<string, unknown>>;

function keysOf(fixture: Fixture): SigningKeys {
  return new SigningKeys(fixtureSecrets(fixture));
}

function expectOf(fixture: Fixture): Expectation {
  return fixture['expect'] as Expectation;
}

function latin1(payload: Uint8Array | null): string {
  return Buffer.from(payload ?? []).toString('latin1');
}

function algorithmOf(fixture: Fixture): Algorithm {
  return fixture['algorithm'] as Algorithm;
}

/** What Django's loads() or decode() gives: the typed data, or null where Django refuses the value. */
function djangoReads(decoded: StoredText, version: string, engine: 'db' | 'signed_cookies'): unknown {
  if (decoded.signature.verified !== true || decoded.payload === null) return null;
  if (engine === 'db' && decoded.format === 'signed' && !atLeast(version, 3, 1)) return null;
  if (decoded.format === 'signed' && decoded.signature.match.algorithm === 'sha1' && !readsSha1(version)) return null;
  if (decoded.format === 'legacy' && !readsSha1(version)) return null;
  try {
    const document = parseJson(decoded.payload);
    return document.refusal() === null ? { typed: document.typed() } : null;
  } catch {
    return null;
  }
}

describe('session data', () => {
  testFixtures('session_data', (fixture) => {
    const keys = keysOf(fixture);
    const value = fixtureText(fixture, 'value');
    const class_name = String(fixture['class_qualname'] ?? 'SessionStore');
    const decoded = decodeStored(value, { keys, class_name });
    const json = fixtureText(fixture, 'json');
    const expected = expectOf(fixture);
    expect(decoded.problem).toBeNull();
    expect(latin1(decoded.payload)).toBe(json);
    expect(decoded.format).toBe(fixture['format']);
    expect(decoded.signature).toMatchObject({ verified: true, match: { key: 0 } });
    if (expected['timestamp'] !== undefined) expect(decoded.timestamp).toBe(expected['timestamp']);
    if (expected['compressed'] !== undefined) expect(decoded.compressed).toBe(expected['compressed']);
    expect(encodeStored(Buffer.from(json, 'latin1'), { keys, format: decoded.format, class_name, now: fixture.now ?? 0 })).toBe(value);

    const document = parseJson(decoded.payload ?? new Uint8Array());
    expect(document.edit({ op: 'text', text: document.text() }).payload).toEqual(decoded.payload);
    if (fixture['class_name'] !== undefined) expect(decodeStored(value, { keys }).signature.verified).toBe(false);
  });

  testFixtures('session_data_odd', (fixture) => {
    const version = String(fixture.django);
    const decoded = decodeStored(fixtureText(fixture, 'value'), { keys: keysOf(fixture) });
    const read = djangoReads(decoded, version, 'db');
    expectSameReading(read, expectOf(fixture)['decode'] as Expectation, { typed: { $dict: [] } });
    const loads = expectOf(fixture)['loads'] as Expectation | undefined;
    if (loads === undefined) return;
    expectSameReading(decoded.format === 'signed' ? read : null, loads, null);
    if (loads['error'] === 'BadSignature') expect(decoded.signature.verified === true && !isSha1(decoded)).toBe(false);
    else expect(decoded.signature.verified).toBe(true);
  });

  testFixtures('session_data_pickle', (fixture) => {
    const keys = keysOf(fixture);
    const value = fixtureText(fixture, 'value');
    const salt = fixture['engine'] === 'signed_cookies' ? SIGNED_COOKIES_SALT : undefined;
    const decoded = decodeStored(value, { keys, ...(salt === undefined ? {} : { salts: [salt] }) });
    expect(decoded.signature).toMatchObject({ verified: true, match: { key: 0, algorithm: fixture['algorithm'] } });
    expect(Buffer.from(decoded.payload ?? []).toString('base64')).toBe(fixture['pickle_b64']);
    expect(decoded.serializer).toBe('pickle');
    const options = {
      keys,
      format: decoded.format,
      algorithm: algorithmOf(fixture),
      now: fixture.now ?? 0,
      ...(salt === undefined ? {} : { salt }),
    };
    expect(encodeStored(decoded.payload ?? new Uint8Array(), options)).toBe(value);
  });
});

function isSha1(decoded: StoredText): boolean {
  return decoded.signature.verified === true && decoded.signature.match.algorithm === 'sha1';
}

/** @param refused what Django gives for a value that it refuses; null: it raises */
function expectSameReading(read: unknown, expected: Expectation, refused: unknown): void {
  const raised = expected['ok'] === false;
  if (raised) {
    expect(read).toBeNull();
    return;
  }
  if (typeof expected['typed_sha256'] === 'string') {
    const typed = JSON.stringify((read as { typed: unknown }).typed).replace('{"$dict":[["a","', '{"$dict": [["a", "');
    expect(createHash('sha256').update(typed).digest('hex')).toBe(expected['typed_sha256']);
    return;
  }
  expect(read ?? refused).toEqual({ typed: expected['typed'] });
}

describe('signed cookies', () => {
  testFixtures('signed_cookie_session', (fixture) => {
    const keys = keysOf(fixture);
    const value = fixtureText(fixture, 'value');
    const json = fixtureText(fixture, 'json');
    const decoded = decodeStored(value, { keys, salts: [SIGNED_COOKIES_SALT] });
    expect(decoded.signature).toMatchObject({ verified: true, match: { key: 0, algorithm: fixture['algorithm'] } });
    expect(latin1(decoded.payload)).toBe(json);
    expect(decoded).toMatchObject({ timestamp: expectOf(fixture)['timestamp'], compressed: expectOf(fixture)['compressed'] });
    const options = { keys, format: 'signed', salt: SIGNED_COOKIES_SALT, algorithm: algorithmOf(fixture), now: fixture.now ?? 0 } as const;
    expect(encodeStored(Buffer.from(json, 'latin1'), options)).toBe(value);
    for (const check of fixture['checks'] as readonly { SESSION_COOKIE_AGE: number; now: number; loads: string }[]) {
      const loads = () => timestampUnsign(value, { keys, salt: SIGNED_COOKIES_SALT, max_age: check.SESSION_COOKIE_AGE, now: check.now });
      if (check.loads === 'ok') expect(loads).not.toThrow();
      else expect(loads).toThrow(expect.objectContaining({ code: 'SignatureExpired' }));
    }
  });

  testFixtures('signed_cookie_session_bad', (fixture) => {
    const decoded = decodeStored(fixtureText(fixture, 'value'), { keys: keysOf(fixture), salts: [SIGNED_COOKIES_SALT] });
    const { loads, load } = expectOf(fixture) as { loads: Expectation; load: unknown };
    const read = djangoReads(decoded, String(fixture.django), 'signed_cookies');
    expectSameReading(read, loads, null);
    expectSameReading(read, { ok: true, typed: load }, { typed: { $dict: [] } });
  });
});

describe('django.core.signing', () => {
  testFixtures('signing', (fixture) => {
    const keys = fixture['key_prefix'] === 'django.http.cookies' ? keysOf(fixture).forCookies() : keysOf(fixture);
    const value = fixtureText(fixture, 'value');
    const salt = String(fixture['salt']);
    const sep = String(fixture['sep'] ?? ':');
    const now = fixture.now ?? 0;
    const options = { keys, salt, sep, algorithm: algorithmOf(fixture), compress: fixture['compress'] !== false };
    const match = { key: 0, salt, algorithm: fixture['algorithm'] };
    const { timestamp, compressed } = expectOf(fixture);
    switch (fixture['api']) {
      case 'Signer.sign':
        expect(unsign(value, { keys, salt, sep })).toEqual({ value: fixture['plain'], match });
        expect(sign(String(fixture['plain']), options)).toBe(value);
        break;
      case 'TimestampSigner.sign':
      case 'HttpResponse.set_signed_cookie':
        expect(timestampUnsign(value, { keys, salt, now })).toMatchObject({ value: fixture['plain'], timestamp });
        expect(timestampSign(String(fixture['plain']), now, options)).toBe(value);
        break;
      case 'HttpRequest.get_signed_cookie':
        expect(timestampUnsign(value, { keys, salt, now }).match.key).toBe(0);
        break;
      case 'Signer.sign_object':
        expect(signObject(Buffer.from(fixtureText(fixture, 'json'), 'latin1'), { ...options, compress: compressed === true })).toBe(value);
        break;
      case 'messages CookieStorage':
        expectMessagesCookie(fixture, keys);
        break;
      default:
        // signing.dumps(), and the one signed_cookies session without an `api`
        expectDumps(fixture, keys, options);
    }
  });
});

type DumpsOptions = Parameters<typeof dumps>[2];

function expectDumps(fixture: Fixture, keys: SigningKeys, options: DumpsOptions): void {
  const decoded = decodeStored(fixtureText(fixture, 'value'), { keys, salts: [options.salt] });
  const json = fixtureText(fixture, 'json');
  const { timestamp, compressed } = expectOf(fixture);
  expect(decoded.signature).toMatchObject({ verified: true, match: { key: 0, algorithm: fixture['algorithm'] } });
  expect(latin1(decoded.payload)).toBe(json);
  if (timestamp !== undefined) expect(decoded).toMatchObject({ timestamp, compressed });
  expect(dumps(Buffer.from(json, 'latin1'), fixture.now ?? 0, options)).toBe(fixtureText(fixture, 'value'));
}

function expectMessagesCookie(fixture: Fixture, keys: SigningKeys): void {
  const value = fixtureText(fixture, 'value');
  if (fixture['scheme'] === 'sha1hex$json') {
    const parts = splitLegacyMessages(value) ?? expect.fail('not split');
    expect(verifyLegacyMessages(parts, keys)).toMatchObject({ key: 0 });
    expect(encodeLegacyMessages(parts.json, keys)).toBe(value);
    expectMessages(parseMessages(parts.json).messages, fixture);
    return;
  }
  const decoded = decodeStored(value, { keys, salts: [String(fixture['salt'])] });
  expect(decoded.signature).toMatchObject({ verified: true });
  const json = latin1(decoded.payload);
  expectMessages(parseMessages(json).messages, fixture);
  const options = { keys, salt: String(fixture['salt']), algorithm: algorithmOf(fixture), compress: true };
  expect(dumps(Buffer.from(json, 'latin1'), fixture.now ?? 0, options)).toBe(value);
}

function expectMessages(messages: readonly Message[], fixture: Fixture): void {
  const expected = fixture['messages'] as readonly (Message & { extra_tags: string | null })[];
  // Django shows an absent extra_tags as '' or None by version; what was written tells only whether it was there.
  expect(messages.map((message) => ({ ...message, extra_tags: message.extra_tags || null }))).toEqual(
    expected.map((message) => ({ ...message, extra_tags: message.extra_tags || null })),
  );
}

describe('other values of Django', () => {
  testFixtures('messages_session', (fixture) => {
    const { messages, finished } = parseMessages(fixtureText(fixture, 'value'));
    expect(finished).toBe(true);
    expectMessages(messages, fixture);
  });

  testFixtures('csrf', (fixture) => {
    const token = fixtureText(fixture, 'value');
    const secret = String(expectOf(fixture)['unmasked']);
    expect(unmaskCsrfToken(token)).toBe(secret);
    expect(unmaskCsrfToken(secret)).toBe(secret);
    expect(maskCsrfSecret(secret, token.slice(0, 32))).toBe(token);
  });

  testFixtures('auth_hash', (fixture) => {
    const keys = keysOf(fixture);
    const password = String(fixture['password']);
    const algorithm = fixture['algorithm'] as 'sha1' | 'sha256';
    const expected = expectOf(fixture) as { fallback_hashes: readonly string[] | null; legacy_sha1: string | null };
    expect(sessionAuthHash(password, keys, 0, algorithm)).toBe(fixture['value']);
    expected.fallback_hashes?.forEach((hash, index) => {
      expect(findAuthHash(hash, password, keys, String(fixture.django))).toEqual({ key: index + 1, algorithm });
    });
    if (expected.legacy_sha1 !== null)
      expect(findAuthHash(expected.legacy_sha1, password, keys, String(fixture.django))).toEqual({ key: 0, algorithm: 'sha1' });
    expect(findAuthHash(String(fixture['value']), `${password}x`, keys)).toBeNull();
  });

  testFixtures('reset_token', (fixture) => {
    const value = fixtureText(fixture, 'value');
    const user = resetUser(fixture['user'] as Readonly<Record<string, string | null>>);
    const token = parseResetToken(value) ?? expect.fail('not parsed');
    expect(token.algorithm).toBe(fixture['algorithm']);
    expect(verifyResetToken(token, user, keysOf(fixture))).toBe(0);
    expect(verifyResetToken(token, { ...user, password: 'other' }, keysOf(fixture))).toBeNull();
    expect(makeResetToken(user, token.count, keysOf(fixture), 0, token.unit)).toBe(value);
  });

  testFixtures('key', (fixture) => {
    const value = fixtureText(fixture, 'value');
    const expected = expectOf(fixture) as { session_key: string | null; file_engine_ok: { ok: boolean } };
    expect(validSessionKey(value)).toBe(expected.session_key);
    expect(isFileEngineKey(value)).toBe(expected.file_engine_ok.ok);
  });
});

/** last_login as Python formats a datetime without microseconds and zone. */
function resetUser(user: Readonly<Record<string, string | null>>): ResetTokenUser {
  const last_login = user['last_login']?.slice(0, 19).replace('T', ' ') ?? '';
  return { pk: String(user['pk']), password: user['password'] ?? '', last_login, email: user['email'] ?? '' };
}

describe("Django's JSONSerializer", () => {
  testFixtures('json', (fixture) => {
    const expected = fixture['expect'] as Expectation | undefined;
    if (expected !== undefined) {
      expect(() => jsonFromTyped(fixture['typed'], COMPACT)).toThrow(
        expect.objectContaining({ code: 'BadValue', message: expected['message'] }),
      );
      return;
    }
    const bytes = Buffer.from(String(fixture['bytes_b64']), 'base64');
    expect(jsonFromTyped(fixture['typed'], COMPACT)).toBe(bytes.toString('latin1'));
    const document = parseJson(bytes);
    expect(jsonFromTyped(document.typed(), COMPACT)).toBe(
      fixture['id']?.toString().endsWith('nonstring_keys') ? dropFirstDuplicate(bytes) : bytes.toString('latin1'),
    );
  });
});

/** Python writes the key "1" twice there; reading keeps the last value at the first place. */
function dropFirstDuplicate(bytes: Buffer): string {
  return bytes.toString('latin1').replace('"clash with 1"', '"str 1"').replace(',"1":"str 1"', '');
}
