import type { AcceptanceView, ErrorView, ExpiryView, SessionState, SessionSummary } from '../../preload/api.ts';
import type { StoredSession } from '../backends/base.ts';
import { type AcceptanceUser, wouldAccept } from '../django/accept.ts';
import { NOT_SIGNED, signatureError } from '../django/diagnose.ts';
import { LIMITS, type Limits, type SentenceCode, type SessionDocument } from '../django/document.ts';
import { say } from '../django/sentences.ts';
import { errorData, InspectorError } from '../errors.ts';
import type { Decoded } from './codec.ts';
import type { Engine } from './engine.ts';
import { expiryOf } from './expiry.ts';
import { microseconds, type Site } from './site.ts';
import { twinValue } from './twin.ts';

/** A stored session and what it means. */
export type Reading = Readonly<{ session: StoredSession; decoded: Decoded; expiry: ExpiryView }>;

/** Decodes one stored session; whatever its bytes are, it is at worst one bad row. */
export function readSession(
  site: Site,
  engine: Engine,
  session: StoredSession,
  limits: Limits = LIMITS,
  now: bigint = microseconds(site.now()),
): Reading {
  const decoded = decode(engine, session, limits);
  return { session, decoded, expiry: expiryOf(site, session, trustedDocument(decoded), now) };
}

/** What Django makes of it: data that no key verifies count as none. */
export function trustedDocument({ document, signature }: Decoded): SessionDocument | null {
  return signature.verified === false ? null : document;
}

function decode({ codec, twinCodec }: Engine, session: StoredSession, limits: Limits): Decoded {
  if (session.oversize !== undefined) return notFetched(session.oversize);
  if (session.only === 'cache' && twinCodec !== null) return twinCodec.decode(twinValue(session), limits);
  return codec.decode(session, limits);
}

function notFetched(bytes: number): Decoded {
  const problem = new InspectorError('LimitExceeded', `The stored value has ${bytes} bytes and was not fetched`, {
    hint: bytes > LIMITS.storedBytes ? `At most ${LIMITS.storedBytes} bytes are read.` : 'Open the session to read it.',
  });
  return { document: null, problem, signature: { ...NOT_SIGNED, findings: [say('signature-unread')] }, text: null };
}

/** @param user null: no user table at hand */
export function acceptanceOf(site: Site, { session, decoded, expiry }: Reading, user: AcceptanceUser | null): AcceptanceView {
  const { document, problem } = decoded;
  return wouldAccept({
    version: site.profile.DJANGO_VERSION,
    engine: site.profile.SESSION_ENGINE,
    session_key: session.session_key,
    stored: decoded.text,
    document: document ?? problem ?? new InspectorError('Corrupt', 'The data do not decode'),
    expired: expiry.source === 'unknown' ? null : expiry.expired,
    SESSION_SERIALIZER: site.profile.SESSION_SERIALIZER,
    keys: site.keys,
    user,
  });
}

/** Reasons of an acceptance that are about the signature or the format it comes in. */
const UNSIGNED: ReadonlySet<SentenceCode> = new Set([
  'bad-signature',
  'fallback-unknown',
  'old-format',
  'new-format',
  'sha1',
  'sha256',
  'digest',
]);
/** Reasons that are about the data. */
const CORRUPT: ReadonlySet<SentenceCode> = new Set(['corrupt', 'refused', 'pickle', 'serializer', 'not-a-dict']);

/** Live or expired, unless Django would not read it at all: then why. */
export function stateOf(site: Site, reading: Reading): Pick<SessionSummary, 'state' | 'problem'> {
  const { session, decoded, expiry } = reading;
  const byTime: SessionState = expiry.expired ? 'expired' : 'live';
  // Neither seen nor judged.
  if (session.oversize !== undefined) return { state: byTime, ...told(decoded.problem) };
  if (decoded.document === null) return { state: 'corrupt', ...told(decoded.problem) };
  const { signature } = decoded;
  if (signature.verified === false) return { state: 'unsigned', problem: signatureError(signature) };
  const refused = acceptanceOf(site, reading, null).reasons.filter(({ ok }) => ok === false);
  const data = refused.find(({ code }) => CORRUPT.has(code));
  if (data !== undefined) return { state: 'corrupt', problem: { code: 'Corrupt', message: data.message } };
  const format = refused.find(({ code }) => UNSIGNED.has(code));
  if (format !== undefined) return { state: 'unsigned', problem: { code: 'UnsupportedFormat', message: format.message } };
  return { state: byTime };
}

function told(problem: InspectorError | null): { problem?: ErrorView } {
  return problem === null ? {} : { problem: errorData(problem) };
}
