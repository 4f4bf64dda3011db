import { MESSAGES_SALT } from './messages.ts';
import { legacyKeySalt, SIGNED_COOKIES_SALT, STOCK_CLASS, sessionSalt } from './session-data.ts';
import { type Algorithm, constantTimeCompare, DUMPS_SALT, type Match, type SigningKeys, saltedHmacHex, signature } from './signing.ts';

/** What a signature is for; the names are those of the bridge's IdentifiedKind. */
export type Purpose = 'session_data' | 'signed_cookie_session' | 'messages' | 'set_signed_cookie' | 'signing' | 'signer';

/** What is known about a pasted value's origin. */
export type SigningContext = Readonly<{
  keys: SigningKeys;
  /** `__qualname__` of the site's SessionStore class */
  class_name?: string | undefined;
  /** salt argument of dumps(), Signer or set_signed_cookie() */
  salt?: string | undefined;
  cookie_name?: string | undefined;
}>;

/** One salt to try, and whether cookie keys (`django.http.cookies` before the secret) go with it. */
export type Cell = Readonly<{ purpose: Purpose; salt: string; cookieKeys: boolean; scheme?: 'v1' | 'v2' }>;

export type CellMatch = Readonly<{ cell: Cell; match: Match }>;

/** One try of the matrix, as a person may read it. */
export type Tried = Readonly<{ key: number; salt: string; algorithm: Algorithm; matched: boolean }>;

/** The default salt of a plain Signer: `<module>.<class>`. django/core/signing.py Signer.__init__(), all versions. */
export const SIGNER_SALT = 'django.core.signing.Signer';

/** Salts of widespread packages that sign with signing.dumps(): e-mail confirmation of allauth, activation of registration apps. */
const PACKAGE_SALTS = ['account', 'registration', 'activation'];

/** The salt of set_signed_cookie() before 5.2.15 and 6.0.6. django/http/response.py */
export function cookieSaltV1(cookie_name: string, salt: string): string {
  return cookie_name + salt;
}

/** The salt of set_signed_cookie() since 5.2.15 and 6.0.6 (CVE-2026-6873): the length counts characters, not UTF-16 units. */
export function cookieSaltV2(cookie_name: string, salt: string): string {
  return `django.http.cookies.v2:${[...salt].length}:${salt}${cookie_name}`;
}

/** Every salt a value may have been signed with, likeliest first. */
export function cellsFor(context: SigningContext): readonly Cell[] {
  const cells: Cell[] = [];
  const add = (purpose: Purpose, salt: string, cookieKeys = false, scheme?: 'v1' | 'v2') => {
    if (cells.some((cell) => cell.salt === salt && cell.cookieKeys === cookieKeys)) return;
    cells.push({ purpose, salt, cookieKeys, ...(scheme === undefined ? {} : { scheme }) });
  };
  const { class_name = STOCK_CLASS, salt, cookie_name } = context;
  add('session_data', sessionSalt(class_name));
  add('session_data', sessionSalt());
  add('signed_cookie_session', SIGNED_COOKIES_SALT);
  add('messages', MESSAGES_SALT, true);
  if (cookie_name !== undefined) {
    for (const argument of new Set([salt ?? '', ''])) {
      add('set_signed_cookie', cookieSaltV2(cookie_name, argument), true, 'v2');
      add('set_signed_cookie', cookieSaltV1(cookie_name, argument), true, 'v1');
    }
  }
  if (salt !== undefined) {
    add('signing', salt);
    add('set_signed_cookie', salt, true);
  }
  add('signing', DUMPS_SALT);
  add('signer', 'django.core.signing.TimestampSigner');
  add('signer', SIGNER_SALT);
  for (const packageSalt of PACKAGE_SALTS) add('signing', packageSalt);
  return cells;
}

/** The salts of the pre-3.1 session text. */
export function legacyCells(context: SigningContext): readonly Cell[] {
  const salts = new Set([legacyKeySalt(context.class_name), legacyKeySalt(), ...(context.salt === undefined ? [] : [context.salt])]);
  return [...salts].map((salt) => ({ purpose: 'session_data', salt, cookieKeys: false }));
}

export type MatrixResult = Readonly<{ found: CellMatch | null; tried: readonly Tried[] }>;

/** Tries keys x salts on a signed value; SECRET_KEY with every salt first, then each fallback. */
export function tryCells(
  signed: string | Uint8Array,
  signature_text: string,
  algorithm: Algorithm,
  cells: readonly Cell[],
  keys: SigningKeys,
): MatrixResult {
  const cookieKeys = keys.forCookies();
  return tryAll(cells, keys, algorithm, signature_text, (cell, key) =>
    signature(signed, cell.cookieKeys ? cookieKeys : keys, key, cell.salt, algorithm),
  );
}

/** The same for hexadecimal HMAC-SHA1 without "signer": session texts before 3.1. */
export function tryLegacyCells(payload: Uint8Array, hash: string, cells: readonly Cell[], keys: SigningKeys): MatrixResult {
  return tryAll(cells, keys, 'sha1', hash, (cell, key) => saltedHmacHex(keys, key, cell.salt, payload, 'sha1'));
}

function tryAll(
  cells: readonly Cell[],
  keys: SigningKeys,
  algorithm: Algorithm,
  given: string,
  expected: (cell: Cell, key: number) => string,
): MatrixResult {
  const tried: Tried[] = [];
  for (let key = 0; key < keys.length; key += 1) {
    for (const cell of cells) {
      const matched = constantTimeCompare(given, expected(cell, key));
      tried.push({ key, salt: cell.salt, algorithm, matched });
      if (matched) return { found: { cell, match: { key, salt: cell.salt, algorithm } }, tried };
    }
  }
  return { found: null, tried };
}
