import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type App, activityOf, DELETED, EDITED, openApp, WRITES, type Write, write } from '../faults/app.ts';
import { cacheInRedis, dbOnSqlite, type InspectorPlace } from './inspector-places.ts';
import { startRedis } from './servers/redis.ts';

/**
 * The app killed before every step of every write: each statement, each command, each write, flush and rename of its own
 * files. After each it starts again, and the store, the activity and Undo are judged.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OTHERS = ['e', 'f'].map((letter) => letter.repeat(32));
const EXPIRED = ['x', 'y', 'z'].map((letter) => letter.repeat(32));
/** seconds; in the middle of what `rounded` cannot tell apart */
const TTL = 100_500;

/** What a store holds, read past everything that is under test: value and end of each session. */
type State = Readonly<Record<string, string>>;
type Store = Readonly<{
  place: InspectorPlace;
  read(): Promise<State>;
  /** as it was when the template was made */
  reset(): Promise<void>;
  remember(): Promise<void>;
  close(): Promise<void>;
}>;

const totals = { points: 0, states: new Set<string>(), lostUpdates: 0, lostData: 0 };
let folder: string;
let child: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspector-faults-'));
  const outDir = join(folder, 'bundle');
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: { ssr: join(ROOT, 'test/faults/child.ts'), outDir, target: 'node20.18', minify: false },
  });
  // Beside node_modules, where the native module is found.
  child = join(ROOT, '.cache/faults');
  await cp(outDir, child, { recursive: true });
}, 60_000);

afterAll(async () => {
  // One that waits is given nothing to do.
  await next?.({ folder: '', what: 'apply', killAt: 0, now: 0 });
  await rm(folder, { recursive: true, force: true });
  const { points, states, lostUpdates, lostData } = totals;
  console.log(`points tried ${points}, states seen ${states.size}, updates lost ${lostUpdates}, data lost ${lostData}`);
});

async function fill({ django, now }: InspectorPlace): Promise<void> {
  const frozen = { now: now() / 1000 };
  for (const session_key of [EDITED, ...DELETED, ...OTHERS]) {
    await django.ask('create', { session_key, data: { plan: session_key[0] }, expiry: { seconds: TTL }, ...frozen });
  }
}

async function onSqlite(): Promise<Store> {
  const place = await dbOnSqlite();
  await fill(place);
  for (const session_key of EXPIRED) {
    await place.django.ask('create', { session_key, data: { old: true }, expiry: { seconds: -60 }, now: place.now() / 1000 });
  }
  await place.django.stop();
  const file = place.profile.DATABASES?.NAME ?? '';
  const copy = `${file}.template`;
  const remember = () => cp(file, copy);
  await remember();
  return {
    place,
    remember,
    read: async () => {
      // The app's own way to load it, as it looks at the environment but once.
      process.env['SQLITE_USE_URI'] = '1';
      const { default: Database } = await import('better-sqlite3');
      const database = new Database(file);
      const rows = database.prepare('SELECT session_key, session_data, expire_date FROM django_session').raw().all() as string[][];
      database.close();
      return Object.fromEntries(rows.map(([key, ...rest]) => [key, rest.join(' ')]));
    },
    reset: async () => {
      for (const ending of ['-journal', '-wal', '-shm']) await rm(`${file}${ending}`, { force: true });
      await cp(copy, file);
    },
    close: async () => rm(join(file, '..'), { recursive: true }),
  };
}

async function onRedis(): Promise<Store> {
  const server = await startRedis();
  const place = await cacheInRedis(server);
  await fill(place);
  const client = new Redis(server.port);
  const values = new Map<string, Readonly<{ value: Buffer; ttl: number }>>();
  const load = async () => {
    const found = new Map<string, Readonly<{ value: Buffer; ttl: number }>>();
    for (const key of await client.keys('*')) {
      found.set(key, { value: (await client.getBuffer(key)) ?? Buffer.alloc(0), ttl: await client.pttl(key) });
    }
    return found;
  };
  // What has no end is what clear_expired is about in a cache.
  for (const session_key of EXPIRED) {
    const [name = ''] = await client.keys(`*${EDITED}`);
    await client.set(name.replace(EDITED, session_key), (await client.getBuffer(name)) ?? '');
  }
  const remember = async () => {
    values.clear();
    for (const [key, value] of await load()) values.set(key, value);
  };
  await remember();
  return {
    place,
    remember,
    read: async () => {
      const found = [...(await load())].map(([key, { value, ttl }]) => [key.slice(-32), `${value.toString('hex')} ${rounded(ttl)}`]);
      return Object.fromEntries(found);
    },
    reset: async () => {
      await client.flushall();
      for (const [key, { value, ttl }] of values) await (ttl < 0 ? client.set(key, value) : client.set(key, value, 'PX', ttl));
    },
    close: async () => {
      client.disconnect();
      await place.close();
      await server.server.stop();
    },
  };
}

/** Time passes between two looks at a TTL. */
function rounded(ttl: number): string {
  return ttl < 0 ? 'no end' : `${Math.floor(ttl / 1_000_000)}`;
}

/** The app's own folder with the profile in it, and what has to be there before the write. */
async function prepare(store: Store, what: Write): Promise<string> {
  const template = join(folder, `${what}-${Math.random().toString(36).slice(2)}`);
  await mkdir(template);
  const app = await openApp(template);
  const { profile, secrets } = store.place;
  await app.ask('profiles.save', { profile: { ...profile, id: 'site', name: 'Site' }, secrets: secrets as never });
  await store.reset();
  if (what === 'undo') {
    const { connection } = await app.ask('connections.open', { profile: 'site' });
    await write(app, 'delete', connection);
  }
  await app.core.close();
  return template;
}

type Task = Readonly<{ folder: string; what: Write; killAt: number; now: number }>;

/** A process that has loaded everything and waits for its task. */
function warmChild(): (task: Task) => Promise<boolean> {
  const started = spawn(process.execPath, [join(child, 'child.js')], { stdio: ['pipe', 'ignore', 'pipe'] });
  let errors = '';
  started.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<boolean>((resolve, reject) => {
    started.once('error', reject);
    started.once('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(true);
      else if (code === 0) resolve(false);
      else reject(new Error(`The write failed by itself: ${errors}`));
    });
  });
  return (task) => {
    started.stdin.end(JSON.stringify(task));
    return ended;
  };
}

/** The next one starts while this one is judged. */
let next: ReturnType<typeof warmChild> | null = null;

/** @returns whether it was killed */
function crash(task: Task): Promise<boolean> {
  const run = next ?? warmChild();
  next = warmChild();
  return run(task);
}

/** Each session is as it was before or as it was to be, and never anything else; new keys hold what the old one held. */
function judgeStore(what: Write, before: State, after: State, now: State): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const allowed = key in before || key in after ? [before[key], after[key]] : what === 'cycle_key' ? [before[EDITED]] : [];
    if (!allowed.includes(now[key])) totals.lostUpdates += 1;
    expect(allowed, `${what}: ${key}`).toContain(now[key]);
  }
  if (what === 'cycle_key') expect(Object.values(now), 'the data are somewhere').toContain(before[EDITED]);
}

/** What Activity says, against what the store holds; then Undo of what can be undone. */
async function judgeApp(app: App, store: Store, what: Write, before: State, after: State, known: number): Promise<void> {
  const { entries } = await activityOf(app);
  expect(entries.filter(({ outcome }) => outcome === 'pending')).toEqual([]);
  const own = entries[entries.length - known - 1];
  const now = await store.read();
  if (own === undefined) expect(now, `${what}: nothing was said, so nothing was done`).toEqual(before);
  else {
    expect(['done', 'interrupted']).toContain(own.outcome);
    if (own.outcome === 'done' && what !== 'cycle_key') expect(now, `${what}: done`).toEqual(after);
    if (own.outcome === 'done' && what === 'cycle_key') expect(now[EDITED]).toBeUndefined();
  }
  const undoable = what === 'undo' ? entries.at(-1) : own;
  if (undoable?.undo === 'possible') {
    const { conflicts } = await app.ask('activity.undo', { id: undoable.id, force: false });
    expect(conflicts, `${what}: Undo`).toEqual([]);
  }
  const expected = what === 'undo' ? after : before;
  const restored = await store.read();
  if (JSON.stringify(sorted(restored)) !== JSON.stringify(sorted(expected))) totals.lostData += 1;
  expect(restored, `${what}: after Undo (${undoable?.outcome}, ${undoable?.undo})`).toEqual(expected);
}

function sorted(state: State): readonly (readonly string[])[] {
  return Object.entries(state).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function matrix(store: Store, what: Write): Promise<number> {
  const now = store.place.now();
  vi.useFakeTimers({ toFake: ['Date'], now });
  const template = await prepare(store, what);
  const before = await store.read();
  const work = `${template}-work`;
  const start = async (killAt: number) => {
    await rm(work, { recursive: true, force: true });
    await cp(template, work, { recursive: true });
    return crash({ folder: work, what, killAt, now });
  };
  const remembered = what === 'undo' ? 1 : 0;
  await store.remember();
  expect(await start(0), 'a write that is let through').toBe(false);
  const after = await store.read();
  expect(after).not.toEqual(before);
  let killAt = 0;
  for (let killed = true; killed; ) {
    killAt += 1;
    await store.reset();
    killed = await start(killAt);
    const found = await store.read();
    totals.points += 1;
    totals.states.add(
      `${what} ${sorted(found)
        .map(([key, value]) => (value === before[key ?? ''] ? 'old' : 'new'))
        .join()}`,
    );
    if (killed) judgeStore(what, before, after, found);
    const app = await openApp(work);
    await judgeApp(app, store, what, before, killed || what !== 'cycle_key' ? after : found, remembered);
    await app.core.close();
  }
  vi.useRealTimers();
  return killAt;
}

/** Each write and each store; `npm run faults` tries each write on each store. */
const SHORT: Readonly<Record<string, readonly Write[]>> = { SQLite: ['apply', 'delete', 'undo'], Redis: ['cycle_key', 'clear_expired'] };

describe.each([
  ['SQLite', onSqlite],
  ['Redis', onRedis],
] as const)('killed before every step, on %s', (name, open) => {
  test.each(process.env['FAULTS'] === 'all' ? WRITES : (SHORT[name] ?? []))(
    '%s',
    async (what) => {
      const store = await open();
      try {
        expect(await matrix(store, what)).toBeGreaterThan(5);
      } finally {
        vi.useRealTimers();
        await store.close();
      }
    },
    180_000,
  );
});
