import { InspectorError } from '../errors.ts';
import { type Algorithm, constantTimeCompare, type SigningKeys, saltedHmacHex } from './signing.ts';

/** django/contrib/auth/tokens.py PasswordResetTokenGenerator.key_salt, all versions. */
export const RESET_TOKEN_SALT = 'django.contrib.auth.tokens.PasswordResetTokenGenerator';

/** Seconds between 1970-01-01 and 2001-01-01: tokens count from there, in the server's local time. */
const EPOCH_2001 = 978_307_200;
const DAY = 86_400;

export type ResetToken = Readonly<{
  /** seconds (3.1+) or days (until 3.0) since 2001-01-01 00:00, server-local */
  count: number;
  unit: 'seconds' | 'days';
  /** every second hex digit of an HMAC */
  hash: string;
  algorithm: Extract<Algorithm, 'sha1' | 'sha256'>;
  /** when it was made, epoch seconds, if the server's clock ran in UTC; days: midnight */
  made: number;
}>;

/** The columns that a reset token depends on. */
export type ResetTokenUser = Readonly<{
  pk: string;
  /** the password column, as stored */
  password: string;
  /** `YYYY-MM-DD HH:MM:SS` without microseconds and zone; '' for null */
  last_login: string;
  email: string;
}>;

/** A password-reset token taken apart, or null where it has another form. django/contrib/auth/tokens.py check_token() */
export function parseResetToken(text: string): ResetToken | null {
  const match = /^([0-9a-z]{1,13})-([0-9a-f]{32}|[0-9a-f]{20})$/.exec(text);
  const [, ts = '', hash = ''] = match ?? [];
  const count = Number.parseInt(ts, 36);
  if (match === null || !Number.isSafeInteger(count)) return null;
  // 3.1 changed the unit and the digest in one release, but DEFAULT_HASHING_ALGORITHM = "sha1" keeps both digests possible.
  const unit = ts.length < 4 ? 'days' : 'seconds';
  const made = EPOCH_2001 + count * (unit === 'days' ? DAY : 1);
  return { count, unit, hash, algorithm: hash.length === 20 ? 'sha1' : 'sha256', made };
}

/**
 * The token that a site makes for a user. django/contrib/auth/tokens.py _make_token_with_timestamp()
 * @param index 0 = SECRET_KEY, 1.. = SECRET_KEY_FALLBACKS @param count see ResetToken
 */
export function makeResetToken(user: ResetTokenUser, count: number, keys: SigningKeys, index: number, unit: ResetToken['unit']): string {
  if (!Number.isSafeInteger(count) || count < 0) throw new InspectorError('BadValue', 'A reset token needs a time after 2001');
  const algorithm = unit === 'days' ? 'sha1' : 'sha256';
  return `${count.toString(36)}-${resetTokenHash(user, count, keys, index, unit, algorithm)}`;
}

function resetTokenHash(
  user: ResetTokenUser,
  count: number,
  keys: SigningKeys,
  index: number,
  unit: ResetToken['unit'],
  algorithm: 'sha1' | 'sha256',
): string {
  const email = unit === 'days' ? '' : user.email;
  const value = user.pk + user.password + user.last_login + String(count) + email;
  const hex = saltedHmacHex(keys, index, RESET_TOKEN_SALT, value, algorithm);
  return hex.replace(/(.)./g, '$1');
}

/** The key that made a token for this user, or null. Fallbacks count since 4.1. */
export function verifyResetToken(token: ResetToken, user: ResetTokenUser, keys: SigningKeys): number | null {
  for (let key = 0; key < keys.length; key += 1) {
    if (constantTimeCompare(token.hash, resetTokenHash(user, token.count, keys, key, token.unit, token.algorithm))) return key;
  }
  return null;
}
