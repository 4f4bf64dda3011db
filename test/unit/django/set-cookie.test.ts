import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CookieSettings, quoteCookieValue, setCookieLine, unquoteCookieValue } from '../../../src/main/django/set-cookie.ts';

const DEFAULTS: CookieSettings = {
  SESSION_COOKIE_NAME: 'sessionid',
  SESSION_COOKIE_DOMAIN: null,
  SESSION_COOKIE_PATH: '/',
  SESSION_COOKIE_SECURE: false,
  SESSION_COOKIE_HTTPONLY: true,
  SESSION_COOKIE_SAMESITE: 'Lax',
};
const NOW = 1700000000.75;

// Lines as real Django's HttpResponse.set_cookie() made them.
describe('the Set-Cookie line', () => {
  test('has every attribute in the order of SimpleCookie', () => {
    const settings = { ...DEFAULTS, SESSION_COOKIE_DOMAIN: '.example.org', SESSION_COOKIE_PATH: '/app', SESSION_COOKIE_SECURE: true };
    expect(setCookieLine('abc12345', settings, 1209600, NOW)).toBe(
      'Set-Cookie: sessionid=abc12345; Domain=.example.org; expires=Tue, 28 Nov 2023 22:13:20 GMT; HttpOnly; Max-Age=1209600; Path=/app; SameSite=Lax; Secure',
    );
  });

  test('has no time where the cookie ends with the browser', () => {
    expect(setCookieLine('abc12345', DEFAULTS, null, NOW)).toBe('Set-Cookie: sessionid=abc12345; HttpOnly; Path=/; SameSite=Lax');
  });

  test('has a time in the past for a negative age', () => {
    expect(setCookieLine('abc12345', DEFAULTS, -7, NOW)).toContain('expires=Tue, 14 Nov 2023 22:13:13 GMT; HttpOnly; Max-Age=-7;');
  });

  test('quotes what Python quotes', () => {
    expect(quoteCookieValue('a "b";,\\é日x')).toBe('"a \\"b\\"\\073\\054\\\\\\351日x"');
    expect(quoteCookieValue('eyJhIjoxfQ:1r31eq:UhpiIrhffd1mAgYCy6vXmUXfnDdsJidyP8XEEJu7Lss')).not.toContain('"');
  });

  test('refuses a setting that would end the header', () => {
    const settings = { ...DEFAULTS, SESSION_COOKIE_PATH: '/\r\nX-Injected: 1' };
    expect(() => setCookieLine('abc12345', settings, null, NOW)).toThrow(expect.objectContaining({ code: 'BadValue' }));
  });

  test('quoting comes undone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        // A value in quotes of its own that needs no quoting reads differently, as in Python.
        fc.pre(quoteCookieValue(text) !== text || !text.startsWith('"'));
        expect(unquoteCookieValue(quoteCookieValue(text))).toBe(text);
      }),
    );
  });
});
