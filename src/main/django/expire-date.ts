import { InspectorError } from '../errors.ts';
import { type IsoReader, parseDatetime } from './iso-format.ts';
import { civilOf, type PythonDatetime, wallText } from './python-datetime.ts';
import { type Sentence, say } from './sentences.ts';
import { djangoDatetime, inZone, momentOf, momentOfLocal } from './time-zone.ts';
import type { DjangoVersion } from './versions.ts';

/**
 * Columns of date and time as Django's backends store them: expire_date of the session table, expires of the database
 * cache (django/db/backends/<engine>/operations.py adapt_datetimefield_value(), convert_datetimefield_value(); 2.2 to 6.1).
 */
export type DatabaseClock = Readonly<{
  ENGINE: 'sqlite3' | 'postgresql' | 'mysql';
  USE_TZ: boolean;
  TIME_ZONE: string;
  /** DATABASES[...]['TIME_ZONE'] */
  DATABASE_TIME_ZONE: string | null;
  DJANGO_VERSION: DjangoVersion;
  /** how the site's Python reads ISO 8601; default: 3.11 and later */
  isoReader?: IsoReader;
}>;

export type StoredDate = Readonly<{
  /** microseconds since the epoch, UTC; null where the text has no meaning as a date, or means infinity */
  moment: bigint | null;
  /** what Django reads from the column; null where it reads None or raises */
  datetime: PythonDatetime | null;
  /** where the reading is a matter of choice */
  note?: Sentence;
}>;

/** The zone of texts without one: nothing in the table says it, only the settings. */
export function connectionZone(clock: DatabaseClock): string {
  return clock.USE_TZ ? (clock.DATABASE_TIME_ZONE ?? 'UTC') : clock.TIME_ZONE;
}

/**
 * Reads a column's text: `YYYY-MM-DD HH:MM:SS[.ffffff][+00[:00]]`, or whatever else Django or the database takes for a date.
 * @throws InspectorError ImproperlyConfigured for an unknown TIME_ZONE
 */
export function parseExpireDate(text: string, clock: DatabaseClock): StoredDate {
  const infinity = /^-?infinity$/.exec(text);
  if (infinity !== null) return { moment: null, datetime: null, note: say('date-infinity', { text }) };
  // The newest release reads most; what the site's own makes of it is said beside.
  const newest = parseDatetime(databaseForm(text, clock), '6.1', clock.isoReader);
  const own = parseDatetime(databaseForm(text, clock), clock.DJANGO_VERSION, clock.isoReader);
  if (!newest.ok || newest.value === null) {
    return {
      moment: null,
      datetime: null,
      note: newest.ok ? say('date-none') : say('date-raises', { error: newest.error, text: newest.message }),
    };
  }
  const local = newest.value.offset === null ? momentOfLocal(connectionZone(clock), newest.value.wall) : null;
  const moment = local === null ? momentOf(clock, newest.value) : local.moment;
  const datetime = own.ok && own.value !== null ? readByDjango(own.value, moment, clock) : null;
  const note = datetime === null ? say('date-unread', { version: clock.DJANGO_VERSION }) : localNote(local?.kind ?? 'unique', clock);
  return { moment, datetime, ...(note === undefined ? {} : { note }) };
}

/** PostgreSQL writes the offset as +00, +05:30 or, for old dates, with seconds; MySQL and SQLite none. */
function databaseForm(text: string, clock: DatabaseClock): string {
  if (clock.ENGINE !== 'postgresql') return text;
  return text.replace(/([+-]\d{2})$/, '$1:00');
}

/** PostgreSQL gives every value an offset, which is taken away again under USE_TZ = False. */
function readByDjango(datetime: PythonDatetime, moment: bigint, clock: DatabaseClock): PythonDatetime {
  if (clock.USE_TZ) return datetime.offset === null || clock.ENGINE === 'postgresql' ? inZone(connectionZone(clock), moment) : datetime;
  return clock.ENGINE === 'postgresql' ? djangoDatetime(clock, moment) : datetime;
}

function localNote(kind: 'unique' | 'ambiguous' | 'missing', clock: DatabaseClock): Sentence | undefined {
  const zone = connectionZone(clock);
  if (kind === 'ambiguous') return say('date-twice', { zone });
  if (kind === 'missing') return say('date-never', { zone });
  return undefined;
}

/**
 * The text that the column holds once Django has saved this moment.
 * @param moment microseconds since the epoch, UTC
 * @throws InspectorError BadValue outside of the years 1 to 9999
 */
export function formatExpireDate(moment: bigint, clock: DatabaseClock): string {
  const { wall } = clock.ENGINE === 'postgresql' ? { wall: moment } : inZone(connectionZone(clock), moment);
  const { year } = civilOf(wall);
  if (year < 1 || year > 9999)
    throw new InspectorError('BadValue', 'The date is outside of the years 1 to 9999', { hint: 'Python has no other dates.' });
  const text = wallText(wall, ' ');
  switch (clock.ENGINE) {
    case 'sqlite3':
      return text;
    case 'mysql':
      // datetime(6) always shows six digits.
      return text.includes('.') ? text : `${text}.000000`;
    case 'postgresql':
      return `${text.replace(/0+$/, (zeros, at: number) => (text.lastIndexOf('.', at) >= 0 ? '' : zeros))}+00`;
    default:
      return clock.ENGINE satisfies never;
  }
}

/** SQLite gives a column declared `datetime` numeric affinity: text that is a number is stored as one, and sorts before all text. */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** -1, 0 or 1 as the database orders a column's text against a moment. Unreadable text counts as before. */
export function compareExpireDate(text: string, moment: bigint, clock: DatabaseClock): -1 | 0 | 1 {
  if (clock.ENGINE === 'sqlite3') return NUMBER.test(text) ? -1 : order(text, formatExpireDate(moment, clock));
  if (text === 'infinity') return 1;
  const stored = parseDatetime(databaseForm(text, clock), '6.1', clock.isoReader);
  if (!stored.ok || stored.value === null) return -1;
  // MySQL compares what its clocks show; PostgreSQL compares moments.
  if (clock.ENGINE === 'mysql') return order(stored.value.wall, inZone(connectionZone(clock), moment).wall);
  return order(
    stored.value.offset === null ? momentOfLocal(connectionZone(clock), stored.value.wall).moment : momentOf(clock, stored.value),
    moment,
  );
}

function order<T extends string | bigint>(one: T, other: T): -1 | 0 | 1 {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** True where load() finds the row: `expire_date > now`. django/contrib/sessions/backends/db.py _get_session_from_db(), all versions. */
export function isLoadable(text: string, now: bigint, clock: DatabaseClock): boolean {
  return compareExpireDate(text, now, clock) > 0;
}

/** True where clear_expired() removes the row: `expire_date < now`. Equal is neither loaded nor removed. */
export function isCleared(text: string, now: bigint, clock: DatabaseClock): boolean {
  return compareExpireDate(text, now, clock) < 0;
}
