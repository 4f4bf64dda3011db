/** django/contrib/sessions/backends/base.py VALID_KEY_CHARS, all versions. */
const VALID_KEY_CHARS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const KEY_LENGTH = 32;
/** Bytes below this are spread evenly over the 36 characters. */
const UNBIASED = 252;

/**
 * The key a SessionStore takes, or null where it refuses it: at least 8 characters, nothing else is checked.
 * django/contrib/sessions/backends/base.py _validate_session_key(), 1.9+
 */
export function validSessionKey(session_key: string): string | null {
  // Python counts characters, not UTF-16 units.
  return [...session_key].length >= 8 ? session_key : null;
}

/** True where the file engine would open a file for this key. django/contrib/sessions/backends/file.py _key_to_file(), all versions. */
export function isFileEngineKey(session_key: string): boolean {
  return /^[a-z0-9]*$/.test(session_key);
}

/** True for the keys that Django generates. */
export function isGeneratedKey(text: string): boolean {
  return /^[a-z0-9]{32}$/.test(text);
}

/**
 * A new session key: 32 characters of a-z0-9, uniformly drawn. django/utils/crypto.py get_random_string()
 * @param randomBytes a source of that many random bytes
 */
export function newSessionKey(randomBytes: (count: number) => Uint8Array): string {
  let session_key = '';
  while (session_key.length < KEY_LENGTH) {
    for (const byte of randomBytes(KEY_LENGTH)) {
      if (byte < UNBIASED && session_key.length < KEY_LENGTH) session_key += VALID_KEY_CHARS.charAt(byte % VALID_KEY_CHARS.length);
    }
  }
  return session_key;
}
