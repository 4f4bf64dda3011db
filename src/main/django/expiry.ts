import { type DatabaseClock, isCleared, isLoadable, parseExpireDate } from './expire-date.ts';
import { addMicroseconds, isoformat, microsecondsOf, type PythonResult, SECOND, wallText } from './python-datetime.ts';
import { type Sentence, say } from './sentences.ts';
import { floatRepr } from './serializers/json/float-repr.ts';
import {
  asDatetime,
  type ExpirySettings,
  type ExpiryValue,
  getExpireAtBrowserClose,
  getExpiryAge,
  isNoLaterThanNow,
  isTruthy,
} from './session-expiry.ts';
import { djangoDatetime, momentOf } from './time-zone.ts';

/** Where the end of a session comes from, engine by engine: what the window says beside the date. */

export type ExpirySource =
  | 'expire_date'
  | '_session_expiry'
  | 'ttl'
  | 'mtime + SESSION_COOKIE_AGE'
  | 'cookie timestamp + SESSION_COOKIE_AGE'
  | 'cache expires'
  | 'never'
  | 'unknown';

/** The end as the place has it; the stores' own words for it, and the time inside a signed cookie. */
export type StoredEnd =
  | Readonly<{ source: 'expire_date'; text: string }>
  | Readonly<{ source: 'ttl'; milliseconds: number | null }>
  | Readonly<{ source: 'cache'; text: string | null }>
  | Readonly<{ source: 'mtime'; nanoseconds: string }>
  | Readonly<{ source: 'timestamp'; seconds: number }>;

export type ExpiryContext = Readonly<{
  stored: StoredEnd;
  /** `_session_expiry` of the data; NoneType where it is absent or the data does not decode */
  session_expiry: ExpiryValue;
  settings: ExpirySettings & DatabaseClock;
  /** microseconds since the epoch, UTC */
  now: bigint;
  /** file engine: the file has no bytes at all */
  emptyFile?: boolean;
  /** file engine: the key is one that Django opens a file for, see validSessionKey() and isFileEngineKey() */
  unusableKey?: boolean;
}>;

/** JSON-safe: crosses to the window as it is. */
export type Expiry = Readonly<{
  /** ISO 8601 UTC, microseconds where there are any; null: never, or not a date */
  at: string | null;
  source: ExpirySource;
  /** the cookie ends with the browser */
  browserClose: boolean;
  /** Django would not give the session's data to a request any more */
  expired: boolean;
  /** clear_expired() would remove it; false for equal, for caches and for cookies */
  cleared: boolean;
  /** as stored */
  raw: string;
  note?: Sentence;
}>;

type Found = Omit<Expiry, 'browserClose'>;

/**
 * When a session ends, and by what.
 * @throws InspectorError ImproperlyConfigured for an unknown TIME_ZONE
 */
export function describeExpiry(context: ExpiryContext): Expiry {
  const browserClose = getExpireAtBrowserClose(context.session_expiry, context.settings);
  return { ...findExpiry(context), browserClose };
}

function findExpiry(context: ExpiryContext): Found {
  const { stored } = context;
  switch (stored.source) {
    case 'expire_date':
      return fromColumn(stored.text, context);
    case 'ttl':
      return fromTtl(stored.milliseconds, context.now);
    case 'cache':
      return fromCache(stored.text, context);
    case 'mtime':
      return fromFile(stored.nanoseconds, context);
    case 'timestamp':
      return fromCookie(stored.seconds, context);
    default:
      return stored satisfies never;
  }
}

function isoUtc(moment: bigint): string {
  return `${wallText(moment, 'T')}Z`;
}

function withNote(found: Found, note: Sentence | undefined): Found {
  return note === undefined ? found : { ...found, note };
}

/** django/contrib/sessions/backends/db.py load(), clear_expired(): `expire_date > now`, `expire_date < now`. */
function fromColumn(text: string, { settings, now }: ExpiryContext): Found {
  const { moment, note } = parseExpireDate(text, settings);
  const found = {
    at: moment === null ? null : isoUtc(moment),
    source: moment === null ? ('unknown' as const) : ('expire_date' as const),
    expired: !isLoadable(text, now, settings),
    cleared: isCleared(text, now, settings),
    raw: text,
  };
  const equal = found.expired && !found.cleared ? say('expiry-now') : undefined;
  return withNote(found, note ?? equal);
}

function fromTtl(milliseconds: number | null, now: bigint): Found {
  if (milliseconds === null)
    return {
      at: null,
      source: 'never',
      expired: false,
      cleared: false,
      raw: '',
      note: say('expiry-no-ttl'),
    };
  const at = isoUtc(now + BigInt(Math.round(milliseconds * 1000)));
  return { at, source: 'ttl', expired: milliseconds <= 0, cleared: false, raw: String(milliseconds / 1000) };
}

/** DatabaseCache.get_many(): expired iff expires < now; FileBasedCache._is_expired(): iff exp < time.time(). */
function fromCache(text: string | null, { settings, now }: ExpiryContext): Found {
  const never: Found = { at: null, source: 'never', expired: false, cleared: false, raw: text ?? '' };
  if (text === null || text.startsWith('9999-12-31 23:59:59')) return never;
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) return endingAt(microsecondsOf(Number(text)), text, now);
  const { moment, note } = parseExpireDate(text, settings);
  if (moment === null) return withNote({ ...never, source: 'unknown' }, note);
  return withNote(endingAt(moment, text, now), note);
}

function endingAt(moment: bigint, raw: string, now: bigint): Found {
  return { at: isoUtc(moment), source: 'cache expires', expired: moment < now, cleared: false, raw };
}

/** django/contrib/sessions/backends/signed_cookies.py load(): loads(max_age=SESSION_COOKIE_AGE), expired iff age > max_age. */
function fromCookie(seconds: number, { settings, now, session_expiry }: ExpiryContext): Found {
  const moment = (BigInt(Math.floor(seconds)) + BigInt(settings.SESSION_COOKIE_AGE)) * SECOND;
  const found: Found = {
    at: isoUtc(moment),
    source: 'cookie timestamp + SESSION_COOKIE_AGE',
    expired: now > moment,
    cleared: false,
    raw: String(seconds),
  };
  return withNote(found, isTruthy(session_expiry) ? say('expiry-of-cookie') : undefined);
}

/** st_mtime as Python has it: a float of seconds. */
function mtimeMoment(nanoseconds: string): bigint {
  const total = BigInt(nanoseconds);
  const seconds = total / 1_000_000_000n;
  return microsecondsOf(Number(seconds) + Number(total - seconds * 1_000_000_000n) * 1e-9);
}

/** django/contrib/sessions/backends/file.py _expiry_date(): what is stored, if it is true, else mtime + SESSION_COOKIE_AGE. */
function fileExpiry(nanoseconds: string, { settings, session_expiry }: ExpiryContext): ExpiryValue {
  if (isTruthy(session_expiry)) return session_expiry;
  const modified = djangoDatetime(settings, mtimeMoment(nanoseconds));
  const end = addMicroseconds(modified, BigInt(settings.SESSION_COOKIE_AGE) * SECOND);
  return end.ok ? { type: 'datetime', value: end.value } : { type: 'NoneType' };
}

/** django/contrib/sessions/backends/file.py load(): expired iff get_expiry_age(expiry=_expiry_date(data)) <= 0. */
function isFileExpired(expiry: ExpiryValue, { settings, now }: ExpiryContext): PythonResult<boolean> {
  const age = getExpiryAge(expiry, djangoDatetime(settings, now), settings);
  return age.ok ? isNoLaterThanNow(age.value) : age;
}

function fromFile(nanoseconds: string, context: ExpiryContext): Found {
  const { settings, session_expiry } = context;
  const own = isTruthy(session_expiry);
  const never: Found = { at: null, source: 'never', expired: false, cleared: false, raw: own ? rawOf(session_expiry) : nanoseconds };
  if (context.unusableKey === true) return { ...never, note: say('expiry-unusable-key') };
  if (context.emptyFile === true) return { ...never, note: say('expiry-empty-file') };
  const expiry = fileExpiry(nanoseconds, context);
  const expired = isFileExpired(expiry, context);
  const source: ExpirySource = own ? '_session_expiry' : 'mtime + SESSION_COOKIE_AGE';
  if (!expired.ok) return { ...never, source, note: say('expiry-raises', { error: expired.error, text: expired.message }) };
  const end = getEnd(expiry, settings);
  const found = { ...never, at: end === null ? null : isoUtc(end), source, expired: expired.value, cleared: expired.value };
  return withNote(found, end === null ? relativeNote(expired.value) : undefined);
}

function relativeNote(expired: boolean): Sentence {
  return expired ? say('expiry-negative') : say('expiry-relative');
}

/** The moment of a datetime, or of text that the release reads as one; null for numbers. */
function getEnd(expiry: ExpiryValue, settings: ExpirySettings & DatabaseClock): bigint | null {
  const datetime = asDatetime(expiry, settings);
  return datetime?.ok === true ? momentOf(settings, datetime.value) : null;
}

/** A value as Python shows it. */
function rawOf(value: ExpiryValue): string {
  switch (value.type) {
    case 'NoneType':
      return 'None';
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'int':
      return String(value.value);
    case 'float':
      return floatRepr(value.value);
    case 'str':
      return value.value;
    case 'datetime':
      return isoformat(value.value);
    case 'other':
      return value.class;
    default:
      return value satisfies never;
  }
}
