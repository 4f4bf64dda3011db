import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { COMMANDS, EXIT } from '../../../src/main/cli/commands.ts';
import { encodeStored } from '../../../src/main/django/session-data.ts';
import { SigningKeys, timestampSign } from '../../../src/main/django/signing.ts';
import { type Fixture, fixtures, fixtureText } from '../fixtures-table.ts';

const DATA = Buffer.from('{"a":1}');
const NOW = 1_700_000_000;

type Answer = Readonly<Record<string, unknown>>;

/** One run of a command over lines, as one process would do it; cut into odd pieces, as a pipe does. */
async function run(command: 'identify' | 'encode', lines: readonly unknown[]): Promise<Readonly<{ answers: Answer[]; code: number }>> {
  const text = Buffer.from(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  const written: string[] = [];
  const code = await COMMANDS[command]?.run({
    args: [],
    input: pieces(text),
    write: async (block) => void written.push(block),
    warn: (message) => expect.fail(message),
    now: () => 1_700_000_000,
  });
  const answers = written.join('').split('\n').slice(0, -1);
  return { answers: answers.map((line) => JSON.parse(line) as Answer), code: code ?? -1 };
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001);
}

/** What a person would write into a line for an entry of the manifest. */
function lineOf(fixture: Fixture, withKind = true): Answer {
  const { id, secret, fallbacks, now } = fixture;
  const value =
    fixture.kind === 'pickle' || fixture.kind === 'malicious_pickle'
      ? { value_base64: pickleOf(fixture) }
      : { value: fixtureText(fixture, 'value') };
  const names = { class_name: fixture['class_qualname'], salt: fixture['class_name'] === undefined ? undefined : fixture['salt'] };
  return { id, ...(withKind ? { kind: fixture.kind } : {}), ...value, secret, fallbacks, now, ...names };
}

function pickleOf(fixture: Fixture): string {
  const packed = fixture['pickle_zlib_b64'];
  return typeof packed === 'string' ? inflateSync(Buffer.from(packed, 'base64')).toString('base64') : fixtureText(fixture, 'pickle_b64');
}

function ofKind(...kinds: string[]): Fixture[] {
  return fixtures().filter(({ kind }) => kinds.includes(kind));
}

type Judged = Readonly<{ ok?: boolean; error?: string }>;

/** False for entries made with SIGNED_COOKIE_LEGACY_SALT_FALLBACK otherwise than that release has it by itself. */
function isDefault(entry: Fixture): boolean {
  const usual = entry.django?.startsWith('6.1') === true ? 'False' : 'True';
  return entry['setting'] === undefined || entry['setting'] === `SIGNED_COOKIE_LEGACY_SALT_FALLBACK=${usual}`;
}

function byId(answers: readonly Answer[]): Map<unknown, Answer> {
  return new Map(answers.map((answer) => [answer['id'], answer]));
}

describe('identify', () => {
  test.each([true, false])('sessions, kind given: %s', async (withKind) => {
    const entries = ofKind('session_data', 'signed_cookie_session');
    const { answers, code } = await run(
      'identify',
      entries.map((entry) => lineOf(entry, withKind)),
    );
    expect(code).toBe(EXIT.done);
    const found = byId(answers);
    for (const entry of entries) {
      const expected = entry['expect'] as Answer;
      expect(found.get(entry.id), entry.id).toMatchObject({
        kind: entry.kind,
        verified: true,
        key: 0,
        json: fixtureText(entry, 'json'),
        serializer: 'json',
        error: null,
        ...(expected['timestamp'] === undefined ? {} : { timestamp: expected['timestamp'], compressed: expected['compressed'] }),
      });
    }
  });

  test('what identify answers, encode writes back byte for byte', async () => {
    const entries = ofKind('session_data', 'signed_cookie_session');
    const read = await run(
      'identify',
      entries.map((entry) => lineOf(entry)),
    );
    const asked = read.answers.map((answer, index) => ({ ...answer, secret: entries[index]?.secret }));
    const { answers, code } = await run('encode', asked);
    expect(code).toBe(EXIT.done);
    expect(answers.map(({ value }) => value)).toEqual(entries.map((entry) => fixtureText(entry, 'value')));
    // and from the data alone, at the time that Django wrote them
    const fresh = entries.map(({ id, kind, secret, now, ...entry }) => {
      const legacy = entry['format'] === 'legacy' || entry['algorithm'] === 'sha1';
      return {
        id,
        kind,
        secret,
        now,
        json: read.answers[entries.findIndex((other) => other.id === id)]?.['json'],
        algorithm: legacy ? 'sha1' : 'sha256',
        class_name: entry['class_qualname'],
      };
    });
    expect((await run('encode', fresh)).answers.map(({ value }) => value)).toEqual(entries.map((entry) => fixtureText(entry, 'value')));
  });

  test('pickled sessions are written back from their data, unless only code of a class could write them', async () => {
    const entries = ofKind('session_data_pickle');
    const read = await run(
      'identify',
      entries.map((entry) => lineOf(entry)),
    );
    const asked = entries.map(({ secret }, index) => ({ ...read.answers[index], secret }));
    const { answers } = await run('encode', asked);
    const written = answers.filter(({ error }) => error === null);
    expect(written.length).toBe(48);
    for (const [index, entry] of entries.entries()) {
      const answer = answers[index];
      if (read.answers[index]?.['typed'] === null) expect(answer, entry.id).toMatchObject({ error: { code: 'BadRequest' } });
      else expect(answer?.['value'], entry.id).toBe(fixtureText(entry, 'value'));
    }
  });

  test('values that Django refuses are not verified, or carry an error', async () => {
    const entries = ofKind('session_data_odd', 'signed_cookie_session_bad');
    const found = byId(
      (
        await run(
          'identify',
          entries.map((entry) => lineOf(entry)),
        )
      ).answers,
    );
    for (const entry of entries) {
      const answer = found.get(entry.id) ?? expect.fail(entry.id);
      const { loads } = entry['expect'] as { loads?: { ok: boolean; error?: string } };
      if (loads === undefined) continue;
      const warned = JSON.stringify(answer['warnings']).includes('SHA-1');
      if (loads.ok) expect(answer, entry.id).toMatchObject({ verified: true, error: null });
      else if (!warned) expect(answer['error'], entry.id).not.toBeNull();
      if (loads.error === 'BadSignature' && !warned)
        expect(answer, entry.id).toMatchObject({ verified: false, error: { code: 'BadSignature' } });
    }
  });

  test('where the release is given, values are judged as it judged them', async () => {
    const entries = ofKind('session_data', 'signed_cookie_session', 'session_data_odd', 'signed_cookie_session_bad', 'signing').filter(
      ({ django }) => django !== null,
    );
    const lines = entries.map((entry) => ({
      ...lineOf(entry),
      django: entry.django,
      ...(entry.kind === 'signing'
        ? { salt: entry['cookie_name'] === undefined ? entry['salt'] : entry['cookie_salt'], cookie_name: entry['cookie_name'] }
        : {}),
    }));
    const found = byId((await run('identify', lines)).answers);
    let refused = 0;
    for (const entry of entries) {
      const answer = found.get(entry.id) ?? expect.fail(entry.id);
      const told = entry['expect'] as Judged & Readonly<{ loads?: Judged }>;
      const judged = entry.kind === 'signing' ? told : told.loads;
      // Texts of 2.2 were tried with decode() alone.
      if (entry.kind === 'session_data_odd' && judged === undefined) continue;
      if (!isDefault(entry)) continue;
      if (judged?.ok !== false) {
        expect(answer, entry.id).toMatchObject({ verified: true, error: null });
        continue;
      }
      refused += 1;
      expect(answer['error'], entry.id).not.toBeNull();
      if (judged.error === 'BadSignature') expect(answer, entry.id).toMatchObject({ verified: false, error: { code: 'BadSignature' } });
    }
    expect(refused).toBeGreaterThan(50);
  });

  test.each([
    ['SHA-1', '3.2', '4.0', {}, (keys: SigningKeys) => encodeStored(DATA, { keys, format: 'signed', algorithm: 'sha1', now: NOW })],
    ['SHA-256', '3.1', '3.0', {}, (keys: SigningKeys) => encodeStored(DATA, { keys, format: 'signed', now: NOW })],
    ['the old format', '3.2', '4.0', {}, (keys: SigningKeys) => encodeStored(DATA, { keys, format: 'legacy', now: NOW })],
    [
      'a fallback',
      '4.1',
      '4.0',
      { secret: 'new', fallbacks: ['k'] },
      (keys: SigningKeys) => encodeStored(DATA, { keys, format: 'signed', now: NOW }),
    ],
    [
      'a cookie salted as before 5.2.15',
      '6.0',
      '6.1',
      { cookie_name: 'theme' },
      (keys: SigningKeys) => timestampSign('dark', NOW, { keys: keys.forCookies(), salt: 'theme', algorithm: 'sha256' }),
    ],
  ])('%s: read by Django %s, not by %s', async (_, reads, refuses, more, make) => {
    const value = make(new SigningKeys(['k']));
    const lines = [reads, refuses].map((django) => ({ value, secret: 'k', django, ...more }));
    const { answers } = await run('identify', lines);
    expect(answers[0]).toMatchObject({ verified: true, error: null });
    expect(answers[1]).toMatchObject({ verified: false, error: { code: 'BadSignature' }, algorithm: answers[0]?.['algorithm'] });
  });

  test('a pickled session, and a release that is none', async () => {
    const value = encodeStored(Buffer.from('80057d942e', 'hex'), { keys: new SigningKeys(['k']), format: 'signed', now: NOW });
    const lines = ['4.2.28', '5.0', 'newest'].map((django) => ({ value, kind: 'session_data', secret: 'k', django }));
    const { answers, code } = await run('identify', lines);
    expect(answers.map(({ verified, error }) => [verified, (error as Answer | null)?.['code'] ?? null])).toEqual([
      [true, null],
      [true, 'UnsupportedFormat'],
      [null, 'BadRequest'],
    ]);
    expect(code).toBe(EXIT.badLines);
  });

  test('a signature of the right key under another salt says so', async () => {
    const [entry] = ofKind('session_data_odd').filter(({ id }) => id === 'dj52/session_data_odd/cookie_salt');
    const line = lineOf(entry ?? expect.fail());
    expect((await run('identify', [line])).answers[0]).toMatchObject({ verified: false, error: { code: 'BadSignature' } });
    expect((await run('identify', [{ ...line, kind: undefined }])).answers[0]).toMatchObject({
      kind: 'signed_cookie_session',
      verified: true,
    });
  });

  test('max_age is judged at now, and the data are given all the same', async () => {
    const entries = ofKind('signed_cookie_session');
    const lines = entries.flatMap((entry) =>
      (entry['checks'] as readonly { SESSION_COOKIE_AGE: number; now: number; loads: string }[]).map((check) => ({
        ...lineOf(entry),
        id: check.loads,
        now: check.now,
        max_age: check.SESSION_COOKIE_AGE,
      })),
    );
    for (const answer of (await run('identify', lines)).answers) {
      expect(answer).toMatchObject({ verified: true, error: answer['id'] === 'ok' ? null : { code: 'SignatureExpired' } });
      expect(typeof answer['json']).toBe('string');
    }
  });

  test.each([true, false])('other signed values, kind given: %s', async (withKind) => {
    const entries = ofKind('signing');
    const lines = entries.map((entry) => ({
      ...lineOf(entry, withKind),
      salt: entry['cookie_name'] === undefined ? entry['salt'] : entry['cookie_salt'],
      cookie_name: entry['cookie_name'],
    }));
    const found = byId((await run('identify', lines)).answers);
    for (const entry of entries) {
      const answer = found.get(entry.id) ?? expect.fail(entry.id);
      expect(answer, entry.id).toMatchObject({ verified: true, key: 0, algorithm: entry['algorithm'], error: null });
      if (entry['json'] !== undefined) expect(answer['json'], entry.id).toBe(entry['json']);
      if (entry['plain'] !== undefined) expect(answer['typed'], entry.id).toBe(entry['plain']);
    }
  });

  test('pickles, in sessions and alone', async () => {
    const entries = ofKind('session_data_pickle', 'pickle');
    const found = byId(
      (
        await run(
          'identify',
          entries.map((entry) => lineOf(entry)),
        )
      ).answers,
    );
    for (const entry of entries) {
      const answer = found.get(entry.id) ?? expect.fail(entry.id);
      expect(answer, entry.id).toMatchObject({ serializer: 'pickle', verified: entry.kind === 'pickle' ? null : true });
      if (entry['structure'] !== undefined) expect(answer['structure'], entry.id).toEqual(entry['structure']);
    }
  });

  test('every other kind is answered', async () => {
    const entries = ofKind('csrf', 'auth_hash', 'reset_token', 'messages_session', 'key', 'malicious_pickle');
    const { answers, code } = await run(
      'identify',
      entries.map((entry) => lineOf(entry)).map((line) => line),
    );
    expect(code).toBe(EXIT.done);
    expect(answers.map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
    const found = byId(answers);
    for (const entry of entries) {
      const answer = found.get(entry.id) ?? expect.fail(entry.id);
      expect(answer, entry.id).toMatchObject({ kind: entry.kind, verified: null });
      if (entry.kind === 'csrf') expect(answer['typed']).toBe((entry['expect'] as Answer)['unmasked']);
      if (entry.kind === 'key') expect(answer['typed']).toBe((entry['expect'] as Answer)['session_key']);
      if (entry['class'] === 'error') expect(answer['error'], entry.id).not.toBeNull();
      if (entry['class'] === 'calls')
        expect(answer, entry.id).toMatchObject({ warnings: expect.arrayContaining([expect.objectContaining({ code: 'runs-code' })]) });
    }
  });
});

describe('a run of lines', () => {
  const good = { id: 1, value: 'abcdefghijklmnopqrstuvwxyz012345' };

  test('a bad line gets an error line, the others their answers, and the code says so', async () => {
    const { answers, code } = await run('identify', [
      '{',
      '',
      '[]',
      '{"id":7}',
      { id: 8, value: 1 },
      { id: 9, kind: 'constructor', value: '' },
      good,
      'null',
    ]);
    expect(code).toBe(EXIT.badLines);
    expect(answers.map(({ id, error }) => [id, (error as Answer | null)?.['code'] ?? null])).toEqual([
      [null, 'BadRequest'],
      [null, 'BadRequest'],
      [7, 'BadRequest'],
      [8, 'BadRequest'],
      [9, 'BadRequest'],
      [1, null],
      [null, 'BadRequest'],
    ]);
  });

  test('ids of any type come back; hostile names in them do no harm', async () => {
    const { answers } = await run('identify', [
      '{"id":{"__proto__":{"a":1}},"value":"x","__proto__":{"kind":"csrf"}}',
      { id: [1, null], value: 'x' },
    ]);
    expect(JSON.stringify(answers[0]?.['id'])).toBe('{"__proto__":{"a":1}}');
    expect(answers[1]).toMatchObject({ id: [1, null], kind: 'unknown' });
  });

  test('values in what a browser copies are found', async () => {
    const session = ofKind('signed_cookie_session')[1] ?? expect.fail();
    const value = fixtureText(session, 'value');
    const pastes = [
      `Cookie: csrftoken=abc; sessionid=${value}`,
      `curl 'https://example.org' -b 'sessionid=${value}'`,
      encodeURIComponent(value),
      JSON.stringify([{ name: 'sessionid', value }]),
    ];
    const { answers } = await run(
      'identify',
      pastes.map((paste) => ({ value: paste, secret: session.secret })),
    );
    for (const answer of answers)
      expect(answer).toMatchObject({ kind: 'signed_cookie_session', verified: true, json: fixtureText(session, 'json') });
  });

  test('a timestamp beyond JavaScript is still an integer in the line', async () => {
    const entry = ofKind('session_data_odd').find(({ id }) => id === 'dj52/session_data_odd/ts_huge') ?? expect.fail();
    let line = '';
    await COMMANDS['identify']?.run({
      args: [],
      input: pieces(Buffer.from(JSON.stringify(lineOf(entry)))),
      write: async (block) => {
        line += block;
      },
      warn: () => undefined,
      now: () => 0,
    });
    expect(line).toContain(`"timestamp":${62n ** 40n - 1n},`);
    expect(JSON.parse(line)).toMatchObject({ verified: true, error: null });
  });

  test('a URL-encoded session says so where its kind is given, and is decoded where it is not', async () => {
    const session = ofKind('session_data')[30] ?? expect.fail();
    const value = encodeURIComponent(fixtureText(session, 'value'));
    const { answers } = await run('identify', [
      { value, kind: 'session_data', secret: session.secret },
      { value, secret: session.secret },
    ]);
    expect(answers[0]).toMatchObject({ verified: false, error: { message: 'The value is URL-encoded' } });
    expect(answers[1]).toMatchObject({ kind: 'session_data', verified: true });
  });

  test('encode says what it cannot write', async () => {
    const { answers, code } = await run('encode', [
      { json: '{}' },
      { kind: 'csrf', secret: 'k' },
      { secret: 'k' },
      { secret: 'k', typed: { $set: [1] } },
      { secret: 'k', json: '"日"' },
    ]);
    expect(code).toBe(EXIT.badLines);
    expect(answers.map(({ error }) => (error as Answer)['code'])).toEqual([
      'SecretMissing',
      'BadRequest',
      'BadRequest',
      'BadValue',
      'BadValue',
    ]);
  });
});
