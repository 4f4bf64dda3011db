import { describe, expect } from 'vitest';
import { CACHE_KEY_PREFIXES, makeKey } from '../../../src/main/django/cache-key.ts';
import { emptyPayload } from '../../../src/main/django/cache-serializer.ts';
import {
  type CacheBackend,
  type CacheFormat,
  type CacheValue,
  decodeCacheValue,
  encodeCacheValue,
} from '../../../src/main/django/cache-values.ts';
import { LIMITS } from '../../../src/main/django/document.ts';
import { describeExpiry } from '../../../src/main/django/expiry.ts';
import { microsecondsOf } from '../../../src/main/django/python-datetime.ts';
import { parseCachePayload } from '../../../src/main/django/serializers/detect.ts';
import { parseJson } from '../../../src/main/django/serializers/json/document.ts';
import { floatRepr } from '../../../src/main/django/serializers/json/float-repr.ts';
import { jsonFromTyped } from '../../../src/main/django/serializers/json/typed.ts';
import { SPACED } from '../../../src/main/django/serializers/json/write.ts';
import { parsePickle } from '../../../src/main/django/serializers/pickle/document.ts';
import { cacheBackend } from '../../../src/main/django/settings.ts';
import { InspectorError } from '../../../src/main/errors.ts';
import { type Fixture, fixtureFile, testFixtures } from '../fixtures-table.ts';
import { sqliteRows } from './sqlite-rows.ts';

/** One entry as the manifest describes it: a session (`json`) or another value (`typed`). */
type Entry = Readonly<{
  engine?: 'cache' | 'cached_db';
  session_key?: string;
  made_key: string;
  json?: string;
  typed?: unknown;
  structure?: unknown;
  read_back?: Readonly<{ ok: boolean; typed: unknown }>;
  refused?: string;
  flags?: number;
  pickle_protocol?: number;
  stored_as_decimal_text?: boolean;
  expires_text?: string;
  expires?: Readonly<{ $float: string }> | null;
  header_bytes?: number;
  file?: string;
  get_at_now?: boolean;
}>;

type Stored = Readonly<{ value: Uint8Array; flags?: number }>;

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

function formatOf(fixture: Fixture): CacheFormat {
  const settings = fixture['settings'] as Readonly<Record<string, Readonly<{ BACKEND: string }>>>;
  return {
    BACKEND: cacheBackend(settings['CACHES.default']?.BACKEND ?? ''),
    DJANGO_VERSION: String(fixture.django),
    SERIALIZER: 'auto',
    COMPRESSOR: 'auto',
  };
}

function entriesOf(fixture: Fixture): readonly Entry[] {
  return [...(fixture['sessions'] as readonly Entry[]), ...(fixture['values'] as readonly Entry[])];
}

/** What a payload holds, in the typed notation; a pickle of more than plain data by its structure. */
function held(value: CacheValue, entry: Entry): unknown {
  switch (value.serializer) {
    case 'str':
      return Buffer.from(value.payload).toString('utf8');
    case 'bytes':
      return { $bytes: Buffer.from(value.payload).toString('base64') };
    case 'bool':
      return value.payload[0] === 0x31;
    case 'int':
      return parseJson(value.payload).typed();
    case 'pickle':
      return entry.structure === undefined ? parsePickle(value.payload).typed() : parsePickle(value.payload).structure();
    default:
      return parseCachePayload(value.payload, value.serializer, LIMITS).typed();
  }
}

function expected(entry: Entry): unknown {
  if (entry.json !== undefined) return parseJson(Buffer.from(entry.json, 'latin1')).typed();
  return entry.structure ?? entry.typed;
}

/** Everything that holds of each entry, whatever the backend. */
function checkEntry(entry: Entry, stored: Stored, format: CacheFormat): CacheValue {
  const value = decodeCacheValue(stored.value, format, stored.flags);
  expect(held(value, entry), entry.made_key).toEqual(expected(entry));
  expect(encodeCacheValue(value, value.payload.slice(), format)).toEqual({
    stored: stored.value,
    ...(stored.flags === undefined ? {} : { flags: stored.flags }),
  });
  if (entry.pickle_protocol !== undefined && value.serializer === 'pickle')
    expect(parsePickle(value.payload).protocol).toBe(entry.pickle_protocol);
  if (entry.stored_as_decimal_text === true) expect(value.serializer).toBe('int');
  if (entry.session_key !== undefined) checkSession(entry, value, format);
  return value;
}

/** A session is a dict that can be edited, and read again after the edit. */
function checkSession(entry: Entry, value: CacheValue, format: CacheFormat): void {
  const cache_key_prefix = CACHE_KEY_PREFIXES[entry.engine ?? 'cache'];
  expect(makeKey(`${cache_key_prefix}${entry.session_key}`, { KEY_PREFIX: '', VERSION: 1, KEY_FUNCTION: '' })).toBe(entry.made_key);
  if (value.serializer !== 'pickle' && value.serializer !== 'json' && value.serializer !== 'msgpack')
    throw new Error(`${value.serializer} is no session`);
  if (entry.json === '{}')
    expect(emptyPayload(value.serializer, entry.pickle_protocol ?? value.payload[1] ?? 5)).toEqual(Uint8Array.from(value.payload));
  const document = parseCachePayload(value.payload, value.serializer, LIMITS);
  const text = 'a longer text, so that every compressor sets in '.repeat(12);
  const edited = document.edit({ op: 'add', path: [], key: { type: 'str', text: 'added by the test' }, value: { type: 'str', text } });
  const written = encodeCacheValue(value, edited.payload, format);
  const again = decodeCacheValue(written.stored, format, written.flags);
  expect(Buffer.compare(again.payload, edited.payload)).toBe(0);
  expect(again.serializer).toBe(value.serializer);
  const layers = again.layers.map(({ kind }) => kind);
  // What was too short to be compressed is compressed once it is longer, where the settings name a compressor.
  if (format.COMPRESSOR === 'auto' || format.COMPRESSOR === 'none') expect(layers).toEqual(value.layers.map(({ kind }) => kind));
  else expect(layers).toEqual(['compression']);
}

describe('cache entries', () => {
  testFixtures('redis', (fixture) => {
    const stored = new Map(
      (JSON.parse(fixtureFile(String(fixture['file'])).toString('utf8')) as readonly Readonly<{ key: string; value: string }>[]).map(
        ({ key, value }) => [Buffer.from(key, 'base64').toString('utf8'), bytes(value)],
      ),
    );
    const format = formatOf(fixture);
    const named: CacheFormat = { ...format, SERIALIZER: serializerNamed(fixture), COMPRESSOR: compressorNamed(fixture) };
    for (const entry of entriesOf(fixture)) {
      if (entry.refused !== undefined) continue;
      const value = stored.get(entry.made_key);
      if (value === undefined) throw new Error(`${entry.made_key} is missing`);
      checkEntry(entry, { value }, format);
      checkEntry(entry, { value }, named);
    }
    // What MessagePack cannot hold is refused here as well, instead of being written so that Django cannot read it.
    for (const { typed } of fixture['refused_sessions'] as readonly Entry[]) {
      const json = jsonFromTyped(typed, SPACED);
      const edit = { op: 'set', path: [], value: { type: 'json', text: json } } as const;
      expect(() => parseCachePayload(Uint8Array.of(0x80), 'msgpack').edit(edit)).toThrowError(
        expect.objectContaining({ code: 'BadValue' }),
      );
    }
  });

  testFixtures('memcached', (fixture) => {
    const stored = new Map(
      (
        JSON.parse(fixtureFile(String(fixture['file'])).toString('utf8')) as readonly Readonly<{
          key: string;
          value: string;
          flags: number;
        }>[]
      ).map(({ key, value, flags }) => [key, { value: bytes(value), flags }]),
    );
    const format = formatOf(fixture);
    for (const entry of entriesOf(fixture)) {
      const found = stored.get(entry.made_key);
      if (found === undefined) throw new Error(`${entry.made_key} is missing`);
      expect(found.flags).toBe(entry.flags);
      checkEntry(entry, found, format);
    }
  });

  testFixtures('dbcache', (fixture) => {
    const rows = sqliteRows(String(fixture['file']), `SELECT * FROM ${String(fixture['table'])}`);
    const stored = new Map(rows.map((row) => [String(row['cache_key']), row]));
    for (const entry of entriesOf(fixture)) {
      const row = stored.get(entry.made_key);
      expect(row?.['expires']).toBe(entry.expires_text);
      checkEntry(entry, { value: new Uint8Array(Buffer.from(String(row?.['value']))) }, formatOf(fixture));
      const { expired } = expiryOf({ source: 'cache', text: String(row?.['expires']) }, fixture);
      if (entry.get_at_now !== undefined) expect(!expired, entry.made_key).toBe(entry.get_at_now);
      else expect(expired, entry.made_key).toBe(true);
    }
  });

  testFixtures('fscache', (fixture) => {
    for (const entry of entriesOf(fixture)) {
      const file = new Uint8Array(fixtureFile(`${String(fixture['dir'])}/${entry.file}`));
      const value = checkEntry(entry, { value: file }, formatOf(fixture));
      const [header] = value.layers;
      if (header?.kind !== 'expiry') throw new Error(`${entry.file} has no expiry`);
      expect(header.bytes).toHaveLength(entry.header_bytes ?? 0);
      expect(header.expiry).toBe(entry.expires === null ? null : floatRepr(Number(entry.expires?.$float)));
      const past = entry.made_key.includes('past');
      expect(expiryOf({ source: 'cache', text: header.expiry }, fixture).expired, entry.made_key).toBe(past);
      // The store takes the header off; what remains is read all the same.
      checkEntry(entry, { value: file.subarray(header.bytes.length) }, formatOf(fixture));
    }
    for (const [name, { note }] of Object.entries(fixture['broken'] as Readonly<Record<string, Readonly<{ note: string }>>>)) {
      const file = fixtureFile(`${String(fixture['dir'])}/${name}`);
      expect(() => decodeCacheValue(file, formatOf(fixture)), note).toThrowError(InspectorError);
    }
  });
});

function expiryOf(stored: Readonly<{ source: 'cache'; text: string | null }>, fixture: Fixture) {
  const settings = fixture['settings'] as Readonly<Record<string, unknown>>;
  return describeExpiry({
    stored,
    session_expiry: { type: 'NoneType' },
    settings: {
      ENGINE: 'sqlite3',
      USE_TZ: settings['USE_TZ'] !== false,
      TIME_ZONE: String(settings['TIME_ZONE'] ?? 'UTC'),
      DATABASE_TIME_ZONE: null,
      DJANGO_VERSION: String(fixture.django),
      SESSION_COOKIE_AGE: 1209600,
      SESSION_EXPIRE_AT_BROWSER_CLOSE: false,
    },
    now: microsecondsOf(fixture.now ?? 0),
  });
}

function serializerNamed(fixture: Fixture): CacheFormat['SERIALIZER'] {
  const name = String(fixture['serializer']).split(' ')[0];
  return name as CacheFormat['SERIALIZER'];
}

function compressorNamed(fixture: Fixture): CacheFormat['COMPRESSOR'] {
  const backend: CacheBackend = formatOf(fixture).BACKEND;
  return backend === 'django_redis' ? (String(fixture['compressor']) as CacheFormat['COMPRESSOR']) : 'none';
}
