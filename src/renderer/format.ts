import { useTranslation } from 'react-i18next';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
];

/** "in 3 days", "2 hours ago"; `at` and `now` are epoch milliseconds. */
export function formatRelative(at: number, now: number, locale: string): string {
  const seconds = (at - now) / 1000;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const [unit, length] of UNITS) {
    // "next week" says less than "in 9 days"
    if (unit !== 'week' && Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(Math.trunc(seconds), 'second');
}

/** Date and time of this computer's zone, with the zone's name. */
export function formatLocal(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(at);
}

/** `2026-11-22 21:55:33 UTC`, the same in every language. */
export function formatUtc(at: number): string {
  return `${new Date(at).toISOString().replace('T', ' ').slice(0, -5)} UTC`;
}

export function formatNumber(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** Bytes in steps of 1,000: `318 B`, `12.4 kB`. */
export function formatBytes(bytes: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)}\u00a0${units[step] ?? 'B'}`;
}

/** A length of time in its one or two largest units: "2 weeks", "1 hour 5 minutes". `seconds` may be negative. */
export function formatDuration(seconds: number, locale: string): string {
  const parts: string[] = [];
  let rest = Math.abs(Math.trunc(seconds));
  for (const [unit, length] of [...UNITS.slice(2), ['second', 1] as const]) {
    const value = Math.floor(rest / length);
    if (value === 0 && !(unit === 'second' && parts.length === 0)) continue;
    rest -= value * length;
    parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value));
    if (parts.length === 2) break;
  }
  const text = parts.join(' ');
  return seconds < 0 ? `−${text}` : text;
}

/** Epoch milliseconds of an ISO 8601 text, or null where it is none. */
export function parseTime(iso: string | null): number | null {
  if (iso === null) return null;
  const at = Date.parse(iso);
  return Number.isNaN(at) ? null : at;
}

/** The value of an `<input type="datetime-local">` for a moment, in this computer's zone. */
export function toLocalInput(at: number): string {
  const date = new Date(at);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

export type Format = Readonly<{
  relative: (at: number, now: number) => string;
  local: (at: number) => string;
  utc: (at: number) => string;
  number: (value: number) => string;
  bytes: (bytes: number) => string;
  duration: (seconds: number) => string;
}>;

/** All formatting, in the window's language. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  const locale = i18n.language;
  return {
    relative: (at, now) => formatRelative(at, now, locale),
    local: (at) => formatLocal(at, locale),
    utc: formatUtc,
    number: (value) => formatNumber(value, locale),
    bytes: (bytes) => formatBytes(bytes, locale),
    duration: (seconds) => formatDuration(seconds, locale),
  };
}
