import { type ErrorData, errorFromData, InspectorError } from '../errors.ts';
import type { FromScanWorker, ScanAnswer, ScanPart, ScanSetup, ToScanWorker } from './messages.ts';

/** The slice of a worker thread that is used here. */
export interface ScanWorker {
  postMessage(message: ToScanWorker, transfer: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: FromScanWorker) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}
export type StartScanWorker = (setup: ScanSetup) => ScanWorker;

/** Machines that hold sessions, and laptops, have a core or two to spare while a person waits. */
const WORKERS = 2;
/** Parts that a worker has at hand: one that it reads, one for when it is done. */
const AHEAD = 2;

type Waiting = Readonly<{ resolve: (answer: ScanAnswer) => void; reject: (error: InspectorError) => void }>;
type Member = { worker: ScanWorker; parts: Map<number, Waiting> };

/** Two warm workers that read rows. Who asks gets answers as they come, and no more parts are read ahead than are worked on. */
export class ScanPool {
  readonly #members: readonly Member[];
  #next = 0;
  #broken: InspectorError | null = null;
  #closed = false;

  constructor(start: StartScanWorker, setup: ScanSetup) {
    this.#members = Array.from({ length: WORKERS }, () => {
      const worker = start(setup);
      const member: Member = { worker, parts: new Map() };
      worker.on('message', (message) => settle(member, message));
      worker.on('error', (error) => this.#fail({ code: 'Internal', message: `A worker failed: ${error.name}` }));
      worker.on('exit', () => this.#fail({ code: 'Internal', message: 'A worker ended' }));
      // A warm worker alone must not keep the process; one that is waited for must.
      worker.unref();
      return member;
    });
  }

  /** False once a worker could not start or died: then rows are read without them. */
  get usable(): boolean {
    return this.#broken === null && !this.#closed;
  }

  ask(part: ScanPart): Promise<ScanAnswer> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    const [member] = [...this.#members].sort((one, other) => one.parts.size - other.parts.size);
    if (member === undefined || this.#closed) return Promise.reject(new InspectorError('Canceled', 'Canceled'));
    this.#next += 1;
    const id = this.#next;
    return new Promise((resolve, reject) => {
      member.parts.set(id, { resolve, reject });
      member.worker.ref();
      const transfer = part.part === 'block' ? [part.values.bytes.buffer as ArrayBuffer] : [];
      member.worker.postMessage({ id, part }, transfer);
    });
  }

  /**
   * Answers to all pieces of work, in the order in which they come. An abort ends this at once; what the workers have at
   * hand is finished and forgotten.
   * @param work asked for only when a worker is about to be idle
   * @throws InspectorError Canceled, or why a part could not be read
   */
  async *answers<W extends Readonly<{ part: ScanPart }>>(
    work: AsyncIterable<W>,
    signal: AbortSignal,
  ): AsyncGenerator<readonly [W, ScanAnswer]> {
    const running = new Map<W, Promise<readonly [W, ScanAnswer]>>();
    const aborted = abortOf(signal);
    const iterator = work[Symbol.asyncIterator]();
    try {
      for (let more = true; ; ) {
        while (more && running.size < WORKERS * AHEAD) {
          const next = await Promise.race([iterator.next(), aborted.promise]);
          if (next.done === true) more = false;
          else running.set(next.value, this.#answered(next.value));
        }
        if (running.size === 0) return;
        const done = await Promise.race([...running.values(), aborted.promise]);
        running.delete(done[0]);
        yield done;
      }
    } finally {
      aborted.forget();
      // Not awaited: a store that is being read ends when its own query does.
      iterator.return?.(undefined)?.catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }

  #answered<W extends Readonly<{ part: ScanPart }>>(work: W): Promise<readonly [W, ScanAnswer]> {
    const answered = this.ask(work.part).then((answer) => [work, answer] as const);
    // Nobody waits for it any more where another part has failed.
    answered.catch(() => undefined);
    return answered;
  }

  #fail(data: ErrorData): void {
    if (this.#closed) return;
    this.#broken ??= errorFromData(data);
    for (const { parts } of this.#members) {
      for (const { reject } of parts.values()) reject(this.#broken);
      parts.clear();
    }
  }
}

function settle({ worker, parts }: Member, message: FromScanWorker): void {
  const waiting = parts.get(message.id);
  parts.delete(message.id);
  if (parts.size === 0) worker.unref();
  if ('error' in message) waiting?.reject(errorFromData(message.error));
  else waiting?.resolve(message.answer);
}

function abortOf(signal: AbortSignal): Readonly<{ promise: Promise<never>; forget: () => void }> {
  let abort: () => void = () => undefined;
  const promise = new Promise<never>((_, reject) => {
    abort = () => reject(new InspectorError('Canceled', 'Canceled'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, forget: () => signal.removeEventListener('abort', abort) };
}
