/** A local time as a date and time of Python holds it. */
export type Clocktime = Readonly<{
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  microsecond: number;
  fold: number;
}>;

/** A time zone: one offset, in seconds and microseconds east of UTC, or a name of the tz database. */
export type Zone = Readonly<{ name: string; typed: string; repr: string }> &
  (Readonly<{ kind: 'fixed' | 'pytz'; seconds: number; microseconds: number }> | Readonly<{ kind: 'zoneinfo.ZoneInfo' }>);

/** The years in which the tz databases of JavaScript and Python agree: no local mean times, no guesses of the future. */
const YEARS = { from: 1970, to: 2037 } as const;

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

export function isoDate(at: Clocktime): string {
  return `${pad(at.year, 4)}-${pad(at.month)}-${pad(at.day)}`;
}

/** Python's isoformat(): the fraction only where there is one. */
export function isoTime(at: Clocktime): string {
  const fraction = at.microsecond === 0 ? '' : `.${pad(at.microsecond, 6)}`;
  return `${pad(at.hour)}:${pad(at.minute)}:${pad(at.second)}${fraction}`;
}

type Offset = Readonly<{ seconds: number; microseconds: number }>;

/** Lib/datetime.py _format_offset(): `+05:30`, with seconds and fraction only where there are some. */
export function isoOffset({ seconds, microseconds }: Offset): string {
  const total = seconds * 1_000_000 + microseconds;
  const size = Math.abs(total);
  const whole = Math.floor(size / 1_000_000);
  const fraction = size % 1_000_000;
  const tail = fraction > 0 ? `:${pad(whole % 60)}.${pad(fraction, 6)}` : whole % 60 > 0 ? `:${pad(whole % 60)}` : '';
  return `${total < 0 ? '-' : '+'}${pad(Math.floor(whole / 3600))}:${pad(Math.floor(whole / 60) % 60)}${tail}`;
}

/** datetime.timezone(offset[, name]); null where Python refuses the offset. */
export function fixedZone(seconds: number, microseconds: number, name: string | null): Zone | null {
  const total = seconds * 1_000_000 + microseconds;
  if (Math.abs(total) >= 86_400_000_000) return null;
  const shown = name ?? (total === 0 ? 'UTC' : `UTC${isoOffset({ seconds, microseconds })}`);
  const delta = [
    `days=${Math.floor(seconds / 86_400)}`,
    `seconds=${((seconds % 86_400) + 86_400) % 86_400}`,
    `microseconds=${microseconds}`,
  ];
  const given = delta.filter((part) => !part.endsWith('=0')).join(', ') || '0';
  const repr =
    total === 0 && name === null
      ? 'datetime.timezone.utc'
      : `datetime.timezone(datetime.timedelta(${given})${name === null ? '' : `, '${name}'`})`;
  return { kind: 'fixed', name: shown, seconds, microseconds, typed: `timezone:${shown}`, repr };
}

/** A zone of the tz database by its name, or null where JavaScript does not know it. */
export function iana(name: string): Zone | null {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,3}$/.test(name)) return null;
  try {
    formatter(name);
  } catch {
    return null;
  }
  return { kind: 'zoneinfo.ZoneInfo', name, typed: `ZoneInfo:${name}`, repr: `zoneinfo.ZoneInfo(key='${name}')` };
}

/** The offset at a local time; null where it is not certain. */
export function zoneOffset(zone: Zone, at: Clocktime, type: 'datetime' | 'time'): Offset | null {
  if (zone.kind !== 'zoneinfo.ZoneInfo') return zone;
  if (type === 'time' || at.year < YEARS.from || at.year > YEARS.to) return null;
  const local = Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second) / 1000;
  // The two offsets around a change of the clock: fold picks the later reading of a time that comes twice.
  const before = offsetAt(zone.name, local - 86_400);
  const after = offsetAt(zone.name, local + 86_400);
  const readings = [before, after].filter((offset) => offsetAt(zone.name, local - offset) === offset);
  const [first = before, second = first] = readings;
  // A local time that the clock skipped: Python keeps the offset of before, or of after where fold is set.
  const seconds = readings.length === 0 ? (at.fold === 1 ? after : before) : at.fold === 1 ? second : first;
  return { seconds, microseconds: 0 };
}

const FORMATTERS = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATTERS.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (FORMATTERS.size < 600) FORMATTERS.set(timeZone, made);
  return made;
}

/** Seconds east of UTC in a zone at an instant, in seconds of Unix time. */
function offsetAt(timeZone: string, instant: number): number {
  const part = new Map(
    formatter(timeZone)
      .formatToParts(instant * 1000)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const [year = 0, month = 1, day = 1] = [part.get('year'), part.get('month'), part.get('day')];
  return Date.UTC(year, month - 1, day, part.get('hour') ?? 0, part.get('minute') ?? 0, part.get('second') ?? 0) / 1000 - instant;
}

/** Python's str(timedelta): `1 day, 2:03:04.000005`. */
export function timedeltaText(days: number, seconds: number, microseconds: number): string {
  const clock = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  const fraction = microseconds === 0 ? '' : `.${pad(microseconds, 6)}`;
  return `${days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `}${clock}${fraction}`;
}
