import { InspectorError } from '../errors.ts';

/** django/middleware/csrf.py CSRF_ALLOWED_CHARS, all versions: letters, lower case first, then digits. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const SECRET_LENGTH = 32;

/** True for a bare secret (32, cookies and sessions of Django 4.1+) or a masked token (64, forms, and cookies before). */
export function isCsrfToken(text: string): boolean {
  return (text.length === SECRET_LENGTH || text.length === 2 * SECRET_LENGTH) && /^[a-zA-Z0-9]+$/.test(text);
}

/**
 * The secret behind a token; a bare secret is itself. django/middleware/csrf.py _unmask_cipher_token(), all versions.
 * @throws InspectorError BadValue for anything else
 */
export function unmaskCsrfToken(token: string): string {
  if (!isCsrfToken(token)) throw new InspectorError('BadValue', 'Not a CSRF token', { hint: 'A token has 32 or 64 letters and digits.' });
  if (token.length === SECRET_LENGTH) return token;
  let secret = '';
  for (let index = 0; index < SECRET_LENGTH; index += 1) {
    const mask = ALPHABET.indexOf(token.charAt(index));
    const cipher = ALPHABET.indexOf(token.charAt(SECRET_LENGTH + index));
    secret += ALPHABET.charAt((cipher - mask + ALPHABET.length) % ALPHABET.length);
  }
  return secret;
}

/**
 * A masked token of a secret. django/middleware/csrf.py _mask_cipher_secret(), all versions.
 * @param mask 32 characters of the alphabet, random @throws InspectorError BadValue
 */
export function maskCsrfSecret(secret: string, mask: string): string {
  if (secret.length !== SECRET_LENGTH || mask.length !== SECRET_LENGTH || !isCsrfToken(secret) || !isCsrfToken(mask)) {
    throw new InspectorError('BadValue', 'Secret and mask need 32 letters and digits each');
  }
  let cipher = '';
  for (let index = 0; index < SECRET_LENGTH; index += 1) {
    const sum = ALPHABET.indexOf(secret.charAt(index)) + ALPHABET.indexOf(mask.charAt(index));
    cipher += ALPHABET.charAt(sum % ALPHABET.length);
  }
  return mask + cipher;
}
