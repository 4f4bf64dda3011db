import { describe, expect, test } from 'vitest';
import { cookieSaltV1, cookieSaltV2 } from '../../../src/main/django/cells.ts';
import { diagnose, evidenceOfAnatomy } from '../../../src/main/django/diagnose.ts';
import { type Identified, type IdentifyContext, identify } from '../../../src/main/django/identify.ts';
import { encodeLegacyMessages } from '../../../src/main/django/messages.ts';
import { english } from '../../../src/main/django/sentences.ts';
import { decodeStored, encodeStored, SIGNED_COOKIES_SALT } from '../../../src/main/django/session-data.ts';
import { type Algorithm, dumps, SigningKeys, sign, signObject, timestampSign } from '../../../src/main/django/signing.ts';
import { fixtureSecrets, fixtures, fixtureText } from '../fixtures-table.ts';

const keys = new SigningKeys(['a key', 'an old key']);
const old = new SigningKeys(['an old key']);
const other = new SigningKeys(['the key of somebody else']);
const none = new SigningKeys([]);
const NOW = 1_700_000_000;
const SESSION = Buffer.from('{"_auth_user_id":"1"}');
const MESSAGES = Buffer.from('[["__json_message",0,20,"hello",""]]');

function session(
  by: SigningKeys,
  more: { salt?: string; class_name?: string; algorithm?: Algorithm; format?: 'signed' | 'legacy' } = {},
): string {
  return encodeStored(SESSION, { keys: by, format: 'signed', now: NOW, ...more });
}

function named(value: string, context: Partial<IdentifyContext> = {}): Pick<Identified, 'kind' | 'confidence'> {
  const { kind, confidence } = identify(value, { keys, ...context });
  return { kind, confidence };
}

const options = { keys, algorithm: 'sha256', compress: false } as const;

function cookie(salt: string, value = 'dark'): string {
  return timestampSign(value, NOW, { keys: keys.forCookies(), salt, algorithm: 'sha256' });
}

describe('a value whose signature holds is certain', () => {
  test.each<[string, string, Partial<IdentifyContext>, string]>([
    ['stored session', session(keys), {}, 'session_data'],
    ['stored session of a subclass', session(keys, { class_name: 'MyStore' }), { class_name: 'MyStore' }, 'session_data'],
    ['session before 3.1', session(keys, { format: 'legacy' }), {}, 'session_data'],
    ['signed_cookies session', session(keys, { salt: SIGNED_COOKIES_SALT }), {}, 'signed_cookie_session'],
    ['messages', dumps(MESSAGES, NOW, { ...options, keys: keys.forCookies(), salt: 'django.contrib.messages' }), {}, 'messages'],
    [
      'messages of 3.1',
      timestampSign(MESSAGES.toString(), NOW, { ...options, keys: keys.forCookies(), salt: 'django.contrib.messages' }),
      {},
      'messages',
    ],
    ['messages before 3.1', encodeLegacyMessages(MESSAGES.toString(), keys), {}, 'messages'],
    ['signed cookie, v1', cookie(cookieSaltV1('theme', '')), { cookie_name: 'theme' }, 'set_signed_cookie'],
    ['signed cookie, v2 with a salt', cookie(cookieSaltV2('theme', 'ns')), { cookie_name: 'theme', salt: 'ns' }, 'set_signed_cookie'],
    ['dumps', dumps(SESSION, NOW, { ...options, salt: 'django.core.signing' }), {}, 'signing'],
    ['dumps with a salt', dumps(SESSION, NOW, { ...options, salt: 'my.salt' }), { salt: 'my.salt' }, 'signing'],
    ['sign_object', signObject(SESSION, { ...options, salt: 'my.salt' }), { salt: 'my.salt' }, 'signing'],
    ['e-mail confirmation of allauth', dumps(Buffer.from('12'), NOW, { ...options, salt: 'account' }), {}, 'signing'],
    ['Signer', sign('hello', { ...options, salt: 'django.core.signing.Signer' }), {}, 'signer'],
    ['Signer with another separator', sign('a:b/c|d..e é', { ...options, salt: 's', sep: '..' }), { salt: 's' }, 'signer'],
    ['TimestampSigner', timestampSign('hello', NOW, { ...options, salt: 'django.core.signing.TimestampSigner' }), {}, 'signer'],
  ])('%s', (_, value, context, kind) => {
    expect(named(value, context)).toEqual({ kind, confidence: 'certain' });
    expect(identify(value, { keys, ...context }).found?.match.key).toBe(0);
    const damaged = identify(value, { keys: other, ...context });
    expect(damaged.found).toBeNull();
  });
});

describe('what was signed in the clear comes back as it was', () => {
  const SIGNER = 'django.core.signing.Signer';
  const TIMESTAMP_SIGNER = 'django.core.signing.TimestampSigner';

  test.each([
    ['data in a signed cookie are text', cookie(cookieSaltV2('theme', ''), 'eyJhIjoxfQ'), { cookie_name: 'theme' }, 'eyJhIjoxfQ', NOW],
    ['text that ends like a timestamp', sign('a:hello1', { ...options, salt: SIGNER }), {}, 'a:hello1', null],
    ['TimestampSigner', timestampSign('a:hello1', NOW, { ...options, salt: TIMESTAMP_SIGNER }), {}, 'a:hello1', NOW],
    ['another separator', timestampSign('a/b', NOW, { ...options, salt: TIMESTAMP_SIGNER, sep: '/' }), {}, 'a/b', NOW],
    ['another separator, no timestamp', sign('a/1r31eq', { ...options, salt: SIGNER, sep: '/' }), {}, 'a/1r31eq', null],
    ['a separator of several characters', timestampSign('a.b', NOW, { ...options, salt: 's', sep: '@@' }), { salt: 's' }, 'a.b', NOW],
  ])('%s', (_, value, context, plain, timestamp) => {
    const identified = identify(value, { keys, ...context });
    expect(identified).toMatchObject({ plain, timestamp, payload: null, confidence: 'certain' });
    expect(identified.parts.map(({ text }) => text).join('')).toBe(value);
  });
});

describe('a value without a key that fits is named by its form', () => {
  test.each<[string, string, string | undefined, string, string]>([
    ['stored session', session(other), undefined, 'session_data', 'likely'],
    ['the same in the session cookie', session(other), 'sessionid', 'signed_cookie_session', 'likely'],
    [
      'data that are no dict',
      dumps(Buffer.from('[1]'), NOW, { keys: other, salt: 's', algorithm: 'sha256', compress: false }),
      undefined,
      'signing',
      'likely',
    ],
    ['text', 'dark:1r31eq:xMGZfzsw_v8UiKLMZOXNfniSwgSpsxDMuLgXxqOlIiY', 'theme', 'set_signed_cookie', 'likely'],
    ['session key', 'abcdefghijklmnopqrstuvwxyz012345', undefined, 'session_key', 'likely'],
    ['session key in its cookie', 'abcdefghijklmnopqrstuvwxyz012345', 'sessionid', 'session_key', 'certain'],
    ['CSRF secret', 'A4bpsK0LfezCKCVIpOqFubuw8mG9D0Cr', undefined, 'csrf', 'likely'],
    ['masked CSRF token', 'Xc4DVT2bJ5AwsXllHBXXFspwmt89PeVen65SdtSMO9ZY2p6TWfdsZtJSkFE8i4nv', 'csrftoken', 'csrf', 'certain'],
    ['reset token', 'digmvb-4ef9ab53846dfefed3337e3727c2caaf', undefined, 'reset_token', 'likely'],
    ['reset token before 3.1', '6wk-a2bc8c5823ff7b3faf99', undefined, 'reset_token', 'likely'],
    ['language', 'pt-br', 'django_language', 'language', 'certain'],
    ['pickle', 'gAWVNAAAAAAAAAB9lCiMAWGUSwGMAWKUXZQoSwFHQAQAAAAAAABOiGWMAWOUfZSMAWSUjAbDqfCfmICUc3Uu', undefined, 'pickle', 'likely'],
    [
      'JSON Web Token',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
      undefined,
      'unknown',
      'possible',
    ],
    ['text', 'hello world', undefined, 'unknown', 'possible'],
    ['nothing', '', undefined, 'unknown', 'possible'],
    ['password', 'pbkdf2_sha256$600000$salt$aGFzaA==', undefined, 'unknown', 'possible'],
  ])('%s: %s', (_, value, cookie_name, kind, confidence) => {
    expect(named(value, { keys: none, ...(cookie_name === undefined ? {} : { cookie_name }) })).toEqual({ kind, confidence });
  });

  test('what is not Django is named', () => {
    const reason = (value: string) => identify(value, { keys }).reason.message;
    expect(reason('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U')).toContain('JSON Web Token');
    expect(reason('eyJhIjoxfQ.ZVOpcA.9tORoiibuMqn2PVZY4gpcweVKE0')).toContain('Flask');
    expect(reason('BAh7B0kiD3Nlc3Npb25faWQGOgZFVA==--9e76a3a699a6e0038d89e53bcae0fbd9cf813fe1')).toContain('Rails');
    expect(reason('pbkdf2_sha256$600000$salt$aGFzaA==')).toContain('password');
  });

  test('the parts of a value put together are the value', () => {
    for (const fixture of fixtures()) {
      if (!['session_data', 'signed_cookie_session', 'signing', 'csrf', 'reset_token'].includes(fixture.kind)) continue;
      const value = fixtureText(fixture, 'value');
      expect(
        identify(value, { keys: none })
          .parts.map(({ text }) => text)
          .join(''),
      ).toBe(value);
    }
  });
});

test('every signed fixture is named by its signature', () => {
  let count = 0;
  for (const fixture of fixtures()) {
    if (!['session_data', 'signed_cookie_session'].includes(fixture.kind) || fixture['class_name'] !== undefined) continue;
    const identified = identify(fixtureText(fixture, 'value'), { keys: new SigningKeys(fixtureSecrets(fixture)) });
    expect(identified, fixture.id).toMatchObject({ kind: fixture.kind, confidence: 'certain', found: { match: { key: 0 } } });
    count += 1;
  }
  expect(count).toBe(214);
});

describe('the diagnosis', () => {
  function message(value: string, context: Partial<IdentifyContext> = {}): string {
    const { anatomy, found } = identify(value, { keys, ...context });
    if (anatomy === null) return 'not taken apart';
    return english(diagnose(evidenceOfAnatomy(anatomy, found, (context.keys ?? keys).length)).findings);
  }

  test('names the key, the era and the digest that verified', () => {
    expect(message(session(keys))).toBe('Decodes. Signed with SECRET_KEY.');
    expect(message(session(old))).toBe('Decodes. Signed with fallback 1.');
    expect(message(session(old, { algorithm: 'sha1' }))).toContain('Signed with fallback 1. SHA-1, so written by Django < 3.1');
    expect(message(session(keys, { format: 'legacy' }))).toContain('Written by Django < 3.1');
  });

  test('names the likeliest cause where none did', () => {
    expect(message(session(other))).toBe('Decodes, but the signature does not match any of 2 keys.');
    expect(message(session(other), { keys: none })).toBe('Decodes. Not verified: there is no key to try.');
    expect(message(session(keys).slice(0, -3))).toContain('The signature has 40 characters');
    expect(message(session(keys).slice(2))).toContain('does not match');
    expect(message(`.${session(keys)}`)).toContain('does not decode');
  });

  test('names the salt that a value was signed with instead', () => {
    const value = session(keys, { salt: SIGNED_COOKIES_SALT });
    const { anatomy, found } = identify(value, { keys });
    const report = anatomy === null ? expect.fail() : diagnose({ ...evidenceOfAnatomy(anatomy, null, 2), elsewhere: found });
    expect(report).toMatchObject({ verified: false, reason: 'other-salt' });
    expect(english(report.findings)).toContain('the signed_cookies engine');
    expect(decodeStored(value, { keys }).signature.verified).toBe(false);
  });
});
