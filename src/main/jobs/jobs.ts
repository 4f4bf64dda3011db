import type { Events, JobInput, JobView } from '../../preload/api.ts';
import { InspectorError } from '../errors.ts';
import type { Connection } from '../inspector/change.ts';
import { clearExpired } from './clear-expired.ts';
import { deleteSessions } from './delete.ts';
import { findSessions } from './find.ts';
import { Job } from './job.ts';
import { setExpiry } from './set-expiry.ts';

/** Ended jobs that are still listed. */
const KEPT = 50;

/** The long work of one connection: started, watched, stopped. A retry of failures is a new job over their keys. */
export class Jobs {
  readonly #connection: Connection;
  readonly #emit: (event: Events['job']) => void;
  readonly #jobs = new Map<string, Readonly<{ job: Job; ended: Promise<void> }>>();

  constructor(connection: Connection, emit: (event: Events['job']) => void) {
    this.#connection = connection;
    this.#emit = emit;
  }

  /** @throws InspectorError Unsupported, ReadOnly before anything runs */
  start(input: JobInput): JobView {
    const work = workOf(this.#connection, input);
    const id = Buffer.from(this.#connection.randomBytes(8)).toString('hex');
    const job = new Job({ job: id, kind: input.kind, emit: this.#emit });
    this.#jobs.set(id, { job, ended: job.run(work) });
    this.#forget();
    return job.view;
  }

  /** @throws InspectorError DoesNotExist */
  stop(id: string): JobView {
    const known = this.#jobs.get(id);
    if (known === undefined) throw new InspectorError('DoesNotExist', 'No such job');
    known.job.stop();
    return known.job.view;
  }

  list(): readonly JobView[] {
    return [...this.#jobs.values()].map(({ job }) => job.view);
  }

  /** Stops what runs, and waits until it has. */
  async close(): Promise<void> {
    for (const { job } of this.#jobs.values()) job.stop();
    await Promise.all([...this.#jobs.values()].map(({ ended }) => ended));
  }

  #forget(): void {
    for (const [id, { job }] of this.#jobs) {
      if (this.#jobs.size <= KEPT) return;
      if (!job.running) this.#jobs.delete(id);
    }
  }
}

function workOf(connection: Connection, input: JobInput): (job: Job) => Promise<void> {
  switch (input.kind) {
    case 'find':
      return findSessions(connection, input.query);
    case 'clear_expired':
      return clearExpired(connection, input);
    case 'delete':
      return deleteSessions(connection, input.session_keys);
    case 'set_expiry':
      return setExpiry(connection, input.session_keys, input.expiry);
    default:
      return input satisfies never;
  }
}
