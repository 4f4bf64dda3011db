import type { CellMatch, Purpose } from '../django/cells.ts';
import { diagnose, evidenceOfAnatomy, signatureError } from '../django/diagnose.ts';
import { type Identified, type IdentifiedKind, identify } from '../django/identify.ts';
import { readPaste } from '../django/paste.ts';
import type { SignedForm } from '../django/release.ts';
import { type Answer, BLANK } from './answer.ts';
import { type Context, classNameOf, signingContext, valueBytes, valueText } from './context.ts';
import { type Read, readPayload } from './payload.ts';
import { expiryError, releaseError } from './read-stored.ts';
import { unsignedFacts } from './read-unsigned.ts';
import type { Request } from './request.ts';

/** A request that names a use of django.core.signing: any salt it allows counts. */
export function readSigned(context: Context, kind: string): Answer {
  const identified = identify(valueText(context.request), signingContext(context));
  return answerOf(context, identified, kind, SIGNED_PURPOSES[kind]);
}

/** What a verified signature must be for, where the kind leaves no choice. */
const SIGNED_PURPOSES: Readonly<Record<string, Purpose>> = { messages: 'messages', set_signed_cookie: 'set_signed_cookie' };

/** A value without a kind: as it stands, or out of what a browser or a shell put around it, whichever says more. */
export function recognize(context: Context): Answer {
  const whole = valueText(context.request);
  const { value, identified } = bestReading(context, whole);
  const { kind } = identified;
  if (value !== whole) return answerOf({ ...context, request: { ...context.request, value, value_base64: null } }, identified, kind);
  const answer = answerOf(context, identified, kind);
  return kind === 'unknown' ? { ...answer, ...readLoose(context.request) } : answer;
}

type Reading = Readonly<{ value: string; identified: Identified }>;

function bestReading(context: Context, text: string): Reading {
  let best: Reading = { value: text, identified: identify(text, signingContext(context)) };
  if (best.identified.found !== null) return best;
  for (const { name, values } of readPaste(text)) {
    const cookie_name = context.request.cookie_name ?? name ?? undefined;
    for (const value of values) {
      const identified = identify(value, { ...signingContext(context), cookie_name });
      if (rank(identified) > rank(best.identified)) best = { value, identified };
    }
  }
  return best;
}

const RANKS: Readonly<Record<Identified['confidence'], number>> = { certain: 3, likely: 2, possible: 1 };
const SESSION_KINDS: ReadonlySet<IdentifiedKind> = new Set(['session_data', 'signed_cookie_session', 'session_key']);

function rank({ kind, found, confidence }: Identified): number {
  if (kind === 'unknown') return 0;
  return (found === null ? 0 : 10) + (SESSION_KINDS.has(kind) ? 4 : 0) + RANKS[confidence];
}

/** JSON and raw pickles without a signature are still shown. */
function readLoose(request: Request): Partial<Answer> {
  const bytes = valueBytes(request);
  const read = readPayload(bytes, null);
  return read.error === null ? { ...read, serializer: read.typed === undefined ? 'json' : 'pickle' } : {};
}

function answerOf(context: Context, identified: Identified, kind: string, purpose?: Purpose): Answer {
  const { anatomy, found, payload, timestamp, serializer } = identified;
  const blank = { ...BLANK, id: context.request.id ?? null, kind };
  if (anatomy === null) return { ...blank, ...unsignedFacts(identified, valueText(context.request)) };
  const misplaced = found !== null && purpose !== undefined && found.cell.purpose !== purpose && context.request.salt == null;
  const match = misplaced ? null : found;
  const verdict = signedVerdict(context, identified, match, misplaced ? found : null);
  const read: Read =
    identified.plain === null ? readPayload(payload, identified.problem) : { typed: identified.plain, warnings: [], error: null };
  const error = verdict.error ?? expiryError(context, timestamp) ?? read.error;
  return { ...blank, ...verdict.facts, timestamp, compressed: anatomy.compressed && payload !== null, serializer, ...read, error };
}

type Verdict = Readonly<{ facts: Pick<Answer, 'verified' | 'key' | 'algorithm' | 'salt'>; error: Answer['error'] }>;

/** What each purpose of a signature is to the releases that differ about it. */
const USES: Readonly<Record<Purpose, SignedForm['use']>> = {
  session_data: 'stored',
  signed_cookie_session: 'cookie',
  messages: 'own',
  set_signed_cookie: 'own',
  signing: 'site',
  signer: 'site',
};

function signedVerdict(context: Context, { anatomy }: Identified, found: CellMatch | null, elsewhere: CellMatch | null): Verdict {
  const { keys, request } = context;
  if (anatomy === null || keys.length === 0)
    return { facts: { verified: null, key: null, algorithm: anatomy?.algorithm ?? null, salt: null }, error: null };
  if (found !== null) {
    const { match, cell } = found;
    const format = anatomy.form === 'legacy' || anatomy.form === 'messages' ? 'legacy' : 'signed';
    const error = releaseError(context, { use: USES[cell.purpose], format, match, scheme: cell.scheme });
    return { facts: { verified: error === null, ...match }, error };
  }
  const report = diagnose({ ...evidenceOfAnatomy(anatomy, null, keys.length, classNameOf(request)), elsewhere });
  return { facts: { verified: false, key: null, algorithm: anatomy.algorithm, salt: null }, error: signatureError(report) };
}
