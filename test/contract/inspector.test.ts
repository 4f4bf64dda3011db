import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Draft, FindQuery, SetExpiry } from '../../src/preload/api.ts';
import { type Opened, open } from '../unit/main/opened.ts';
import {
  cachedDb,
  cacheInFiles,
  cacheInRedis,
  cacheInTable,
  dbOnMysql,
  dbOnPostgresql,
  dbOnSqlite,
  file,
  type InspectorPlace,
} from './inspector-places.ts';
import { type MysqlServer, startMysql } from './servers/mysql.ts';
import { type PostgresqlServer, startPostgresql } from './servers/postgresql.ts';
import { type RedisServer, startRedis } from './servers/redis.ts';

let postgresql: PostgresqlServer;
let mysql: MysqlServer;
let redis: RedisServer;
let databases = 0;
beforeAll(async () => {
  [postgresql, mysql, redis] = await Promise.all([startPostgresql(), startMysql(), startRedis()]);
});
afterAll(async () => {
  await postgresql?.stop();
  await mysql?.stop();
  await redis?.server.stop();
});

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const OTHER = 'zyxwvutsrqponmlkjihgfedcba543210';
const DATA = { cart: { 10: 'ten', 2: 'two' }, price: 1.0, name: 'é😀', big: 2 ** 60 };

type View = NonNullable<Awaited<ReturnType<Opened['get']>>>;

describe.each([
  ['db on SQLite', () => dbOnSqlite()],
  ['db on PostgreSQL', () => dbOnPostgresql(postgresql, `inspector${++databases}`)],
  ['db on MariaDB', () => dbOnMysql(mysql, `inspector${++databases}`)],
  ['file', file],
  ['cache in files', cacheInFiles],
  ['cache in a table', cacheInTable],
  [
    'cache in Redis',
    async () => {
      await redis.cli('FLUSHALL');
      return cacheInRedis(redis);
    },
  ],
  ['cached_db', cachedDb],
] as const)('the inspector over %s, beside real Django', (name, start) => {
  let place: InspectorPlace;
  let opened: Opened;
  beforeEach(async () => {
    place = await start();
    await place.django.ask('create', { session_key: KEY, data: DATA });
    await place.django.ask('create', { session_key: OTHER, data: { other: true } });
    opened = await open(place.profile, place.secrets, place.now);
    // A cache in files keeps no keys: they are known once they were asked for.
    if (name === 'cache in files') for (const session_key of [KEY, OTHER]) await opened.get(session_key);
  });
  afterEach(async () => {
    await opened?.close();
    await place?.close();
  });

  const view = async (session_key = KEY): Promise<View> => {
    const found = await opened.get(session_key);
    if (found === null) throw new Error('not there');
    return found;
  };
  const draftOf = ({ document }: View): Draft => {
    if (document === null) throw new Error('does not decode');
    return document.draft;
  };
  const setKey = async (draft: Draft, key: string, json: string): Promise<Draft> => {
    const value = { type: 'json', text: json } as const;
    const edit = { op: 'add' as const, path: [], key: { type: 'str' as const, text: key }, value };
    return (await opened.handlers['document.edit']({ connection: '', draft, edit }, opened.signal)).draft;
  };
  const setExpiry = async (draft: Draft, expiry: SetExpiry): Promise<Draft> => {
    const context = { profile: null, secrets: {} };
    return (await opened.handlers['document.set_expiry']({ connection: '', draft, expiry }, opened.signal, context)).draft;
  };
  const change = (seen: View, draft: Draft | null, expiry: 'keep' | 'renew' = 'keep') => {
    return { connection: '', session_key: seen.summary.session_key, revision: seen.revision, draft, expiry };
  };
  const apply = (seen: View, draft: Draft | null, expiry: 'keep' | 'renew' = 'keep') =>
    opened.handlers['sessions.apply'](change(seen, draft, expiry), opened.signal);
  const load = (session_key = KEY, after = 0) =>
    place.django.ask('load', { session_key, ...(place.frozen ? { now: (place.now() + after) / 1000 } : {}) });
  const fingerprint = async (session_key: string) => {
    const { stored, summary } = await view(session_key);
    const { source, raw } = summary.expiry;
    // A TTL runs on; the times of files are kept to the microsecond, rounded as Django rounds them.
    const end = source === 'ttl' ? '' : source.startsWith('mtime') ? (BigInt(raw) + 500n) / 1000n : raw;
    return `${stored.text} ${end}`;
  };

  test('lists and opens what Django wrote', async () => {
    const sessions = await opened.list(opened.inspector.capabilities.sort.length === 0 ? { limit: 100 } : {});
    expect(sessions.map(({ session_key }) => session_key).sort()).toEqual([KEY, OTHER]);
    const seen = await view();
    expect(seen.summary).toMatchObject({ state: 'live', keys: 4, user: null });
    expect(seen.document?.root.children?.map(({ key }) => key?.text)).toEqual(['cart', 'price', 'name', 'big']);
    expect(await opened.get('nosuchsessionatall00000000000000')).toBeNull();
  });

  test('changes one key; Django loads it, and everything else is as it was', async () => {
    const seen = await view();
    const other = await fingerprint(OTHER);
    const draft = await setKey(draftOf(seen), 'added', '[1, 2.50]');
    const preview = await opened.handlers['sessions.preview'](change(seen, draft), opened.signal);
    expect(preview.differences).toEqual([{ path: 'added', kind: 'added', after: 'list (2)' }]);
    expect(preview.statements.length).toBeGreaterThan(0);
    expect(preview.expiry.after.at).toBe(preview.expiry.before.at);
    const result = await apply(seen, draft);
    expect(result.outcome).toBe('applied');
    expect(await load()).toMatchObject({ accepted: true, data: { ...DATA, added: [1, 2.5] } });
    expect(Object.keys((await load())['data'] as object)).toEqual(['cart', 'price', 'name', 'big', 'added']);
    expect(await fingerprint(OTHER)).toBe(other);
    expect(opened.recorder.last).toMatchObject({ action: 'save', ended: { outcome: 'done', count: 1 } });
    if (name.startsWith('db')) expect((await view()).summary.expiry.raw).toBe(seen.summary.expiry.raw);
  });

  test('sets an expiry; Django agrees on it', async () => {
    const seen = await view();
    const draft = await setExpiry(draftOf(seen), { kind: 'seconds', seconds: 90 });
    const result = await apply(seen, draft, 'renew');
    if (result.outcome !== 'applied') throw new Error(result.outcome);
    expect(await load()).toMatchObject({ accepted: true, data: { ...DATA, _session_expiry: 90 }, expiry_age: 90 });
    const left = Date.parse(result.session.summary.expiry.at ?? '') - place.now();
    if (name !== 'file') {
      expect(left).toBeGreaterThan(80_000);
      expect(left).toBeLessThanOrEqual(91_000);
    }
    if (!place.frozen) return;
    expect(await load(KEY, 88_000)).toMatchObject({ accepted: true });
    expect(await load(KEY, 92_000)).toMatchObject({ accepted: false });
  });

  test('undo of an edit and of an expiry needs no force while nobody wrote since', async () => {
    const before = await fingerprint(KEY);
    const seen = await view();
    const draft = await setExpiry(await setKey(draftOf(seen), 'added', '1'), { kind: 'seconds', seconds: 7 * 86400 });
    expect((await apply(seen, draft, 'renew')).outcome).toBe('applied');
    expect(await fingerprint(KEY)).not.toBe(before);
    const { images } = opened.recorder.last;
    expect(await opened.inspector.restore(images, false, opened.signal, async () => undefined)).toEqual({ restored: 1, conflicts: [] });
    expect(await fingerprint(KEY)).toBe(before);
    expect(await load()).toMatchObject({ accepted: true, data: DATA });
  });

  test('a conflict changes nothing and shows both', async () => {
    const seen = await view();
    await place.django.ask('save', { session_key: KEY, data: { theirs: 1 } });
    const before = await fingerprint(KEY);
    const result = await apply(seen, await setKey(draftOf(seen), 'ours', '1'));
    if (result.outcome !== 'conflict') throw new Error(result.outcome);
    expect(result.theirs?.document?.root.children?.map(({ key }) => key?.text)).toEqual(['theirs']);
    expect(result.differences.map(({ path }) => path)).toContain('theirs');
    expect(await fingerprint(KEY)).toBe(before);
    await place.django.ask('delete', { session_key: KEY });
    expect(await apply(seen, draftOf(seen), 'renew')).toEqual({ outcome: 'conflict', theirs: null, differences: [] });
  });

  test('cycle_key shows what it will run, then moves the data under a new key', async () => {
    const seen = await view();
    const input = { connection: '', session_key: KEY, revision: seen.revision };
    const shown = await opened.handlers['sessions.cycle_key']({ ...input, dryRun: true }, opened.signal);
    expect(shown.session).toBeNull();
    expect((await view()).revision).toBe(seen.revision);
    const { session, statements } = await opened.handlers['sessions.cycle_key']({ ...input, dryRun: false }, opened.signal);
    if (session === null) throw new Error('no session');
    const { session_key } = session.summary;
    expect(session_key).toMatch(/^[a-z0-9]{32}$/);
    expect(shown.statements.map(({ text }) => text).join('\n')).toContain(session_key);
    if (place.frozen) expect(statements).toEqual(shown.statements);
    expect(await load(session_key)).toMatchObject({ accepted: true, data: DATA });
    expect(await load()).toMatchObject({ accepted: false });
    expect(opened.recorder.last).toMatchObject({ action: 'cycle_key', ended: { outcome: 'done', count: 1 } });
  });

  test('deletes, and undo brings back exactly what was there', async () => {
    const before = await fingerprint(KEY);
    const preview = await opened.handlers['sessions.delete_preview']({ connection: '', session_keys: [KEY] }, opened.signal);
    expect(preview.statements.map(({ text }) => text).join('\n')).toContain(KEY);
    const view = await opened.run({ kind: 'delete', session_keys: [KEY, 'nosuchsessionatall00000000000000'] });
    expect(view).toMatchObject({ state: 'done', changed: 1, failed: 1, failures: [{ error: { code: 'DoesNotExist' } }] });
    expect(await place.django.ask('exists', { session_key: KEY })).toMatchObject({ exists: false });
    const { images } = opened.recorder.last;
    expect(await opened.inspector.restore(images, false, opened.signal, async () => undefined)).toEqual({ restored: 1, conflicts: [] });
    expect(await fingerprint(KEY)).toBe(before);
    expect(await load()).toMatchObject({ accepted: true, data: DATA });
  });

  test('undo does not overwrite what was written since, unless it must', async () => {
    const seen = await view();
    await apply(seen, await setKey(draftOf(seen), 'ours', '1'));
    const { images } = opened.recorder.last;
    await place.django.ask('save', { session_key: KEY, data: { theirs: 1 } });
    const kept: unknown[] = [];
    const keep = async (more: readonly unknown[]) => void kept.push(...more);
    expect(await opened.inspector.restore(images, false, opened.signal, keep)).toEqual({ restored: 0, conflicts: [KEY] });
    expect(await load()).toMatchObject({ data: { theirs: 1 } });
    expect(await opened.inspector.restore(images, true, opened.signal, keep)).toEqual({ restored: 1, conflicts: [] });
    expect(kept).toHaveLength(1);
    expect(await load()).toMatchObject({ accepted: true, data: DATA });
  });

  test('sets the expiry of many', async () => {
    const job = await opened.run({ kind: 'set_expiry', session_keys: [KEY, OTHER], expiry: { kind: 'seconds', seconds: 120 } });
    expect(job).toMatchObject({ state: 'done', changed: 2, failed: 0, total: 2 });
    expect(await load()).toMatchObject({ accepted: true, data: { ...DATA, _session_expiry: 120 } });
    expect(await load(OTHER)).toMatchObject({ accepted: true, data: { other: true, _session_expiry: 120 } });
    expect(opened.recorder.last).toMatchObject({ action: 'set_expiry', ended: { outcome: 'done', count: 2 } });
  });

  test('finds by text, by key and by user', async () => {
    await place.django.ask('create_user', { username: 'Anna', password: 'x', email: 'anna@example.org' });
    const { session_key } = await place.django.ask('login', { username: 'Anna', password: 'x' });
    await opened.get(String(session_key));
    const find = async (query: FindQuery) => {
      opened.events.length = 0;
      const job = await opened.run({ kind: 'find', query });
      expect(job).toMatchObject({ state: 'done', scanned: 3 });
      const hits = opened.events.flatMap((event) => event.hits ?? []);
      expect(job.found).toBe(hits.length);
      return hits;
    };
    expect((await find({ text: 'é😀' })).map((hit) => hit.session_key)).toEqual([KEY]);
    expect((await find({ text: 'OTHER' })).map((hit) => hit.session_key)).toEqual([OTHER]);
    expect((await find({ keyPrefix: 'zyx' })).map((hit) => hit.session_key)).toEqual([OTHER]);
    for (const user of ['1', 'anna', 'ANNA@example.org'])
      expect(
        (await find({ user })).map((hit) => hit.session_key),
        user,
      ).toEqual([session_key]);
    expect((await find({ user: '1' }))[0]?.user).toMatchObject({ id: '1', username: 'Anna' });
    expect(await find({ user: 'nobody' })).toEqual([]);
    expect((await view(String(session_key))).acceptance.verdict).toBe('accepted');
    await place.django.ask('set_password', { id: 1, password: 'y' });
    expect((await view(String(session_key))).acceptance.verdict).toBe('logged out at the next request');
    expect(JSON.stringify(await view(String(session_key)))).not.toContain('pbkdf2');
  });

  test('a read-only profile has no way to write', async () => {
    const seen = await view();
    const readOnly = await open({ ...place.profile, readOnly: true }, place.secrets, place.now);
    const { handlers, signal } = readOnly;
    expect(readOnly.inspector.capabilities.write).toBe(false);
    const draft = await setKey(draftOf(seen), 'ours', '1');
    const refused = { code: 'ReadOnly' };
    await expect(handlers['sessions.apply'](change(seen, draft), signal)).rejects.toMatchObject(refused);
    await expect(
      handlers['sessions.cycle_key']({ connection: '', session_key: KEY, revision: seen.revision, dryRun: false }, signal),
    ).rejects.toMatchObject(refused);
    await expect(handlers['jobs.start']({ connection: '', job: { kind: 'delete', session_keys: [KEY] } }, signal)).rejects.toMatchObject(
      refused,
    );
    await expect(
      readOnly.inspector.restore([{ session_key: KEY, before: null, after: null }], true, signal, async () => undefined),
    ).rejects.toMatchObject(refused);
    expect((await readOnly.get(KEY))?.revision).toBe(seen.revision);
    await readOnly.close();
    expect(await load()).toMatchObject({ accepted: true, data: DATA });
  });
});
