import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LabContext } from '../../../src/main/connection-protocol.ts';
import { say } from '../../../src/main/django/sentences.ts';
import { openInspector } from '../../../src/main/inspector.ts';
import { Profile } from '../../../src/preload/profile.ts';

/** The worked examples of real Django: one key, one moment. */
const SECRET_KEY = 'django-insecure-worked-example-key';
const SIGNED_AT = 1700000000;
const COOKIE = '.eJyrVkpOLCpRsopWSiwoyElV0qERHVsLAAvNIcU:1r31eq:YJk0FbIqAzVIGxQS7qvFEIZhCLVvtkRjMmGNiX3rMlA';
const STORED = 'eyJfYXV0aF91c2VyX2lkIjoiMSJ9:1r31eq:-CpkfCJyhamMMStTyWp9qQUbbILFG75do2WR9NLEIkg';
const THEME = 'dark:1r31eq:xMGZfzsw_v8UiKLMZOXNfniSwgSpsxDMuLgXxqOlIiY';
const LEGACY = 'MmE4YzZlYzQzNmM0YTNiOWY5YTVmNGYxZTQ5NTJlNWRjOGY4NGQzMDp7ImEiOjF9';

const NO_PROFILE: LabContext = { profile: null, secrets: {} };
const signal = new AbortController().signal;
type Lab = Awaited<ReturnType<typeof openInspector>>;
let lab: Lab;
let now = SIGNED_AT * 1000;
beforeAll(async () => {
  const refuse = () => Promise.reject(new Error('the Lab writes nothing'));
  lab = await openInspector({
    profile: null,
    secrets: {},
    now: () => now,
    randomBytes,
    recorder: { begin: refuse, keep: refuse, end: refuse },
    emit: () => undefined,
  });
});

type Keys = Parameters<Lab['handlers']['cookies.read']>[0]['keys'];
const read = async (text: string, keys: Keys = { SECRET_KEY }, context = NO_PROFILE) =>
  lab.handlers['cookies.read']({ text, keys }, signal, context);
const readOne = async (...args: Parameters<typeof read>) => {
  const [reading, ...more] = await read(...args);
  if (reading === undefined || more.length > 0) throw new Error(`${more.length} more`);
  return reading;
};

describe('reading a paste', () => {
  test('a session cookie: named, verified, decoded, and how old it is', async () => {
    now = (SIGNED_AT + 100) * 1000;
    const reading = await readOne(`Cookie: sessionid=${COOKIE}`);
    expect(reading).toMatchObject({
      name: 'sessionid',
      value: COOKIE,
      kind: 'signed_cookie_session',
      confidence: 'certain',
      decodes: { ok: true },
      signature: { verified: true, key: 0, reason: 'verified', timestamp: '2023-11-14T22:13:20.000Z', compressed: true },
      age: { seconds: 100, max_age: 1209600, expired: false, expires: '2023-11-28T22:13:20.000Z' },
    });
    expect(reading.parts.map(({ text }) => text).join('')).toBe(COOKIE);
    expect(reading.document?.root.children?.[0]?.key?.text).toBe('cart');
  });

  test('an old one is verified and expired', async () => {
    now = (SIGNED_AT + 1209600) * 1000;
    expect((await readOne(COOKIE)).age).toMatchObject({ expired: false });
    now += 1;
    expect(await readOne(COOKIE)).toMatchObject({ age: { expired: true }, signature: { verified: true, reason: 'expired' } });
  });

  test('stored sessions of both formats, and a signed value in the clear', async () => {
    expect(await readOne(STORED)).toMatchObject({ kind: 'session_data', facts: [{ code: 'fact-user', params: { id: '1' } }] });
    expect(await readOne(LEGACY)).toMatchObject({ kind: 'session_data', signature: { verified: true, format: 'legacy' } });
    expect(await readOne(`theme=${THEME}`, { SECRET_KEY, salt: 'ns' })).toMatchObject({
      kind: 'set_signed_cookie',
      facts: [{ code: 'fact-text', params: { text: 'dark' } }],
    });
  });

  test('two verdicts are kept apart: without a key, with another, and damaged', async () => {
    expect(await readOne(COOKIE, {})).toMatchObject({ decodes: { ok: true }, signature: { verified: null, reason: 'no-key' } });
    expect(await readOne(COOKIE, { SECRET_KEY: 'other' })).toMatchObject({
      decodes: { ok: true },
      signature: { verified: false, reason: 'does-not-match' },
    });
    const damaged = await readOne(COOKIE.replace('yrVk', 'xxxx'));
    expect(damaged).toMatchObject({ decodes: { ok: false, error: { code: 'Corrupt' } }, signature: { verified: false } });
    expect(damaged.document).toBeNull();
  });

  test('keys of a profile, fallbacks too; a typed key wins', async () => {
    const profile = Profile.parse({ id: 'p', name: 'P', SESSION_COOKIE_NAME: 'mysession', SESSION_COOKIE_AGE: 60 });
    const context: LabContext = { profile, secrets: { SECRET_KEY: 'new', SECRET_KEY_FALLBACKS: [SECRET_KEY] } };
    now = (SIGNED_AT + 61) * 1000;
    const reading = await readOne(`mysession=${COOKIE}`, {}, context);
    expect(reading).toMatchObject({
      kind: 'signed_cookie_session',
      signature: { verified: true, key: 1 },
      age: { max_age: 60, expired: true },
    });
    expect(reading.tried.some(({ key, matched }) => key === 1 && matched)).toBe(true);
    expect(await readOne(`mysession=${COOKIE}`, { SECRET_KEY: 'other' }, context)).toMatchObject({ signature: { verified: false } });
  });

  test('quoted and percent-encoded values are undone; several values are several readings', async () => {
    expect(await readOne(`sessionid="${COOKIE}"`)).toMatchObject({ value: COOKIE, signature: { verified: true } });
    expect(await readOne(encodeURIComponent(STORED))).toMatchObject({ value: STORED, signature: { verified: true } });
    const readings = await read(`Cookie: sessionid=${COOKIE}; csrftoken=${'a'.repeat(64)}; django_language=pt-br; other=1`);
    expect(readings.map(({ kind }) => kind)).toEqual(['signed_cookie_session', 'csrf', 'language', 'unknown']);
    expect(readings[1]?.facts).toEqual([say('fact-csrf-secret', { secret: 'a'.repeat(32) })]);
    expect(readings.every(({ signature }, index) => index === 0 || signature.reason === 'not-signed')).toBe(true);
  });

  test('a session key is named, to be looked up in a profile', async () => {
    expect(await readOne('gdhkby6ce1l7spvcelqn0i2qnup8r6ki')).toMatchObject({ kind: 'session_key', document: null, decodes: { ok: true } });
  });
});

describe('signing', () => {
  type Sign = Parameters<Lab['handlers']['cookies.sign']>[0];
  const sign = (change: Partial<Sign>, context = NO_PROFILE) =>
    lab.handlers['cookies.sign'](
      {
        draft: { serializer: 'json', payload: '{"a":1}' },
        keys: { SECRET_KEY },
        kind: 'signed_cookie_session',
        compress: true,
        algorithm: 'sha256',
        timestamp: SIGNED_AT,
        ...change,
      },
      signal,
      context,
    );

  test('gives the very bytes of Django', async () => {
    expect((await sign({})).value).toBe('eyJhIjoxfQ:1r31eq:0hxSlBNCBcoC0DBitXKpMErrXdsXZWLpHh_9AlCzW5U');
    expect((await sign({ algorithm: 'sha1' })).value).toBe('eyJhIjoxfQ:1r31eq:9tORoiibuMqn2PVZY4gpcweVKE0');
    expect((await sign({ kind: 'session_data' })).value).toBe('eyJhIjoxfQ:1r31eq:UhpiIrhffd1mAgYCy6vXmUXfnDdsJidyP8XEEJu7Lss');
    expect(
      (await readOne((await sign({ kind: 'signing', keys: { SECRET_KEY, salt: 'mine' } })).value, { SECRET_KEY, salt: 'mine' })).kind,
    ).toBe('signing');
  });

  test('writes the Set-Cookie line of the profile, and says what Django would not take', async () => {
    now = SIGNED_AT * 1000;
    const { setCookie } = await sign({});
    expect(setCookie).toBe(
      'Set-Cookie: sessionid=eyJhIjoxfQ:1r31eq:0hxSlBNCBcoC0DBitXKpMErrXdsXZWLpHh_9AlCzW5U; expires=Tue, 28 Nov 2023 22:13:20 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax',
    );
    const browser = await sign({ draft: { serializer: 'json', payload: '{"_session_expiry":0}' } });
    expect(browser.setCookie).not.toContain('Max-Age');
    expect((await sign({ kind: 'session_data' })).setCookie).toBe('');
    expect((await sign({ algorithm: 'sha1' })).notes[0]?.code).toBe('sign-not-accepted');
    const large = await sign({ draft: { serializer: 'json', payload: JSON.stringify({ a: randomBytes(4000).toString('hex') }) } });
    expect(large.notes.at(-1)?.code).toBe('fact-large');
  });

  test('wants a key, and data that decode', async () => {
    await expect(sign({ keys: {} })).rejects.toMatchObject({ code: 'SecretMissing' });
    await expect(sign({ draft: { serializer: 'json', payload: '{' } })).rejects.toMatchObject({ code: 'Corrupt' });
  });
});

describe('documents without a store', () => {
  const draft = { serializer: 'json', payload: '{"n":1.0,"big":123456789012345678901234567890,"k":[1,2]}' } as const;

  test('an edit changes what it names, and no other byte', async () => {
    const edit = { op: 'set' as const, path: [2, 1], value: { type: 'json' as const, text: '"zwei"' } };
    const view = await lab.handlers['document.edit']({ connection: null, draft, edit }, signal);
    expect(view.draft.payload).toBe('{"n":1.0,"big":123456789012345678901234567890,"k":[1,"zwei"]}');
    expect(view.textEditable).toBe(true);
  });

  test('set_expiry has four meanings', async () => {
    const set = async (expiry: Parameters<Lab['handlers']['document.set_expiry']>[0]['expiry']) =>
      (
        await lab.handlers['document.set_expiry'](
          { connection: null, draft: { serializer: 'json', payload: '{"a":1}' }, expiry },
          signal,
          NO_PROFILE,
        )
      ).draft.payload;
    expect(await set({ kind: 'seconds', seconds: -5 })).toBe('{"a":1,"_session_expiry":-5}');
    expect(await set({ kind: 'browser_close' })).toBe('{"a":1,"_session_expiry":0}');
    expect(await set({ kind: 'moment', at: '2030-01-02T03:04:05.5+02:00' })).toBe(
      '{"a":1,"_session_expiry":"2030-01-02T01:04:05.500000+00:00"}',
    );
    expect(await set({ kind: 'default' })).toBe('{"a":1}');
  });

  test('there is no store', async () => {
    expect(lab.capabilities).toMatchObject({ list: 'none', write: false });
    await expect(lab.handlers['sessions.get']({ connection: '', session_key: 'x' }, signal)).rejects.toMatchObject({ code: 'Unsupported' });
    expect(await lab.handlers['jobs.list']({}, signal)).toEqual([]);
  });
});

test('every signed-cookie fixture reads as Django judged it', async () => {
  const { entries } = JSON.parse(readFileSync(new URL('../../fixtures/manifest.json', import.meta.url), 'utf8')) as {
    entries: readonly Readonly<{
      id: string;
      kind: string;
      secret?: unknown;
      fallbacks?: readonly string[];
      value?: string;
      json?: string;
      now?: number;
      django: string;
    }>[];
  };
  const cookies = entries.filter(
    ({ kind, value, secret }) => kind === 'signed_cookie_session' && value !== undefined && typeof secret === 'string',
  );
  expect(cookies.length).toBeGreaterThan(50);
  for (const { id, secret, fallbacks = [], value = '', json } of cookies) {
    const reading = await readOne(`sessionid=${value}`, { SECRET_KEY: String(secret), SECRET_KEY_FALLBACKS: [...fallbacks] });
    expect(reading, id).toMatchObject({ kind: 'signed_cookie_session', signature: { verified: true }, value });
    if (json !== undefined) expect(reading.document?.draft.payload, id).toBe(json);
  }
});
