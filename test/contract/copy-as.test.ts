import { afterEach, describe, expect, test } from 'vitest';
import type { Draft, Parsed } from '../../src/preload/api.ts';
import { type Opened, open } from '../unit/main/opened.ts';
import { cachedDb, dbOnSqlite, file, type InspectorPlace } from './inspector-places.ts';

/** What is copied is run by real Django: the store afterwards, or the value, says whether it was right. */

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const DATA = { _auth_user_id: '4711', cart: { 10: 1.5, 2: [true, null] }, text: "it's \\ é😀\n\u202e", half: 0.5, long: 'x'.repeat(200) };

let place: InspectorPlace;
let opened: Opened;
afterEach(async () => {
  await opened?.close();
  await place?.close();
});

async function start(make: () => Promise<InspectorPlace>): Promise<void> {
  place = await make();
  await place.django.ask('create', { session_key: KEY, data: DATA });
  opened = await open(place.profile, place.secrets, place.now);
}

async function copy(format: Parsed<'sessions.copy_as'>['format'], more: Readonly<{ redacted?: boolean; draft?: Draft }> = {}) {
  const { redacted = false, draft = null } = more;
  return opened.handlers['sessions.copy_as']({ connection: '', session_key: KEY, draft, format, redacted }, opened.signal);
}

const load = async (session_key = KEY) => place.django.ask('load', { session_key });

describe.each([
  ['db', () => dbOnSqlite()],
  ['file', file],
  ['cached_db', cachedDb],
] as const)('a session of %s', (_, make) => {
  test('is made again by its Django code, over another one and from nothing', async () => {
    await start(make);
    const before = await load();
    const { text } = await copy('django');
    await place.django.ask('save', { session_key: KEY, data: { other: 1, cart: 'gone' } });
    await place.django.ask('run', { code: text });
    expect(await load()).toMatchObject({ accepted: true, repr: before['repr'] });
    await place.django.ask('delete', { session_key: KEY });
    await place.django.ask('run', { code: text });
    expect(await load()).toMatchObject({ accepted: true, repr: before['repr'] });
  });

  test('is changed and ended by the Django code of the previews', async () => {
    await start(make);
    const view = await opened.get(KEY);
    if (view?.document == null) throw new Error('not there');
    let { draft } = view.document;
    for (const edit of [
      { op: 'remove', path: [2] },
      { op: 'set', path: [1], value: { type: 'json', text: '{"10": 2.0, "n": 123456789012345678901234567890}' } },
      { op: 'add', path: [], key: { type: 'str', text: "se'at" }, value: { type: 'str', text: '12A' } },
    ]) {
      draft = (await opened.handlers['document.edit']({ connection: '', draft, edit: edit as never }, opened.signal)).draft;
    }
    const change = { connection: '', session_key: KEY, revision: view.revision, draft, expiry: 'keep' } as const;
    const { django } = await opened.handlers['sessions.preview'](change, opened.signal);
    expect(django).toMatchObject({ language: 'python' });
    await place.django.ask('run', { code: django?.text });
    const { text, ...kept } = DATA;
    expect((await load())['json']).toBe(
      JSON.stringify({ ...kept, cart: 'CART', "se'at": '12A' }).replace('"CART"', '{"10":2.0,"n":123456789012345678901234567890}'),
    );
    const ended = await opened.handlers['sessions.delete_preview']({ connection: '', session_keys: [KEY] }, opened.signal);
    await place.django.ask('run', { code: ended.django?.text });
    expect(await opened.get(KEY)).toBeNull();
  });
});

describe('the forms', () => {
  test('are the same data to Python and to JSON', async () => {
    await start(() => dbOnSqlite());
    const { repr } = await load();
    expect(await place.django.ask('run', { code: (await copy('python')).text })).toMatchObject({ value: { repr } });
    const json = (await copy('json')).text;
    expect(await place.django.ask('run', { code: `import json\njson.loads(${JSON.stringify(json)})` })).toMatchObject({ value: { repr } });
    expect((await copy('cookie')).text).toBe(`Cookie: sessionid=${KEY}`);
    expect((await copy('curl')).text).toBe(`curl --cookie 'sessionid=${KEY}' 'http://localhost:8000/'`);
  });

  test('follow the draft', async () => {
    await start(() => dbOnSqlite());
    const draft: Draft = { serializer: 'json', payload: '{"n": 1.0}' };
    expect((await copy('python', { draft })).text).toBe("{'n': 1.0}\n");
    expect((await copy('json', { draft })).text).toContain('1.0');
  });

  test('are without key, hash, token and address where they are redacted', async () => {
    await start(() => dbOnSqlite());
    const data = {
      _auth_user_hash: 'f00',
      _csrftoken: 'c00',
      mail: { to: ['anna@example.org'] },
      n: 'see bob@example.com',
      _auth_user_id: '7',
    };
    await place.django.ask('save', { session_key: KEY, data });
    for (const format of ['json', 'python', 'django', 'cookie', 'curl'] as const) {
      const { text } = await copy(format, { redacted: true });
      expect(text, format).not.toMatch(/f00|c00|anna|bob@|efghij/);
    }
    expect((await copy('python', { redacted: true })).text).toContain("'_auth_user_id': '7'");
    const { text } = await copy('django', { redacted: true });
    await place.django.ask('run', { code: text.replace('print(', 'str(') });
    expect((await opened.list()).length).toBe(2);
  });
});

describe('pickled values', () => {
  const serializer = 'django.contrib.sessions.serializers.PickleSerializer';
  const startPickled = async (value: string) => {
    place = await dbOnSqlite({ SESSION_SERIALIZER: serializer }, { SESSION_SERIALIZER: 'PickleSerializer' });
    const code = `import collections, datetime, decimal, uuid
from importlib import import_module
from django.conf import settings
session = import_module(settings.SESSION_ENGINE).SessionStore('${KEY}')
session.clear()
session['value'] = ${value}
session.save(must_create=True)`;
    await place.django.ask('run', { code });
    opened = await open(place.profile, place.secrets, place.now);
  };

  test.each([
    '(1,), (), {2: (3, 4)}',
    'b"a\'\\x00\\xff", bytearray(b"x"), frozenset([1]), set(), frozenset(), {"a"}',
    'float("inf"), float("-inf"), -0.0, 1e400, 2 ** 70, -5, complex(1, -0.5), complex(float("inf"), 0)',
    'datetime.datetime(2026, 1, 2, 3, 4, 5, 6), datetime.date(1, 1, 1), datetime.time(1, 2), datetime.timedelta(-1, 5, 7)',
    'datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc), datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=5.5)))',
    'decimal.Decimal("1.50"), decimal.Decimal("NaN"), uuid.UUID(int=5), collections.OrderedDict([("b", 1), (1, (2,))])',
    '"\\ud800 \\x00 \\u2028 \'\\" \\U0001f600", True, None',
    '[[[["x" * 90]]], {"k" * 60: ("v" * 60,)}]',
  ])('%s is the same again', async (value) => {
    await startPickled(value);
    const before = await load();
    expect(await place.django.ask('run', { code: (await copy('python')).text })).toMatchObject({ value: { repr: before['repr'] } });
    const { text } = await copy('django');
    await place.django.ask('delete', { session_key: KEY });
    await place.django.ask('run', { code: text });
    expect((await load())['repr']).toBe(before['repr']);
  });

  test('are refused where only code could build them, and JSON flattens nothing', async () => {
    await startPickled('(1, 2)');
    await expect(copy('json')).rejects.toMatchObject({ code: 'Unsupported', message: 'value is a tuple, which JSON cannot hold' });
    await opened.close();
    await place.close();
    await startPickled('{"error": ValueError("x")}');
    for (const format of ['json', 'python', 'django'] as const) {
      await expect(copy(format)).rejects.toMatchObject({ code: 'Unsupported' });
    }
    await expect(copy('python')).rejects.toMatchObject({ message: expect.stringContaining('value.error is an object of') });
    expect((await copy('cookie')).text).toContain(KEY);
  });
});
