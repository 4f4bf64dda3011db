/**
 * The deep module: one profile's sessions, as a person uses them. It joins a store (bytes), a codec (data) and the users,
 * knows nothing of windows and processes, and is what each connection's process serves.
 */
import type { Capabilities, Edit, Profile, Secrets, Statement } from '../preload/api.ts';
import type { ServedInspector, ServedOptions } from './connection-protocol.ts';
import { parseSessionPayload } from './django/serializers/detect.ts';
import { deleteCode } from './django/shell-code.ts';
import { InspectorError } from './errors.ts';
import { applyChange, type Connection, currentSession, previewChange, writableOf } from './inspector/change.ts';
import { copySession } from './inspector/copy-as.ts';
import { cycleKey } from './inspector/cycle-key.ts';
import { documentView } from './inspector/document-view.ts';
import { payloadOf } from './inspector/draft.ts';
import { type Engine, openEngine } from './inspector/engine.ts';
import { labSite, readCookies } from './inspector/lab.ts';
import { signCookie } from './inspector/lab-sign.ts';
import { restoreImages } from './inspector/restore.ts';
import { sessionView } from './inspector/session-view.ts';
import { withExpiry } from './inspector/set-expiry.ts';
import { type Site, siteOf } from './inspector/site.ts';
import { openStoreScan } from './inspector/store-scan.ts';
import { summarize } from './inspector/summary.ts';
import { Jobs } from './jobs/jobs.ts';

export type Inspector = ServedInspector;
export type InspectorOptions = ServedOptions;

type InspectorHandlers = Inspector['handlers'];
type LabMethod = 'document.edit' | 'document.set_expiry' | 'cookies.read' | 'cookies.sign';

/**
 * Opens the store of a profile; without a profile the Cookie Lab, which has no store.
 * @throws InspectorError naming the layer that fails
 */
export async function openInspector(options: InspectorOptions): Promise<Inspector> {
  const { profile, secrets, now } = options;
  return profile === null ? openLab(now) : openStore(options, profile, secrets);
}

const NO_STORE: Capabilities = {
  list: 'none',
  sort: [],
  filterState: false,
  count: 'none',
  write: false,
  setExpiry: false,
  clearExpired: 'none',
  limits: [],
};

function openLab(now: () => number): Inspector {
  const refuse = () => Promise.reject(new InspectorError('Unsupported', 'The Cookie Lab has no store'));
  const handlers: InspectorHandlers = {
    ...labHandlers(null, null, now),
    'sessions.list': refuse,
    'sessions.count': refuse,
    'sessions.get': refuse,
    'sessions.preview': refuse,
    'sessions.apply': refuse,
    'sessions.cycle_key': refuse,
    'sessions.delete_preview': refuse,
    'sessions.copy_as': refuse,
    'jobs.start': refuse,
    'jobs.stop': refuse,
    'jobs.list': async () => [],
  };
  return { capabilities: NO_STORE, notes: [], handlers, restore: refuse, close: async () => undefined };
}

async function openStore(options: InspectorOptions, profile: Profile, secrets: Secrets): Promise<Inspector> {
  const { now, recorder, randomBytes, emit } = options;
  const site = siteOf(profile, secrets, now);
  const engine = await openEngine(site, secrets, new AbortController().signal);
  const scan = options.startScanWorker === undefined ? null : openStoreScan(site, secrets, engine, options.startScanWorker);
  const connection: Connection = { site, engine, recorder, randomBytes, scan };
  const jobs = new Jobs(connection, (event) => emit('job', event));
  return {
    capabilities: engine.store.capabilities,
    notes: engine.notes,
    handlers: { ...labHandlers(site, engine, now), ...storeHandlers(connection), ...jobHandlers(jobs) },
    restore: (images, force, signal, keep) => restoreImages(engine, images, force, signal, keep),
    close: async () => {
      await jobs.close();
      await scan?.close();
      await engine.close();
    },
  };
}

function storeHandlers(connection: Connection): Omit<InspectorHandlers, LabMethod | `jobs.${string}`> {
  const { site, engine } = connection;
  const planned = new Map<string, string>();
  return {
    'sessions.list': async ({ query }, signal) => {
      const { state, keyPrefix, cursor, ...rest } = query;
      const optional = {
        ...(state === undefined ? {} : { state }),
        ...(keyPrefix === undefined ? {} : { keyPrefix }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      const { sessions, ...page } = await engine.store.list({ ...rest, ...optional, now: site.now() }, signal);
      return { ...page, sessions: await summarize(site, engine, sessions, signal) };
    },
    'sessions.count': ({ state, exact }, signal) =>
      engine.store.count({ now: site.now(), ...(state === undefined ? {} : { state }) }, exact, signal),
    'sessions.get': async ({ session_key }, signal) => {
      const session = await engine.store.get(session_key, signal);
      return session === null ? null : sessionView(site, engine, session, signal);
    },
    'sessions.preview': (input, signal) => previewChange(connection, input, signal),
    'sessions.apply': (input, signal) => applyChange(connection, input, signal),
    'sessions.cycle_key': (input, signal) => cycleKey(connection, input, planned, signal),
    'sessions.copy_as': (input, signal) => copySession(connection, input, signal),
    'sessions.delete_preview': async ({ session_keys }, signal) => {
      const store = writableOf(engine);
      const sessions = [];
      for (const session_key of session_keys) sessions.push(await currentSession(engine, session_key, signal));
      const statements = sessions.flatMap((before) => store.statements({ session_key: before.session_key, before, after: null }));
      const django: Statement = { language: 'python', text: deleteCode(session_keys) };
      return { statements, django, sessions: await summarize(site, engine, sessions, signal) };
    },
  };
}

function jobHandlers(jobs: Jobs): Pick<InspectorHandlers, 'jobs.start' | 'jobs.stop' | 'jobs.list'> {
  return {
    'jobs.start': async ({ job }) => jobs.start(job),
    'jobs.stop': async ({ job }) => jobs.stop(job),
    'jobs.list': async () => jobs.list(),
  };
}

/** What needs no store. A connection's own documents are read by its own codec. */
function labHandlers(own: Site | null, engine: Engine | null, now: () => number): Pick<InspectorHandlers, LabMethod> {
  const parse = engine?.codec.parse ?? parseSessionPayload;
  return {
    'document.edit': async ({ draft, edit }) =>
      // zod's optional fields may be there and undefined, which means what their absence does.
      documentView(parse(payloadOf(draft), draft.serializer).edit(edit as Edit)),
    'document.set_expiry': async ({ draft, expiry }, _, context) =>
      documentView(withExpiry(labSite(context, own, now), parse(payloadOf(draft), draft.serializer), expiry)),
    'cookies.read': async (input, _, context) => readCookies(labSite(context, own, now), input),
    'cookies.sign': async (input, _, context) => signCookie(labSite(context, own, now), input),
  };
}
