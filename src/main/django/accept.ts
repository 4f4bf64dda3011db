import type { InspectorError } from '../errors.ts';
import { BACKEND_SESSION_KEY, findAuthHash, HASH_SESSION_KEY, SESSION_KEY } from './auth.ts';
import type { SessionDocument } from './document.ts';
import type { StoredText } from './session-data.ts';
import { isFileEngineKey, validSessionKey } from './session-key.ts';
import type { SigningKeys } from './signing.ts';
import { atLeast, type DjangoVersion, readsFallbacks, readsSha1 } from './versions.ts';

/** What became of the session at the site's next request. The bridge's AcceptanceView. */
export type Acceptance = Readonly<{
  verdict: 'accepted' | 'accepted by a fallback key' | 'logged out at the next request' | 'anonymous' | 'empty session' | 'unknown';
  reasons: readonly AcceptanceReason[];
}>;

/** ok: true speaks for, false against, null could not be checked. */
export type AcceptanceReason = Readonly<{ code: string; message: string; ok: boolean | null }>;

export type Engine = 'db' | 'cached_db' | 'file' | 'cache' | 'signed_cookies';

/** What the site's user table says about `_auth_user_id`. */
export type AcceptanceUser = Readonly<{ found: boolean; is_active: boolean | null /** the password column */; password: string | null }>;

export type AcceptanceInput = Readonly<{
  version: DjangoVersion;
  engine: Engine;
  /** null for the signed_cookies engine */
  session_key: string | null;
  /** null for the cache engine, which does not sign */
  stored: StoredText | null;
  /** the data, or why they do not decode */
  document: SessionDocument | InspectorError;
  /** whether the record has expired by the rules of its engine; null where unknown. Signed cookies: see `age` */
  expired: boolean | null;
  /** signed_cookies: seconds since the signature, and SESSION_COOKIE_AGE */
  age?: Readonly<{ seconds: number; max_age: number }>;
  SESSION_SERIALIZER: 'JSONSerializer' | 'PickleSerializer';
  /** SECRET_KEY and its fallbacks; none where they are not known */
  keys: SigningKeys;
  /** null: no user table at hand */
  user: AcceptanceUser | null;
}>;

/**
 * Would Django accept this session? The checks of SessionStore.load() and then of django.contrib.auth.get_user(), in
 * their order, for one Django version; the first that fails decides.
 */
export function wouldAccept(input: AcceptanceInput): Acceptance {
  const loading = [keyReason(input), expiryReason(input), ...signatureReasons(input), dataReason(input)].filter(
    (reason) => reason !== null,
  );
  if (loading.some((reason) => reason.ok === false)) return { verdict: 'empty session', reasons: loading };
  const { verdict, reasons } = authenticate(input);
  const all = [...loading, ...reasons];
  if (verdict !== 'accepted') return { verdict, reasons: all };
  if (all.some((reason) => reason.ok === null)) return { verdict: 'unknown', reasons: all };
  const fallback = all.some((reason) => reason.code.endsWith('-by-fallback'));
  return { verdict: fallback ? 'accepted by a fallback key' : 'accepted', reasons: all };
}

function good(code: string, message: string): AcceptanceReason {
  return { code, message, ok: true };
}

function bad(code: string, message: string): AcceptanceReason {
  return { code, message, ok: false };
}

function open(code: string, message: string): AcceptanceReason {
  return { code, message, ok: null };
}

/** django/contrib/sessions/backends/base.py _validate_session_key(), file.py _key_to_file() */
function keyReason({ engine, session_key }: AcceptanceInput): AcceptanceReason | null {
  if (engine === 'signed_cookies' || session_key === null) return null;
  if (validSessionKey(session_key) === null) return bad('bad-key', 'The key has fewer than 8 characters: Django ignores it.');
  if (engine === 'file' && !isFileEngineKey(session_key)) {
    return bad('bad-key', 'The key has characters other than a-z and 0-9: the file engine refuses it.');
  }
  return good('key', 'The key has a valid form.');
}

function expiryReason({ engine, expired, age }: AcceptanceInput): AcceptanceReason | null {
  if (engine === 'signed_cookies') {
    if (age === undefined) return null;
    return age.seconds > age.max_age
      ? bad('expired', `Signed ${Math.floor(age.seconds)} s ago, more than SESSION_COOKIE_AGE (${age.max_age} s).`)
      : good('age', 'The signature is not older than SESSION_COOKIE_AGE.');
  }
  if (expired === null) return open('expiry-unknown', 'When it expires is not known.');
  return expired ? bad('expired', 'Expired: Django does not load it.') : good('expiry', 'Not expired.');
}

function signatureReasons(input: AcceptanceInput): AcceptanceReason[] {
  const { stored, engine, version } = input;
  if (stored === null) return [];
  const era = formatReason(stored, engine, version);
  const { signature } = stored;
  if (signature.verified === null) return [...era, open('no-key', 'The signature could not be verified: no key.')];
  if (!signature.verified) return [...era, bad('bad-signature', 'The signature does not match: Django reads an empty session.')];
  if (signature.match.key === 0) return [...era, good('signature', 'The signature holds with SECRET_KEY.')];
  if (!readsFallbacks(version)) {
    return [...era, bad('bad-signature', `Signed with fallback ${signature.match.key}, but SECRET_KEY_FALLBACKS exists since Django 4.1.`)];
  }
  return [...era, good('signature-by-fallback', `The signature holds only with fallback ${signature.match.key}.`)];
}

/** Formats and digests that a version does not read. */
function formatReason(stored: StoredText, engine: Engine, version: DjangoVersion): AcceptanceReason[] {
  if (stored.format === 'legacy' && !readsSha1(version)) {
    return [bad('old-format', 'The format of Django before 3.1, which 4.0 and later do not read.')];
  }
  if (stored.format === 'signed' && engine !== 'signed_cookies' && !atLeast(version, 3, 1)) {
    return [bad('new-format', 'The format of Django 3.1 and later: an older site answers with an error.')];
  }
  const algorithm = stored.signature.verified === true ? stored.signature.match.algorithm : null;
  if (stored.format !== 'signed' || algorithm === null) return [];
  if (algorithm === 'sha1' && !readsSha1(version)) return [bad('sha1', 'Signed with SHA-1, which Django 4.0 and later do not accept.')];
  if (algorithm === 'sha256' && !atLeast(version, 3, 1))
    return [bad('sha256', 'Signed with SHA-256, which Django before 3.1 does not accept.')];
  return [];
}

function dataReason(input: AcceptanceInput): AcceptanceReason | null {
  const { document, stored, version, SESSION_SERIALIZER } = input;
  if (document instanceof Error) return bad('corrupt', `The data do not decode: ${document.message}`);
  if (stored !== null && document.serializer === 'pickle' && atLeast(version, 5, 0)) {
    return bad('pickle', 'Pickled, and Django 5.0 removed PickleSerializer.');
  }
  const expected = SESSION_SERIALIZER === 'JSONSerializer' ? 'json' : 'pickle';
  if (stored !== null && document.serializer !== expected)
    return bad('serializer', `The data are ${document.serializer}, but the site reads ${expected}.`);
  if (document.warnings.some((warning) => warning.code === 'not-a-dict'))
    return bad('not-a-dict', 'The data are no dict: Django fails when it uses them.');
  const refused = document.refusal?.() ?? null;
  if (refused !== null) return bad('corrupt', `Python refuses the data: ${refused.message}`);
  return good('data', 'The data decode.');
}

/** django/contrib/auth/__init__.py get_user(), all versions; fallbacks since 4.1 */
function authenticate(input: AcceptanceInput): Acceptance {
  const { document, user } = input;
  if (document instanceof Error) return { verdict: 'unknown', reasons: [] };
  if (textOf(document, SESSION_KEY) === null)
    return { verdict: 'accepted', reasons: [good('no-login', 'It holds no login: the visitor is anonymous.')] };
  if (textOf(document, BACKEND_SESSION_KEY) === null) {
    return { verdict: 'anonymous', reasons: [bad('no-backend', `${BACKEND_SESSION_KEY} is missing: the visitor is anonymous.`)] };
  }
  if (user === null)
    return { verdict: 'accepted', reasons: [open('user-unknown', 'The user and the password hash could not be looked up.')] };
  if (!user.found)
    return {
      verdict: 'anonymous',
      reasons: [bad('user-missing', 'The user does not exist: the visitor is anonymous, the session stays.')],
    };
  if (user.is_active === false) {
    return { verdict: 'anonymous', reasons: [bad('user-inactive', 'The user is inactive: the visitor is anonymous, the session stays.')] };
  }
  return checkHash(input, document, user.password);
}

function checkHash(input: AcceptanceInput, document: SessionDocument, password: string | null): Acceptance {
  const { keys, version } = input;
  const hash = textOf(document, HASH_SESSION_KEY);
  const out = (code: string, message: string): Acceptance => ({ verdict: 'logged out at the next request', reasons: [bad(code, message)] });
  if (hash === null) return out('no-hash', `${HASH_SESSION_KEY} is missing: Django flushes the session.`);
  if (password === null || keys.length === 0) {
    return {
      verdict: 'accepted',
      reasons: [open('hash-unknown', 'The auth hash could not be checked: it needs SECRET_KEY and the password column.')],
    };
  }
  const match = findAuthHash(hash, password, keys, version);
  if (match === null)
    return out(
      'password-changed',
      'The auth hash does not match: the password was changed, or SECRET_KEY was. Django flushes the session.',
    );
  if (match.key === 0) return { verdict: 'accepted', reasons: [good('auth-hash', 'The auth hash matches the password.')] };
  const message = `The auth hash matches only with fallback ${match.key}: at the next request the session gets a new key.`;
  return { verdict: 'accepted', reasons: [good('auth-hash-by-fallback', message)] };
}

/** The str under a key of the root dict, or null. */
function textOf(document: SessionDocument, key: string): string | null {
  const path = document.find(key);
  if (path === null) return null;
  const node = document.at(path);
  return node.type === 'str' ? (node.text ?? null) : null;
}
