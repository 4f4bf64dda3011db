import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Connection, type Patience } from '../../../src/main/connection-client.ts';
import type { ServedInspector, ServedOptions } from '../../../src/main/connection-protocol.ts';
import { openCore } from '../../../src/main/core.ts';
import { dispatch } from '../../../src/main/dispatch.ts';
import type { Shell } from '../../../src/main/handlers.ts';
import type { Sealer } from '../../../src/main/secret-store.ts';
import type { EventName, Input, MethodName, Output, Reply } from '../../../src/preload/api.ts';
import { inProcess, type Twin } from './in-process.ts';
import { keychain } from './keychain.ts';

export const PATIENCE: Patience = { open: 2000, cancel: 60, close: 60 };

export type TestCore = Readonly<{
  /** as the bridge calls */
  call<M extends MethodName>(method: M, input: Input<M>, signal?: AbortSignal): Promise<Reply<Output<M>>>;
  /** the value, or a failed test */
  ask<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>>;
  events: readonly Readonly<{ event: EventName; payload: unknown }>[];
  twins: readonly Twin[];
  logged: readonly string[];
  copied: readonly string[];
  close(): Promise<void>;
}>;

/** Everything in main but Electron, in a folder of its own, with connections in this process. */
export async function testCore(
  folder: string,
  open: (options: ServedOptions) => Promise<ServedInspector>,
  sealer: Sealer = keychain(),
  /** what the system's dialog answers */
  choosePath: Shell['choosePath'] = async () => null,
): Promise<TestCore> {
  const events: { event: EventName; payload: unknown }[] = [];
  const twins: Twin[] = [];
  const logged: string[] = [];
  const copied: string[] = [];
  const core = await openCore({
    folder,
    demo: fileURLToPath(new URL('../../../resources/demo', import.meta.url)),
    sealer,
    connect: (options, signal) => {
      const twin = inProcess(open);
      twins.push(twin);
      return Connection.open(twin, { ...options, log: (message) => logged.push(message), patience: PATIENCE }, signal);
    },
    emit: (event, payload) => events.push({ event, payload }),
    now: Date.now,
    randomBytes,
    by: 'anna',
  });
  let closed = false;
  const close = async () => {
    if (!closed) await core.close();
    closed = true;
  };
  onTestFinished(close);
  const handlers = core.handlers(shellOf(folder, copied, choosePath));
  const call: TestCore['call'] = async (method, input, signal = new AbortController().signal) => {
    const reply = await dispatch(handlers, method, input, signal, (thrown) => logged.push(String(thrown)));
    // dispatch answers what the handler of `method` does.
    return reply as Awaited<ReturnType<typeof call<typeof method>>>;
  };
  const ask: TestCore['ask'] = async (method, input) => {
    const reply = await call(method, input);
    if (!reply.ok) throw new Error(`${method}: ${reply.error.code} ${reply.error.message}`);
    return reply.value;
  };
  return { call, ask, events, twins, logged, copied, close };
}

function shellOf(folder: string, copied: string[], choosePath: Shell['choosePath']): Shell {
  return {
    info: {
      version: '0',
      runtime: { electron: '', chrome: '', node: '' },
      platform: 'test',
      dataFolder: folder,
      secrets: { keeping: 'keychain', backend: 'test' },
      languages: [],
    },
    notices: () => [],
    writeClipboard: (text) => copied.push(text),
    choosePath,
    settingsChanged: () => undefined,
  };
}
