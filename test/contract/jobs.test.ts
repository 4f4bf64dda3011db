import { afterEach, describe, expect, test } from 'vitest';
import { type Opened, open } from '../unit/main/opened.ts';
import { NOW } from './db-places.ts';
import { dbOnMysql, dbOnPostgresql, dbOnSqlite, type InspectorPlace } from './inspector-places.ts';
import { startMysql } from './servers/mysql.ts';
import { startPostgresql } from './servers/postgresql.ts';

/** Rows of an expired site: as many as that a job takes a while over them. */
const INSERT = (rows: number, data = 'x') => `
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
  INSERT INTO django_session SELECT printf('k%031d', i), '${data}', printf('2001-01-01 00:%02d:%02d.%06d', i / 60 % 60, i % 60, i % 999983) FROM n WHERE i <= ${rows}`;

let place: InspectorPlace;
let opened: Opened;
const start = async (rows: number, data?: string) => {
  place = await dbOnSqlite();
  await place.django.ask('sql', { sql: INSERT(rows, data) });
  opened = await open(place.profile, place.secrets, place.now);
};
afterEach(async () => {
  await opened?.close();
  await place?.close();
});

const rowsLeft = async () =>
  Number(((await place.django.ask('sql', { sql: 'SELECT count(*) FROM django_session' }))['rows'] as number[][])[0]?.[0]);
const started = (job: Parameters<Opened['run']>[0]) => opened.handlers['jobs.start']({ connection: '', job }, opened.signal);
const viewOf = async (job: string) => {
  const view = (await opened.handlers['jobs.list']({}, opened.signal)).find((one) => one.job === job);
  if (view === undefined) throw new Error('not listed');
  return view;
};

describe('clear_expired', () => {
  test('stops between two batches, and what it did agrees with what it recorded', async () => {
    await start(5000);
    const { job } = await started({ kind: 'clear_expired', dryRun: false, batch: 50, pause: 5 });
    await expect.poll(async () => (await viewOf(job)).changed, { timeout: 20_000, interval: 5 }).toBeGreaterThan(100);
    expect((await opened.handlers['jobs.stop']({ job }, opened.signal)).state).toBe('stopping');
    await expect.poll(async () => (await viewOf(job)).state, { timeout: 10_000 }).toBe('stopped');
    const view = await viewOf(job);
    expect(view.changed).toBeLessThan(5000);
    expect(await rowsLeft()).toBe(5000 - view.changed);
    expect(opened.recorder.last.ended).toEqual({ outcome: 'partly', count: view.changed, message: 'Stopped' });
    expect(opened.recorder.last.images).toHaveLength(view.changed);
    // Started again it goes on where it stopped.
    expect(await opened.run({ kind: 'clear_expired', dryRun: false, batch: 5000, pause: 0 })).toMatchObject({
      changed: 5000 - view.changed,
      total: 5000 - view.changed,
    });
    expect(await rowsLeft()).toBe(0);
  });

  test('a batch is never larger than a statement can name', async () => {
    await start(33_000);
    expect(await opened.run({ kind: 'clear_expired', dryRun: false, batch: 100_000, pause: 0 })).toMatchObject({
      state: 'done',
      changed: 33_000,
    });
    expect(await rowsLeft()).toBe(0);
  });

  test('a site that writes meanwhile is not kept from it', async () => {
    await start(20_000, 'x'.repeat(300));
    const { job } = await started({ kind: 'clear_expired', dryRun: false, batch: 100_000, pause: 5 });
    let writes = 0;
    while ((await viewOf(job)).state === 'running') {
      await place.django.ask('create', { session_key: `site${String(writes).padStart(28, '0')}`, data: { writes } });
      writes += 1;
    }
    expect(await viewOf(job)).toMatchObject({ state: 'done', changed: 20_000 });
    expect(writes).toBeGreaterThan(0);
    expect(await rowsLeft()).toBe(writes);
  });

  test('reports at most some times a second, and last of all that it is done', async () => {
    await start(3000);
    const before = performance.now();
    await opened.run({ kind: 'clear_expired', dryRun: false, batch: 10, pause: 0 });
    const seconds = (performance.now() - before) / 1000;
    expect(opened.events.length).toBeLessThanOrEqual(10 * seconds + 3);
    expect(opened.events.at(-1)?.view).toMatchObject({ state: 'done', changed: 3000, total: 3000, failed: 0 });
    expect(opened.events.every(({ view }, index) => view.changed >= (opened.events[index - 1]?.view.changed ?? 0))).toBe(true);
  });

  test('leaves no entry where there is nothing to clear', async () => {
    await start(0);
    expect(await opened.run({ kind: 'clear_expired', dryRun: false, batch: 10, pause: 0 })).toMatchObject({ state: 'done', changed: 0 });
    expect(opened.recorder.entries.size).toBe(0);
  });
});

describe('find', () => {
  test('lets other calls through, counts what it cannot read, and stops at once', async () => {
    await start(30_000, 'bm90IGEgc2Vzc2lvbiBhdCBhbGwsIGp1c3QgdGV4dA==');
    const { job } = await started({ kind: 'find', query: { text: 'nothing' } });
    let answered = 0;
    while ((await viewOf(job)).state === 'running' && answered < 5) {
      await opened.handlers['sessions.list'](
        { connection: '', query: { sort: 'session_key', direction: 'ascending', limit: 1 } },
        opened.signal,
      );
      answered += 1;
    }
    expect(answered).toBe(5);
    await opened.handlers['jobs.stop']({ job }, opened.signal);
    await expect.poll(async () => (await viewOf(job)).state, { timeout: 5000 }).toBe('stopped');
    const view = await viewOf(job);
    expect(view.scanned).toBeLessThan(30_000);
    expect(Object.values(view.bad).reduce((sum, count) => sum + count, 0)).toBe(view.scanned);
  });

  test('closing the connection ends its jobs', async () => {
    await start(30_000);
    await started({ kind: 'find', query: { text: 'nothing' } });
    await opened.close();
    expect(opened.events.at(-1)?.view.state).toBe('stopped');
  });
});

test('failures are named, and a new job over them is the retry', async () => {
  await start(0);
  const keys = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
  for (const session_key of keys) await place.django.ask('create', { session_key, data: { n: 1 } });
  await place.django.ask('sql', { sql: `UPDATE django_session SET session_data = 'damaged' WHERE session_key = '${keys[1]}'` });
  const expiry = { kind: 'seconds', seconds: 60 } as const;
  const view = await opened.run({ kind: 'set_expiry', session_keys: keys, expiry });
  expect(view).toMatchObject({ state: 'done', changed: 2, failed: 1, failures: [{ session_key: keys[1] }] });
  expect(opened.recorder.last.ended).toMatchObject({ outcome: 'partly', count: 2 });
  const retry = await opened.run({ kind: 'delete', session_keys: view.failures.map(({ session_key }) => session_key) });
  expect(retry).toMatchObject({ state: 'done', changed: 1, failed: 0 });
});

test.each([
  ['PostgreSQL', startPostgresql, dbOnPostgresql],
  ['MariaDB', startMysql, dbOnMysql],
] as const)('%s killed during a bulk delete: the job fails, and says what was done', async (_, startServer, on) => {
  const server = await startServer();
  // The two helpers differ in their server's type alone.
  place = await on(server as never, 'killed');
  const keys = Array.from({ length: 400 }, (__, number) => `k${String(number).padStart(31, '0')}`);
  for (const session_key of keys) await place.django.ask('create', { session_key, data: {} });
  opened = await open(place.profile, place.secrets, () => NOW);
  const { job } = await started({ kind: 'delete', session_keys: keys });
  await expect.poll(async () => (await viewOf(job)).changed, { timeout: 20_000, interval: 1 }).toBeGreaterThan(0);
  await server.server.kill();
  await expect.poll(async () => (await viewOf(job)).state, { timeout: 20_000 }).not.toBe('running');
  const view = await viewOf(job);
  if (view.state === 'failed') {
    expect(view.error?.code).toMatch(/^Connection(Lost|Refused)$/);
    expect(opened.recorder.last.ended).toMatchObject({ outcome: 'partly', count: view.changed });
  } else expect(view.changed).toBe(400);
  await expect(opened.list()).rejects.toMatchObject({ code: expect.stringMatching(/^Connection(Lost|Refused)$/) });
  await server.stop();
});
