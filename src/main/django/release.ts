import { type Sentence, say } from './sentences.ts';
import type { StoredFormat } from './session-data.ts';
import type { Match } from './signing.ts';
import { atLeast, type DjangoVersion, hasPickleSerializer, readsFallbacks, readsSha1 } from './versions.ts';

/** A value that was signed, as far as releases differ about it. */
export type SignedForm = Readonly<{
  /**
   * stored: db, cached_db and file; cookie: the signed_cookies engine; own: messages and set_signed_cookie(), which Django signs
   * itself; site: signers of the site's own, which may have any digest
   */
  use: 'stored' | 'cookie' | 'own' | 'site';
  /** legacy: without django.core.signing, as sessions and messages were before 3.1 */
  format: StoredFormat;
  /** which key and digest made the signature; null where none is known to */
  match: Match | null;
  /** of set_signed_cookie() */
  scheme?: 'v1' | 'v2' | undefined;
}>;

/**
 * Why a release does not read a value in this form, whose signature holds, or null: formats, digests, fallbacks, salts.
 * django/core/signing.py and django/contrib/sessions/backends/base.py of 2.2 to 6.1, and their release notes.
 */
export function refusedForm(version: DjangoVersion, { use, format, match, scheme }: SignedForm): Sentence | null {
  if (format === 'legacy') return readsSha1(version) ? null : say('old-format');
  if (use === 'stored' && !atLeast(version, 3, 1)) return say('new-format');
  if (scheme === 'v1' && atLeast(version, 6, 1)) return say('old-scheme');
  if (scheme === 'v2' && !atLeast(version, 5, 2)) return say('new-scheme');
  if (match === null) return null;
  const { algorithm } = match;
  if (algorithm === 'sha1') return readsSha1(version) || use === 'site' ? null : say('sha1');
  if (algorithm === 'sha256') return atLeast(version, 3, 1) ? null : say('sha256');
  return use === 'site' || use === 'own' ? null : say('digest', { algorithm });
}

/** Why a release does not try the key that made a signature, or null. */
export function refusedKey(version: DjangoVersion, { key }: Match): Sentence | null {
  return key === 0 || readsFallbacks(version) ? null : say('fallback-unknown', { key });
}

/** Why a release reads no session that was serialized like this, or null. */
export function refusedSerializer(version: DjangoVersion, serializer: string): Sentence | null {
  return serializer === 'pickle' && !hasPickleSerializer(version) ? say('pickle') : null;
}
