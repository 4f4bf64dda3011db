import {
  type Civil,
  civilOf,
  datetimeOf,
  floorDivide,
  gives,
  type PythonDatetime,
  type PythonResult,
  raises,
  SECOND,
  wallOf,
} from './python-datetime.ts';
import { atLeast, type DjangoVersion } from './versions.ts';

/** Python from 3.11 on reads most of ISO 8601; before, only what isoformat() writes, with any one character for the T. */
export type IsoReader = 'isoformat only' | 'iso 8601';

const DAY = 86_400n * SECOND;

type Clock = Readonly<{ parts: readonly [number, number, number, number]; offset: bigint | null }>;

/** datetime.fromisoformat(), CPython 3.7 to 3.10 or 3.11 and later. */
export function fromisoformat(text: string, reader: IsoReader = 'iso 8601'): PythonResult<PythonDatetime> {
  const invalid = raises('ValueError', `Invalid isoformat string: ${repr(text)}`);
  const split = reader === 'iso 8601' ? separatorAt(text) : 10;
  if (split === null || text.length < 7) return invalid;
  const date = reader === 'iso 8601' ? isoDate(text.slice(0, split)) : plainDate(text.slice(0, split));
  if (date === null) return invalid;
  const rest = text.slice(split + 1);
  const clock: Clock | null = text.length <= split ? { parts: [0, 0, 0, 0], offset: null } : isoTime(rest, reader);
  if (clock === null) return invalid;
  const [hour, minute, second, microsecond] = clock.parts;
  if (clock.offset !== null && (clock.offset <= -DAY || clock.offset >= DAY)) return raises('ValueError', offsetMessage(clock.offset));
  return datetimeOf({ ...date, hour, minute, second, microsecond }, clock.offset);
}

function offsetMessage(offset: bigint): string {
  const days = floorDivide(offset, DAY);
  const rest = offset - days * DAY;
  const parts = [`days=${days}`, `seconds=${rest / SECOND}`, `microseconds=${rest % SECOND}`].filter((part) => !part.endsWith('=0'));
  return `offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not datetime.timedelta(${parts.join(', ')}).`;
}

/** Python's repr of a str, for the message. */
function repr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
}

const DIGIT = /^[0-9]$/;

/** CPython's _find_isoformat_datetime_separator(): where the date ends. */
function separatorAt(text: string): number | null {
  if (text.length < 7) return null;
  if (text.length === 7) return 7;
  if (text[4] === '-') {
    if (text[5] !== 'W') return 10;
    if (text[8] !== '-') return 8;
    if (text.length === 9) return null;
    return text.length > 10 && DIGIT.test(text[10] ?? '') ? 8 : 10;
  }
  if (text[4] !== 'W') return 8;
  let end = 7;
  while (end < text.length && DIGIT.test(text[end] ?? '')) end++;
  if (end < 9) return end;
  return end % 2 === 0 ? 7 : 8;
}

type CivilDate = Pick<Civil, 'year' | 'month' | 'day'>;

function plainDate(text: string): CivilDate | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match === null ? null : { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
}

function isoDate(text: string): CivilDate | null {
  const basic = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (basic !== null) return { year: Number(basic[1]), month: Number(basic[2]), day: Number(basic[3]) };
  const week = /^(\d{4})(?:-W(\d{2})(?:-(\d))?|W(\d{2})(\d)?)$/.exec(text);
  if (week === null) return plainDate(text);
  return weekDate(Number(week[1]), Number(week[2] ?? week[4]), Number(week[3] ?? week[5] ?? 1));
}

/** CPython's _isoweek_to_gregorian() */
function weekDate(year: number, week: number, day: number): CivilDate | null {
  if (year < 1 || day < 1 || day > 7 || week < 1 || week > 53) return null;
  const start = (ofYear: number): bigint => {
    const first = wallOf({ year: ofYear, month: 1, day: 4, hour: 0, minute: 0, second: 0, microsecond: 0 }) / DAY;
    // Week 1 holds the 4th of January; day 0 of the epoch was a Thursday.
    return first - ((((first + 3n) % 7n) + 7n) % 7n);
  };
  if (week === 53 && start(year + 1) - start(year) < 371n) return null;
  const { year: gregorian, month, day: dayOfMonth } = civilOf((start(year) + BigInt((week - 1) * 7 + day - 1)) * DAY);
  return { year: gregorian, month, day: dayOfMonth };
}

function isoTime(text: string, reader: IsoReader): Clock | null {
  const signs = reader === 'iso 8601' ? ['-', '+', 'Z'] : ['-', '+'];
  const zoneAt = signs.map((sign) => text.indexOf(sign)).find((at) => at >= 0) ?? -1;
  const parts = clockParts(zoneAt < 0 ? text : text.slice(0, zoneAt), reader);
  if (parts === null || zoneAt < 0) return parts === null ? null : { parts, offset: null };
  if (text[zoneAt] === 'Z') return zoneAt === text.length - 1 ? { parts, offset: 0n } : null;
  const zone = text.slice(zoneAt + 1);
  if (reader === 'iso 8601' ? [0, 1, 3].includes(zone.length) : ![5, 8, 15].includes(zone.length)) return null;
  const offset = clockParts(zone, reader);
  if (offset === null) return null;
  const [hours, minutes, seconds, microseconds] = offset;
  const size = BigInt(hours * 3600 + minutes * 60 + seconds) * SECOND + BigInt(microseconds);
  return { parts, offset: text[zoneAt] === '-' ? -size : size };
}

const EXTENDED = /^(\d{2})(?::(\d{2})(?::(\d{2})(?:([.,])(\d+))?)?)?$/;
const BASIC = /^(\d{2})(?:(\d{2})(?:(\d{2})(?:([.,])(\d+))?)?)?$/;

/** CPython's _parse_hh_mm_ss_ff() */
function clockParts(text: string, reader: IsoReader): readonly [number, number, number, number] | null {
  const match = EXTENDED.exec(text) ?? (reader === 'iso 8601' ? BASIC.exec(text) : null);
  if (match === null) return null;
  const [, hour, minute, second, mark, fraction = ''] = match;
  if (reader === 'isoformat only' && mark !== undefined && (mark !== '.' || ![3, 6].includes(fraction.length))) return null;
  return [Number(hour), Number(minute ?? 0), Number(second ?? 0), Number(fraction.slice(0, 6).padEnd(6, '0'))];
}

const DATETIME =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?(\s*)(Z|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * django/utils/dateparse.py parse_datetime(): since 4.0 whatever fromisoformat() reads, else (and before) a pattern.
 * @returns null for text that is no date and time at all; ValueError for one that is out of range
 */
export function parseDatetime(text: string, version: DjangoVersion, reader: IsoReader = 'iso 8601'): PythonResult<PythonDatetime | null> {
  if (atLeast(version, 4, 0)) {
    const iso = fromisoformat(text, reader);
    if (iso.ok) return iso;
  }
  // Python's $ also matches before a line end.
  const match = DATETIME.exec(text.replace(/\n$/, ''));
  if (match === null || (match[8] !== '' && !atLeast(version, 4, 0))) return gives(null);
  const [, year, month, day, hour, minute, second, fraction = '', , zone] = match;
  const civil = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second ?? 0),
    microsecond: Number(fraction.padEnd(6, '0')),
  };
  return datetimeOf(civil, zone === undefined ? null : zoneOffset(zone));
}

function zoneOffset(zone: string): bigint {
  if (zone === 'Z') return 0n;
  const minutes = Number(zone.slice(1, 3)) * 60 + (zone.length > 3 ? Number(zone.slice(-2)) : 0);
  return BigInt(zone.startsWith('-') ? -minutes : minutes) * 60n * SECOND;
}
