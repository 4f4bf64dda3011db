import { createHash, randomBytes } from 'node:crypto';
import { Connection } from '../../src/main/connection-client.ts';
import { type Core, openCore } from '../../src/main/core.ts';
import { dispatch } from '../../src/main/dispatch.ts';
import type { Shell } from '../../src/main/handlers.ts';
import { openInspector } from '../../src/main/inspector.ts';
import type { Edit, Input, JobInput, MethodName, Output } from '../../src/preload/api.ts';
import { inProcess } from '../unit/main/in-process.ts';
import { keychain } from '../unit/main/keychain.ts';

/** The app without its window, in one process: its own files, its connections, every handler. A second start finds its keychain again. */
export type App = Readonly<{ core: Core; ask<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>> }>;

const PATIENCE = { open: 20_000, cancel: 1000, close: 100 };

export async function openApp(folder: string): Promise<App> {
  const core = await openCore({
    folder,
    // The demo is not opened here.
    demo: folder,
    sealer: keychain(createHash('sha256').update('keychain of the tests').digest()),
    connect: (options, signal) =>
      Connection.open(inProcess(openInspector), { ...options, log: () => undefined, patience: PATIENCE }, signal),
    emit: () => undefined,
    now: Date.now,
    randomBytes,
    by: 'anna',
  });
  const handlers = core.handlers(shell(folder));
  const ask: App['ask'] = async (method, input) => {
    const reply = await dispatch(handlers, method, input, new AbortController().signal, (thrown) => console.error(thrown));
    if (!reply.ok) throw new Error(`${method}: ${reply.error.code} ${reply.error.message}`);
    // dispatch answers what the handler of `method` does.
    return reply.value as Output<typeof method>;
  };
  return { core, ask };
}

function shell(folder: string): Shell {
  const info = {
    version: '0',
    runtime: { electron: '', chrome: '', node: '' },
    platform: 'test',
    dataFolder: folder,
    secrets: { keeping: 'keychain' as const, backend: 'test' },
    languages: [],
  };
  return { info, notices: () => [], writeClipboard: () => undefined, choosePath: async () => null, settingsChanged: () => undefined };
}

export const WRITES = ['apply', 'cycle_key', 'delete', 'clear_expired', 'undo'] as const;
export type Write = (typeof WRITES)[number];

/** Sessions that the writes are about: one is edited, some go, the others must never be touched. */
export const EDITED = 'a'.repeat(32);
export const DELETED = ['b', 'c', 'd'].map((letter) => letter.repeat(32));

export async function write(app: App, what: Write, connection: string): Promise<void> {
  switch (what) {
    case 'apply':
      return apply(app, connection);
    case 'cycle_key': {
      const { revision } = await sessionOf(app, connection);
      await app.ask('sessions.cycle_key', { connection, session_key: EDITED, revision, dryRun: false });
      return;
    }
    case 'delete':
      return run(app, connection, { kind: 'delete', session_keys: DELETED, confirmation: undefined });
    case 'clear_expired':
      return run(app, connection, { kind: 'clear_expired', dryRun: false, batch: 2, pause: 0, confirmation: undefined });
    case 'undo': {
      const { entries } = await activityOf(app);
      await app.ask('activity.undo', { id: entries[0]?.id ?? '', force: false });
    }
  }
}

async function apply(app: App, connection: string): Promise<void> {
  const session = await sessionOf(app, connection);
  const draft = session.document?.draft;
  if (draft === undefined) throw new Error('The session does not decode');
  const edit = { op: 'add', path: [], key: { type: 'str', text: 'edited' }, value: { type: 'int', text: '1' } } satisfies Edit;
  const edited = await app.ask('document.edit', { connection, draft, edit });
  const change = { connection, session_key: EDITED, revision: session.revision, draft: edited.draft, expiry: 'keep' } as const;
  const result = await app.ask('sessions.apply', change);
  if (result.outcome !== 'applied') throw new Error('A conflict with nobody');
}

async function sessionOf(app: App, connection: string) {
  const session = await app.ask('sessions.get', { connection, session_key: EDITED });
  if (session === null) throw new Error('The session is not there');
  return session;
}

async function run(app: App, connection: string, job: JobInput): Promise<void> {
  const { job: id } = await app.ask('jobs.start', { connection, job });
  for (;;) {
    const view = (await app.ask('jobs.list', {})).find((one) => one.job === id);
    if (view?.state === 'done') return;
    if (view === undefined || view.state === 'failed') throw new Error(`The job failed: ${view?.error?.message}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export async function activityOf(app: App) {
  const entries = await app.ask('activity.list', { limit: 100 });
  return { entries };
}
