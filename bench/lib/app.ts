import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { openInspector } from '../../src/main/inspector.ts';
import type { Events, JobInput, JobView, ListInput, SessionsPage } from '../../src/preload/api.ts';
import { Profile, type ProfileInput } from '../../src/preload/profile.ts';

export const SECRET_KEY = 'django-insecure-benchmark-key';

/** The app's own code on one store, as a connection's process runs it. */
export type App = Readonly<
  {
    /** runs a job to its end @returns its view and the keys and states of its hits */
    run(job: JobInput): Promise<Readonly<{ seconds: number; first: number; view: JobView; hits: readonly Hit[] }>>;
    page(query: ListInput): Promise<SessionsPage>;
  } & AsyncDisposable
>;
export type Hit = Readonly<{ session_key: string; state: string }>;

/** @param worker the built src/main/scan/worker.ts */
export async function openApp(profile: Partial<ProfileInput>, worker: string, DATABASE_PASSWORD?: string): Promise<App> {
  let listener: (event: Events['job']) => void = () => undefined;
  const recorder = { begin: async () => '1', keep: async () => undefined, end: async () => undefined };
  const inspector = await openInspector({
    profile: Profile.parse({ id: 'bench', name: 'bench', ...profile }),
    secrets: { SECRET_KEY, ...(DATABASE_PASSWORD === undefined ? {} : { DATABASE_PASSWORD }) },
    now: Date.now,
    randomBytes,
    recorder,
    emit: (_, payload) => listener(payload as Events['job']),
    // This process was started with --eval, which threads would inherit, and then they are five times slower.
    startScanWorker: (setup) => new Worker(worker, { workerData: setup, execArgv: [] }),
  });
  const { signal } = new AbortController();
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const hits: Hit[] = [];
        const started = performance.now();
        let first = Number.NaN;
        listener = ({ view, hits: more = [] }) => {
          if (hits.length === 0 && more.length > 0) first = (performance.now() - started) / 1000;
          for (const { session_key, state } of more) hits.push({ session_key, state });
          if (view.state === 'failed' || view.state === 'stopped') reject(new Error(view.error?.message ?? 'Stopped'));
          else if (view.state === 'done') resolve({ seconds: (performance.now() - started) / 1000, first, view, hits });
        };
        inspector.handlers['jobs.start']({ connection: '', job }, signal).catch(reject);
      }),
    page: (query) => inspector.handlers['sessions.list']({ connection: '', query }, signal),
    [Symbol.asyncDispose]: () => inspector.close(),
  };
}
