import { describe, expect, test } from 'vitest';
import { type AcceptanceInput, wouldAccept } from '../../../src/main/django/accept.ts';
import { sessionAuthHash } from '../../../src/main/django/auth.ts';
import { parseJson } from '../../../src/main/django/serializers/json/document.ts';
import { decodeStored, encodeStored, SIGNED_COOKIES_SALT } from '../../../src/main/django/session-data.ts';
import { SigningKeys } from '../../../src/main/django/signing.ts';
import { InspectorError } from '../../../src/main/errors.ts';

const keys = new SigningKeys(['a key', 'an old key']);
const old = new SigningKeys(['an old key']);
const PASSWORD = 'pbkdf2_sha256$600000$salt$hash';
const NOW = 1_700_000_000;

function login(hash: string | null): string {
  const backend = '"_auth_user_backend":"django.contrib.auth.backends.ModelBackend"';
  return `{"_auth_user_id":"1",${backend}${hash === null ? '' : `,"_auth_user_hash":"${hash}"`}}`;
}

const GOOD = sessionAuthHash(PASSWORD, keys);

type Case = Partial<Omit<AcceptanceInput, 'stored' | 'document'>> & {
  json?: string;
  signedBy?: SigningKeys;
  format?: 'signed' | 'legacy';
  algorithm?: 'sha1' | 'sha256' | 'sha512';
};

function accept({ json = login(GOOD), signedBy = keys, format = 'signed', algorithm = 'sha256', ...input }: Case = {}) {
  const salt = input.engine === 'signed_cookies' ? SIGNED_COOKIES_SALT : undefined;
  const options = { keys: signedBy, format, algorithm, now: NOW, ...(salt === undefined ? {} : { salt }) };
  const stored = decodeStored(encodeStored(Buffer.from(json, 'latin1'), options), {
    keys: input.keys ?? keys,
    ...(salt === undefined ? {} : { salts: [salt] }),
  });
  const document = stored.payload === null ? (stored.problem ?? expect.fail()) : parseOr(stored.payload);
  const { verdict, reasons } = wouldAccept({
    version: '5.2',
    engine: 'db',
    session_key: 'abcdefghijklmnopqrstuvwxyz012345',
    expired: false,
    SESSION_SERIALIZER: 'JSONSerializer',
    keys,
    user: { found: true, is_active: true, password: PASSWORD },
    ...input,
    stored,
    document,
  });
  const decisive = reasons.find(({ ok }) => ok === false) ?? reasons.find(({ ok }) => ok === null);
  return [verdict, decisive?.code ?? null];
}

function parseOr(payload: Uint8Array): AcceptanceInput['document'] {
  try {
    return parseJson(payload);
  } catch (error) {
    return error instanceof InspectorError ? error : expect.fail();
  }
}

// What Django does is recorded in the sqlite fixtures (`user_at_now`); the contract suite compares with real Django.
describe('would Django accept this?', () => {
  test.each<[string, Case, readonly [string, string | null]]>([
    ['a valid login', {}, ['accepted', null]],
    ['no login', { json: '{"cart":[]}' }, ['accepted', null]],
    ['signed by a fallback', { signedBy: old }, ['accepted by a fallback key', null]],
    ['signed by a fallback, before 4.1', { signedBy: old, version: '4.0' }, ['empty session', 'fallback-unknown']],
    ['auth hash by a fallback', { json: login(sessionAuthHash(PASSWORD, keys, 1)) }, ['accepted by a fallback key', null]],
    [
      'auth hash by a fallback, before 4.1',
      { json: login(sessionAuthHash(PASSWORD, keys, 1)), version: '3.2' },
      ['logged out at the next request', 'password-changed'],
    ],
    ['SHA-1 auth hash in 3.2', { json: login(sessionAuthHash(PASSWORD, keys, 0, 'sha1')), version: '3.2' }, ['accepted', null]],
    [
      'SHA-1 auth hash in 4.0',
      { json: login(sessionAuthHash(PASSWORD, keys, 0, 'sha1')), version: '4.0' },
      ['logged out at the next request', 'password-changed'],
    ],
    [
      'password changed',
      { user: { found: true, is_active: true, password: 'other' } },
      ['logged out at the next request', 'password-changed'],
    ],
    ['no auth hash', { json: login(null) }, ['logged out at the next request', 'no-hash']],
    ['an int as user id, as Django before 1.8 wrote it', { json: login(GOOD).replace('"1"', '1') }, ['accepted', null]],
    [
      'an int as user id, password changed',
      { json: login('0').replace('"1"', '1') },
      ['logged out at the next request', 'password-changed'],
    ],
    ['no auth hash in 1.8', { json: login(null), format: 'legacy', version: '1.8' }, ['unknown', 'hash-optional']],
    ['no auth hash in 1.6', { json: login(null), format: 'legacy', version: '1.6' }, ['accepted', null]],
    ['SHA-512', { algorithm: 'sha512' }, ['empty session', 'digest']],
    ['user inactive', { user: { found: true, is_active: false, password: PASSWORD } }, ['anonymous', 'user-inactive']],
    ['user missing', { user: { found: false, is_active: null, password: null } }, ['anonymous', 'user-missing']],
    ['no backend', { json: '{"_auth_user_id":"1"}' }, ['anonymous', 'no-backend']],
    ['no user table', { user: null }, ['unknown', 'user-unknown']],
    ['no key', { keys: new SigningKeys([]) }, ['unknown', 'no-key']],
    ['expired', { expired: true }, ['empty session', 'expired']],
    ['wrong key', { signedBy: new SigningKeys(['other']) }, ['empty session', 'bad-signature']],
    ['short key', { session_key: '1234567' }, ['empty session', 'key-short']],
    ['key with capitals in the file engine', { session_key: 'ABCDEFGH', engine: 'file' }, ['empty session', 'key-characters']],
    ['key with capitals in the db engine', { session_key: 'ABCDEFGH' }, ['accepted', null]],
    ['broken JSON', { json: '{"a":' }, ['empty session', 'corrupt']],
    ['a list', { json: '[1]' }, ['empty session', 'not-a-dict']],
    ['an int too long for Python', { json: `{"n":${'7'.repeat(4301)}}` }, ['empty session', 'refused']],
    ['the format before 3.1 in 3.2', { format: 'legacy', version: '3.2' }, ['accepted', null]],
    ['the format before 3.1 in 4.0', { format: 'legacy', version: '4.0' }, ['empty session', 'old-format']],
    ['the format of 3.1 in 3.0', { version: '3.0' }, ['empty session', 'new-format']],
    ['SHA-1 in 4.0', { algorithm: 'sha1', version: '4.0' }, ['empty session', 'sha1']],
    ['a fresh cookie', { engine: 'signed_cookies', session_key: null, age: { seconds: 60, max_age: 60 } }, ['accepted', null]],
    [
      'an old cookie',
      { engine: 'signed_cookies', session_key: null, age: { seconds: 60.5, max_age: 60 } },
      ['empty session', 'cookie-expired'],
    ],
    ['a SHA-256 cookie in 3.0', { engine: 'signed_cookies', session_key: null, version: '3.0' }, ['empty session', 'sha256']],
    ['JSON where the site reads pickles', { SESSION_SERIALIZER: 'PickleSerializer', version: '4.2' }, ['empty session', 'serializer']],
  ])('%s', (_, given, expected) => {
    expect(accept(given)).toEqual(expected);
  });
});
