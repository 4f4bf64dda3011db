import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { RowReader, readSlowly } from '../../../../src/main/django/scan/row.ts';
import { encodeStored } from '../../../../src/main/django/session-data.ts';
import { SigningKeys } from '../../../../src/main/django/signing.ts';
import { Random } from '../../../fuzz/mutate.ts';

// Tens of thousands of rows, each read twice.
vi.setConfig({ testTimeout: 60_000 });

const KEYS = new SigningKeys(['django-insecure-row', 'django-insecure-old']);
const NOW = 1_751_478_380;
const manifest = JSON.parse(readFileSync(new URL('../../../fixtures/manifest.json', import.meta.url), 'utf8')) as {
  entries: readonly Readonly<{
    id: string;
    kind: string;
    value?: string;
    json?: string;
    secret?: unknown;
    fallbacks?: readonly unknown[];
  }>[];
};

const store = (payload: string | Uint8Array, keys = KEYS) =>
  encodeStored(typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload, { keys, format: 'signed', now: NOW });

const long = (entries: number) =>
  `{${Array.from({ length: entries }, (_, index) => `"key ${index}":{"qty":${index},"price":"1.${index}"}`).join(',')},"_auth_user_id":"7"}`;

/** Payloads that a reader in a hurry would get wrong. */
const HOSTILE = [
  '{}',
  ' { } ',
  '{"_auth_user_id":"7"}',
  '{"_auth_user_id":"7","_auth_user_id":"8"}',
  '{"_auth_user_id":"8","a":1,"_auth_user_id":"7","a":2}',
  '{"\\u005fauth_user_id":"7"}',
  '{"_auth_user_id":"\\u0037"}',
  '{"_auth_user_id":"7\\"","x":"_auth_user_id"}',
  '{"_auth_user_id":7}',
  '{"_auth_user_id":null,"u":"7"}',
  '{"_auth_user_id":{"_auth_user_id":"7"}}',
  '{"a":{"_auth_user_id":"7"},"_auth_user_id":"9"}',
  '{"a":[{"_auth_user_id":"7"}]}',
  '{"a":"\\"_auth_user_id\\":\\"7\\""}',
  '{"_auth_user_id":""}',
  '{"_auth_user_id" : \t\r\n"7" }\n',
  '[]',
  '["_auth_user_id","7"]',
  '"_auth_user_id"',
  'null',
  '7',
  '',
  ' ',
  '{',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{"a":[1,]}',
  '{"a":[1}',
  '{"a":{]}',
  '{,}',
  '{"a":1}}',
  '{"a":1}{"b":2}',
  '{"a":1}x',
  "{'a':1}",
  '{a:1}',
  '{"a":01}',
  '{"a":-}',
  '{"a":-0,"b":1.5e+10,"c":1E5,"d":-0.0}',
  '{"a":1.}',
  '{"a":.5}',
  '{"a":1e}',
  '{"a":1e400,"b":NaN,"c":Infinity,"d":-Infinity}',
  '{"a":-NaN}',
  '{"a":+1}',
  '{"a":nul}',
  '{"a":nulll}',
  '{"a":tru,"b":1}',
  '{"a":"\\x"}',
  '{"a":"\\u12g4"}',
  '{"a":"\\u12"}',
  '{"a":"\\ud800"}',
  '{"a":"\n"}',
  '{"a":"\0"}',
  '{"a":1}\0',
  '{"a":"',
  '{"a":"\\',
  '{"é":"ÿ","_auth_user_id":"é"}',
  '\xef\xbb\xbf{}',
  '{"a":1\x0b}',
  '{"":""}',
  '{"":1,"":2}',
  '{"_session_expiry":300,"_auth_user_id":"7"}',
  '{"_session_expiry":"2025-07-02T17:46:20+00:00"}',
  `{"a":${'9'.repeat(4299)}}`,
  `{"a":${'9'.repeat(4301)}}`,
  `{"a":-${'9'.repeat(4301)}}`,
  `{"a":0.${'9'.repeat(5000)}}`,
  `{"a":${'['.repeat(255)}${']'.repeat(255)}}`,
  `{"a":${'['.repeat(256)}${']'.repeat(256)}}`,
  `{"a":${'['.repeat(999)}${']'.repeat(999)}}`,
  `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`,
  `{"a":${'{"a":'.repeat(2000)}`,
  long(20),
  long(255),
  long(256),
  long(300),
  long(9000),
  // Two keys of the same hash are still two keys.
  '{"Aa":1,"BB":2}',
  `{"a":"${'x'.repeat(300_000)}"}`,
  '(dp0\nS"_auth_user_id"\np1\nV7\np2\ns.',
];

/** What may be done to a stored text. */
function mutated(text: string, random: Random): string {
  const place = random.below(text.length);
  const other = random.pick(['A', 'z', '0', '-', '_', ':', '.', '=', '+', '/', ' ', '\n', '\0', 'é', 'Ł', '\u{1f600}', '']);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, place);
    case 1:
      return text.slice(0, place) + other + text.slice(place);
    case 2:
      return text.slice(place);
    default:
      return text.slice(0, place) + other + text.slice(place + 1);
  }
}

describe('a row read fast and slowly', () => {
  const options = { keys: KEYS };
  const reader = new RowReader(options);

  test.each(HOSTILE.map((payload, index) => [index, payload.slice(0, 60), payload] as const))('%i %s', (_, __, payload) => {
    for (const text of [
      store(payload),
      store(payload, new SigningKeys(['django-insecure-old'])),
      store(payload, new SigningKeys(['another'])),
      encodeStored(Buffer.from(payload, 'latin1'), { keys: KEYS, format: 'signed', now: NOW, compress: false }),
      encodeStored(Buffer.from(payload, 'latin1'), { keys: KEYS, format: 'signed', now: NOW, algorithm: 'sha1' }),
      encodeStored(Buffer.from(payload, 'latin1'), { keys: KEYS, format: 'legacy', now: NOW }),
    ]) {
      expect(reader.read(text)).toEqual(readSlowly(text, options));
      expect(reader.read(Buffer.from(text))).toEqual(readSlowly(text, options));
    }
  });

  test('a character more, less or other', () => {
    const random = new Random(5);
    const seeds = [store(long(3)), store(long(40)), store('{"a":1}'), store('{"_auth_user_id":"7"}')];
    for (let round = 0; round < 20_000; round += 1) {
      let text = seeds[round % seeds.length] ?? '';
      for (let times = 0; times <= random.below(3); times += 1) text = mutated(text, random);
      expect(reader.read(text), JSON.stringify(text)).toEqual(readSlowly(text, options));
    }
  });

  test('a byte of the compressed data changed, the signature made for it', () => {
    const random = new Random(6);
    const [encoded = ''] = store(long(40)).slice(1).split(':');
    const data = Buffer.from(encoded, 'base64url');
    for (let round = 0; round < 3000; round += 1) {
      const changed = Buffer.from(data);
      changed[random.below(data.length)] = random.below(256);
      const cut = random.below(4) === 0 ? changed.subarray(0, random.below(data.length)) : changed;
      const text = `.${cut.toString('base64url')}:1uXGsm:${'A'.repeat(43)}`;
      expect(reader.read(text), text).toEqual(readSlowly(text, options));
    }
  });

  test('bytes that look like ASCII when their upper half is lost do not verify', () => {
    const text = store('{"a":1}');
    const shifted = String.fromCharCode(text.charCodeAt(3) + 0x100);
    const forged = text.slice(0, 3) + shifted + text.slice(4);
    expect(reader.read(forged)).toEqual(readSlowly(forged, options));
    expect(reader.read(forged).verified).toBe(false);
  });

  test('without keys nothing is verified', () => {
    expect(new RowReader({ keys: new SigningKeys([]) }).read(store('{"_auth_user_id":"7"}'))).toEqual({
      verified: null,
      problem: null,
      user: '7',
      keys: 1,
      payload: 21,
    });
  });

  test('another class, lower limits', () => {
    const own = {
      keys: KEYS,
      class_name: 'SessionStore',
      limits: { storedBytes: 200, payloadBytes: 100, depth: 3, nodes: 20, viewNodes: 5, milliseconds: 100 },
    };
    const small = new RowReader(own);
    for (const payload of HOSTILE) expect(small.read(store(payload))).toEqual(readSlowly(store(payload), own));
    const renamed = new RowReader({ keys: KEYS, class_name: 'Other' });
    expect(renamed.read(store('{}')).verified).toBe(false);
  });

  test('every session that real Django wrote', () => {
    let read = 0;
    for (const { id, kind, value, secret, fallbacks } of manifest.entries) {
      if (!kind.startsWith('session_data') || value === undefined || typeof secret !== 'string') continue;
      const keys = new SigningKeys([secret, ...(fallbacks ?? []).filter((one) => typeof one === 'string')]);
      expect(new RowReader({ keys }).read(value), id).toEqual(readSlowly(value, { keys }));
      read += 1;
    }
    expect(read).toBeGreaterThan(200);
  });

  test('ordinary sessions do take the fast way', () => {
    const fresh = new RowReader(options);
    for (const payload of ['{}', '{"_auth_user_id":"7"}', long(200)]) {
      expect(fresh.read(store(payload))).toMatchObject({ verified: true, problem: null });
    }
    expect(fresh.slow).toBe(0);
  });
});

describe('the owner of a row', () => {
  const reader = new RowReader({ keys: KEYS });

  test.each(HOSTILE.map((payload, index) => [index, payload.slice(0, 60), payload] as const))('%i %s', (_, __, payload) => {
    for (const text of [store(payload), encodeStored(Buffer.from(payload, 'latin1'), { keys: KEYS, format: 'legacy', now: NOW })]) {
      const facts = readSlowly(text, { keys: KEYS });
      expect(reader.owner(text)).toBe(null);
      // Undefined leaves it to the document; of what is not JSON at all nothing is promised but that no user is missed.
      if (reader.user !== undefined && facts.problem === null) expect(reader.user).toBe(facts.user);
    }
  });

  test('is told for ordinary rows, and for those that only quote the key', () => {
    const owner = (payload: string) => {
      expect(reader.owner(store(payload))).toBe(null);
      return reader.user;
    };
    expect(owner('{"_auth_user_id":"7"}')).toBe('7');
    expect(owner('{"a":{"_auth_user_id":"7"}}')).toBe(null);
    expect(owner('{"a":{"_auth_user_id":"7"},"_auth_user_id":"9"}')).toBe('9');
    expect(owner('{"a":"_auth_user_id"}')).toBe(null);
    expect(owner('{}')).toBe(null);
    expect(owner('{"_auth_user_id":"8","_auth_user_id":"7"}')).toBe(undefined);
    expect(owner('{"\\u005fauth_user_id":"7"}')).toBe(undefined);
  });

  test('a character more, less or other never makes it another one', () => {
    const random = new Random(7);
    for (let round = 0; round < 5000; round += 1) {
      const text = mutated(store('{"_auth_user_id":"7","a":{"_auth_user_id":"8"}}'), random);
      const problem = reader.owner(text);
      const facts = readSlowly(text, { keys: KEYS });
      if (problem !== null) expect(facts.problem).toBe(problem);
      else if (reader.user !== undefined && facts.problem === null) expect(reader.user, text).toBe(facts.user);
    }
  });

  test('why a payload cannot be had', () => {
    expect(reader.owner('')).toBe('UnsupportedFormat');
    expect(reader.owner('.e30:1uXGsm:sig')).toBe('Corrupt');
  });
});

describe('a glance for a text', () => {
  const reader = new RowReader({ keys: KEYS });
  const found = (payload: string, text: string) => reader.glance(store(payload), text);

  test('of keys and values, however it is spelled', () => {
    expect(found('{"Cart":"Blue Shoes"}', 'blue')).toBe('maybe');
    expect(found('{"Cart":"Blue Shoes"}', 'cart')).toBe('maybe');
    expect(found('{"Cart":"Blue Shoes"}', 'green')).toBe('no');
    expect(found('{"Cart":"\\u0042lue"}', 'blue')).toBe('maybe');
    expect(found('{"Cart":"\\u212aiwi"}', 'kiwi')).toBe('maybe');
    expect(found('{"Cart":null}', 'none')).toBe('maybe');
    expect(found('{"Cart":"\xc9T\xc9"}', '\xe9t\xe9')).toBe('maybe');
  });

  test('leaves what is no JSON to the document, and says why a payload cannot be had', () => {
    expect(found('{"Cart":}', 'green')).toBe('maybe');
    expect(found('(dp0\n.', 'green')).toBe('maybe');
    expect(reader.glance('', 'green')).toBe('UnsupportedFormat');
  });
});

describe('an ordinary row', () => {
  test('is signed, whole and JSON', () => {
    const reader = new RowReader({ keys: KEYS });
    expect(reader.isOrdinary(store('{"a":1}'))).toBe(true);
    expect(reader.isOrdinary(store('{"a":1}', new SigningKeys(['another'])))).toBe(false);
    expect(reader.isOrdinary(store('[]'))).toBe(false);
    expect(reader.isOrdinary(encodeStored(Buffer.from('{}'), { keys: KEYS, format: 'legacy', now: NOW }))).toBe(false);
    expect(new RowReader({ keys: new SigningKeys([]) }).isOrdinary(store('{"a":1}'))).toBe(true);
  });
});
