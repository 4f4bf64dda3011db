import { InspectorError } from '../errors.ts';
import { floorDivide, type PythonDatetime, SECOND } from './python-datetime.ts';

/** IANA time zones by Intl, with the choices that Python's zoneinfo makes where a local time is none or two. */

const DAY = 86_400n * SECOND;
/** Since 1972 all offsets change at full quarters of an hour, so one answer holds for all of it. */
const QUARTER = 900n * SECOND;
const CACHED_QUARTERS = 20_000;
const EPOCH_1972 = 63_072_000n * SECOND;

type Zone = Readonly<{ format: Intl.DateTimeFormat; quarters: Map<bigint, bigint> }>;

const zones = new Map<string, Zone>();

function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    const zone = { format, quarters: new Map<bigint, bigint>() };
    zones.set(name, zone);
    return zone;
  } catch (cause) {
    throw new InspectorError('ImproperlyConfigured', `TIME_ZONE ${JSON.stringify(name.slice(0, 80))} is not known`, {
      hint: 'Use the name of the IANA database that the site has in its settings, such as Europe/Berlin.',
      cause,
    });
  }
}

/**
 * The UTC offset of a zone at a moment, in microseconds.
 * @param moment microseconds since the epoch, UTC @throws InspectorError ImproperlyConfigured for an unknown zone
 */
export function offsetAt(name: string, moment: bigint): bigint {
  if (name === 'UTC') return 0n;
  const zone = zoneOf(name);
  if (moment < EPOCH_1972) return readOffset(zone.format, moment);
  const quarter = floorDivide(moment, QUARTER);
  const cached = zone.quarters.get(quarter);
  if (cached !== undefined) return cached;
  const offset = readOffset(zone.format, moment);
  if (zone.quarters.size >= CACHED_QUARTERS) zone.quarters.clear();
  zone.quarters.set(quarter, offset);
  return offset;
}

function readOffset(format: Intl.DateTimeFormat, moment: bigint): bigint {
  const text = format.format(Number(floorDivide(moment, 1000n)));
  const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (match?.[1] === undefined) return 0n;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return BigInt(match[1] === '-' ? -seconds : seconds) * SECOND;
}

export type LocalTime = Readonly<{
  /** microseconds since the epoch, UTC */
  moment: bigint;
  /** ambiguous: the clock shows this time twice, and the first is meant; missing: it never shows it */
  kind: 'unique' | 'ambiguous' | 'missing';
}>;

/**
 * The moment of a wall clock reading, as zoneinfo takes it with fold=0: the first of two, and for one that is skipped
 * the offset before the change (PEP 495). pytz, which Django used until 3.2, raises for both.
 */
export function momentOfLocal(name: string, wall: bigint): LocalTime {
  if (name === 'UTC') return { moment: wall, kind: 'unique' };
  // Two looks far enough away on both sides find the offsets before and after a change nearby.
  const before = offsetAt(name, wall - DAY);
  const after = offsetAt(name, wall + DAY);
  const early = wall - before;
  const late = wall - after;
  const earlyHolds = offsetAt(name, early) === before;
  if (before === after) return { moment: early, kind: 'unique' };
  const lateHolds = offsetAt(name, late) === after;
  if (earlyHolds) return { moment: early, kind: lateHolds ? 'ambiguous' : 'unique' };
  return lateHolds ? { moment: late, kind: 'unique' } : { moment: early, kind: 'missing' };
}

/** A moment as Python's datetime in a zone. */
export function inZone(name: string, moment: bigint): PythonDatetime {
  const offset = offsetAt(name, moment);
  return { wall: moment + offset, offset };
}

/** What timezone.now() needs to know: django/utils/timezone.py now(), all versions. */
export type ZoneSettings = Readonly<{ USE_TZ: boolean; TIME_ZONE: string }>;

/** A moment as timezone.now() gives it: aware in UTC under USE_TZ, else naive local time of TIME_ZONE. */
export function djangoDatetime({ USE_TZ, TIME_ZONE }: ZoneSettings, moment: bigint): PythonDatetime {
  if (USE_TZ) return { wall: moment, offset: 0n };
  return { wall: inZone(TIME_ZONE, moment).wall, offset: null };
}

/** The moment of a datetime: a naive one is local time of TIME_ZONE. */
export function momentOf(settings: Pick<ZoneSettings, 'TIME_ZONE'>, datetime: PythonDatetime): bigint {
  return datetime.offset === null ? momentOfLocal(settings.TIME_ZONE, datetime.wall).moment : datetime.wall - datetime.offset;
}
