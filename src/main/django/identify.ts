import type { InspectorError } from '../errors.ts';
import { type Anatomy, dissect, dissectUntimed, SEPARATES, type ValuePart } from './anatomy.ts';
import type { Timestamp } from './base62.ts';
import {
  type CellMatch,
  cellsFor,
  legacyCells,
  type MatrixResult,
  type Purpose,
  SIGNER_SALT,
  type SigningContext,
  type Tried,
  tryCells,
  tryLegacyCells,
} from './cells.ts';
import { isCsrfToken } from './csrf.ts';
import { LIMITS, type Limits } from './document.ts';
import { foreignKind } from './foreign.ts';
import { MESSAGES_SALT, verifyLegacyMessages } from './messages.ts';
import { parseResetToken } from './reset-token.ts';
import { type Sentence, say } from './sentences.ts';
import type { StoredSerializer } from './serializers/guess.ts';
import { scanJson } from './serializers/json/scanner.ts';
import { isGeneratedKey } from './session-key.ts';

/** What a value is; the bridge's IdentifiedKind. */
export type IdentifiedKind = Purpose | 'session_key' | 'csrf' | 'reset_token' | 'language' | 'pickle' | 'unknown';

/** certain: its signature holds or nothing else has this form; likely: the form fits well; possible: it may be something else. */
export type Confidence = 'certain' | 'likely' | 'possible';

export type Identified = Readonly<{
  kind: IdentifiedKind;
  confidence: Confidence;
  /** why it was named so */
  reason: Sentence;
  /** signed values only */
  anatomy: Anatomy | null;
  /** which key and salt made the signature, where one did */
  found: CellMatch | null;
  tried: readonly Tried[];
  /** the serialized data that the value carries, where it carries some and they could be read */
  payload: Uint8Array | null;
  serializer: StoredSerializer | null;
  /** a value signed in the clear */
  plain: string | null;
  timestamp: Timestamp | null;
  parts: readonly ValuePart[];
  /** why it does not decode */
  problem: InspectorError | null;
}>;

export type IdentifyContext = SigningContext & Readonly<{ limits?: Limits }>;

const NOTHING = {
  anatomy: null,
  found: null,
  tried: [],
  payload: null,
  serializer: null,
  plain: null,
  timestamp: null,
  problem: null,
} as const;

/** Names of cookies that say what they hold, by Django's default settings. */
const COOKIE_NAMES: Readonly<Record<string, IdentifiedKind>> = {
  sessionid: 'signed_cookie_session',
  csrftoken: 'csrf',
  messages: 'messages',
  django_language: 'language',
};

/**
 * Names a value that may be Django's: by its signature where a key verifies it, else by its form, else by the cookie's
 * name. Nothing is thrown for odd values: they are named `unknown`, with what they look like.
 */
export function identify(value: string, context: IdentifyContext): Identified {
  const limits = context.limits ?? LIMITS;
  const dissected = dissect(value, limits);
  if (dissected !== null) {
    const matrix = matrixOf(dissected, context);
    const untimed = matrix.found?.cell.salt === SIGNER_SALT && dissected.timestamp !== null;
    const anatomy = (untimed ? dissectUntimed(value, limits) : null) ?? dissected;
    const named = nameSigned(anatomy, matrix.found, context, limits);
    if (named !== null) {
      const plain = named.data ? null : anatomy.value;
      const payload = named.data ? anatomy.payload : null;
      const { timestamp, parts } = anatomy;
      const serializer = named.data ? anatomy.serializer : null;
      const problem = named.data ? anatomy.problem : null;
      const { kind, confidence, reason } = named;
      return { kind, confidence, reason, anatomy, ...matrix, payload, serializer, plain, timestamp, parts, problem };
    }
  }
  return { ...NOTHING, ...nameByForm(value, context.cookie_name) };
}

function matrixOf(anatomy: Anatomy, context: SigningContext): MatrixResult {
  const { keys } = context;
  if (anatomy.form === 'messages') {
    const match = verifyLegacyMessages({ hash: anatomy.signature, json: anatomy.value }, keys);
    const cell = { purpose: 'messages', salt: MESSAGES_SALT, cookieKeys: false } as const;
    const tried = Array.from({ length: keys.length }, (_, key) => ({
      key,
      salt: MESSAGES_SALT,
      algorithm: 'sha1' as const,
      matched: key === match?.key,
    }));
    return { found: match === null ? null : { cell, match }, tried };
  }
  if (anatomy.form === 'legacy') return tryLegacyCells(anatomy.signed, anatomy.signature, legacyCells(context), keys);
  if (anatomy.algorithm === null) return { found: null, tried: [] };
  return tryCells(anatomy.signed, anatomy.signature, anatomy.algorithm, cellsFor(context), keys);
}

/** `data`: the value carries serialized data rather than text in the clear. */
type Named = Readonly<{ kind: IdentifiedKind; confidence: Confidence; reason: Sentence; data: boolean }>;

function nameSigned(anatomy: Anatomy, found: CellMatch | null, context: SigningContext, limits: Limits): Named | null {
  if (anatomy.form === 'messages') return certainly('messages', say('named-old-messages'));
  if (anatomy.form === 'legacy') return certainly('session_data', say('named-legacy'));
  // What set_signed_cookie() signs is text, whatever it looks like.
  const data = found?.cell.purpose !== 'set_signed_cookie' && holdsData(anatomy, limits);
  if (found !== null) return { ...nameVerified(found, data), data };
  // Other separators are used by other software, and nothing else here is Django's own.
  if (anatomy.sep !== ':') return null;
  if (anatomy.form === 'untimed') return data ? { ...UNTIMED_DATA, data } : untimedText(anatomy);
  return data
    ? { ...nameData(anatomy, context.cookie_name), data }
    : { ...nameText(anatomy, context.cookie_name), data: anatomy.compressed };
}

function certainly(kind: IdentifiedKind, reason: Sentence): Named {
  return { kind, confidence: 'certain', reason, data: true };
}

const UNTIMED_DATA = {
  kind: 'signing',
  confidence: 'likely',
  reason: say('named-sign-object'),
} as const;

function untimedText(anatomy: Anatomy): Named | null {
  if (anatomy.algorithm === null || anatomy.algorithm === 'md5') return null;
  return { kind: 'signer', confidence: 'possible', reason: say('named-sign'), data: false };
}

function nameVerified({ cell }: CellMatch, data: boolean): Omit<Named, 'data'> {
  const named = (kind: IdentifiedKind, reason: Sentence) => ({ kind, confidence: 'certain', reason }) as const;
  switch (cell.purpose) {
    case 'session_data':
      return named('session_data', say('named-session-salt', { salt: cell.salt }));
    case 'signed_cookie_session':
      return named('signed_cookie_session', say('named-cookie-salt'));
    case 'messages':
      return named('messages', say('named-messages-salt'));
    case 'set_signed_cookie':
      return named(
        'set_signed_cookie',
        cell.scheme === undefined ? say('named-name-salt') : say('named-name-salt-scheme', { scheme: cell.scheme }),
      );
    case 'signing':
      return named(data ? 'signing' : 'signer', say('named-salt', { salt: cell.salt }));
    case 'signer':
      return named('signer', say('named-default-salt', { salt: cell.salt }));
    default:
      return cell.purpose satisfies never;
  }
}

/** Signed data whose signature no key verified: by what they hold. */
function nameData(anatomy: Anatomy, cookie_name: string | undefined): Omit<Named, 'data'> {
  const first = Buffer.from(anatomy.payload?.subarray(0, 32) ?? [])
    .toString('latin1')
    .trimStart();
  if (first.startsWith('[["__json_message"') || cookie_name === 'messages') {
    return { kind: 'messages', confidence: 'likely', reason: say('named-messages') };
  }
  if (!first.startsWith('{') && anatomy.serializer === 'json')
    return { kind: 'signing', confidence: 'likely', reason: say('named-no-dict') };
  const isSession = cookie_name !== undefined && COOKIE_NAMES[cookie_name] === 'signed_cookie_session';
  if (isSession) return { kind: 'signed_cookie_session', confidence: 'likely', reason: say('named-session-cookie') };
  if (cookie_name !== undefined) return { kind: 'signed_cookie_session', confidence: 'possible', reason: say('named-cookie') };
  return {
    kind: 'session_data',
    confidence: 'likely',
    reason: say('named-data'),
  };
}

/** A timestamp and a signature around what is no data: text in the clear, or data that were damaged. */
function nameText(anatomy: Anatomy, cookie_name: string | undefined): Omit<Named, 'data'> {
  if (anatomy.compressed) return { kind: 'session_data', confidence: 'possible', reason: say('named-damaged') };
  if (cookie_name !== undefined) return { kind: 'set_signed_cookie', confidence: 'likely', reason: say('named-text-cookie') };
  return { kind: 'set_signed_cookie', confidence: 'possible', reason: say('named-text') };
}

/** True where the value part decodes to JSON or looks like a pickle. */
function holdsData(anatomy: Anatomy, limits: Limits): boolean {
  if (anatomy.payload === null) return false;
  if (anatomy.compressed || anatomy.serializer === 'pickle') return true;
  try {
    scanJson(Buffer.from(anatomy.payload).toString('latin1'), limits);
    return true;
  } catch {
    return /^[{["]/.test(Buffer.from(anatomy.payload.subarray(0, 8)).toString('latin1').trimStart());
  }
}

/** No key, token or language of Django is longer, nor any value of other software that is told by its form. */
const LONGEST_TOKEN = 16_384;

type Formed = Readonly<{ kind: IdentifiedKind; confidence: Confidence; reason: Sentence; parts: readonly ValuePart[] }>;

function formed(kind: IdentifiedKind, confidence: Confidence, reason: Sentence, parts: readonly ValuePart[]): Formed {
  return { kind, confidence, reason, parts };
}

/** Values without a signature: by their characters, and by the name of the cookie they came in. */
function nameByForm(value: string, cookie_name: string | undefined): Formed {
  const byName = cookie_name === undefined ? undefined : COOKIE_NAMES[cookie_name];
  const whole = (meaning: Sentence): ValuePart[] => [{ role: 'text', text: value, meaning }];
  if (isPickle(value)) return formed('pickle', 'likely', say('named-pickle'), whole(say('part-pickle')));
  if (value.length > LONGEST_TOKEN) return formed('unknown', 'possible', foreignKind(value), whole(say('part-unknown')));
  if (parseResetToken(value) !== null) return resetToken(value);
  if (byName === 'csrf' && isCsrfToken(value)) return csrf(value, 'certain');
  if (isGeneratedKey(value))
    return formed('session_key', byName === 'signed_cookie_session' ? 'certain' : 'likely', say('named-key'), whole(say('part-key')));
  if (isCsrfToken(value) && !/^[0-9a-f]+$/.test(value)) return csrf(value, 'likely');
  if (byName === 'language' || /^[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}$/.test(value)) {
    const confidence = byName === 'language' ? 'certain' : 'possible';
    return formed(
      'language',
      confidence,
      byName === 'language' ? say('named-language-cookie') : say('named-language'),
      whole(say('part-language')),
    );
  }
  if (byName === 'signed_cookie_session' && /^[\x21-\x7e]{8,}$/.test(value)) {
    return formed('session_key', 'possible', say('named-key-cookie'), whole(say('part-key')));
  }
  return formed('unknown', 'possible', foreignKind(value), whole(say('part-unknown')));
}

function csrf(value: string, confidence: Confidence): Formed {
  if (value.length === 32)
    return formed('csrf', confidence, say('named-csrf-secret'), [{ role: 'secret', text: value, meaning: say('part-csrf-secret') }]);
  return formed('csrf', confidence, say('named-csrf-masked'), [
    { role: 'mask', text: value.slice(0, 32), meaning: say('part-csrf-mask') },
    { role: 'secret', text: value.slice(32), meaning: say('part-csrf-cipher') },
  ]);
}

function resetToken(value: string): Formed {
  const at = value.indexOf('-');
  return formed('reset_token', 'likely', say('named-reset'), [
    { role: 'timestamp', text: value.slice(0, at), meaning: say('part-reset-time') },
    { role: 'separator', text: '-', meaning: SEPARATES },
    { role: 'hash', text: value.slice(at + 1), meaning: say('part-reset-hash') },
  ]);
}

function isPickle(value: string): boolean {
  if (value.length < 6 || !/^gA[I-X][A-Za-z0-9+/=\s_-]*$/.test(value.slice(0, 100))) return false;
  const bytes = Buffer.from(value, 'base64');
  return bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5 && bytes.includes(0x2e);
}
