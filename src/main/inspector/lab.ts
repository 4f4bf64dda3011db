import {
  type CookieReading,
  type ErrorView,
  type Output,
  type Parsed,
  Profile,
  type Secrets,
  type SignatureView,
} from '../../preload/api.ts';
import type { LabContext } from '../connection-protocol.ts';
import { unmaskCsrfToken } from '../django/csrf.ts';
import { diagnose, evidenceOfAnatomy, isoTimestamp, NOT_SIGNED } from '../django/diagnose.ts';
import { LIMITS, type SessionDocument } from '../django/document.ts';
import { userIdAt } from '../django/document-facts.ts';
import { type Identified, identify } from '../django/identify.ts';
import { levelName, parseMessages } from '../django/messages.ts';
import { type PastedValue, readPaste } from '../django/paste.ts';
import { parseResetToken } from '../django/reset-token.ts';
import { say } from '../django/sentences.ts';
import { parseCachePayload, parseSessionPayload } from '../django/serializers/detect.ts';
import type { SigningKeys } from '../django/signing.ts';
import { errorData } from '../errors.ts';
import { problemOf } from './codec.ts';
import { documentView } from './document-view.ts';
import { type Site, signingKeys, siteOf } from './site.ts';

export type LabKeys = Parsed<'cookies.read'>['keys'];

/** Browsers drop cookies whose name, value and attributes are longer than this. */
export const COOKIE_BYTES = 4096;

/** The site whose settings the Lab uses: a profile's, or Django's defaults. */
export function labSite(context: LabContext | null, own: Site | null, now: () => number): Site {
  if (context?.profile) return siteOf(context.profile, context.secrets, now);
  return own ?? siteOf(Profile.parse({ id: 'lab', name: 'Cookie Lab' }), {}, now);
}

/** A key that was typed wins over the profile's, and none of the profile's are tried then. */
export function labKeys(site: Site, { SECRET_KEY, SECRET_KEY_FALLBACKS }: LabKeys): SigningKeys {
  if (SECRET_KEY === undefined) return site.keys;
  const secrets: Secrets = { SECRET_KEY, ...(SECRET_KEY_FALLBACKS === undefined ? {} : { SECRET_KEY_FALLBACKS }) };
  return signingKeys(secrets);
}

/** Everything in a paste that may be Django's, named, verified and decoded. */
export function readCookies(site: Site, { text, keys: lab }: Parsed<'cookies.read'>): Output<'cookies.read'> {
  const keys = labKeys(site, lab);
  return readPaste(text).map((pasted) => readOne(site, keys, lab, pasted));
}

function readOne(site: Site, keys: SigningKeys, lab: LabKeys, pasted: PastedValue): CookieReading {
  const { value, identified } = best(site, keys, lab, pasted);
  const { document, error } = decode(value, identified);
  const age = ageOf(site, lab, identified);
  return {
    name: pasted.name,
    value,
    kind: identified.kind,
    confidence: identified.confidence,
    reason: identified.reason,
    parts: identified.parts,
    decodes: error === null ? { ok: true } : { ok: false, error },
    signature: signatureOf(identified, keys, lab.class_name ?? site.profile.session_store_class, age),
    age,
    document: document === null ? null : documentView(document),
    tried: identified.tried,
    facts: factsOf(pasted.name, value, identified, document),
  };
}

const CONFIDENCE = { certain: 3, likely: 2, possible: 1 } as const;

/** Of the ways a value may have been meant (unquoted, percent-decoded, as it stands) the one that makes most sense. */
function best(site: Site, keys: SigningKeys, lab: LabKeys, pasted: PastedValue): Readonly<{ value: string; identified: Identified }> {
  const name = lab.cookie_name ?? pasted.name ?? undefined;
  // The session cookie of a site may have any name; by Django's own it is recognized.
  const cookie_name = name !== undefined && name === site.profile.SESSION_COOKIE_NAME ? 'sessionid' : name;
  const context = { keys, class_name: lab.class_name ?? site.profile.session_store_class, salt: lab.salt, cookie_name };
  const rank = ({ found, kind, confidence }: Identified) => (found === null ? 0 : 10) + (kind === 'unknown' ? 0 : CONFIDENCE[confidence]);
  const candidates = pasted.values.map((value) => ({ value, identified: identify(value, context) }));
  const [first, ...others] = candidates;
  if (first === undefined) return { value: '', identified: identify('', context) };
  return others.reduce((chosen, other) => (rank(other.identified) > rank(chosen.identified) ? other : chosen), first);
}

function decode(
  value: string,
  { kind, payload, serializer, problem }: Identified,
): Readonly<{ document: SessionDocument | null; error: ErrorView | null }> {
  if (problem !== null) return { document: null, error: errorData(problem) };
  const bytes = payload ?? (kind === 'pickle' ? Buffer.from(value, 'base64') : null);
  if (bytes === null) return { document: null, error: null };
  try {
    const document = kind === 'pickle' ? parseCachePayload(bytes, 'pickle', LIMITS) : parseSessionPayload(bytes, serializer ?? 'json');
    return { document, error: null };
  } catch (error) {
    return { document: null, error: errorData(problemOf(error)) };
  }
}

/** Only signed_cookies sessions end by their signature's age; other values do where the person says after how long. */
function ageOf(site: Site, lab: LabKeys, { kind, timestamp }: Identified): CookieReading['age'] {
  const max_age = lab.max_age ?? (kind === 'signed_cookie_session' ? site.profile.SESSION_COOKIE_AGE : null);
  if (max_age === null || timestamp === null) return null;
  const seconds = site.now() / 1000 - Number(timestamp);
  const expires = isoTimestamp(Math.floor(Number(timestamp) + max_age));
  // django/core/signing.py TimestampSigner.unsign(): age > max_age
  return expires === null ? null : { seconds, max_age, expired: seconds > max_age, expires };
}

function signatureOf({ anatomy, found }: Identified, keys: SigningKeys, class_name: string, age: CookieReading['age']): SignatureView {
  if (anatomy === null) return NOT_SIGNED;
  const report = diagnose(evidenceOfAnatomy(anatomy, found, keys.length, class_name));
  if (report.verified !== true || age?.expired !== true) return report;
  const aged = say('signature-aged', { seconds: Math.floor(age.seconds), max_age: age.max_age });
  return { ...report, reason: 'expired', findings: [...report.findings, aged] };
}

type Fact = CookieReading['facts'][number];

function factsOf(name: string | null, value: string, identified: Identified, document: SessionDocument | null): readonly Fact[] {
  const { kind, plain } = identified;
  const facts: Fact[] = [];
  const user = document === null ? null : userIdAt(document);
  if (user !== null) facts.push(say('fact-user', { id: user }));
  if (kind === 'csrf' && value.length === 64) facts.push(say('fact-csrf-secret', { secret: unmaskCsrfToken(value) }));
  if ((kind === 'set_signed_cookie' || kind === 'signer') && plain !== null) facts.push(say('fact-text', { text: plain }));
  if (kind === 'messages') facts.push(...messageFacts(identified));
  const token = kind === 'reset_token' ? parseResetToken(value) : null;
  if (token !== null) facts.push(say(token.unit === 'days' ? 'fact-reset-days' : 'fact-reset-seconds', { count: token.count }));
  const bytes = Buffer.byteLength(value, 'utf8') + Buffer.byteLength(name ?? '', 'utf8');
  if (bytes > COOKIE_BYTES && kind === 'signed_cookie_session') facts.push(say('fact-large', { bytes, most: COOKIE_BYTES }));
  return facts;
}

function messageFacts({ payload }: Identified): readonly Fact[] {
  if (payload === null) return [];
  try {
    const { messages } = parseMessages(Buffer.from(payload).toString('utf8'));
    return messages.map(({ level, message }) => say('fact-message', { level: levelName(level), text: message.slice(0, 1000) }));
  } catch {
    return [];
  }
}
