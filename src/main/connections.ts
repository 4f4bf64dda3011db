import { createHash } from 'node:crypto';
import type { EventName, Events, JobView, Profile, Secrets, TestStep } from '../preload/api.ts';
import type { ConnectionRecorder } from './activity.ts';
import { inTurn } from './app-file.ts';
import type { Connection, ConnectOptions, OpenedConnection } from './connection-client.ts';
import { errorData, InspectorError } from './errors.ts';

export type Emit = <E extends EventName>(event: E, payload: Events[E]) => void;

export type ConnectionsOptions = Readonly<{
  /** starts a process and opens a store in it; the tests have one without a process */
  connect: (options: Pick<ConnectOptions, 'profile' | 'secrets' | 'recorder' | 'emit'>, signal: AbortSignal) => Promise<OpenedConnection>;
  recorder: (profile: Profile) => ConnectionRecorder;
  emit: Emit;
  randomBytes: (count: number) => Uint8Array;
}>;

export type Open = OpenedConnection & Readonly<{ id: string /** as it was when the connection was opened */; profile: Profile }>;
type Kept = Open & { readonly fingerprint: string; readonly jobs: Map<string, JobView> };

/** The open connections, one process each, and the Cookie Lab's. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<string, Kept>();
  /** opening the same profile twice at once must not start two processes */
  readonly #turns = new Map<string, ReturnType<typeof inTurn>>();
  #lab: Promise<OpenedConnection> | null = null;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /**
   * Opens a profile. One that is open already and has not changed since is shared: a window that was loaded again finds
   * its connection and jobs as they were.
   * @throws InspectorError as opening the store does
   */
  open(profile: Profile, secrets: Secrets, signal: AbortSignal): Promise<Open> {
    const turn = this.#turns.get(profile.id) ?? inTurn();
    this.#turns.set(profile.id, turn);
    return turn(async () => {
      const fingerprint = createHash('sha256')
        .update(JSON.stringify([profile, secrets]))
        .digest('hex');
      const known = this.ofProfile(profile.id);
      if (known !== undefined && this.#open.get(known.id)?.fingerprint === fingerprint) return known;
      if (known !== undefined) await this.close(known.id);
      return await this.#start(profile, secrets, fingerprint, signal);
    });
  }

  /** @throws InspectorError ProcessGone */
  get(id: string): Open {
    const open = this.#open.get(id);
    if (open === undefined) throw new InspectorError('ProcessGone', 'This connection is not open', { hint: 'Open the profile again.' });
    return open;
  }

  ofProfile(profile: string): Open | undefined {
    return [...this.#open.values()].find((open) => open.profile.id === profile);
  }

  async close(id: string): Promise<void> {
    await this.#open.get(id)?.connection.close();
  }

  async closeProfile(profile: string): Promise<void> {
    const open = this.ofProfile(profile);
    if (open !== undefined) await this.close(open.id);
  }

  async closeAll(): Promise<void> {
    const lab = await this.#lab?.catch(() => null);
    await Promise.all([...[...this.#open.keys()].map((id) => this.close(id)), lab?.connection.close()]);
  }

  /** The process that reads pasted values: it has no store, starts when first asked for, and again after a crash. */
  async lab(signal: AbortSignal): Promise<Connection> {
    this.#lab ??= this.#startLab();
    const lab = this.#lab;
    const { connection } = await lab;
    signal.throwIfAborted();
    return connection;
  }

  /**
   * Tries a profile in a process of its own, so that whatever a driver does can be ended.
   * @param tell is given each step as it ends @throws InspectorError Canceled, ProcessGone
   */
  async test(profile: Profile, secrets: Secrets, tell: (step: TestStep) => void, signal: AbortSignal): Promise<readonly TestStep[]> {
    // A process has nothing else to tell while it tests; the payload is this app's own type.
    const emit = (event: EventName, payload: unknown) => event === 'profiles.test' && tell(payload as TestStep);
    const { connection } = await this.#connectWithoutStore(emit, signal);
    try {
      return await connection.test(profile, secrets, signal);
    } finally {
      // Nobody waits for the end of a process that may hang.
      void connection.close();
    }
  }

  /** What the process said about a job, told as this connection's. */
  remember(id: string, view: JobView): JobView {
    const told = { ...view, connection: id };
    this.#open.get(id)?.jobs.set(view.job, told);
    return told;
  }

  /** @throws InspectorError DoesNotExist */
  ofJob(job: string): Open {
    for (const open of this.#open.values()) if (open.jobs.has(job)) return open;
    throw new InspectorError('DoesNotExist', 'No such job');
  }

  all(): readonly Open[] {
    return [...this.#open.values()];
  }

  async #start(profile: Profile, secrets: Secrets, fingerprint: string, signal: AbortSignal): Promise<Open> {
    const id = Buffer.from(this.#options.randomBytes(8)).toString('hex');
    const recorder = this.#options.recorder(profile);
    const emit = (event: EventName, payload: unknown) => {
      // A process has nothing to say about anything but its own jobs; the payload is this app's own type.
      if (event === 'job') this.#jobChanged(id, payload as Events['job']);
    };
    const opened = await this.#options.connect({ profile, secrets, recorder, emit }, signal);
    const kept: Kept = { ...opened, id, profile, fingerprint, jobs: new Map() };
    this.#open.set(id, kept);
    void opened.connection.ended.then((error) => this.#ended(kept, recorder, error));
    return kept;
  }

  #jobChanged(id: string, payload: Events['job']): void {
    const view = this.remember(id, payload.view);
    this.#options.emit('job', { ...payload, view });
  }

  async #ended(kept: Kept, recorder: ConnectionRecorder, error: InspectorError | null): Promise<void> {
    this.#open.delete(kept.id);
    for (const view of kept.jobs.values()) {
      if (view.state !== 'running' && view.state !== 'stopping') continue;
      const state = error === null ? 'stopped' : 'failed';
      this.#options.emit('job', { view: { ...view, state, ...(error === null ? {} : { error: errorData(error) }) } });
    }
    // A log that cannot be written now says `interrupted` at the next start.
    await recorder.interrupt(error === null ? 'The connection was closed before this was finished' : error.message).catch(() => undefined);
    this.#options.emit('connection.closed', { connection: kept.id, ...(error === null ? {} : { error: errorData(error) }) });
  }

  async #startLab(): Promise<OpenedConnection> {
    try {
      const lab = await this.#connectWithoutStore(() => undefined, new AbortController().signal);
      void lab.connection.ended.then(() => {
        this.#lab = null;
      });
      return lab;
    } catch (error) {
      this.#lab = null;
      throw error;
    }
  }

  #connectWithoutStore(emit: ConnectOptions['emit'], signal: AbortSignal): Promise<OpenedConnection> {
    const refuse = () => Promise.reject(new InspectorError('ReadOnly', 'The Cookie Lab writes to no store'));
    const recorder = { begin: refuse, keep: refuse, end: refuse };
    return this.#options.connect({ profile: null, secrets: {}, recorder, emit }, signal);
  }
}
