/**
 * Python's datetime, as far as sessions need it: microseconds exact, naive and aware, years 1 to 9999
 * (CPython Lib/_pydatetime.py, 3.7 and later).
 */

export const SECOND = 1_000_000n;
const DAY_SECONDS = 86_400n;

/** What a Python expression gives or raises. Messages are Python's own. */
export type PythonResult<T> =
  | Readonly<{ ok: true; value: T }>
  | Readonly<{ ok: false; error: 'TypeError' | 'ValueError' | 'OverflowError' | 'AttributeError'; message: string }>;

export type PythonError = Extract<PythonResult<never>, { ok: false }>;

export function gives<T>(value: T): PythonResult<T> {
  return { ok: true, value };
}

export function raises(error: PythonError['error'], message: string): PythonError {
  return { ok: false, error, message };
}

export type PythonDatetime = Readonly<{
  /** microseconds from 1970-01-01 00:00 to this reading of the clock on the wall */
  wall: bigint;
  /** UTC offset of that clock in microseconds; null: naive, of no stated zone */
  offset: bigint | null;
}>;

export type Timedelta = Readonly<{ days: number; seconds: number; microseconds: number }>;

export type Civil = Readonly<{
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  microsecond: number;
}>;

/** 0001-01-01 00:00:00 and 9999-12-31 23:59:59.999999 */
const MINIMUM = -62_135_596_800n * SECOND;
const MAXIMUM = 253_402_300_800n * SECOND - 1n;

/** Floor division, as Python's //. */
export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor !== 0n && dividend < 0n !== divisor < 0n ? quotient - 1n : quotient;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** The wall clock reading of a date and time that are in range. */
export function wallOf(civil: Civil): bigint {
  const days = BigInt(daysFromCivil(civil.year, civil.month, civil.day));
  return ((days * 24n + BigInt(civil.hour)) * 3600n + BigInt(civil.minute * 60 + civil.second)) * SECOND + BigInt(civil.microsecond);
}

export function civilOf(wall: bigint): Civil {
  const seconds = floorDivide(wall, SECOND);
  const days = floorDivide(seconds, DAY_SECONDS);
  const rest = Number(seconds - days * DAY_SECONDS);
  const shifted = Number(days) + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    microsecond: Number(wall - seconds * SECOND),
  };
}

export function daysInMonth(year: number, month: number): number {
  return daysFromCivil(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - daysFromCivil(year, month, 1);
}

/** `datetime(...)`: the reading, or the ValueError that the constructor raises. */
export function datetimeOf(civil: Civil, offset: bigint | null): PythonResult<PythonDatetime> {
  const { year, month, day, hour, minute, second } = civil;
  if (year < 1 || year > 9999) return raises('ValueError', `year ${year} is out of range`);
  if (month < 1 || month > 12) return raises('ValueError', 'month must be in 1..12');
  if (day < 1 || day > daysInMonth(year, month)) return raises('ValueError', 'day is out of range for month');
  if (hour > 23) return raises('ValueError', 'hour must be in 0..23');
  if (minute > 59) return raises('ValueError', 'minute must be in 0..59');
  if (second > 59) return raises('ValueError', 'second must be in 0..59');
  return gives({ wall: wallOf(civil), offset });
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `YYYY-MM-DD<separator>HH:MM:SS[.ffffff]` of a reading: str(datetime) and isoformat() without the zone. */
export function wallText(wall: bigint, separator: 'T' | ' '): string {
  const { year, month, day, hour, minute, second, microsecond } = civilOf(wall);
  const fraction = microsecond === 0 ? '' : `.${String(microsecond).padStart(6, '0')}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}${separator}${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
}

/** datetime.isoformat(): the fraction is absent when it is zero, the offset when there is none. */
export function isoformat(datetime: PythonDatetime, separator: 'T' | ' ' = 'T'): string {
  return wallText(datetime.wall, separator) + (datetime.offset === null ? '' : offsetText(datetime.offset));
}

function offsetText(offset: bigint): string {
  const size = offset < 0n ? -offset : offset;
  const seconds = Number(size / SECOND);
  const fraction = size % SECOND === 0n ? '' : `.${String(size % SECOND).padStart(6, '0')}`;
  const tail = seconds % 60 === 0 && fraction === '' ? '' : `:${two(seconds % 60)}${fraction}`;
  return `${offset < 0n ? '-' : '+'}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}${tail}`;
}

/** `one - other` in microseconds. */
export function subtract(one: PythonDatetime, other: PythonDatetime): PythonResult<bigint> {
  if ((one.offset === null) !== (other.offset === null))
    return raises('TypeError', "can't subtract offset-naive and offset-aware datetimes");
  return gives(one.wall - (one.offset ?? 0n) - (other.wall - (other.offset ?? 0n)));
}

/** `datetime + timedelta`: the clock on the wall moves, whatever its zone does. */
export function addMicroseconds(datetime: PythonDatetime, microseconds: bigint): PythonResult<PythonDatetime> {
  const wall = datetime.wall + microseconds;
  if (wall < MINIMUM || wall > MAXIMUM) return raises('OverflowError', 'date value out of range');
  return gives({ wall, offset: datetime.offset });
}

/** Microseconds in a timedelta. */
export function timedeltaMicroseconds({ days, seconds, microseconds }: Timedelta): bigint {
  return (BigInt(days) * DAY_SECONDS + BigInt(seconds)) * SECOND + BigInt(microseconds);
}

/** `timedelta(seconds=value)` in microseconds, with the errors of its C implementation. */
export function timedeltaOfSeconds(value: number | bigint): PythonResult<bigint> {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return raises('ValueError', 'cannot convert float NaN to integer');
    if (!Number.isFinite(value)) return raises('OverflowError', 'cannot convert float infinity to integer');
  }
  const microseconds = typeof value === 'bigint' ? value * SECOND : microsecondsOf(value);
  const days = floorDivide(microseconds, DAY_SECONDS * SECOND);
  if (days > 0x7fffffffn || days < -0x80000000n) return raises('OverflowError', 'Python int too large to convert to C int');
  if (days > 999_999_999n || days < -999_999_999n) return raises('OverflowError', `days=${days}; must have magnitude <= 999999999`);
  return gives(microseconds);
}

/** Seconds as a float in microseconds, rounded half to even as Python does it for timedelta and fromtimestamp(). */
export function microsecondsOf(seconds: number): bigint {
  const whole = Math.trunc(seconds);
  return BigInt(whole) * SECOND + BigInt(roundHalfEven((seconds - whole) * 1e6));
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
