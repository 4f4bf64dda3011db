import type { Anatomy } from './anatomy.ts';
import type { Timestamp } from './base62.ts';
import type { CellMatch } from './cells.ts';
import type { StoredText } from './session-data.ts';
import { STOCK_CLASS } from './session-data.ts';
import type { Algorithm, Match } from './signing.ts';

/**
 * The verdict on a signature, in words: which cell of keys x salts x algorithms x formats verified, or the likeliest
 * cause and the next step. The bridge's SignatureView.
 */
export type SignatureReport = Readonly<{
  /** null where there is nothing to verify or no key to try */
  verified: boolean | null;
  /** 0 = SECRET_KEY, 1.. = SECRET_KEY_FALLBACKS */
  key: number | null;
  algorithm: string | null;
  salt: string | null;
  /** ISO 8601 UTC */
  timestamp: string | null;
  compressed: boolean;
  format: 'signed' | 'legacy' | 'unsigned';
  reason: 'verified' | 'verified-by-fallback' | 'no-key' | 'does-not-match' | 'not-signed' | 'malformed' | 'other-salt' | 'expired';
  message: string;
  hint?: string;
}>;

/** What the diagnosis goes by. */
export type Evidence = Readonly<{
  format: 'signed' | 'legacy';
  /** what verified it */
  match: Match | null;
  /** a match under a salt that is not the one expected here */
  elsewhere?: CellMatch | null;
  /** how many keys were tried */
  keys: number;
  /** the digest that signatures of this length come from */
  algorithm: Algorithm | null;
  /** characters of the signature */
  signatureLength: number;
  decodes: boolean;
  compressed: boolean;
  timestamp: Timestamp | null;
  class_name?: string | undefined;
}>;

/** The report on a value without any signature: cache entries, keys, tokens. */
export const NOT_SIGNED: SignatureReport = {
  verified: null,
  key: null,
  algorithm: null,
  salt: null,
  timestamp: null,
  compressed: false,
  format: 'unsigned',
  reason: 'not-signed',
  message: 'Not signed: there is nothing to verify.',
};

/** Names the cell that verified, or the likeliest cause why none did and what to do next. */
export function diagnose(evidence: Evidence): SignatureReport {
  const { match, elsewhere = null, algorithm, compressed, format } = evidence;
  const timestamp = isoTimestamp(evidence.timestamp);
  const facts = { key: null, algorithm, salt: null, timestamp, compressed, format };
  if (match !== null) return { ...facts, verified: true, ...match, ...verifiedBy(evidence, match) };
  if (elsewhere !== null) {
    const { key, salt } = elsewhere.match;
    const message = `Signed by ${keyName(key)}, but with the salt ${salt}: it belongs to ${PLACES[elsewhere.cell.purpose]}.`;
    return { ...facts, verified: false, reason: 'other-salt', message, hint: hintForSalt(elsewhere, evidence.class_name) };
  }
  if (evidence.keys === 0) {
    const message = evidence.decodes ? 'Decodes; not verified, because there is no key to try.' : 'Not verified: there is no key to try.';
    return { ...facts, verified: null, reason: 'no-key', message, hint: 'Enter the SECRET_KEY of the site.' };
  }
  return { ...facts, verified: false, ...cause(evidence) };
}

/** The evidence of a stored value for `diagnose`. @param keys how many keys were tried */
export function evidenceOf(stored: StoredText, keys: number, class_name?: string): Evidence {
  const { signature } = stored;
  return {
    format: stored.format,
    match: signature.verified === true ? signature.match : null,
    keys,
    algorithm: signature.verified === true ? signature.match.algorithm : signature.algorithm,
    signatureLength: 0,
    decodes: stored.problem === null,
    compressed: stored.compressed,
    timestamp: stored.timestamp,
    class_name,
  };
}

/** The evidence of a pasted value for `diagnose`. */
export function evidenceOfAnatomy(anatomy: Anatomy, found: CellMatch | null, keys: number, class_name?: string): Evidence {
  return {
    format: anatomy.form === 'legacy' || anatomy.form === 'messages' ? 'legacy' : 'signed',
    match: found?.match ?? null,
    keys,
    algorithm: anatomy.algorithm,
    signatureLength: anatomy.signature.length,
    decodes: anatomy.payload !== null,
    compressed: anatomy.compressed,
    timestamp: anatomy.timestamp,
    class_name,
  };
}

const PLACES: Readonly<Record<CellMatch['cell']['purpose'], string>> = {
  session_data: 'a stored session of that SessionStore class',
  signed_cookie_session: 'the signed_cookies engine',
  messages: 'the messages cookie',
  set_signed_cookie: 'a cookie of set_signed_cookie()',
  signing: 'another use of signing.dumps()',
  signer: 'a plain Signer',
};

/** `SECRET_KEY`, `fallback 1`, … */
export function keyName(key: number): string {
  return key === 0 ? 'SECRET_KEY' : `fallback ${key}`;
}

function verifiedBy(evidence: Evidence, match: Match): Pick<SignatureReport, 'reason' | 'message' | 'hint'> {
  const parts = [
    evidence.decodes ? 'Decodes' : 'Does not decode',
    `signed with ${keyName(match.key)}`,
    era(evidence.format, match.algorithm),
  ];
  const message = `${parts.filter((part) => part !== '').join('; ')}.`;
  if (match.key === 0) return { reason: 'verified', message };
  return { reason: 'verified-by-fallback', message, hint: 'Django 4.1 and later accept it while this key stays in SECRET_KEY_FALLBACKS.' };
}

/** What format and digest say about the Django that wrote it. */
function era(format: Evidence['format'], algorithm: Algorithm): string {
  if (format === 'legacy') return 'written by Django < 3.1 (or 3.1 and 3.2 with DEFAULT_HASHING_ALGORITHM = "sha1")';
  if (algorithm === 'sha1') return 'SHA-1, so written by Django < 3.1 (or 3.1 and 3.2 with DEFAULT_HASHING_ALGORITHM = "sha1")';
  return algorithm === 'sha256' ? '' : `${algorithm}, so written by a Signer with its own algorithm`;
}

function hintForSalt(elsewhere: CellMatch, class_name: string | undefined): string {
  if (elsewhere.cell.purpose !== 'session_data') return 'Read it as what it is, or enter the salt it was signed with.';
  return `The class is entered as ${class_name ?? STOCK_CLASS}; the salt says otherwise.`;
}

type Cause = Pick<SignatureReport, 'reason' | 'message' | 'hint'>;

function cause(evidence: Evidence): Cause {
  const { algorithm, signatureLength, decodes } = evidence;
  if (algorithm === null) {
    const size = signatureLength === 0 ? 'an unusual length' : `${signatureLength} characters`;
    const message = `The signature has ${size}; those of Django have 43 (SHA-256) or 27 (SHA-1).`;
    return { reason: 'malformed', message, hint: 'The value was cut or characters were added: copy all of it again.' };
  }
  if (!decodes) {
    const message = 'The signature does not match and the payload does not decode: the value was cut or changed.';
    return {
      reason: 'does-not-match',
      message,
      hint: 'Copy the whole value again; look for characters that a terminal, a log or URL-encoding changed.',
    };
  }
  const keys = evidence.keys === 1 ? 'the key' : `any of ${evidence.keys} keys`;
  return {
    reason: 'does-not-match',
    message: `Decodes, but the signature does not match ${keys}.`,
    hint: 'Most likely another SECRET_KEY signed it. Otherwise the site has a SessionStore class of another name, or the payload was changed.',
  };
}

/** ISO 8601 UTC of a signature's timestamp; null where no date can say it. */
export function isoTimestamp(timestamp: Timestamp | null): string | null {
  if (timestamp === null) return null;
  const milliseconds = Number(timestamp) * 1000;
  return Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds).toISOString() : null;
}
