import { dissect } from '../django/anatomy.ts';
import { diagnose, evidenceOf, evidenceOfAnatomy, signatureError } from '../django/diagnose.ts';
import type { Warning } from '../django/document.ts';
import { identify } from '../django/identify.ts';
import { refusedForm, refusedKey, refusedSerializer, type SignedForm } from '../django/release.ts';
import { type Sentence, say } from '../django/sentences.ts';
import { decodeStored, legacyKeySalt, SIGNED_COOKIES_SALT, type StoredText, sessionSalt } from '../django/session-data.ts';
import { checkAge } from '../django/signing.ts';
import { errorData } from '../errors.ts';
import { type Answer, BLANK, warned } from './answer.ts';
import { type Context, classNameOf, signingContext, valueBytes, valueText } from './context.ts';
import { readPayload } from './payload.ts';
import type { Request } from './request.ts';

/** A session as the db, cached_db and file engines store it, or as the signed_cookies engine sends it. */
export function readStored(context: Context, kind: string): Answer {
  const { request, keys } = context;
  const class_name = classNameOf(request);
  const stored = decodeStored(valueBytes(request), { keys, salts: expectedSalts(request, kind, class_name) });
  const { signature, format } = stored;
  const match = signature.verified === true ? signature.match : null;
  const use = kind.startsWith('signed_cookie') || match?.salt === SIGNED_COOKIES_SALT ? 'cookie' : 'stored';
  const release = releaseError(context, { use, format, match });
  const facts = storedFacts(stored);
  const answer = { ...facts, verified: release === null ? facts.verified : false, id: request.id ?? null, kind };
  const read = readPayload(stored.payload, stored.problem);
  const error =
    release ??
    refusalOf(context, stored, class_name) ??
    expiryError(context, stored.timestamp) ??
    serializerError(context, stored) ??
    read.error;
  return { ...answer, ...read, warnings: [...storedWarnings(stored), ...read.warnings], error };
}

/** The salts that this kind of session is signed with; both formats, because their salts cannot be confused. */
function expectedSalts({ salt }: Request, kind: string, class_name: string): readonly string[] {
  const salts = new Set<string>();
  if (typeof salt === 'string') {
    salts.add(salt);
    // entries of the pre-3.1 format may name the salt of the later one
    if (salt.startsWith('django.contrib.sessions.') && salt !== SIGNED_COOKIES_SALT) salts.add(legacyKeySalt(salt));
  } else if (!kind.startsWith('signed_cookie')) salts.add(sessionSalt(class_name)).add(legacyKeySalt(class_name));
  if (kind.startsWith('signed_cookie') || (kind === 'session_data_pickle' && typeof salt !== 'string')) salts.add(SIGNED_COOKIES_SALT);
  return [...salts];
}

function storedFacts(stored: StoredText): Answer {
  const { signature, timestamp, compressed, serializer } = stored;
  const { verified } = signature;
  if (verified === true) return { ...BLANK, verified, ...signature.match, timestamp, compressed, serializer };
  return { ...BLANK, verified, algorithm: signature.algorithm, timestamp, compressed, serializer };
}

function storedWarnings(stored: StoredText): Answer['warnings'] {
  const warnings: Warning[] = [];
  if (stored.trailing > 0) warnings.push({ code: 'trailing-bytes', says: say('warning-trailing', { count: stored.trailing }) });
  if (stored.signature.verified !== true) return warnings.map(warned);
  const { algorithm, key } = stored.signature.match;
  const odd = (says: Sentence) => warnings.push({ code: 'odd', says });
  if (stored.format === 'legacy') odd(say('warning-old-format'));
  else if (algorithm === 'sha1') odd(say('warning-sha1'));
  else if (algorithm !== 'sha256') odd(say('warning-digest', { algorithm }));
  if (key > 0) odd(say('warning-fallback', { key }));
  return warnings.map(warned);
}

function refusalOf({ request, keys }: Context, stored: StoredText, class_name: string): Answer['error'] {
  if (stored.signature.verified !== false || keys.length === 0) return null;
  // Django raises BadSignature for it, too; what is wrong with the form says more.
  if (stored.problem?.code === 'UnsupportedFormat') return { ...errorData(stored.problem), code: 'BadSignature' };
  const value = valueText(request);
  const anatomy = dissect(value);
  const elsewhere = anatomy === null ? null : identify(value, signingContext({ request, keys, now: 0 })).found;
  const evidence =
    anatomy === null ? evidenceOf(stored, keys.length, class_name) : evidenceOfAnatomy(anatomy, null, keys.length, class_name);
  return signatureError(diagnose({ ...evidence, elsewhere }));
}

/** Where the release of the site is given: why it does not take a signature that holds. Django raises BadSignature. */
export function releaseError({ request }: Context, form: SignedForm): Answer['error'] {
  const { django } = request;
  if (django === undefined || django === null || form.match === null) return null;
  const refused = refusedForm(django, form) ?? refusedKey(django, form.match);
  return refused === null ? null : { code: 'BadSignature', message: refused.message };
}

function serializerError({ request }: Context, { serializer }: StoredText): Answer['error'] {
  const { django } = request;
  const refused = django === undefined || django === null || serializer === null ? null : refusedSerializer(django, serializer);
  return refused === null ? null : { code: 'UnsupportedFormat', message: refused.message };
}

export function expiryError({ request, now }: Context, timestamp: Answer['timestamp']): Answer['error'] {
  if (request.max_age === undefined || request.max_age === null || timestamp === null) return null;
  try {
    checkAge(timestamp, request.max_age, now);
    return null;
  } catch (error) {
    return errorData(error);
  }
}
