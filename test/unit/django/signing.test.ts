import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sessionAuthHash } from '../../../src/main/django/auth.ts';
import { b62decode, b62encode } from '../../../src/main/django/base62.ts';
import { b64decode, b64encode, standardB64decode } from '../../../src/main/django/base64.ts';
import { cookieSaltV1, cookieSaltV2 } from '../../../src/main/django/cells.ts';
import { zlibCompress, zlibDecompress } from '../../../src/main/django/compression.ts';
import { decodeStored, encodeStored, SIGNED_COOKIES_SALT } from '../../../src/main/django/session-data.ts';
import { SigningKeys, sign, timestampSign, timestampUnsign, unsign } from '../../../src/main/django/signing.ts';

const keys = new SigningKeys(['django-insecure-worked-example-key']);
const NOW = 1700000000;

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

// Values that Django 2.2.28, 3.2.25, 4.2.28, 5.2.18 and 6.1.1 made with this key and clock.
describe('worked examples', () => {
  const CART = `{"cart":[${Array(12).fill('"apple"').join(',')}]}`;
  const sessions = [
    ['{"_auth_user_id":"1"}', undefined, 'sha256', 'eyJfYXV0aF91c2VyX2lkIjoiMSJ9:1r31eq:-CpkfCJyhamMMStTyWp9qQUbbILFG75do2WR9NLEIkg'],
    [CART, SIGNED_COOKIES_SALT, 'sha256', '.eJyrVkpOLCpRsopWSiwoyElV0qERHVsLAAvNIcU:1r31eq:YJk0FbIqAzVIGxQS7qvFEIZhCLVvtkRjMmGNiX3rMlA'],
    [CART, SIGNED_COOKIES_SALT, 'sha1', '.eJyrVkpOLCpRsopWSiwoyElV0qERHVsLAAvNIcU:1r31eq:8wV5Vzd27kfCe3bXkBxdDLeB_QI'],
    ['{"a":1}', SIGNED_COOKIES_SALT, 'sha1', 'eyJhIjoxfQ:1r31eq:9tORoiibuMqn2PVZY4gpcweVKE0'],
    ['{"a":1}', undefined, 'sha256', 'eyJhIjoxfQ:1r31eq:UhpiIrhffd1mAgYCy6vXmUXfnDdsJidyP8XEEJu7Lss'],
  ] as const;
  test.each(sessions)('%s under %s with %s', (json, salt, algorithm, value) => {
    expect(encodeStored(latin1(json), { keys, format: 'signed', algorithm, now: NOW, ...(salt === undefined ? {} : { salt }) })).toBe(
      value,
    );
    const decoded = decodeStored(value, { keys, ...(salt === undefined ? {} : { salts: [salt] }) });
    expect(decoded).toMatchObject({ signature: { verified: true }, timestamp: NOW, problem: null });
  });

  test('the format before 3.1', () => {
    const value = 'MmE4YzZlYzQzNmM0YTNiOWY5YTVmNGYxZTQ5NTJlNWRjOGY4NGQzMDp7ImEiOjF9';
    expect(encodeStored(latin1('{"a":1}'), { keys, format: 'legacy', now: NOW })).toBe(value);
    expect(decodeStored(value, { keys }).signature).toMatchObject({ verified: true, match: { algorithm: 'sha1' } });
  });

  test('signers, cookies and auth hashes', () => {
    expect(sign('hello', { keys, salt: 'django.core.signing.Signer', algorithm: 'sha256' })).toBe(
      'hello:3w4ka3sj6-FmRvUIhIEmDo9RNHL8N3On_8bF7XXz5Rw',
    );
    const stamped = timestampSign('hello', NOW, { keys, salt: 'django.core.signing.TimestampSigner', algorithm: 'sha256' });
    expect(stamped).toBe('hello:1r31eq:lvRZPbUYJa7dO7oJLZ_SIwol3o-JmvgrpnjMirfLT_A');
    const cookie = (salt: string) => timestampSign('dark', NOW, { keys: keys.forCookies(), salt, algorithm: 'sha256' });
    expect(cookie(cookieSaltV1('theme', 'ns'))).toBe('dark:1r31eq:xMGZfzsw_v8UiKLMZOXNfniSwgSpsxDMuLgXxqOlIiY');
    expect(cookie(cookieSaltV2('theme', 'ns'))).toBe('dark:1r31eq:0mjn4ltFYTljW2-6ryS7aT0pf0_YE16wnnLcEB7AmP0');
    const password = 'pbkdf2_sha256$260000$salt$hash';
    expect(sessionAuthHash(password, keys)).toBe('48f2fd68065aafd24b2fbbd309811386766cb336b5dab792a26e1b7e8b2d505e');
    expect(sessionAuthHash(password, keys, 0, 'sha1')).toBe('e9e76a3a699a6e0038d89e53bcae0fbd9cf813fe');
  });
});

describe('base 62', () => {
  test.each([
    [0, '0'],
    [-62, '-10'],
    [NOW, '1r31eq'],
    [62n ** 40n, `1${'0'.repeat(40)}`],
    [-(62n ** 40n), `-1${'0'.repeat(40)}`],
  ])('%s is %s', (value, text) => {
    expect(b62encode(value)).toBe(text);
    expect(b62decode(text)).toBe(value);
  });

  test('reads leading zeros, and a sign alone as 0', () => {
    expect(b62decode('001')).toBe(1);
    expect(b62decode('-')).toBe(0);
  });

  test.each(['', '!!', '--1', 'é', '1r 31'])('refuses %j', (text) => {
    expect(() => b62decode(text)).toThrow(expect.objectContaining({ code: 'Corrupt' }));
  });

  test('every integer comes back', () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(BigInt(b62decode(b62encode(value)))).toBe(value);
      }),
    );
  });
});

describe('base 64', () => {
  test('what was encoded comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(Buffer.from(b64decode(b64encode(bytes))).equals(bytes)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(Buffer.from(standardB64decode(Buffer.from(bytes).toString('base64'))).equals(bytes)).toBe(true);
      }),
    );
  });

  test.each(['eyJhIjoxfQ==', 'eyJhIjoxfR', 'e!y!J!h!IjoxfQ', 'eyJhIjoxfQ==eyJi'])('%s is read as Python reads it', (text) => {
    expect(Buffer.from(b64decode(text)).toString()).toBe('{"a":1}');
  });

  test.each(['eyJh\nIjoxfQ', 'e', 'eyJhI'])('%j is refused, as Python refuses it', (text) => {
    expect(() => b64decode(text)).toThrow(expect.objectContaining({ code: 'Corrupt' }));
  });
});

describe('compression', () => {
  test('what was compressed comes back, with what follows it counted', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array({ maxLength: 20 }), (bytes, trailing) => {
        const { bytes: inflated, trailing: count } = zlibDecompress(Buffer.concat([zlibCompress(bytes), trailing]), 5000);
        expect(Buffer.from(inflated).equals(bytes)).toBe(true);
        expect(count).toBe(trailing.length);
      }),
    );
  });

  test('more than the limit is refused', () => {
    expect(() => zlibDecompress(zlibCompress(new Uint8Array(100_000)), 99_999)).toThrow(expect.objectContaining({ code: 'LimitExceeded' }));
  });
});

describe('a Signer', () => {
  const options = { keys, salt: 's', algorithm: 'sha256' } as const;

  test.each(['', 'a', '-', '_', 'Az09', '=', '['])('refuses the separator %j', (sep) => {
    expect(() => sign('x', { ...options, sep })).toThrow(expect.objectContaining({ code: 'BadValue' }));
  });

  test('signs and reads any text with any of its keys, and names the key', () => {
    const all = new SigningKeys(['new', Buffer.from([0xff, 0x00]), 'old']);
    const secrets = ['new', Buffer.from([0xff, 0x00]), 'old'];
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 2 }), (text, key) => {
        const signed = sign(text, { ...options, keys: new SigningKeys([secrets[key] ?? '']) });
        expect(unsign(signed, { keys: all, salt: 's' })).toEqual({ value: text, match: { key, salt: 's', algorithm: 'sha256' } });
        expect(() => unsign(`${signed}A`, { keys: all, salt: 's' })).toThrow(expect.objectContaining({ code: 'BadSignature' }));
        expect(() => unsign(signed, { keys: all, salt: 't' })).toThrow(expect.objectContaining({ code: 'BadSignature' }));
      }),
    );
  });

  test('a signature that differs in the unused bits of its last character is refused', () => {
    const signed = sign('x', options);
    const last = signed.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = alphabet.charAt(alphabet.indexOf(last) ^ 1);
    expect(() => unsign(signed.slice(0, -1) + twin, { keys, salt: 's' })).toThrow(expect.objectContaining({ code: 'BadSignature' }));
  });

  test('age equal to max_age is valid, later is not, the future is', () => {
    const signed = timestampSign('x', NOW + 0.9, options);
    const at = (now: number, max_age: number) => () => timestampUnsign(signed, { keys, salt: 's', max_age, now });
    expect(at(NOW + 60, 60)).not.toThrow();
    expect(at(NOW - 1e6, 0)).not.toThrow();
    expect(at(NOW + 60.000001, 60)).toThrow(expect.objectContaining({ code: 'SignatureExpired' }));
  });
});
