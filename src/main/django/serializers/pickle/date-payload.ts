import { badValue } from './errors.ts';

/** A date or time as its pickle holds it: the bytes, and the offset of its zone where it has one. */
export type DatePayload = Readonly<{ bytes: Uint8Array; offset: Offset | null }>;
export type Offset = Readonly<{ seconds: number; microseconds: number; name: string | null }>;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const CLOCK = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:\d{2}(?::\d{2}(?:\.\d{6})?)?)?$/;

/** Lib/datetime.py datetime.fromisoformat() and _getstate(): ten bytes. @throws InspectorError BadValue */
export function datetimePayload(text: string): DatePayload {
  const match = /^(.{10})[T ](.+)$/.exec(text);
  if (match === null) throw badDate(text, 'a date and time', '2024-02-29T23:59:59+00:00');
  const [, date = '', clock = ''] = match;
  const time = timePayload(clock);
  return { bytes: Uint8Array.from([...datePayload(date), ...time.bytes]), offset: time.offset };
}

/** date.fromisoformat(): four bytes. @throws InspectorError BadValue */
export function datePayload(text: string): Uint8Array {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined || !isDate(year, month, day))
    throw badDate(text, 'a date', '2024-02-29');
  return Uint8Array.of(year >> 8, year & 0xff, month, day);
}

/** time.fromisoformat(): six bytes. @throws InspectorError BadValue */
export function timePayload(text: string): DatePayload {
  const match = CLOCK.exec(text);
  const [hour = 0, minute = 0, second = 0] = (match ?? []).slice(1, 4).map((part) => Number(part ?? 0));
  if (match === null || hour > 23 || minute > 59 || second > 59) throw badDate(text, 'a time', '23:59:59.999999');
  const microsecond = Number((match[4] ?? '').padEnd(6, '0'));
  const bytes = Uint8Array.of(hour, minute, second, microsecond >> 16, (microsecond >> 8) & 0xff, microsecond & 0xff);
  return { bytes, offset: match[5] === undefined ? null : offsetOf(match[5], text) };
}

function offsetOf(zone: string, text: string): Offset {
  if (zone === 'Z') return { seconds: 0, microseconds: 0, name: null };
  const sign = zone.startsWith('-') ? -1 : 1;
  const [hours = 0, minutes = 0, seconds = 0] = zone.slice(1).split(':').map(Number);
  const total = sign * Math.round((hours * 3600 + minutes * 60 + seconds) * 1_000_000);
  if (minutes > 59 || seconds >= 60 || Math.abs(total) >= 86_400_000_000) throw badDate(text, 'a time zone below 24 hours', '+05:30');
  const whole = Math.floor(total / 1_000_000);
  return { seconds: whole, microseconds: total - whole * 1_000_000, name: null };
}

function isDate(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return day <= last.getUTCDate();
}

function badDate(text: string, what: string, example: string): Error {
  return badValue(`Not ${what}: ${text.slice(0, 40)}`, `Write it as ${example}.`);
}
