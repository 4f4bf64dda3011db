import type { InspectorError } from '../errors.ts';
import { BACKEND_SESSION_KEY, findAuthHash, HASH_SESSION_KEY } from './auth.ts';
import type { SessionDocument } from './document.ts';
import { textAt, userIdAt } from './document-facts.ts';
import { refusedForm, refusedKey, refusedSerializer } from './release.ts';
import { type Sentence, say } from './sentences.ts';
import type { StoredText } from './session-data.ts';
import { isFileEngineKey, validSessionKey } from './session-key.ts';
import type { SigningKeys } from './signing.ts';
import { atLeast, type DjangoVersion } from './versions.ts';

/** What became of the session at the site's next request. The bridge's AcceptanceView. */
export type Acceptance = Readonly<{
  verdict: 'accepted' | 'accepted by a fallback key' | 'logged out at the next request' | 'anonymous' | 'empty session' | 'unknown';
  reasons: readonly AcceptanceReason[];
}>;

/** ok: true speaks for, false against, null could not be checked. */
export type AcceptanceReason = Sentence & Readonly<{ ok: boolean | null }>;

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

function good(sentence: Sentence): AcceptanceReason {
  return { ...sentence, ok: true };
}

function bad(sentence: Sentence): AcceptanceReason {
  return { ...sentence, ok: false };
}

function open(sentence: Sentence): AcceptanceReason {
  return { ...sentence, ok: null };
}

/** django/contrib/sessions/backends/base.py _validate_session_key(), file.py _key_to_file() */
function keyReason({ engine, session_key }: AcceptanceInput): AcceptanceReason | null {
  if (engine === 'signed_cookies' || session_key === null) return null;
  if (validSessionKey(session_key) === null) return bad(say('key-short'));
  return engine === 'file' && !isFileEngineKey(session_key) ? bad(say('key-characters')) : good(say('key'));
}

function expiryReason({ engine, expired, age }: AcceptanceInput): AcceptanceReason | null {
  if (engine === 'signed_cookies') {
    if (age === undefined) return null;
    const { seconds, max_age } = age;
    return seconds > max_age ? bad(say('cookie-expired', { seconds: Math.floor(seconds), max_age })) : good(say('cookie-age'));
  }
  if (expired === null) return open(say('expiry-unknown'));
  return expired ? bad(say('expired')) : good(say('expiry'));
}

function signatureReasons({ stored, engine, version }: AcceptanceInput): AcceptanceReason[] {
  if (stored === null) return [];
  const { signature, format } = stored;
  const match = signature.verified === true ? signature.match : null;
  const form = refusedForm(version, { use: engine === 'signed_cookies' ? 'cookie' : 'stored', format, match });
  const era = form === null ? [] : [bad(form)];
  if (match === null) return [...era, signature.verified === null ? open(say('no-key')) : bad(say('bad-signature'))];
  const { key } = match;
  if (key === 0) return [...era, good(say('signature'))];
  const refused = refusedKey(version, match);
  return [...era, refused === null ? good(say('signature-by-fallback', { key })) : bad(refused)];
}

function dataReason(input: AcceptanceInput): AcceptanceReason | null {
  const { document, stored, version, SESSION_SERIALIZER } = input;
  if (document instanceof Error) return bad(say('corrupt', { problem: document.message }));
  const { serializer } = document;
  const removed = stored === null ? null : refusedSerializer(version, serializer);
  if (removed !== null) return bad(removed);
  const expected = SESSION_SERIALIZER === 'JSONSerializer' ? 'json' : 'pickle';
  if (stored !== null && serializer !== expected) return bad(say('serializer', { serializer, expected }));
  if (document.warnings.some((warning) => warning.code === 'not-a-dict')) return bad(say('not-a-dict'));
  const refused = document.refusal?.() ?? null;
  return refused === null ? good(say('data')) : bad(say('refused', { problem: refused.message }));
}

/** django/contrib/auth/__init__.py get_user(), all versions; fallbacks since 4.1 */
function authenticate(input: AcceptanceInput): Acceptance {
  const { document, user } = input;
  if (document instanceof Error) return { verdict: 'unknown', reasons: [] };
  if (userIdAt(document) === null) return { verdict: 'accepted', reasons: [good(say('no-login'))] };
  if (textAt(document, BACKEND_SESSION_KEY) === null) return { verdict: 'anonymous', reasons: [bad(say('no-backend'))] };
  if (user === null) return { verdict: 'accepted', reasons: [open(say('user-unknown'))] };
  if (!user.found) return { verdict: 'anonymous', reasons: [bad(say('user-missing'))] };
  if (user.is_active === false) return { verdict: 'anonymous', reasons: [bad(say('user-inactive'))] };
  return checkHash(input, document, user.password);
}

function checkHash(input: AcceptanceInput, document: SessionDocument, password: string | null): Acceptance {
  const { keys, version } = input;
  // 1.7 to 1.9 leave the check to a middleware; before 1.7 there was no hash.
  if (!atLeast(version, 1, 10)) return { verdict: 'accepted', reasons: atLeast(version, 1, 7) ? [open(say('hash-optional'))] : [] };
  const out = (sentence: Sentence): Acceptance => ({ verdict: 'logged out at the next request', reasons: [bad(sentence)] });
  const hash = textAt(document, HASH_SESSION_KEY);
  if (hash === null) return out(say('no-hash'));
  if (password === null || keys.length === 0) return { verdict: 'accepted', reasons: [open(say('hash-unknown'))] };
  const match = findAuthHash(hash, password, keys, version);
  if (match === null) return out(say('password-changed'));
  const { key } = match;
  return { verdict: 'accepted', reasons: [good(key === 0 ? say('auth-hash') : say('auth-hash-by-fallback', { key }))] };
}
