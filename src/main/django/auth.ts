import { constantTimeCompare, type SigningKeys, saltedHmacHex } from './signing.ts';
import { type DjangoVersion, readsFallbacks, readsSha1, signingAlgorithm } from './versions.ts';

/** django/contrib/auth/base_user.py AbstractBaseUser._get_session_auth_hash() */
export const SESSION_AUTH_HASH_SALT = 'django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash';

/** The keys that django.contrib.auth keeps in a session. */
export const SESSION_KEY = '_auth_user_id';
export const BACKEND_SESSION_KEY = '_auth_user_backend';
export const HASH_SESSION_KEY = '_auth_user_hash';

/**
 * The `_auth_user_hash` of a user. django/contrib/auth/base_user.py get_session_auth_hash(); with `index` > 0
 * get_session_auth_fallback_hash() (4.1.8+).
 * @param password the password column, as stored
 * @param index 0 = SECRET_KEY, 1.. = SECRET_KEY_FALLBACKS
 * @returns lower-case hex: 64 digits for SHA-256 (3.1+), 40 for SHA-1
 */
export function sessionAuthHash(password: string, keys: SigningKeys, index = 0, algorithm: 'sha1' | 'sha256' = 'sha256'): string {
  return saltedHmacHex(keys, index, SESSION_AUTH_HASH_SALT, password, algorithm);
}

export type AuthHashMatch = Readonly<{
  /** 0 = SECRET_KEY, 1.. = SECRET_KEY_FALLBACKS */
  key: number;
  algorithm: 'sha1' | 'sha256';
}>;

/**
 * The key that makes this hash from the password column, as a site of `version` tries them; null where none does.
 * django/contrib/auth/__init__.py get_user()
 * @param version null: whatever any version would take
 */
export function findAuthHash(
  hash: string,
  password: string,
  keys: SigningKeys,
  version: DjangoVersion | null = null,
): AuthHashMatch | null {
  const algorithm = hash.length === 64 ? 'sha256' : 'sha1';
  if (version !== null && algorithm !== signingAlgorithm(version) && !(algorithm === 'sha1' && readsSha1(version))) return null;
  const count = version === null || readsFallbacks(version) ? keys.length : Math.min(1, keys.length);
  for (let key = 0; key < count; key += 1) {
    if (constantTimeCompare(hash, sessionAuthHash(password, keys, key, algorithm))) return { key, algorithm };
  }
  return null;
}
