import { fromisoformat, type IsoReader } from './iso-format.ts';
import {
  addMicroseconds,
  floorDivide,
  gives,
  isoformat,
  type PythonDatetime,
  type PythonResult,
  raises,
  SECOND,
  subtract,
  type Timedelta,
  timedeltaMicroseconds,
  timedeltaOfSeconds,
} from './python-datetime.ts';
import { atLeast, type DjangoVersion } from './versions.ts';

/** The expiry rules of django/contrib/sessions/backends/base.py SessionBase, 2.2 to 6.1, on plain values. */

/** `_session_expiry` as the session holds it, by Python type. */
export type ExpiryValue =
  | Readonly<{ type: 'NoneType' }>
  | Readonly<{ type: 'bool'; value: boolean }>
  | Readonly<{ type: 'int'; value: bigint }>
  | Readonly<{ type: 'float'; value: number }>
  | Readonly<{ type: 'str'; value: string }>
  | Readonly<{ type: 'datetime'; value: PythonDatetime }>
  /** anything else: its class by name, and whether Python takes it for true */
  | Readonly<{ type: 'other'; class: string; truthy: boolean }>;

/** What set_expiry() may be given. */
export type ExpiryArgument =
  | Extract<ExpiryValue, { type: 'NoneType' | 'bool' | 'int' | 'float' | 'datetime' }>
  | Readonly<{ type: 'timedelta'; value: Timedelta }>;

export type ExpirySettings = Readonly<{
  DJANGO_VERSION: DjangoVersion;
  /** seconds; get_session_cookie_age() of a subclass may give another number */
  SESSION_COOKIE_AGE: number;
  SESSION_EXPIRE_AT_BROWSER_CLOSE: boolean;
  isoReader?: IsoReader;
}>;

/** Since 4.1 datetimes are kept as ISO 8601 text, and such text is read back. */
export function keepsIsoText(version: DjangoVersion): boolean {
  return atLeast(version, 4, 1);
}

/**
 * What set_expiry(value) puts under `_session_expiry`; null: the key is removed (no error if it is absent).
 * @param now timezone.now(): aware under USE_TZ, else naive
 */
export function storedExpiry(value: ExpiryArgument, version: DjangoVersion, now: PythonDatetime): PythonResult<ExpiryValue | null> {
  if (value.type === 'NoneType') return gives(null);
  if (value.type === 'timedelta') {
    const moment = addMicroseconds(now, timedeltaMicroseconds(value.value));
    return moment.ok ? gives(keptDatetime(moment.value, version)) : moment;
  }
  return gives(value.type === 'datetime' ? keptDatetime(value.value, version) : value);
}

function keptDatetime(value: PythonDatetime, version: DjangoVersion): ExpiryValue {
  return keepsIsoText(version) ? { type: 'str', value: isoformat(value) } : { type: 'datetime', value };
}

/** bool(value) */
export function isTruthy(value: ExpiryValue): boolean {
  switch (value.type) {
    case 'NoneType':
      return false;
    case 'bool':
      return value.value;
    case 'int':
      return value.value !== 0n;
    case 'float':
      return value.value !== 0;
    case 'str':
      return value.value !== '';
    case 'datetime':
      return true;
    case 'other':
      return value.truthy;
    default:
      return value satisfies never;
  }
}

/**
 * get_expiry_age(modification=..., expiry=...): seconds, or the stored value itself, whatever it is, where that is no datetime.
 * The difference to a datetime is floored to whole seconds.
 * @param expiry the stored value, or the argument of that name; absent counts as None
 */
export function getExpiryAge(expiry: ExpiryValue, modification: PythonDatetime, settings: ExpirySettings): PythonResult<ExpiryValue> {
  if (!isTruthy(expiry)) return gives({ type: 'int', value: BigInt(settings.SESSION_COOKIE_AGE) });
  const datetime = asDatetime(expiry, settings);
  if (datetime === null) return gives(expiry);
  if (!datetime.ok) return datetime;
  const difference = subtract(datetime.value, modification);
  return difference.ok ? gives({ type: 'int', value: floorDivide(difference.value, SECOND) }) : difference;
}

/** get_expiry_date(modification=..., expiry=...) */
export function getExpiryDate(expiry: ExpiryValue, modification: PythonDatetime, settings: ExpirySettings): PythonResult<PythonDatetime> {
  const datetime = asDatetime(expiry, settings);
  if (datetime !== null) return datetime;
  const seconds = secondsOf(isTruthy(expiry) ? expiry : { type: 'int', value: BigInt(settings.SESSION_COOKIE_AGE) });
  if (!seconds.ok) return seconds;
  const microseconds = timedeltaOfSeconds(seconds.value);
  return microseconds.ok ? addMicroseconds(modification, microseconds.value) : microseconds;
}

/** The datetime that a stored value is or, since 4.1, says; null for what is neither. */
export function asDatetime(expiry: ExpiryValue, settings: ExpirySettings): PythonResult<PythonDatetime> | null {
  if (expiry.type === 'datetime') return gives(expiry.value);
  if (expiry.type === 'str' && keepsIsoText(settings.DJANGO_VERSION)) return fromisoformat(expiry.value, settings.isoReader);
  return null;
}

/** What timedelta(seconds=value) takes for a number. */
function secondsOf(value: ExpiryValue): PythonResult<number | bigint> {
  if (value.type === 'int' || value.type === 'float') return gives(value.value);
  if (value.type === 'bool') return gives(value.value ? 1n : 0n);
  const name = value.type === 'other' ? value.class : value.type;
  return raises('TypeError', `unsupported type for timedelta seconds component: ${name}`);
}

/** get_expire_at_browser_close(): the setting where nothing is stored, else whether the stored value equals 0. */
export function getExpireAtBrowserClose(expiry: ExpiryValue, settings: ExpirySettings): boolean {
  if (expiry.type === 'NoneType') return settings.SESSION_EXPIRE_AT_BROWSER_CLOSE;
  return (expiry.type === 'int' || expiry.type === 'float' || expiry.type === 'bool') && !isTruthy(expiry);
}

/** `age <= 0`, as the file engine asks; TypeError for what has no order with a number. */
export function isNoLaterThanNow(age: ExpiryValue): PythonResult<boolean> {
  if (age.type === 'int') return gives(age.value <= 0n);
  if (age.type === 'float') return gives(age.value <= 0);
  if (age.type === 'bool') return gives(!age.value);
  const name = age.type === 'other' ? age.class : age.type === 'datetime' ? 'datetime.datetime' : age.type;
  return raises('TypeError', `'<=' not supported between instances of '${name}' and 'int'`);
}
