import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseJson } from '../../src/main/django/serializers/json/document.ts';
import { decodeStored, encodeStored, SIGNED_COOKIES_SALT, storedFormat } from '../../src/main/django/session-data.ts';
import { dumps, SigningKeys } from '../../src/main/django/signing.ts';
import { type Inspector, openInspector } from '../../src/main/inspector.ts';
import { Profile, type SessionView } from '../../src/preload/api.ts';
import { Django, djangoReleases } from '../django/oracle.ts';

/** What the app writes, read by real Django, and the way back: Debian's release here, five with `npm run test:releases`. */

const SECRET_KEY = 'django-insecure-round-trips';
const KEYS = new SigningKeys([SECRET_KEY]);
const NOW = 1_751_900_000;
const KEY = (name: string) => name.padEnd(32, '0');

/** Whatever JSON can say and JavaScript would change. */
const PAYLOADS = [
  '{}',
  '{"_auth_user_id":"7","cart":{"10":{"qty":2},"2":{"qty":1}},"price":1.0,"big":123456789012345678901234567890}',
  '{"minus":-0.0,"tiny":1e-07,"huge":1e+16,"nan":NaN,"inf":[Infinity,-Infinity]}',
  '{"__proto__":1,"text":"\\u00e9\\ud83d\\ude00\\u007f\\n","lone":"\\ud83d","empty":{"l":[],"d":{}}}',
  `{"long":"${'compressible '.repeat(400)}"}`,
];

for (const release of djangoReleases()) {
  describe(`Django ${release.name}`, () => {
    let folder: string;
    let database: string;
    let django: Django;
    let version: string;
    let inspector: Inspector;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'session-inspector-releases-'));
      database = join(folder, 'db.sqlite3');
      const settings = { SECRET_KEY, DATABASES: { default: { ENGINE: 'sqlite3', NAME: database } } };
      django = await Django.start(settings, release);
      version = django.version.split('.').slice(0, 2).join('.');
      await django.ask('migrate', { now: NOW });
      await django.ask('create', { session_key: KEY('edited'), json_text: '{"keep":[1.0,"é"],"change":"old","drop":null}' });
      await django.ask('create', { session_key: KEY('untouched'), data: { keep: 1.5 } });
      await django.ask('create', { session_key: KEY('ended'), data: { keep: 2 }, expiry: { seconds: -5 } });
      inspector = await openStore(database, version);
    }, 60_000);
    afterAll(async () => {
      await inspector?.close();
      await django?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test('decodes every payload the app stores, to the same JSON', async () => {
      const { format, algorithm } = storedFormat(version, 'stored');
      for (const payload of PAYLOADS) {
        const text = encodeStored(Buffer.from(payload, 'latin1'), { keys: KEYS, format, algorithm, now: NOW });
        expect(await django.ask('decode', { text })).toMatchObject({ json: payload });
      }
    });

    test('stores what the app decodes, verified and to the same JSON', async () => {
      for (const payload of PAYLOADS) {
        const { text } = await django.ask('encode', { json_text: payload });
        const stored = decodeStored(String(text), { keys: KEYS });
        expect(stored.signature).toMatchObject({ verified: true, match: { key: 0 } });
        expect(Buffer.from(stored.payload ?? []).toString('latin1')).toBe(payload);
        expect(Buffer.from(parseJson(stored.payload ?? new Uint8Array()).payload).toString('latin1')).toBe(payload);
      }
    });

    test('accepts the cookies the app signs, and the app those of Django', async () => {
      const { algorithm } = storedFormat(version, 'signed_cookies');
      for (const payload of PAYLOADS) {
        const value = dumps(Buffer.from(payload, 'latin1'), NOW, { keys: KEYS, salt: SIGNED_COOKIES_SALT, algorithm, compress: true });
        expect(await django.ask('cookie_loads', { value, max_age: 60 })).toMatchObject({ json: payload });
        const made = await django.ask('cookie_dumps', { json_text: payload });
        const read = decodeStored(String(made['value']), { keys: KEYS, salts: [SIGNED_COOKIES_SALT] });
        expect(read.signature).toMatchObject({ verified: true });
        expect(Buffer.from(read.payload ?? []).toString('latin1')).toBe(payload);
      }
    });

    test('loads a session edited in the app: the edit, nothing else, and the same expiry', async () => {
      const before = await sessionOf(inspector, KEY('edited'));
      const edited = await edit(inspector, before, [
        { op: 'set', path: [1], value: { type: 'str', text: 'new ünï' } },
        { op: 'remove', path: [2] },
      ]);
      expect((await apply(inspector, before, edited, 'keep')).summary.expiry.at).toBe(before.summary.expiry.at);
      expect(await django.ask('load', { session_key: KEY('edited') })).toMatchObject({
        accepted: true,
        json: '{"keep":[1.0,"\\u00e9"],"change":"new \\u00fcn\\u00ef"}',
      });
    });

    test('agrees on the expiry that the app sets, in seconds and to the browser’s end', async () => {
      for (const [expiry, age, browser_close] of [
        [{ kind: 'seconds', seconds: 777 }, 777, false],
        [{ kind: 'browser_close' }, 1209600, true],
        [{ kind: 'default' }, 1209600, false],
      ] as const) {
        const before = await sessionOf(inspector, KEY('untouched'));
        const draft = before.document?.draft ?? fail();
        const signal = new AbortController().signal;
        const changed = await inspector.handlers['document.set_expiry']({ connection: 'it', draft, expiry }, signal, {
          profile: null,
          secrets: {},
        });
        const after = await apply(inspector, before, changed.draft, 'renew');
        const loaded = await django.ask('load', { session_key: KEY('untouched') });
        expect(loaded).toMatchObject({ accepted: true, expiry_age: age, browser_close });
        expect(Date.parse(after.summary.expiry.at ?? '')).toBe((NOW + age) * 1000);
        const [[stored] = []] = (
          await django.ask('sql', { sql: 'SELECT expire_date FROM django_session WHERE session_key = %s', params: [KEY('untouched')] })
        )['rows'] as string[][];
        expect(Date.parse(`${stored?.slice(0, 19).replace(' ', 'T')}Z`)).toBe((NOW + age) * 1000);
      }
    });

    test('clears, once the app has cleared, nothing more', async () => {
      const job = await inspector.handlers['jobs.start'](
        { connection: 'it', job: { kind: 'clear_expired', dryRun: false, batch: 100, pause: 0, confirmation: undefined } },
        new AbortController().signal,
      );
      await expect.poll(async () => (await stateOf(inspector, job.job)).state).toBe('done');
      expect((await stateOf(inspector, job.job)).changed).toBe(1);
      const count = async () => (await django.ask('sql', { sql: 'SELECT session_key FROM django_session ORDER BY 1' }))['rows'];
      const left = await count();
      expect(left).toEqual([[KEY('edited')], [KEY('untouched')]]);
      await django.ask('clear_expired');
      expect(await count()).toEqual(left);
    });
  });
}

function fail(): never {
  throw new Error('Not a session that decodes');
}

async function openStore(file: string, DJANGO_VERSION: string): Promise<Inspector> {
  const profile = Profile.parse({ id: 'it', name: 'It', DJANGO_VERSION, DATABASES: { NAME: file }, USE_TZ: true, TIME_ZONE: 'UTC' });
  const recorder = { begin: async () => 'activity', keep: async () => undefined, end: async () => undefined };
  return openInspector({ profile, secrets: { SECRET_KEY }, now: () => NOW * 1000, randomBytes, recorder, emit: () => undefined });
}

async function sessionOf(inspector: Inspector, session_key: string): Promise<SessionView> {
  return (await inspector.handlers['sessions.get']({ connection: 'it', session_key }, new AbortController().signal)) ?? fail();
}

type Edits = readonly Parameters<Inspector['handlers']['document.edit']>[0]['edit'][];

async function edit(inspector: Inspector, session: SessionView, edits: Edits) {
  let draft = session.document?.draft ?? fail();
  for (const one of edits) {
    ({ draft } = await inspector.handlers['document.edit']({ connection: 'it', draft, edit: one }, new AbortController().signal));
  }
  return draft;
}

async function apply(
  inspector: Inspector,
  { summary, revision }: SessionView,
  draft: NonNullable<SessionView['document']>['draft'],
  expiry: 'keep' | 'renew',
) {
  const change = { connection: 'it', session_key: summary.session_key, revision, draft, expiry, confirmation: undefined };
  const result = await inspector.handlers['sessions.apply'](change, new AbortController().signal);
  if (result.outcome !== 'applied') throw new Error('A conflict where nobody else writes');
  return result.session;
}

async function stateOf(inspector: Inspector, job: string) {
  const jobs = await inspector.handlers['jobs.list']({}, new AbortController().signal);
  return jobs.find((view) => view.job === job) ?? fail();
}
