/** Searching a whole store with workers: what they cannot pass over for certain comes back, to be read as a list reads it. */
import type { SessionStore, StoredSession } from '../backends/base.ts';
import type { Limits } from '../django/document.ts';
import { InspectorError } from '../errors.ts';
import { packValues } from './answer.ts';
import type { RowQuestion, ScanAnswer, ScanPart } from './messages.ts';
import { ScanPool, type StartScanWorker } from './pool.ts';
import { UserIndex } from './user-index.ts';

/** Rowids of one part: about ten milliseconds of reading, after which a worker sees what else there is to do. */
const SPAN = 1000;
/** Tables whose rowids lie wider apart are read in the order of their keys. */
const WIDEST = 100_000_000;
/** Times that rows which came in during the scan are looked for. */
const AGAIN = 3;

/** What is left of a part: rows to be read, and how many there is nothing more to say about. */
export type Sieved = Readonly<{ sessions: readonly StoredSession[]; passed: number; bad: Readonly<Record<string, number>> }>;

export type StoreScanOptions = Readonly<{
  store: SessionStore;
  secrets: readonly string[];
  class_name: string;
  limits: Limits;
  /** the SQLite file whose table the workers read by themselves */
  sqlite: Readonly<{ NAME: string; session_table: string }> | null;
  start: StartScanWorker;
}>;

/** `unread`: sessions whose value is not at hand, which workers cannot judge */
type Work = Readonly<{ part: ScanPart; sessions: readonly StoredSession[]; unread: readonly StoredSession[] }>;

export class StoreScan {
  readonly #options: StoreScanOptions;
  #pool: ScanPool | null = null;
  #index: UserIndex | null = null;

  constructor(options: StoreScanOptions) {
    this.#options = options;
  }

  /** Keys of sessions that these users had when the store was last read whole; empty before. */
  remembered(ids: Iterable<string>): readonly string[] {
    return this.#index?.keysOf(ids) ?? [];
  }

  /** Starts the workers; false where they do not run: then the caller reads every row itself. */
  async ready(): Promise<boolean> {
    const { start, secrets, class_name, limits, sqlite } = this.#options;
    this.#pool ??= new ScanPool(start, { secrets, class_name, limits, sqlite });
    // What the store has to say against it is said when it is read.
    await this.#pool.ask({ part: 'bounds' }).catch(() => undefined);
    return this.#pool.usable;
  }

  /** Every row once, sieved. @throws InspectorError Canceled, or why the store cannot be read */
  async *sieve(question: RowQuestion, signal: AbortSignal): AsyncGenerator<Sieved> {
    const pool = this.#pool;
    if (pool === null) throw new InspectorError('Internal', 'The workers were not started');
    const index = question.ask === 'user' && question.keyPrefix === '' ? new UserIndex() : null;
    for await (const [{ sessions, unread }, answer] of pool.answers(this.#work(pool, question, signal), signal)) {
      const { keys, users } = answer.owners;
      if (index !== null) for (const [at, key] of keys.entries()) index.add(key, users[at] ?? '');
      const found = await this.#found(sessions, answer, signal);
      yield { sessions: [...found, ...unread], passed: answer.scanned - found.length, bad: answer.bad };
    }
    if (index !== null) this.#index = index;
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }

  async #found(sessions: readonly StoredSession[], answer: ScanAnswer, signal: AbortSignal): Promise<readonly StoredSession[]> {
    const found: StoredSession[] = [];
    for (const at of answer.maybe) {
      const session = sessions[at];
      if (session !== undefined) found.push(session);
    }
    for (const key of answer.maybeKeys) {
      const session = await this.#options.store.get(key, signal);
      if (session !== null) found.push(session);
    }
    return found;
  }

  async *#work(pool: ScanPool, question: RowQuestion, signal: AbortSignal): AsyncGenerator<Work> {
    const bounds = this.#options.sqlite === null ? 'none' : await rowids(pool);
    if (bounds === 'none') yield* this.#blocks(question, signal);
    else if (bounds !== null) yield* ranges(pool, bounds, question);
  }

  async *#blocks(question: RowQuestion, signal: AbortSignal): AsyncGenerator<Work> {
    for await (const block of this.#options.store.scan(signal)) {
      const readable = block.filter(isReadable);
      const values = packValues(
        readable.map(({ session_key }) => session_key),
        readable.map(({ stored }) => stored),
      );
      yield { part: { part: 'block', values, question }, sessions: readable, unread: block.filter((session) => !isReadable(session)) };
    }
  }
}

function isReadable({ oversize, only }: StoredSession): boolean {
  return oversize === undefined && only !== 'cache';
}

async function* ranges(pool: ScanPool, bounds: Readonly<{ first: number; last: number }>, question: RowQuestion): AsyncGenerator<Work> {
  let from = bounds.first;
  let { last } = bounds;
  for (let round = 0; round < AGAIN; round += 1) {
    for (; from <= last; from += SPAN)
      yield { part: { part: 'range', from, to: Math.min(from + SPAN, last + 1), question }, sessions: [], unread: [] };
    from = last + 1;
    last = (await rowidsOf(pool))?.last ?? last;
    if (last < from) return;
  }
}

/** The bounds of the table; null where it is empty, 'none' where it cannot be read by rowid. */
async function rowids(pool: ScanPool): Promise<Readonly<{ first: number; last: number }> | null | 'none'> {
  try {
    const bounds = await rowidsOf(pool);
    return bounds !== null && bounds.last - bounds.first > WIDEST ? 'none' : bounds;
  } catch (error) {
    if (error instanceof InspectorError && (error.code === 'WrongColumns' || error.code === 'Unsupported')) return 'none';
    throw error;
  }
}

async function rowidsOf(pool: ScanPool): Promise<Readonly<{ first: number; last: number }> | null> {
  return (await pool.ask({ part: 'bounds' })).bounds;
}
