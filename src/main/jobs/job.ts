import type { ErrorView, Events, JobKind, JobView, SessionSummary } from '../../preload/api.ts';
import { errorData } from '../errors.ts';

/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 100;
/** Failures that a report carries while a job runs, and at its end. */
const FAILURES_RUNNING = 20;
const FAILURES_TOLD = 1000;

export type JobOptions = Readonly<{
  job: string;
  kind: JobKind;
  emit: (event: Events['job']) => void;
}>;

/** What a job's work does while it runs: count, report, ask whether to go on. */
export class Job {
  readonly #options: JobOptions;
  readonly #abort = new AbortController();
  readonly #started = performance.now();
  readonly #failures: { session_key: string; error: ErrorView }[] = [];
  readonly #bad = new Map<string, number>();
  readonly #hits: SessionSummary[] = [];
  #state: JobView['state'] = 'running';
  #ended: number | null = null;
  #error: ErrorView | null = null;
  #reported = Number.NEGATIVE_INFINITY;
  scanned = 0;
  total: number | null = null;
  found = 0;
  changed = 0;
  failed = 0;
  activity: string | null = null;

  constructor(options: JobOptions) {
    this.#options = options;
  }

  get view(): JobView {
    const told = this.#ended === null ? FAILURES_RUNNING : FAILURES_TOLD;
    return {
      job: this.#options.job,
      // Main fills this in: a process does not know its connection's name.
      connection: '',
      kind: this.#options.kind,
      state: this.#state,
      scanned: this.scanned,
      total: this.total,
      found: this.found,
      changed: this.changed,
      failed: this.failed,
      bad: Object.fromEntries(this.#bad),
      elapsed: Math.round((this.#ended ?? performance.now()) - this.#started),
      failures: this.#failures.slice(0, told),
      ...(this.#error === null ? {} : { error: this.#error }),
      ...(this.activity === null ? {} : { activity: this.activity }),
    };
  }

  get running(): boolean {
    return this.#ended === null;
  }

  /** Aborted when the job is to stop; work that must end whole looks at `stopping` between its steps instead. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get stopping(): boolean {
    return this.#abort.signal.aborted;
  }

  stop(): void {
    if (!this.running) return;
    this.#state = 'stopping';
    this.#abort.abort();
    this.#report();
  }

  fail(session_key: string, error: unknown): void {
    this.failed += 1;
    if (this.#failures.length < FAILURES_TOLD) this.#failures.push({ session_key, error: errorData(error) });
  }

  /** Counts a row that cannot be read, by its cause. */
  bad(cause: string, count = 1): void {
    this.#bad.set(cause, (this.#bad.get(cause) ?? 0) + count);
  }

  /** The first hits are told at once: somebody waits for them. */
  hit(summaries: readonly SessionSummary[]): void {
    const first = this.found === 0 && summaries.length > 0;
    this.found += summaries.length;
    this.#hits.push(...summaries);
    if (first) this.#report();
  }

  /** Reports, but not more than some times a second. */
  progress(): void {
    if (performance.now() - this.#reported >= REPORT_EVERY) this.#report();
  }

  /** Runs the work to its end, and reports how it ended; never throws. */
  async run(work: (job: Job) => Promise<void>): Promise<void> {
    this.#report();
    try {
      await work(this);
      this.#state = this.stopping ? 'stopped' : 'done';
    } catch (error) {
      const data = errorData(error);
      this.#state = data.code === 'Canceled' && this.stopping ? 'stopped' : 'failed';
      if (this.#state === 'failed') this.#error = data;
    }
    this.#ended = performance.now();
    this.#report();
  }

  #report(): void {
    this.#reported = performance.now();
    const hits = this.#hits.splice(0);
    this.#options.emit({ view: this.view, ...(hits.length === 0 ? {} : { hits }) });
  }
}
