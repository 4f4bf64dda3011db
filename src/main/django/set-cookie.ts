import { InspectorError } from '../errors.ts';

/** Characters that Python's SimpleCookie leaves unquoted. http/cookies.py _LegalChars, and those it quotes without escaping. */
const LEGAL = /^[A-Za-z0-9!#$%&'*+\-.^_`|~:]*$/;
const UNESCAPED = /[A-Za-z0-9!#$%&'*+\-.^_`|~: ()/<=>?@[\]{}]/;

export type CookieSettings = Readonly<{
  SESSION_COOKIE_NAME: string;
  SESSION_COOKIE_DOMAIN: string | null;
  SESSION_COOKIE_PATH: string;
  SESSION_COOKIE_SECURE: boolean;
  SESSION_COOKIE_HTTPONLY: boolean;
  SESSION_COOKIE_SAMESITE: string | null;
}>;

/**
 * The Set-Cookie line that a site answers with, attributes in SimpleCookie's order.
 * django/contrib/sessions/middleware.py process_response() and http/response.py set_cookie(), all versions
 * @param value the session key, or the signed value of the signed_cookies engine
 * @param max_age seconds (get_expiry_age()); null where the cookie ends with the browser
 * @param now epoch seconds
 * @throws InspectorError BadValue where a setting cannot stand in a header
 */
export function setCookieLine(value: string, settings: CookieSettings, max_age: number | null, now: number): string {
  const parts = [`${settings.SESSION_COOKIE_NAME}=${quoteCookieValue(value)}`];
  if (settings.SESSION_COOKIE_DOMAIN) parts.push(`Domain=${settings.SESSION_COOKIE_DOMAIN}`);
  if (max_age !== null) parts.push(`expires=${httpDate(now + max_age)}`);
  if (settings.SESSION_COOKIE_HTTPONLY) parts.push('HttpOnly');
  if (max_age !== null) parts.push(`Max-Age=${Math.trunc(max_age)}`);
  if (settings.SESSION_COOKIE_PATH !== '') parts.push(`Path=${settings.SESSION_COOKIE_PATH}`);
  if (settings.SESSION_COOKIE_SAMESITE) parts.push(`SameSite=${settings.SESSION_COOKIE_SAMESITE}`);
  if (settings.SESSION_COOKIE_SECURE) parts.push('Secure');
  const line = `Set-Cookie: ${parts.join('; ')}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a header must not hold them
  if (/[\u0000-\u001f\u007f]/.test(line)) throw new InspectorError('BadValue', 'A cookie setting holds a control character');
  return line;
}

/** `Tue, 14 Nov 2023 22:13:20 GMT`. django/utils/http.py http_date() @param time epoch seconds */
export function httpDate(time: number): string {
  const date = new Date(Math.floor(time) * 1000);
  if (Number.isNaN(date.getTime())) throw new InspectorError('BadValue', 'The expiry is beyond what a date can say');
  return date.toUTCString();
}

/** A cookie value as Python's SimpleCookie writes it: in double quotes with octal escapes where needed. http/cookies.py _quote() */
export function quoteCookieValue(value: string): string {
  if (LEGAL.test(value)) return value;
  let quoted = '';
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') quoted += `\\${character}`;
    else if (code > 255 || UNESCAPED.test(character)) quoted += character;
    else quoted += `\\${code.toString(8).padStart(3, '0')}`;
  }
  return `"${quoted}"`;
}

/** What a quoted cookie value stands for; other text stays. http/cookies.py _unquote() */
export function unquoteCookieValue(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(?:([0-3][0-7][0-7])|([\s\S]))/g, (_, octal: string | undefined, other: string | undefined) => {
    return octal === undefined ? (other ?? '') : String.fromCharCode(Number.parseInt(octal, 8));
  });
}
