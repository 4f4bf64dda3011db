import { setTimeout as sleep } from 'node:timers/promises';
import type { Profile, Reply, Secrets, TestStep } from '../preload/api.ts';
import {
  type FromProcess,
  type LabContext,
  type Port,
  PROCESS_METHODS,
  type ServedInspector,
  type ServedOptions,
  type ToProcess,
} from './connection-protocol.ts';
import { errorData, errorFromData, InspectorError } from './errors.ts';
import type { ImportResult, ImportWork } from './import/importer.ts';
import type { BeforeImage, Recorder } from './recorder.ts';

/** Milliseconds that running calls are given to end when the connection closes: less than main waits for the whole process. */
const LINGER = 2000;

type ServerOptions = Readonly<{
  open: (options: ServedOptions) => Promise<ServedInspector>;
  moveDates: (path: string, seconds: number, except: readonly string[], signal: AbortSignal) => Promise<void>;
  importProfile: (work: ImportWork, signal: AbortSignal) => Promise<ImportResult>;
  test: (profile: Profile, secrets: Secrets, tell: (step: TestStep) => void, signal: AbortSignal) => Promise<readonly TestStep[]>;
  now: () => number;
  randomBytes: (count: number) => Uint8Array;
  /** ends the process, once everything is closed or opening has failed */
  end: () => void;
}>;

type Handler = (input: unknown, signal: AbortSignal, context: LabContext | null) => Promise<unknown>;

/** Serves one inspector over a port: opens it with the first message, then answers calls until it is told to close. */
export function serveConnection(port: Port<FromProcess, ToProcess>, options: ServerOptions): void {
  const recorder = remoteRecorder(port);
  const running = new Map<number, AbortController>();
  const answering = new Set<Promise<void>>();
  let inspector: ServedInspector | null = null;

  const answer = async (id: number, work: (signal: AbortSignal, inspector: ServedInspector) => Promise<unknown>): Promise<void> => {
    const abort = new AbortController();
    running.set(id, abort);
    const reply = await replyOf(
      () => work(abort.signal, openedOf(inspector)),
      (thrown) => port.post({ type: 'crashed', where: whereOf(thrown) }),
    );
    running.delete(id);
    try {
      port.post({ type: 'reply', id, reply });
    } catch (thrown) {
      // A value that cannot be cloned is a defect, but a call without an answer would be a hang.
      port.post({ type: 'reply', id, reply: { ok: false, error: errorData(thrown) } });
    }
  };
  const serve = (id: number, work: Parameters<typeof answer>[1]): void => {
    const answered = answer(id, work);
    answering.add(answered);
    void answered.finally(() => answering.delete(answered));
  };
  const open = async (message: Extract<ToProcess, { type: 'open' }>): Promise<void> => {
    const { now, randomBytes } = options;
    const emit: ServedOptions['emit'] = (event, payload) => port.post({ type: 'event', event, payload });
    try {
      inspector = await options.open({ profile: message.profile, secrets: message.secrets, now, randomBytes, recorder, emit });
      port.post({ type: 'opened', capabilities: inspector.capabilities, notes: inspector.notes });
    } catch (thrown) {
      port.post({ type: 'failed', error: errorData(thrown) });
    }
  };
  const close = async (): Promise<void> => {
    for (const abort of running.values()) abort.abort();
    // A write that has begun ends whole: closed under it, the row would be there and its cache entry would not be gone.
    await Promise.race([Promise.all(answering), sleep(LINGER, undefined, { ref: false })]);
    await inspector?.close().catch(() => undefined);
    options.end();
  };

  port.listen((message) => {
    switch (message.type) {
      case 'open':
        void open(message);
        break;
      case 'call':
        serve(message.id, (signal, { handlers }) => handlerOf(handlers, message.method)(message.input, signal, message.context));
        break;
      case 'restore':
        serve(message.id, (signal, opened) =>
          opened.restore(message.images, message.force, signal, (images) => recorder.keep(message.activity, images)),
        );
        break;
      case 'move_dates': {
        const { path, seconds, except } = message.move;
        serve(message.id, (signal) => options.moveDates(path, seconds, except, signal));
        break;
      }
      case 'import':
        void answer(message.id, (signal) => options.importProfile(message.work, signal));
        break;
      case 'test': {
        const tell = (step: TestStep) => port.post({ type: 'event', event: 'profiles.test', payload: step });
        void answer(message.id, (signal) => options.test(message.profile, message.secrets, tell, signal));
        break;
      }
      case 'cancel':
        running.get(message.id)?.abort();
        break;
      case 'recorded':
        recorder.answered(message.id, message.reply);
        break;
      case 'close':
        void close();
        break;
    }
  });
}

/** @param onDefect is told what was thrown that is neither an InspectorError nor a cancel, for the log */
async function replyOf(work: () => Promise<unknown>, onDefect: (thrown: unknown) => void): Promise<Reply<unknown>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    if (!(thrown instanceof InspectorError) && errorData(thrown).code === 'Internal') onDefect(thrown);
    return { ok: false, error: errorData(thrown) };
  }
}

/** Only the class and the frames of what was thrown: a message may quote what was being read. */
export function whereOf(thrown: unknown): string {
  const frames = thrown instanceof Error ? (thrown.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')) : [];
  return [thrown instanceof Error ? thrown.name : typeof thrown, ...frames.slice(0, 20)].join('\n');
}

function openedOf(inspector: ServedInspector | null): ServedInspector {
  if (inspector === null) throw new InspectorError('ProcessGone', 'The connection is not open');
  return inspector;
}

function handlerOf(handlers: ServedInspector['handlers'], method: string): Handler {
  if (!PROCESS_METHODS.some((known) => known === method) || !Object.hasOwn(handlers, method)) {
    throw new InspectorError('BadRequest', 'A connection has no such method');
  }
  // The input was parsed by the schema of this very method in main's dispatch.
  return (handlers[method as keyof ServedInspector['handlers']] as Handler).bind(handlers);
}

/** The recorder that asks main and waits: what it was given is on disk when it returns. */
function remoteRecorder(port: Port<FromProcess, ToProcess>): Recorder & { answered(id: number, reply: Reply<string | null>): void } {
  const waiting = new Map<number, (reply: Reply<string | null>) => void>();
  let last = 0;
  const ask = async (post: (id: number) => void): Promise<string | null> => {
    last += 1;
    const id = last;
    const reply = await new Promise<Reply<string | null>>((resolve) => {
      waiting.set(id, resolve);
      post(id);
    });
    if (!reply.ok) throw errorFromData(reply.error);
    return reply.value;
  };
  return {
    begin: async (entry) => (await ask((id) => port.post({ type: 'record', id, call: 'begin', args: [entry] }))) ?? '',
    keep: async (activity, images) => {
      const args: [string, readonly BeforeImage[]] = [activity, images.map(withOwnBytes)];
      await ask((id) => port.post({ type: 'record', id, call: 'keep', args }));
    },
    end: async (activity, outcome, detail) => {
      await ask((id) => port.post({ type: 'record', id, call: 'end', args: [activity, outcome, detail] }));
    },
    answered: (id, reply) => {
      waiting.get(id)?.(reply);
      waiting.delete(id);
    },
  };
}

/** A view of a larger buffer would be sent with all of it: pooled buffers hold other people's bytes. */
function withOwnBytes(image: BeforeImage): BeforeImage {
  const { before } = image;
  if (before === null) return image;
  const twin =
    before.twin === undefined || before.twin.stored === null
      ? before.twin
      : { ...before.twin, stored: Uint8Array.from(before.twin.stored) };
  return { ...image, before: { ...before, stored: Uint8Array.from(before.stored), ...(twin === undefined ? {} : { twin }) } };
}
