/**
 * Whole stores, the app beside real Django on the same data in one run. Every figure is there only because both sides gave
 * the same answer, hostile rows included. docs/performance.md says how to read the table.
 */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserIndex } from '../src/main/scan/user-index.ts';
import type { ProfileInput } from '../src/preload/profile.ts';
import { startMysql } from '../test/contract/servers/mysql.ts';
import { startPostgresql } from '../test/contract/servers/postgresql.ts';
import { type App, type Hit, openApp } from './lib/app.ts';
import { startDjango } from './lib/django.ts';
import { type Line, median, paired, percentile, print, type Timed } from './lib/table.ts';

type Options = Readonly<{ rows: number; servers: number; files: number; index: number; rounds: number; seed: number; worker: string }>;

/** Django's settings and our profile for one and the same place. */
type Place = Readonly<{ settings: Readonly<Record<string, unknown>>; profile: Partial<ProfileInput> }>;

const USER = '4711';
const EXPIRED = 0.4;

/** @param folder the project's bench folder */
export async function run(folder: string, options: Options): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'session-inspector-bench-'));
  const lines: Line[] = [];
  const say = (line: Line) => {
    lines.push(line);
    console.log(`${line.what}, ${line.size}: ${line.django} / ${line.ours} = ${line.ratio}`);
  };
  try {
    indexRow(options, say);
    await sqliteRows(folder, work, options, say);
    await fileRows(folder, work, options, say);
    for (const place of [postgresql, mysql]) await serverRows(folder, place, options, say);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(
    `\n${process.versions['electron'] ? `Electron ${process.versions['electron']}, ` : ''}Node ${process.version}, ${options.rounds} rounds, seed ${options.seed}\n`,
  );
  print(lines);
}

type Say = (line: Line) => void;
const seconds = (value: number) => `${value.toFixed(2)} s`;
const times = (value: number) => `${value.toFixed(1)} x`;
const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;

function sqlitePlace(NAME: string): Place {
  const ENGINE = 'django.contrib.sessions.backends.db';
  return {
    settings: { SESSION_ENGINE: ENGINE, DATABASES: { default: { ENGINE: 'django.db.backends.sqlite3', NAME } } },
    profile: { SESSION_ENGINE: 'db', DATABASES: { ENGINE: 'sqlite3', NAME }, user_table: null },
  };
}

/** Keys of those that Django would load: a hit whose signature fails is shown by the app, and empty to Django. */
function accepted(hits: readonly Hit[]): readonly string[] {
  return hits
    .filter(({ state }) => state === 'live' || state === 'expired')
    .map(({ session_key }) => session_key)
    .sort();
}

async function find(app: App): Promise<Timed> {
  const { seconds, hits } = await app.run({ kind: 'find', query: { user: USER } });
  return { seconds, answer: accepted(hits) };
}

/** Every row verified and decoded; the answer is which of them are not what Django takes. Both kinds come from one pass. */
async function faulty(app: App): Promise<Timed> {
  const unsigned = await app.run({ kind: 'find', query: { state: 'unsigned' } });
  const corrupt = await app.run({ kind: 'find', query: { state: 'corrupt' } });
  const keys = [...unsigned.hits, ...corrupt.hits].map(({ session_key }) => session_key);
  // Each pass verifies and decodes every row, and reads all faulty ones; they differ in which of those they tell.
  return { seconds: Math.max(unsigned.seconds, corrupt.seconds), answer: keys.sort() };
}

async function sqliteRows(folder: string, work: string, { rows, rounds, seed, worker }: Options, say: Say): Promise<void> {
  const NAME = join(work, 'db.sqlite3');
  const place = sqlitePlace(NAME);
  await using django = startDjango(folder, place.settings);
  await django.ask('fill', rows, seed, EXPIRED);
  const idle = process.memoryUsage.rss();
  await using app = await openApp({ ...place.profile, readOnly: true }, worker);
  const verified = await paired(
    rounds,
    () => django.ask('faulty'),
    () => faulty(app),
  );
  say({ what: 'verify and decode every session, SQLite', size: rows, ...figures(verified), target: '8 x' });
  // Every search reads every row; what is remembered of the last one only comes first.
  const found = await paired(
    rounds,
    () => django.ask('find', USER),
    () => find(app),
  );
  say({ what: 'find every session of a user, SQLite', size: rows, ...figures(found), target: '12 x' });
  const again = await app.run({ kind: 'find', query: { user: USER } });
  say({
    what: 'the same user again: first hits, read and told',
    size: rows,
    django: '',
    ours: `${(again.first * 1000).toFixed(1)} ms`,
    ratio: '',
    target: '10 ms, for the index alone',
  });
  const peak = process.resourceUsage().maxRSS * 1024;
  say({
    what: 'peak memory of all of the above over idle',
    size: rows,
    django: '',
    ours: megabytes(peak - idle),
    ratio: '',
    target: '200 MB',
  });
  await pages(app, rows, say, 'SQLite', '10 ms');
  await clearing(folder, work, NAME, { rows, worker }, say);
}

function figures({ django, ours, ratio }: Awaited<ReturnType<typeof paired>>): Pick<Line, 'django' | 'ours' | 'ratio'> {
  return { django: seconds(django), ours: seconds(ours), ratio: times(ratio) };
}

/** Pages of 200 by expiry, as the window asks for them: read, decoded, judged. From the start, the middle and the end. */
async function pages(app: App, rows: number, say: Say, name: string, target: string): Promise<void> {
  const took: number[] = [];
  for (const direction of ['ascending', 'descending'] as const) {
    let cursor: string | undefined;
    for (let page = 0; page < Math.min(60, rows / 400); page += 1) {
      const started = performance.now();
      const { next } = await app.page({ sort: 'expire_date', direction, limit: 200, ...(cursor === undefined ? {} : { cursor }) });
      took.push(performance.now() - started);
      cursor = middle(next, page, direction);
    }
  }
  const ours = `${percentile(took, 0.5).toFixed(1)} ms, p95 ${percentile(took, 0.95).toFixed(1)} ms`;
  say({
    what: `a page of 200, read, decoded and judged, ${name}`,
    size: rows,
    django: '',
    ours,
    ratio: '',
    target: `p95 ${target}, unread`,
  });
}

/** Twenty pages from the start, then twenty from the middle of what is live. */
function middle(next: string | undefined, page: number, direction: string): string | undefined {
  if (page !== 20) return next;
  const moment = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
  return JSON.stringify([moment, direction === 'ascending' ? '' : '~']);
}

/** clear_expired on copies: Django's one DELETE, and the app's batches while a site keeps writing. */
async function clearing(
  folder: string,
  work: string,
  NAME: string,
  { rows, worker }: Pick<Options, 'rows' | 'worker'>,
  say: Say,
): Promise<void> {
  const results = [];
  for (const side of ['django', 'app'] as const) {
    const copy = join(work, `${side}.sqlite3`);
    copyFileSync(NAME, copy);
    const place = sqlitePlace(copy);
    await using django = startDjango(folder, place.settings);
    await using site = startDjango(folder, place.settings);
    // The site is at work before the clearing begins.
    await site.ask('left');
    const writing = site.ask('write', 600);
    await sleep(500);
    const taken = side === 'django' ? (await django.ask('clear')).seconds : await clearWithApp(place, worker);
    writeFileSync(`${copy}.stop`, '');
    const { writes, failed, longest } = (await writing).answer as Readonly<{ writes: number; failed: number; longest: number }>;
    results.push({ taken, failed, longest, writes, left: (await django.ask('left')).answer });
  }
  const [theirs, ours] = results;
  if (theirs === undefined || ours === undefined || JSON.stringify(theirs.left) !== JSON.stringify(ours.left))
    throw new Error('clear_expired left other sessions');
  const site = (one: typeof ours) => `a site waited ${seconds(one.longest)} at most, ${one.failed} of ${one.writes} writes failed`;
  say({
    what: `clear_expired, polite, ${site(ours)} (beside Django: ${site(theirs)})`,
    size: rows,
    django: seconds(theirs.taken),
    ours: seconds(ours.taken),
    ratio: times(theirs.taken / ours.taken),
    target: 'no write fails',
  });
}

async function clearWithApp({ profile }: Place, worker: string): Promise<number> {
  await using app = await openApp(profile, worker);
  return (await app.run({ kind: 'clear_expired', dryRun: false, batch: 500, pause: 20 })).seconds;
}

async function fileRows(folder: string, work: string, { files, rounds, seed, worker }: Options, say: Say): Promise<void> {
  const filled = join(work, 'filled');
  const SESSION_FILE_PATH = join(work, 'sessions');
  const settings = { SESSION_ENGINE: 'django.contrib.sessions.backends.file', SESSION_FILE_PATH };
  const place: Place = { settings, profile: { SESSION_ENGINE: 'file', SESSION_FILE_PATH } };
  await using django = startDjango(folder, settings);
  mkdirSync(SESSION_FILE_PATH);
  await django.ask('fill', files, seed, EXPIRED);
  renameSync(SESSION_FILE_PATH, filled);
  const cleared = async (clear: () => Promise<number>): Promise<Timed> => {
    cpSync(filled, SESSION_FILE_PATH, { recursive: true, preserveTimestamps: true });
    const seconds = await clear();
    const { answer } = await django.ask('left');
    rmSync(SESSION_FILE_PATH, { recursive: true });
    return { seconds, answer };
  };
  const times = await paired(
    rounds,
    () => cleared(async () => (await django.ask('clear')).seconds),
    () => cleared(() => clearWithApp(place, worker)),
  );
  say({ what: 'clear_expired, files, same survivors', size: files, ...figures(times), target: '2 x' });
}

type Served = Place & Readonly<{ name: string; target: string; pages: string; stop: () => Promise<void> }>;

async function postgresql(): Promise<Served> {
  const { port, user, password, admin, stop } = await startPostgresql();
  await admin('create database bench');
  const common = { NAME: 'bench', HOST: '127.0.0.1', USER: user };
  return {
    name: 'PostgreSQL',
    target: '7 x',
    pages: '20 ms',
    settings: databaseSettings('postgresql', common, port, password),
    profile: { SESSION_ENGINE: 'db', DATABASES: { ENGINE: 'postgresql', PORT: port, ...common }, user_table: null },
    stop,
  };
}

async function mysql(): Promise<Served> {
  const { port, user, password, admin, stop } = await startMysql();
  await admin('create database bench');
  const common = { NAME: 'bench', HOST: '127.0.0.1', USER: user };
  return {
    name: 'MariaDB',
    target: '6 x, 1/8 of the memory',
    pages: '20 ms',
    settings: databaseSettings('mysql', common, port, password),
    profile: { SESSION_ENGINE: 'db', DATABASES: { ENGINE: 'mysql', PORT: port, ...common }, user_table: null },
    stop,
  };
}

function databaseSettings(vendor: string, common: Readonly<Record<string, unknown>>, PORT: number, PASSWORD: string): Place['settings'] {
  const database = { ENGINE: `django.db.backends.${vendor}`, ...common, PORT, PASSWORD };
  return { SESSION_ENGINE: 'django.contrib.sessions.backends.db', DATABASES: { default: database } };
}

async function serverRows(
  folder: string,
  start: () => Promise<Served>,
  { servers, rounds, seed, worker }: Options,
  say: Say,
): Promise<void> {
  const { name, target, pages: pageTarget, settings, profile, stop } = await start();
  try {
    await using django = startDjango(folder, settings);
    await django.ask('fill', servers, seed, EXPIRED);
    let peak = 0;
    const theirs = async () => {
      const answered = await django.ask('find', USER);
      peak = answered.peak;
      return answered;
    };
    const password = (settings['DATABASES'] as { default: { PASSWORD: string } }).default.PASSWORD;
    await using app = await openApp({ ...profile, readOnly: true }, worker, password);
    const found = await paired(rounds, theirs, () => find(app));
    say({
      what: `find every session of a user, ${name} (Django's peak memory ${megabytes(peak)})`,
      size: servers,
      ...figures(found),
      target,
    });
    await pages(app, servers, say, name, pageTarget);
  } finally {
    await stop();
  }
}

/** The index alone, at a million: how long a look takes, and what it weighs. */
function indexRow({ index: size }: Options, say: Say): void {
  const before = process.memoryUsage.rss();
  const index = new UserIndex();
  for (let at = 0; at < size; at += 1) index.add(`s${at.toString(36).padStart(31, '0')}`, String(at % 50_000));
  const memory = process.memoryUsage.rss() - before;
  const took = Array.from({ length: 20 }, (_, round) => {
    const started = performance.now();
    if (index.keysOf([String(round * 1000)]).length !== Math.ceil((size - round * 1000) / 50_000))
      throw new Error('The index has other sessions');
    return performance.now() - started;
  });
  const ours = `${median(took).toFixed(2)} ms, ${megabytes(memory)}`;
  say({ what: 'a user in the index', size, django: '', ours, ratio: '', target: '10 ms, 64 MB' });
}
