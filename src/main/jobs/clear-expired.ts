import { setTimeout as sleep } from 'node:timers/promises';
import type { JobInput } from '../../preload/api.ts';
import type { WritableSessionStore } from '../backends/base.ts';
import { InspectorError } from '../errors.ts';
import { type Connection, writableOf } from '../inspector/change.ts';
import { expiryOf } from '../inspector/expiry.ts';
import type { Job } from './job.ts';
import { recorded } from './recorded.ts';

type ClearExpired = Pick<Extract<JobInput, { kind: 'clear_expired' }>, 'dryRun' | 'batch' | 'pause'>;

/** Milliseconds that one transaction may hold its locks: a site waits 5 s for SQLite by default, and others may queue too. */
const LONG = 250;
const SHORT = 80;

/** clear_expired as a job: what is expired at its start, in batches that keep their transactions short. */
export function clearExpired(connection: Connection, input: ClearExpired): (job: Job) => Promise<void> {
  const { store } = connection.engine;
  if (store.capabilities.clearExpired === 'none') {
    throw new InspectorError('Unsupported', 'This engine has nothing to clear', {
      hint: store.capabilities.limits[0] ?? 'Its sessions end by themselves.',
    });
  }
  const now = connection.site.now();
  if (input.dryRun) return (job) => countExpired(connection, now, job);
  const writable = writableOf(connection.engine);
  return async (job) => {
    await countExpired(connection, now, job);
    job.total = job.found;
    await recorded(connection.recorder, job, { action: 'clear_expired', count: job.found, session_keys: [] }, (keep) =>
      clearInBatches(writable, now, input, job, (sessions) =>
        keep(sessions.map((before) => ({ session_key: before.session_key, before, after: null }))),
      ),
    );
  };
}

/** How many there are, exactly: the same boundary as the clearing has. */
async function countExpired(connection: Connection, now: number, job: Job): Promise<void> {
  const { store } = connection.engine;
  if (store.capabilities.clearExpired === 'no-ttl') return countEndless(connection, job);
  // Rows that end at this very moment stay; a microsecond is the finest that Django stores.
  const before = store.capabilities.clearExpired === 'rows' ? now - 0.001 : now;
  const { value } = await store.count({ state: 'expired', now: before }, true, job.signal);
  job.found = value;
  job.total = value;
}

/** Caches remove by themselves what has an end; what has none stays for ever. */
async function countEndless({ site, engine: { store } }: Connection, job: Job): Promise<void> {
  for await (const sessions of store.scan(job.signal)) {
    job.scanned += sessions.length;
    job.found += sessions.filter((session) => expiryOf(site, session, null).source === 'never').length;
    job.progress();
  }
}

async function clearInBatches(
  store: WritableSessionStore,
  now: number,
  { batch, pause }: ClearExpired,
  job: Job,
  keep: Parameters<WritableSessionStore['clearExpired']>[0]['before'],
): Promise<void> {
  let limit = batch;
  // A batch that has begun ends whole, so that its images and its rows agree: the signal is not handed on.
  const whole = new AbortController().signal;
  for (let done = false; !done && !job.stopping; ) {
    let started = performance.now();
    const before: typeof keep = async (sessions) => {
      await keep(sessions);
      started = performance.now();
    };
    const result = await store.clearExpired({ now, limit, before }, whole);
    const took = performance.now() - started;
    done = result.done;
    job.changed += result.deleted;
    job.scanned += result.deleted;
    job.progress();
    limit = nextLimit(limit, batch, took);
    if (!done && pause > 0) await sleep(pause, undefined, { signal: job.signal }).catch(() => undefined);
  }
}

/** Halves what took long and grows what was quick, never above what was asked for. */
function nextLimit(limit: number, most: number, took: number): number {
  if (took > LONG) return Math.max(1, Math.floor(limit / 2));
  return took < SHORT ? Math.min(most, limit * 2) : limit;
}
