import { type Sentence, say } from '../../sentences.ts';
import { type Call, isBare } from './call.ts';
import { KIND } from './opcodes.ts';
import { bytesIn, kindIn, type Recogniser } from './recognise.ts';
import { leaf, type Shape } from './shape.ts';
import type { Tools } from './shapes.ts';
import { objectIn, type Tape } from './tape.ts';
import { encodeLatin1 } from './text.ts';
import { bytesOf, intTextOf, strOf } from './values.ts';
import { type Clocktime, fixedZone, iana, isoDate, isoOffset, isoTime, timedeltaText, type Zone, zoneOffset } from './zones.ts';

/** The types of Lib/datetime.py and the time zones that Django knows, by what is called. */
export const DATE_TYPES: Readonly<Record<string, Recogniser>> = {
  'datetime.datetime': dateTime,
  'datetime.date': date,
  'datetime.time': time,
  'datetime.timedelta': timedelta,
  'datetime.timezone': zoneValue,
  'zoneinfo.ZoneInfo._unpickle': zoneValue,
  'pytz._UTC': zoneValue,
  'pytz._p': zoneValue,
  'django.utils.timezone.UTC': zoneValue,
};

/** The bytes of a date or time; Python 2 wrote them as an 8-bit string, which Python 3 takes where it is ASCII. */
function payload(call: Call, length: number, tools: Tools): Uint8Array | null {
  const [slot] = call.args ?? [];
  if (slot === undefined || !isBare(call)) return null;
  const kind = kindIn(call.tape, slot);
  const text = kind === KIND.STR ? encodeLatin1(strOf(call.tape, objectIn(call.tape, slot))) : null;
  const bytes = kind === KIND.STR2 ? bytesOf(call.tape, objectIn(call.tape, slot)) : (text ?? bytesIn(call.tape, slot, tools));
  return bytes?.length === length ? bytes : null;
}

/** Python 3 cannot load the date of a Python 2 pickle whose bytes are not ASCII. */
function isLost(call: Call): boolean {
  const [slot] = call.args ?? [];
  return kindIn(call.tape, slot) === KIND.STR2 && bytesOf(call.tape, objectIn(call.tape, slot ?? 0)).some((byte) => byte > 0x7f);
}

const LOST = say('note-python2-date');

/** Lib/datetime.py datetime.__setstate(): ten bytes, and the zone; bit 7 of the month is fold. */
function dateTime(call: Call, tools: Tools): Shape | null {
  const bytes = payload(call, 10, tools);
  if (bytes === null || (call.args?.length ?? 0) > 2) return null;
  const [yearHigh = 0, yearLow = 0, month = 0, day = 0] = bytes;
  const at: Clocktime = { year: yearHigh * 256 + yearLow, month: month & 0x7f, day, ...clock(bytes.subarray(4)), fold: month >> 7 };
  if (!isDate(at) || !isClock(at)) return null;
  const naive = `${isoDate(at)}T${isoTime(at)}`;
  const fields = [at.year, at.month, at.day, ...clockFields(at)];
  return withZone(call, tools, 'datetime', naive, at, fields);
}

function date(call: Call, tools: Tools): Shape | null {
  const bytes = payload(call, 4, tools);
  if (bytes === null || call.args?.length !== 1) return null;
  const [yearHigh = 0, yearLow = 0, month = 0, day = 0] = bytes;
  const at: Clocktime = { year: yearHigh * 256 + yearLow, month, day, hour: 0, minute: 0, second: 0, microsecond: 0, fold: 0 };
  if (!isDate(at)) return null;
  const text = isoDate(at);
  const note = isLost(call) ? { notes: [LOST] } : {};
  return leaf('date', text, isLost(call) ? null : { $date: text }, { repr: `datetime.date(${at.year}, ${at.month}, ${at.day})`, ...note });
}

/** Bit 7 of the hour is fold. */
function time(call: Call, tools: Tools): Shape | null {
  const bytes = payload(call, 6, tools);
  if (bytes === null || (call.args?.length ?? 0) > 2) return null;
  const at: Clocktime = { year: 1, month: 1, day: 1, ...clock(bytes), hour: (bytes[0] ?? 0) & 0x7f, fold: (bytes[0] ?? 0) >> 7 };
  return isClock(at) ? withZone(call, tools, 'time', isoTime(at), at, clockFields(at, 2)) : null;
}

function clock(bytes: Uint8Array): Pick<Clocktime, 'hour' | 'minute' | 'second' | 'microsecond'> {
  const [hour = 0, minute = 0, second = 0, high = 0, middle = 0, low = 0] = bytes;
  return { hour, minute, second, microsecond: (high << 16) | (middle << 8) | low };
}

function isClock(at: Clocktime): boolean {
  return at.hour < 24 && at.minute < 60 && at.second < 60 && at.microsecond < 1_000_000;
}

function isDate(at: Clocktime): boolean {
  if (at.year < 1 || at.year > 9999 || at.month < 1 || at.month > 12) return false;
  const leap = at.year % 4 === 0 && (at.year % 100 !== 0 || at.year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][at.month - 1] ?? 0;
  return at.day >= 1 && at.day <= days;
}

/** The arguments of a time in its repr(): seconds and microseconds only where they are not zero. */
function clockFields(at: Clocktime, least = 2): readonly number[] {
  const fields = [at.hour, at.minute, at.second, at.microsecond];
  while (fields.length > least && fields[fields.length - 1] === 0) fields.pop();
  return fields;
}

function withZone(
  call: Call,
  tools: Tools,
  type: 'datetime' | 'time',
  naive: string,
  at: Clocktime,
  fields: readonly number[],
): Shape | null {
  const slot = call.args?.[1];
  const isNaive = slot === undefined || kindIn(call.tape, slot) === KIND.NONE;
  const zone = isNaive ? null : zoneIn(call.tape, slot, tools);
  const notes = [...(isLost(call) ? [LOST] : []), ...(at.fold === 1 ? [say('note-fold')] : [])];
  const extra = `${isNaive ? '' : `, tzinfo=${zone?.repr ?? '..'}`}${at.fold === 1 ? ', fold=1' : ''}`;
  const repr = `datetime.${type}(${fields.join(', ')}${extra})`;
  if (isNaive)
    return dated(type, naive, isLost(call) ? null : { [`$${type}`]: naive, ...(type === 'datetime' ? { tz: null } : {}) }, repr, notes);
  const offset = zone === null ? null : zoneOffset(zone, at, type);
  const text = `${naive}${offset === null ? '' : isoOffset(offset)}`;
  if (zone === null) notes.push(say('note-zone-unread'));
  else if (zone.kind !== 'fixed' || zone.name !== 'UTC') notes.push(say('note-zone', { zone: zone.name }));
  const isSure = zone !== null && offset !== null && !isLost(call);
  return dated(type, text, isSure ? { [`$${type}`]: text, ...(type === 'datetime' ? { tz: zone.typed } : {}) } : null, repr, notes);
}

function dated(type: 'datetime' | 'time', text: string, typed: unknown, repr: string, notes: readonly Sentence[]): Shape {
  return leaf(type, text, typed, { repr, ...(notes.length === 0 ? {} : { notes }) });
}

/** timedelta(days, seconds, microseconds), already normal as Python writes it. */
function timedelta(call: Call): Shape | null {
  const parts = timedeltaOf(call);
  if (parts === null) return null;
  const [days, seconds, microseconds] = parts;
  const named = [`days=${days}`, `seconds=${seconds}`, `microseconds=${microseconds}`].filter((_, index) => parts[index] !== 0);
  return leaf(
    'timedelta',
    timedeltaText(days, seconds, microseconds),
    { $timedelta: parts },
    { repr: `datetime.timedelta(${named.join(', ') || '0'})` },
  );
}

function timedeltaOf(call: Call): readonly [days: number, seconds: number, microseconds: number] | null {
  if (!isBare(call) || call.args?.length !== 3 || call.args.some((slot) => kindIn(call.tape, slot) !== KIND.INT)) return null;
  const [days = 0, seconds = 0, microseconds = 0] = call.args.map((slot) => Number(intTextOf(call.tape, objectIn(call.tape, slot))));
  const normal = Math.abs(days) <= 999_999_999 && seconds >= 0 && seconds < 86_400 && microseconds >= 0 && microseconds < 1_000_000;
  return normal ? [days, seconds, microseconds] : null;
}

function zoneValue(call: Call, tools: Tools): Shape | null {
  const zone = zoneOf(call, tools);
  if (zone === null) return null;
  const named = zone.kind === 'fixed' ? {} : { class: zone.kind };
  return { type: 'timezone', text: zone.name, typed: null, repr: zone.repr, ...named };
}

/** The time zone in a slot, or null where it is of a class that only running it could tell. */
function zoneIn(tape: Tape, slot: number, tools: Tools): Zone | null {
  const kind = kindIn(tape, slot);
  return kind === KIND.CALL ? zoneOf(tools.callIn(tape, slot), tools) : null;
}

function zoneOf(call: Call, tools: Tools): Zone | null {
  if (!isBare(call) || call.args === null || call.via !== 'call') return null;
  switch (call.path) {
    case 'datetime.timezone':
      return timezoneOf(call, tools);
    case 'zoneinfo.ZoneInfo._unpickle':
      return namedZone(call);
    case 'pytz._UTC':
    case 'django.utils.timezone.UTC':
      return call.args.length === 0 ? { kind: 'pytz', name: 'UTC', seconds: 0, microseconds: 0, typed: 'UTC:UTC', repr: '<UTC>' } : null;
    case 'pytz._p':
      return pytzZone(call);
    default:
      return null;
  }
}

/** timezone(offset[, name]). */
function timezoneOf(call: Call, tools: Tools): Zone | null {
  const [offset, name] = call.args ?? [];
  if (offset === undefined || kindIn(call.tape, offset) !== KIND.CALL || (call.args?.length ?? 0) > 2) return null;
  const delta = tools.callIn(call.tape, offset);
  const parts = delta.path === 'datetime.timedelta' && delta.via === 'call' ? timedeltaOf(delta) : null;
  if (parts === null || (name !== undefined && kindIn(call.tape, name) !== KIND.STR)) return null;
  return fixedZone(parts[0] * 86_400 + parts[1], parts[2], name === undefined ? null : strOf(call.tape, objectIn(call.tape, name)));
}

/** ZoneInfo._unpickle(key, from_cache). */
function namedZone(call: Call): Zone | null {
  const [key] = call.args ?? [];
  if (kindIn(call.tape, key) !== KIND.STR) return null;
  return iana(strOf(call.tape, objectIn(call.tape, key ?? 0)));
}

/** pytz/__init__.py _p(): a zone, and which of its offsets: seconds east of UTC, seconds of summer time, abbreviation. */
function pytzZone(call: Call): Zone | null {
  const [zone, seconds] = call.args ?? [];
  if (kindIn(call.tape, zone) !== KIND.STR || kindIn(call.tape, seconds) !== KIND.INT) return null;
  const name = strOf(call.tape, objectIn(call.tape, zone ?? 0));
  const offset = Number(intTextOf(call.tape, objectIn(call.tape, seconds ?? 0)));
  return { kind: 'pytz', name, seconds: offset, microseconds: 0, typed: `${name}:${name}`, repr: `pytz.timezone('${name}')` };
}
