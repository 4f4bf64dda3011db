import { dissect } from '../django/anatomy.ts';
import { diagnose, evidenceOf, evidenceOfAnatomy, type SignatureReport } from '../django/diagnose.ts';
import { identify } from '../django/identify.ts';
import { decodeStored, legacyKeySalt, SIGNED_COOKIES_SALT, type StoredText, sessionSalt } from '../django/session-data.ts';
import { checkAge } from '../django/signing.ts';
import { errorData } from '../errors.ts';
import { type Answer, BLANK } from './answer.ts';
import { type Context, classNameOf, signingContext, valueBytes, valueText } from './context.ts';
import { readPayload } from './payload.ts';
import type { Request } from './request.ts';

/** A session as the db, cached_db and file engines store it, or as the signed_cookies engine sends it. */
export function readStored(context: Context, kind: string): Answer {
  const { request, keys } = context;
  const class_name = classNameOf(request);
  const stored = decodeStored(valueBytes(request), { keys, salts: expectedSalts(request, kind, class_name) });
  const answer = { ...storedFacts(stored), id: request.id ?? null, kind };
  const read = readPayload(stored.payload, stored.problem);
  const error = signatureError(context, stored, class_name) ?? expiryError(context, stored.timestamp) ?? read.error;
  return { ...answer, ...read, warnings: [...storedWarnings(stored), ...(read.warnings ?? [])], error };
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
  const warnings: Answer['warnings'][number][] = [];
  if (stored.trailing > 0)
    warnings.push({ code: 'trailing-bytes', message: `${stored.trailing} bytes after the compressed data, which Django ignores.` });
  if (stored.signature.verified !== true) return warnings;
  const { algorithm, key } = stored.signature.match;
  if (stored.format === 'legacy') warnings.push({ code: 'odd', message: 'The format of Django before 3.1: 4.0 and later do not read it.' });
  else if (algorithm === 'sha1') warnings.push({ code: 'odd', message: 'Signed with SHA-1: Django 4.0 and later do not accept it.' });
  if (key > 0) warnings.push({ code: 'odd', message: `Signed with fallback ${key}: Django before 4.1 does not accept it.` });
  return warnings;
}

function signatureError({ request, keys }: Context, stored: StoredText, class_name: string): Answer['error'] {
  if (stored.signature.verified !== false || keys.length === 0) return null;
  // Django raises BadSignature for it, too; what is wrong with the form says more.
  if (stored.problem?.code === 'UnsupportedFormat') return { ...errorData(stored.problem), code: 'BadSignature' };
  const value = valueText(request);
  const anatomy = dissect(value);
  const elsewhere = anatomy === null ? null : identify(value, signingContext({ request, keys, now: 0 })).found;
  const evidence =
    anatomy === null ? evidenceOf(stored, keys.length, class_name) : evidenceOfAnatomy(anatomy, null, keys.length, class_name);
  return signatureFailure(diagnose({ ...evidence, elsewhere }));
}

export function signatureFailure({ message, hint }: SignatureReport): Answer['error'] {
  return { code: 'BadSignature', message, ...(hint === undefined ? {} : { hint }) };
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
