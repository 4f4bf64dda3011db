import { useSyncExternalStore } from 'react';
import type { Events, Input, JobView, SessionSummary } from '../preload/api.ts';
import { CallError, call, listen } from './client.ts';

/** What a job is started with; defaults are filled in on the other side. */
export type JobInput = Input<'jobs.start'>['job'];

export type JobRecord = Readonly<{
  view: JobView;
  hits: readonly SessionSummary[];
  /** what it was started with; absent for jobs of other windows */
  input?: JobInput;
}>;

/** Hits kept for the window: a search for everything must not hold the whole store. */
const HIT_LIMIT = 100_000;

export function isRunning(view: JobView): boolean {
  return view.state === 'running' || view.state === 'stopping';
}

/** Jobs as their events tell; one for the window. */
class Jobs {
  #records: ReadonlyMap<string, JobRecord> = new Map();
  readonly #listeners = new Set<() => void>();
  readonly #turns = new Map<string, number>();
  readonly #endings = new Set<(record: JobRecord) => void>();

  receive({ view, hits = [] }: Events['job']): void {
    const before = this.#records.get(view.job);
    const room = HIT_LIMIT - (before?.hits.length ?? 0);
    const record: JobRecord = {
      ...before,
      view,
      hits: hits.length > 0 && room > 0 ? [...(before?.hits ?? []), ...hits.slice(0, room)] : (before?.hits ?? []),
    };
    this.#put(record);
    const ended = !isRunning(view) && record.input && (!before || isRunning(before.view));
    if (ended) for (const ending of this.#endings) ending(record);
  }

  async start(connection: string, input: JobInput): Promise<string> {
    const view = await call('jobs.start', { connection, job: input });
    const known = this.#records.get(view.job);
    // Events may come before the reply: what they told is newer.
    const record: JobRecord = { view: known?.view ?? view, hits: known?.hits ?? [], input };
    this.#put(record);
    if (!isRunning(record.view)) for (const ending of this.#endings) ending(record);
    return view.job;
  }

  /**
   * Starts a job and waits for its end. @throws CallError where it is refused, or ProcessGone where its connection ends first
   */
  run(connection: string, input: JobInput): Promise<JobRecord> {
    return new Promise((resolve, reject) => {
      const ended: JobRecord[] = [];
      let id: string | null = null;
      const stops: (() => void)[] = [];
      const settle = (finish: () => void) => {
        for (const stop of stops) stop();
        finish();
      };
      const look = () => {
        const record = ended.find(({ view }) => view.job === id);
        if (record) settle(() => resolve(record));
      };
      stops.push(
        this.onEnd((record) => {
          ended.push(record);
          look();
        }),
        listen('connection.closed', (event) => {
          const gone = new CallError('ProcessGone', event.error?.message ?? 'The connection was closed before the job ended');
          if (event.connection === connection) settle(() => reject(gone));
        }),
      );
      this.start(connection, input).then(
        (job) => {
          id = job;
          look();
        },
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }

  async stop(job: string): Promise<void> {
    const view = await call('jobs.stop', { job });
    const known = this.#records.get(job);
    if (known && isRunning(known.view)) this.receive({ view });
  }

  /** Drops a job's hits once nobody looks at them. */
  forget(job: string): void {
    const records = new Map(this.#records);
    records.delete(job);
    this.#publish(records);
  }

  /** Puts what a write made of a session in the place of what a search had found; null where it is gone. */
  replaceHit(connection: string, session_key: string, session: SessionSummary | null): void {
    this.#changeHits(connection, (hits) => hits.flatMap((hit) => (hit.session_key === session_key ? (session ? [session] : []) : [hit])));
  }

  removeHits(connection: string, session_keys: ReadonlySet<string>): void {
    this.#changeHits(connection, (hits) => hits.filter((hit) => !session_keys.has(hit.session_key)));
  }

  /** Asks for the searches of a connection to be done again. */
  again(connection: string): void {
    this.#turns.set(connection, this.turn(connection) + 1);
    this.#publish(new Map(this.#records));
  }

  /** How often `again` was asked for. */
  turn(connection: string): number {
    return this.#turns.get(connection) ?? 0;
  }

  /** Called once for each job of this window when it ends. */
  onEnd(ending: (record: JobRecord) => void): () => void {
    this.#endings.add(ending);
    return () => this.#endings.delete(ending);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  records = (): ReadonlyMap<string, JobRecord> => this.#records;

  #changeHits(connection: string, change: (hits: readonly SessionSummary[]) => readonly SessionSummary[]): void {
    const records = [...this.#records].map(([job, record]): [string, JobRecord] => [
      job,
      record.view.connection === connection && record.hits.length > 0 ? { ...record, hits: change(record.hits) } : record,
    ]);
    this.#publish(new Map(records));
  }

  #put(record: JobRecord): void {
    this.#publish(new Map(this.#records).set(record.view.job, record));
  }

  #publish(records: ReadonlyMap<string, JobRecord>): void {
    this.#records = records;
    for (const listener of this.#listeners) listener();
  }
}

export const jobs = new Jobs();

/** Listens to the events of all jobs; the function it returns ends that. */
export function followJobs(): () => void {
  return listen('job', (event) => jobs.receive(event));
}

export function useJobs(): ReadonlyMap<string, JobRecord> {
  return useSyncExternalStore(jobs.subscribe, jobs.records);
}

/** Changes whenever the searches of a connection are to be done again. */
export function useTurn(connection: string): number {
  return useSyncExternalStore(jobs.subscribe, () => jobs.turn(connection));
}

export function useJob(job: string | null): JobRecord | null {
  const records = useJobs();
  return job === null ? null : (records.get(job) ?? null);
}
