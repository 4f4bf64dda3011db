import type { Compilable, Kysely, RawBuilder } from 'kysely';
import { InspectorError } from '../errors.ts';
import { builder } from './builder.ts';
import type { Column, Database, Dialect, ErrorMap, Run, TableName, Vendor, WritableDatabase } from './database.ts';
import { canceled } from './network.ts';
import { serial } from './serial.ts';

/** One connection of a driver. */
export interface Link {
  query(text: string, parameters: readonly unknown[]): Promise<Answer>;
  /** asks the server, over a connection of its own, to stop what this one runs */
  cancel(): Promise<void>;
  close(): Promise<void>;
  destroy(): void;
  /** the server or the network ended it */
  readonly broken: boolean;
}

export type Answer = Readonly<{ rows: readonly unknown[]; changed: number }>;

/** How a driver connects; a `read` link's session refuses writes. */
export type Dial = (access: 'read' | 'write') => Promise<Link>;

/** A new link, once its session is as it should be. */
export async function prepared(link: Link, ...commands: readonly string[]): Promise<Link> {
  try {
    for (const command of commands) await link.query(command, []);
    return link;
  } catch (error) {
    link.destroy();
    throw error;
  }
}

export type NetworkOptions = Readonly<{
  vendor: Vendor;
  place: string;
  server: string;
  notes: readonly string[];
  dialect: Dialect;
  dial: Dial;
  mapError: ErrorMap;
  /** the link that `server` was asked over */
  first: Link;
}>;

/** A person looks at a page while a job scans and a count runs: three at once, no more, on a server that others use. */
const MAX_LINKS = 3;

/** Milliseconds after which a query that the server does not stop is left behind with its connection. */
const CANCEL_PATIENCE = 3_000;

/** What PostgreSQL and MySQL have in common: a few connections, canceling, one writer. */
export abstract class NetworkDatabase implements Database {
  readonly vendor: Vendor;
  readonly server: string;
  readonly place: string;
  readonly notes: readonly string[];
  readonly dialect: Dialect;
  readonly build: Kysely<Record<never, never>>;
  protected readonly dial: Dial;
  protected readonly mapError: ErrorMap;
  readonly #idle: Link[];
  readonly #waiting: Array<() => void> = [];
  #open = 1;
  #closed = false;

  constructor(options: NetworkOptions) {
    this.vendor = options.vendor;
    this.server = options.server;
    this.place = options.place;
    this.notes = options.notes;
    this.dialect = options.dialect;
    this.build = builder(options.vendor);
    this.dial = options.dial;
    this.mapError = options.mapError;
    this.#idle = [options.first];
  }

  async rows<O>(query: Compilable<O>, signal: AbortSignal): Promise<readonly O[]> {
    const link = await this.#take(signal);
    let settled: Promise<unknown> = Promise.resolve();
    try {
      const running = run(link, query, signal, this.mapError);
      settled = running.canceling;
      // The rows are what the builder's type says it selected.
      return (await running.answer).rows as readonly O[];
    } finally {
      // Not before the cancel request is done: it must not hit the next query of this connection.
      void settled.then(() => this.#give(link));
    }
  }

  abstract columns(table: TableName, signal: AbortSignal): Promise<readonly Column[]>;
  abstract tablesLike(part: string, signal: AbortSignal): Promise<readonly string[]>;
  abstract estimate(table: TableName, signal: AbortSignal): Promise<number | null>;

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map((link) => link.close()));
  }

  protected raw<O>(query: RawBuilder<O>): Compilable<O> {
    return { compile: () => query.compile(this.build) };
  }

  /** A call that is canceled while it waits for its turn leaves at once: main ends a process that does not answer a cancel. */
  async #take(signal: AbortSignal): Promise<Link> {
    for (;;) {
      if (signal.aborted) {
        // The turn that it may have been given goes to the next.
        this.#waiting.shift()?.();
        throw canceled();
      }
      const link = this.#idle.pop();
      if (link !== undefined && !link.broken) return link;
      if (link !== undefined) this.#open -= 1;
      else if (this.#open < MAX_LINKS) this.#idle.push(await this.#connect());
      else await this.#turn(signal);
    }
  }

  /** Resolves when a connection may be free, or the signal is aborted. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        const place = this.#waiting.indexOf(wake);
        if (place >= 0) this.#waiting.splice(place, 1);
        resolve();
      };
      this.#waiting.push(wake);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  async #connect(): Promise<Link> {
    if (this.#closed) throw new InspectorError('ConnectionLost', 'The connection is closed');
    this.#open += 1;
    try {
      return await this.dial('read');
    } catch (error) {
      this.#open -= 1;
      this.#waiting.shift()?.();
      throw this.mapError(error);
    }
  }

  #give(link: Link): void {
    if (this.#closed || link.broken) {
      this.#open -= 1;
      link.destroy();
    } else {
      this.#idle.push(link);
    }
    this.#waiting.shift()?.();
  }
}

type Running = Readonly<{ answer: Promise<Answer>; canceling: Promise<unknown> }>;

/** Runs one statement; an abort asks the server to stop it, and gives the connection up where the server does not. */
function run(link: Link, statement: Compilable, signal: AbortSignal, mapError: ErrorMap): Running {
  const { sql, parameters } = statement.compile();
  let done: () => void = () => undefined;
  const canceling = new Promise<unknown>((resolve) => {
    done = () => resolve(undefined);
  });
  const answer = async () => {
    let canceled_at: Promise<unknown> | undefined;
    let timer: NodeJS.Timeout | undefined;
    const abort = () => {
      canceled_at = link.cancel().catch(() => undefined);
      timer = setTimeout(() => link.destroy(), CANCEL_PATIENCE);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await link.query(sql, parameters);
    } catch (error) {
      throw signal.aborted ? canceled() : mapError(error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      void (canceled_at ?? Promise.resolve()).then(done);
    }
  };
  return { answer: answer(), canceling };
}

/** The writing half, over one more connection that is made when it is first needed. */
export function writer(
  dial: Dial,
  mapError: ErrorMap,
): Readonly<{ transaction: WritableDatabase['transaction']; close: () => Promise<void> }> {
  const serially = serial();
  let link: Link | undefined;
  const connected = async (): Promise<Link> => {
    if (link !== undefined && !link.broken) return link;
    const made = await dial('write').catch((error) => Promise.reject(mapError(error)));
    link = made;
    return made;
  };
  const transaction = <T>(body: (run: Run) => Promise<T>, signal: AbortSignal): Promise<T> =>
    serially(async () => {
      if (signal.aborted) throw canceled();
      const current = await connected();
      const command = (text: string) => current.query(text, []).catch((error) => Promise.reject(mapError(error)));
      await command('begin');
      try {
        const result = await body((statement) => execute(current, statement, signal, mapError));
        await command('commit');
        return result;
      } catch (error) {
        // A connection that cannot roll back is ended, which makes the server roll back.
        await current.query('rollback', []).catch(() => current.destroy());
        throw error;
      }
    });
  return { transaction, close: async () => link?.close() };
}

async function execute(link: Link, statement: Compilable, signal: AbortSignal, mapError: ErrorMap): Promise<number> {
  if (signal.aborted) throw canceled();
  const { answer, canceling } = run(link, statement, signal, mapError);
  try {
    return (await answer).changed;
  } finally {
    if (signal.aborted) await canceling;
  }
}
