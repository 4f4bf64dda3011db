import { randomBytes } from 'node:crypto';
import { openInspector } from '../../../src/main/inspector.ts';
import type { BeforeImage, Recorder } from '../../../src/main/recorder.ts';
import type { StartScanWorker } from '../../../src/main/scan/pool.ts';
import type { Events } from '../../../src/preload/api.ts';
import { Profile, type ProfileInput, type Secrets } from '../../../src/preload/profile.ts';

type Kept = Readonly<{ action: string; count: number; session_keys: readonly string[]; images: BeforeImage[] }>;
type Ended = Readonly<{ outcome: string; count: number; message?: string }>;

/** A recorder that keeps everything in memory, in the order it was told. */
export class MemoryRecorder implements Recorder {
  readonly entries = new Map<string, Kept & { ended?: Ended }>();

  async begin(entry: Parameters<Recorder['begin']>[0]): Promise<string> {
    const id = String(this.entries.size + 1);
    this.entries.set(id, { ...entry, images: [] });
    return id;
  }

  async keep(activity: string, images: readonly BeforeImage[]): Promise<void> {
    this.#entry(activity).images.push(...images);
  }

  async end(activity: string, outcome: string, detail: Readonly<{ count: number; message?: string }>): Promise<void> {
    this.#entry(activity).ended = { outcome, ...detail };
  }

  get last(): Kept & { ended?: Ended } {
    return this.#entry(String(this.entries.size));
  }

  #entry(activity: string): Kept & { ended?: Ended } {
    const entry = this.entries.get(activity);
    if (entry === undefined) throw new Error(`no activity ${activity}`);
    return entry;
  }
}

export type Opened = Awaited<ReturnType<typeof open>>;

/** An inspector in this process, with everything it says. @param now epoch milliseconds */
export async function open(profile: Partial<ProfileInput>, secrets: Secrets, now: () => number, startScanWorker?: StartScanWorker) {
  const recorder = new MemoryRecorder();
  const events: Events['job'][] = [];
  const parsed = Profile.parse({ id: 'test', name: 'Test', ...profile });
  const emit = (_: string, payload: unknown) => events.push(payload as Events['job']);
  const threads = startScanWorker === undefined ? {} : { startScanWorker };
  const inspector = await openInspector({ profile: parsed, secrets, now, randomBytes, recorder, emit, ...threads });
  const { handlers } = inspector;
  const signal = new AbortController().signal;
  return {
    inspector,
    handlers,
    recorder,
    events,
    signal,
    profile: parsed,
    get: (session_key: string) => handlers['sessions.get']({ connection: '', session_key }, signal),
    /** every page of a listing */
    list: async (query: Partial<Parameters<(typeof handlers)['sessions.list']>[0]['query']> = {}) => {
      const sessions = [];
      for (let cursor: string | undefined, page = 0; page < 1000; page += 1) {
        const full = { sort: 'session_key', direction: 'ascending', limit: 20, cursor, ...query } as const;
        const result = await handlers['sessions.list']({ connection: '', query: full }, signal);
        sessions.push(...result.sessions);
        if (result.next === undefined) return sessions;
        cursor = result.next;
      }
      throw new Error('the listing does not end');
    },
    /** starts a job and waits for its end */
    run: async (job: Parameters<(typeof handlers)['jobs.start']>[0]['job']) => {
      const { job: id } = await handlers['jobs.start']({ connection: '', job }, signal);
      for (;;) {
        const view = (await handlers['jobs.list']({}, signal)).find((one) => one.job === id);
        if (view === undefined) throw new Error('the job is not listed');
        if (view.state !== 'running' && view.state !== 'stopping') return view;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    close: () => inspector.close(),
  };
}
