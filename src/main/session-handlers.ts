import type { Handlers, JobView, Output, Parsed } from '../preload/api.ts';
import type { LabContext, ProcessMethod } from './connection-protocol.ts';
import type { Open } from './connections.ts';
import { InspectorError } from './errors.ts';
import type { Dependencies } from './handlers.ts';
import { findProfile, openSecretsOf, profileView } from './profile-handlers.ts';
import { allowWrite, jobWrites } from './write-guard.ts';

type SessionMethods = Extract<keyof Handlers, `${'connections' | 'sessions' | 'document' | 'cookies' | 'jobs'}.${string}`>;

export function sessionHandlers(dependencies: Dependencies): Pick<Handlers, SessionMethods> {
  const { connections } = dependencies;
  return {
    'connections.open': (input, signal) => openConnection(dependencies, input.profile, signal),
    'connections.close': async ({ connection }) => {
      await connections.close(connection);
      return null;
    },
    'sessions.list': (input, signal) => forward(dependencies, 'sessions.list', input, signal),
    'sessions.count': (input, signal) => forward(dependencies, 'sessions.count', input, signal),
    'sessions.get': (input, signal) => forward(dependencies, 'sessions.get', input, signal),
    'sessions.preview': (input, signal) => forward(dependencies, 'sessions.preview', input, signal),
    'sessions.delete_preview': (input, signal) => forward(dependencies, 'sessions.delete_preview', input, signal),
    'sessions.copy_as': (input, signal) => forward(dependencies, 'sessions.copy_as', input, signal),
    'sessions.apply': async (input, signal) => {
      await guard(dependencies, input.connection, input.confirmation);
      return await forward(dependencies, 'sessions.apply', input, signal);
    },
    'sessions.cycle_key': async (input, signal) => {
      if (!input.dryRun) await guard(dependencies, input.connection, input.confirmation);
      return await forward(dependencies, 'sessions.cycle_key', input, signal);
    },
    ...labHandlers(dependencies),
    ...jobHandlers(dependencies),
  };
}

async function openConnection(dependencies: Dependencies, id: string, signal: AbortSignal): Promise<Output<'connections.open'>> {
  const profile = await findProfile(dependencies, id);
  if (profile.SESSION_ENGINE === 'signed_cookies') {
    throw new InspectorError('Unsupported', 'signed_cookies keeps sessions in the browser: there is no store to open', {
      hint: 'Paste the cookie into the Cookie Lab.',
    });
  }
  const open = await dependencies.connections.open(profile, await openSecretsOf(dependencies, id), signal);
  return { connection: open.id, profile: await profileView(dependencies, profile), capabilities: open.capabilities, notes: open.notes };
}

/** Passes a call on to its connection's process, which runs the handler of the same name. */
async function forward<M extends ProcessMethod>(
  { connections }: Dependencies,
  method: M,
  input: Parsed<M> & Readonly<{ connection: string }>,
  signal: AbortSignal,
): Promise<Output<M>> {
  return (await connections.get(input.connection).connection.call(method, input, signal)) as Output<M>;
}

async function guard(
  dependencies: Dependencies,
  connection: string,
  confirmation: Parsed<'sessions.apply'>['confirmation'],
): Promise<Open> {
  const open = dependencies.connections.get(connection);
  allowWrite(open.profile, await findProfile(dependencies, open.profile.id), confirmation);
  return open;
}

function labHandlers(
  dependencies: Dependencies,
): Pick<Handlers, 'document.edit' | 'document.set_expiry' | 'cookies.read' | 'cookies.sign'> {
  const inLab = async <M extends ProcessMethod>(method: M, input: Parsed<M>, profile: string | undefined, signal: AbortSignal) => {
    const context = await labContext(dependencies, profile);
    const lab = await dependencies.connections.lab(signal);
    return (await lab.call(method, input, signal, context)) as Output<M>;
  };
  return {
    'document.edit': async (input, signal) => {
      const { connection } = input;
      if (connection === null) return await inLab('document.edit', input, undefined, signal);
      return await forward(dependencies, 'document.edit', { ...input, connection }, signal);
    },
    'document.set_expiry': async (input, signal) => {
      const { connection } = input;
      if (connection === null) return await inLab('document.set_expiry', input, input.profile, signal);
      return await forward(dependencies, 'document.set_expiry', { ...input, connection }, signal);
    },
    'cookies.read': (input, signal) => inLab('cookies.read', input, input.keys.profile, signal),
    'cookies.sign': (input, signal) => inLab('cookies.sign', input, input.keys.profile, signal),
  };
}

async function labContext(dependencies: Dependencies, id: string | undefined): Promise<LabContext> {
  if (id === undefined) return { profile: null, secrets: {} };
  return { profile: await findProfile(dependencies, id), secrets: await openSecretsOf(dependencies, id) };
}

function jobHandlers(dependencies: Dependencies): Pick<Handlers, 'jobs.start' | 'jobs.stop' | 'jobs.list'> {
  const { connections } = dependencies;
  return {
    'jobs.start': async (input, signal) => {
      const { writes, confirmation } = jobWrites(input.job);
      const open = writes ? await guard(dependencies, input.connection, confirmation) : connections.get(input.connection);
      return connections.remember(open.id, await forward(dependencies, 'jobs.start', input, signal));
    },
    'jobs.stop': async (input, signal) => {
      const open = connections.ofJob(input.job);
      return connections.remember(open.id, (await open.connection.call('jobs.stop', input, signal)) as Output<'jobs.stop'>);
    },
    'jobs.list': async (input, signal) => {
      const lists = connections.all().map(async (open) => {
        const views = (await open.connection.call('jobs.list', input, signal)) as Output<'jobs.list'>;
        return views.map((view) => connections.remember(open.id, view));
      });
      // One connection that ends meanwhile takes its own jobs from the list, not everybody's.
      return (await Promise.all(lists.map((list) => list.catch(withoutGone)))).flat();
    },
  };
}

function withoutGone(thrown: unknown): readonly JobView[] {
  if (thrown instanceof InspectorError && thrown.code === 'ProcessGone') return [];
  throw thrown;
}
