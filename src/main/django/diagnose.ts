import type { ErrorData } from '../errors.ts';
import type { Anatomy } from './anatomy.ts';
import type { Timestamp } from './base62.ts';
import type { CellMatch } from './cells.ts';
import { english, type Sentence, say } from './sentences.ts';
import type { StoredText } from './session-data.ts';
import { STOCK_CLASS } from './session-data.ts';
import type { Algorithm, Match } from './signing.ts';

/**
 * The verdict on a signature: which cell of keys x salts x algorithms x formats verified, or the likeliest cause and the
 * next step. The bridge's SignatureView.
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
  /** what was found, in words */
  findings: readonly Sentence[];
  /** what to do next */
  hint?: Sentence;
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
  findings: [say('signature-none')],
};

/** A signature that does not hold as an error: what was found, and the next step. */
export function signatureError({ findings, hint }: Pick<SignatureReport, 'findings' | 'hint'>): ErrorData {
  return { code: 'BadSignature', message: english(findings), ...(hint === undefined ? {} : { hint: hint.message }) };
}

/** Names the cell that verified, or the likeliest cause why none did and what to do next. */
export function diagnose(evidence: Evidence): SignatureReport {
  const { match, elsewhere = null, algorithm, compressed, format } = evidence;
  const timestamp = isoTimestamp(evidence.timestamp);
  const facts = { key: null, algorithm, salt: null, timestamp, compressed, format };
  if (match !== null) return { ...facts, verified: true, ...match, ...verifiedBy(evidence, match) };
  if (elsewhere !== null) return { ...facts, verified: false, reason: 'other-salt', ...besides(elsewhere, evidence.class_name) };
  if (evidence.keys === 0) {
    const findings = [...(evidence.decodes ? [say('signature-decodes')] : []), say('signature-no-key')];
    return { ...facts, verified: null, reason: 'no-key', findings, hint: say('signature-no-key-hint') };
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

type Words = Pick<SignatureReport, 'findings' | 'hint'>;
type Cause = Words & Pick<SignatureReport, 'reason'>;

function signedBy(key: number): Sentence {
  return key === 0 ? say('signature-by-key') : say('signature-by-old-key', { key });
}

function verifiedBy({ decodes, format }: Evidence, { key, algorithm }: Match): Cause {
  const findings = [decodes ? say('signature-decodes') : say('signature-undecoded'), signedBy(key), ...era(format, algorithm)];
  if (key === 0) return { reason: 'verified', findings };
  return { reason: 'verified-by-fallback', findings, hint: say('signature-old-key-hint') };
}

/** What format and digest say about the Django that wrote it. */
function era(format: Evidence['format'], algorithm: Algorithm): readonly Sentence[] {
  if (format === 'legacy') return [say('signature-legacy')];
  if (algorithm === 'sha1') return [say('signature-sha1')];
  return algorithm === 'sha256' ? [] : [say('signature-digest', { algorithm })];
}

const PLACES: Readonly<Record<CellMatch['cell']['purpose'], Sentence>> = {
  session_data: say('signature-of-session'),
  signed_cookie_session: say('signature-of-cookie'),
  messages: say('signature-of-messages'),
  set_signed_cookie: say('signature-of-set-signed-cookie'),
  signing: say('signature-of-dumps'),
  signer: say('signature-of-signer'),
};

/** The key is right, the salt another one. */
function besides({ cell, match }: CellMatch, class_name = STOCK_CLASS): Words {
  const findings = [signedBy(match.key), say('signature-salt', { salt: match.salt }), PLACES[cell.purpose]];
  return { findings, hint: cell.purpose === 'session_data' ? say('signature-class-hint', { class_name }) : say('signature-salt-hint') };
}

function cause({ algorithm, signatureLength: characters, decodes, keys }: Evidence): Cause {
  if (algorithm === null) {
    const length = characters === 0 ? say('signature-odd-length') : say('signature-length', { characters });
    return { reason: 'malformed', findings: [length], hint: say('signature-length-hint') };
  }
  const reason = 'does-not-match';
  if (!decodes) return { reason, findings: [say('signature-cut')], hint: say('signature-cut-hint') };
  const matches = keys === 1 ? say('signature-other-key') : say('signature-other-keys', { keys });
  return { reason, findings: [matches], hint: say('signature-other-key-hint') };
}

/** ISO 8601 UTC of a signature's timestamp; null where no date can say it. */
export function isoTimestamp(timestamp: Timestamp | null): string | null {
  if (timestamp === null) return null;
  const milliseconds = Number(timestamp) * 1000;
  return Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds).toISOString() : null;
}
