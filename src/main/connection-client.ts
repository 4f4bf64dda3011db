import type { Capabilities, EventName, Profile, Reply, Secrets, TestStep } from '../preload/api.ts';
import type { Child, FromProcess, LabContext, MoveDates, ProcessMethod, RestoreResult, ToProcess } from './connection-protocol.ts';
import { errorData, errorFromData, InspectorError } from './errors.ts';
import type { ImportResult, ImportWork } from './import/importer.ts';
import type { BeforeImage, Recorder } from './recorder.ts';

/** Milliseconds that a process is given before it is ended. */
export type Patience = Readonly<{
  /** to open its store: longer than any driver's own limit */
  open: number;
  /** to answer a call that was canceled */
  cancel: number;
  /** to close by itself, and again to end when asked, before it is not asked any more */
  close: number;
}>;
export const PATIENCE: Patience = { open: 90_000, cancel: 10_000, close: 3000 };

export type ConnectOptions = Readonly<{
  profile: Profile | null;
  secrets: Secrets;
  recorder: Recorder;
  emit: (event: EventName, payload: unknown) => void;
  log: (message: string) => void;
  patience: Patience;
}>;

type Deferred<T> = Readonly<{ promise: Promise<T>; resolve: (value: T) => void; reject: (error: InspectorError) => void }>;

/** Promise.withResolvers, which the oldest supported runtime does not have. */
function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => undefined;
  let reject: Deferred<T>['reject'] = () => undefined;
  const promise = new Promise<T>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}

const GONE_HINT = 'Open the profile again. Activity says what was written.';

/** Main's end of a connection: calls go to the process, whatever happens to it each of them ends. */
export class Connection {
  readonly #child: Child;
  readonly #options: ConnectOptions;
  readonly #waiting = new Map<number, Deferred<unknown>>();
  readonly #recording = new Set<Promise<void>>();
  readonly #ended = deferred<InspectorError | null>();
  readonly #opened = deferred<Extract<FromProcess, { type: 'opened' }>>();
  #last = 0;
  #closing = false;
  #reason: InspectorError | null = null;
  #gone = false;

  private constructor(child: Child, options: ConnectOptions) {
    this.#child = child;
    this.#options = options;
    this.#opened.promise.catch(() => undefined);
    child.listen((message) => this.#receive(message));
    child.onExit((code) => void this.#exited(code));
  }

  /** @throws InspectorError as opening the store does, Canceled, Timeout or ProcessGone; the process has been ended then */
  static async open(child: Child, options: ConnectOptions, signal: AbortSignal): Promise<OpenedConnection> {
    const connection = new Connection(child, options);
    const { profile, secrets, patience } = options;
    const giveUp = (error: InspectorError) => connection.#opened.reject(error);
    const onAbort = () => giveUp(new InspectorError('Canceled', 'Canceled'));
    const timer = setTimeout(
      () => giveUp(new InspectorError('Timeout', `The store did not open within ${patience.open / 1000} seconds`)),
      patience.open,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    connection.#post({ type: 'open', profile, secrets });
    try {
      const { capabilities, notes } = await connection.#opened.promise;
      return { connection, capabilities, notes };
    } catch (error) {
      connection.#closing = true;
      connection.#kill();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Resolves when the process is gone and all it told is recorded: null where it was closed on purpose. */
  get ended(): Promise<InspectorError | null> {
    return this.#ended.promise;
  }

  /** @returns what the method answers; dispatch's caller knows the type */
  call(method: ProcessMethod, input: unknown, signal: AbortSignal, context: LabContext | null = null): Promise<unknown> {
    return this.#ask((id) => ({ type: 'call', id, method, input, context }), signal);
  }

  /** @param activity the undo's own, for what it overwrites */
  async restore(activity: string, images: readonly BeforeImage[], force: boolean, signal: AbortSignal): Promise<RestoreResult> {
    // The process is this app's own code, so the answer has the type that restore has there.
    return (await this.#ask((id) => ({ type: 'restore', id, activity, images, force }), signal)) as RestoreResult;
  }

  async moveDates(move: MoveDates, signal: AbortSignal): Promise<void> {
    await this.#ask((id) => ({ type: 'move_dates', id, move }), signal);
  }

  async importProfile(work: ImportWork, signal: AbortSignal): Promise<ImportResult> {
    // The process is this app's own code, so the answers have the types that they have there.
    return (await this.#ask((id) => ({ type: 'import', id, work }), signal)) as ImportResult;
  }

  async test(profile: Profile, secrets: Secrets, signal: AbortSignal): Promise<readonly TestStep[]> {
    return (await this.#ask((id) => ({ type: 'test', id, profile, secrets }), signal)) as readonly TestStep[];
  }

  /** Lets the process finish what it does, and ends it when that takes too long. */
  async close(): Promise<void> {
    if (!this.#gone && !this.#closing) {
      this.#closing = true;
      this.#post({ type: 'close' });
    }
    const timer = setTimeout(() => this.#kill(), this.#options.patience.close);
    await this.#ended.promise;
    clearTimeout(timer);
  }

  async #ask(message: (id: number) => ToProcess, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    if (this.#gone || this.#closing) throw new InspectorError('ProcessGone', 'The connection is closed', { hint: GONE_HINT });
    this.#last += 1;
    const id = this.#last;
    const answer = deferred<unknown>();
    this.#waiting.set(id, answer);
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      this.#post({ type: 'cancel', id });
      timer = setTimeout(() => this.#hangs(), this.#options.patience.cancel);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      this.#post(message(id));
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      this.#waiting.delete(id);
    }
  }

  #receive(message: FromProcess): void {
    switch (message.type) {
      case 'opened':
        this.#opened.resolve(message);
        break;
      case 'failed':
        this.#opened.reject(errorFromData(message.error));
        break;
      case 'reply':
        this.#answered(message.id, message.reply);
        break;
      case 'event':
        this.#options.emit(message.event, message.payload);
        break;
      case 'record':
        this.#record(message);
        break;
      case 'crashed':
        this.#options.log(`connection process: ${message.where}`);
        break;
    }
  }

  #answered(id: number, reply: Reply<unknown>): void {
    const waiting = this.#waiting.get(id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(errorFromData(reply.error));
  }

  #record(message: Extract<FromProcess, { type: 'record' }>): void {
    const work = this.#recorded(message).then((reply) => this.#post({ type: 'recorded', id: message.id, reply }));
    this.#recording.add(work);
    void work.finally(() => this.#recording.delete(work));
  }

  async #recorded(message: Extract<FromProcess, { type: 'record' }>): Promise<Reply<string | null>> {
    const { recorder } = this.#options;
    try {
      switch (message.call) {
        case 'begin':
          return { ok: true, value: await recorder.begin(...message.args) };
        case 'keep':
          await recorder.keep(...message.args);
          return { ok: true, value: null };
        case 'end':
          await recorder.end(...message.args);
          return { ok: true, value: null };
      }
    } catch (thrown) {
      return { ok: false, error: errorData(thrown) };
    }
  }

  #hangs(): void {
    const seconds = this.#options.patience.cancel / 1000;
    this.#reason ??= new InspectorError(
      'ProcessGone',
      `The connection did not answer for ${seconds} seconds after a cancel and was ended`,
      {
        hint: GONE_HINT,
      },
    );
    this.#kill();
  }

  #kill(): void {
    if (this.#gone) return;
    this.#child.kill(false);
    const timer = setTimeout(() => this.#child.kill(true), this.#options.patience.close);
    void this.#ended.promise.then(() => clearTimeout(timer));
  }

  #post(message: ToProcess): void {
    if (!this.#gone) this.#child.post(message);
  }

  async #exited(code: number | null): Promise<void> {
    this.#gone = true;
    const crash = new InspectorError(
      'ProcessGone',
      `The connection's process ended unexpectedly${code === null ? '' : ` with code ${code}`}`,
      {
        hint: GONE_HINT,
      },
    );
    const error = this.#reason ?? (this.#closing ? null : crash);
    this.#opened.reject(error ?? crash);
    for (const waiting of this.#waiting.values()) waiting.reject(error ?? new InspectorError('ProcessGone', 'The connection was closed'));
    await Promise.allSettled(this.#recording);
    this.#ended.resolve(error);
  }
}

export type OpenedConnection = Readonly<{ connection: Connection; capabilities: Capabilities; notes: readonly string[] }>;
