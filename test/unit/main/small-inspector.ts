import { createHash } from 'node:crypto';
import type { StoredSession } from '../../../src/main/backends/base.ts';
import type { ServedInspector, ServedOptions } from '../../../src/main/connection-protocol.ts';
import { InspectorError } from '../../../src/main/errors.ts';
import type { BeforeImage } from '../../../src/main/recorder.ts';
import type { JobView, SessionSummary, SessionView } from '../../../src/preload/api.ts';

const CAPABILITIES = {
  list: 'paged',
  sort: ['session_key'],
  filterState: false,
  count: 'exact',
  write: true,
  setExpiry: true,
  clearExpired: 'rows',
  limits: [],
} as const;

export type Opened = Readonly<{
  options: ServedOptions;
  /** methods in the order they arrived here */
  calls: readonly string[];
  rows: Map<string, string>;
}>;

/**
 * An inspector over a Map: what main needs of one, so that the rules of main are tested without a store.
 * The draft's payload is what is stored, a revision is its hash, and the key `hang` never answers.
 */
export function smallInspectors(rows: Map<string, string> = new Map()): Readonly<{
  opened: Opened[];
  open: (options: ServedOptions) => Promise<ServedInspector>;
}> {
  const opened: Opened[] = [];
  const open = async (options: ServedOptions): Promise<ServedInspector> => {
    const calls: string[] = [];
    opened.push({ options, calls, rows });
    if (options.profile?.DATABASES.NAME === 'missing') throw new InspectorError('MissingFile', 'No such file', { hint: 'Choose another.' });
    return { capabilities: CAPABILITIES, notes: ['small'], ...methods(options, calls, rows), close: async () => undefined };
  };
  return { opened, open };
}

function revisionOf(text: string | undefined): string {
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex');
}

function methods(options: ServedOptions, calls: string[], rows: Map<string, string>): Pick<ServedInspector, 'handlers' | 'restore'> {
  const called = <T>(name: string, value: T): Promise<T> => {
    calls.push(name);
    return Promise.resolve(value);
  };
  const jobs: JobView[] = [];
  return {
    handlers: {
      'sessions.list': () => called('sessions.list', { sessions: [...rows.keys()].map(summaryOf) }),
      'sessions.count': () => called('sessions.count', { value: rows.size, kind: 'exact' }),
      'sessions.get': async ({ session_key }, signal) => {
        calls.push('sessions.get');
        if (session_key === 'slow') await aborted(signal);
        if (session_key === 'hang') await new Promise(() => undefined);
        if (session_key === 'defect') throw new TypeError('a defect');
        return rows.has(session_key) ? viewOf(session_key) : null;
      },
      'sessions.preview': () => called('sessions.preview', previewOf()),
      'sessions.apply': async ({ session_key, draft }) => {
        calls.push('sessions.apply');
        const activity = await options.recorder.begin({ action: 'save', count: 1, session_keys: [session_key] });
        const after = draft?.payload ?? '';
        await options.recorder.keep(activity, [imageOf(session_key, rows.get(session_key), after)]);
        if (session_key === 'crash-in-write') await new Promise(() => undefined);
        rows.set(session_key, after);
        await options.recorder.end(activity, 'done', { count: 1 });
        return { outcome: 'applied', session: viewOf(session_key), activity };
      },
      'sessions.cycle_key': () => called('sessions.cycle_key', { statements: [], session: null }),
      'sessions.delete_preview': () => called('sessions.delete_preview', { statements: [], sessions: [] }),
      'sessions.copy_as': ({ format }) => called(`sessions.copy_as ${format}`, { text: '', notes: [] }),
      'document.edit': () => called('document.edit', documentOf()),
      'document.set_expiry': (_input, _signal, context) => called(`document.set_expiry ${context?.profile?.id}`, documentOf()),
      'cookies.read': (_input, _signal, context) => called(`cookies.read ${context.profile?.id} ${context.secrets.SECRET_KEY}`, []),
      'cookies.sign': () => called('cookies.sign', { value: '', setCookie: '', notes: [] }),
      'jobs.start': ({ job }) => {
        const view = jobOf(`job-${jobs.length}-${calls.length}`, job.kind);
        jobs.push(view);
        options.emit('job', { view });
        return called(`jobs.start ${job.kind}`, view);
      },
      'jobs.stop': ({ job }) => called('jobs.stop', { ...jobOf(job, 'find'), state: 'stopped' }),
      'jobs.list': () => called('jobs.list', jobs),
    },
    restore: async (images, force, _signal, keep) => {
      calls.push('restore');
      const conflicts: string[] = [];
      for (const image of images) {
        const theirs = rows.get(image.session_key);
        const changed = revisionOf(theirs) !== image.after;
        if (changed && force) await keep([imageOf(image.session_key, theirs, Buffer.from(image.before?.stored ?? []).toString())]);
        if (changed && !force) conflicts.push(image.session_key);
        else if (image.before === null) rows.delete(image.session_key);
        else rows.set(image.session_key, Buffer.from(image.before.stored).toString());
      }
      return { restored: images.length - conflicts.length, conflicts };
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new InspectorError('Canceled', 'Canceled')));
  });
}

function imageOf(session_key: string, before: string | undefined, after: string): BeforeImage {
  // A view of a pooled buffer, as drivers hand them out: the server must not send the whole pool.
  const stored = Buffer.from(before ?? '');
  const session: StoredSession = { session_key, stored, expiry: { source: 'expire_date', text: '2026-01-01 00:00:00' } };
  return { session_key, before: before === undefined ? null : session, after: revisionOf(after) };
}

const EXPIRY = { at: null, source: 'never', browserClose: false, expired: false, raw: '' } as const;
const SIGNATURE = {
  verified: null,
  key: null,
  algorithm: null,
  salt: null,
  timestamp: null,
  compressed: false,
  format: 'unsigned',
  reason: 'no-key',
  findings: [],
} as const;

function summaryOf(session_key: string): SessionSummary {
  return { session_key, state: 'live', expiry: EXPIRY, size: 1, user: null, keys: 0, serializer: null };
}

function viewOf(session_key: string): SessionView {
  return {
    summary: summaryOf(session_key),
    document: null,
    signature: SIGNATURE,
    acceptance: { verdict: 'unknown', reasons: [] },
    stored: { text: '', encoding: 'text', bytes: 0, cut: false },
    revision: 'r',
  };
}

function documentOf() {
  const root = { type: 'dict', path: [], text: '', editable: true, children: [] } as never;
  return { draft: { serializer: 'json', payload: '{}' }, root, text: '{}', textEditable: true, warnings: [] } as const;
}

function previewOf() {
  return { differences: [], statements: [], expiry: { before: EXPIRY, after: EXPIRY }, size: { before: 0, after: 0 }, notes: [] };
}

function jobOf(job: string, kind: JobView['kind']): JobView {
  return {
    job,
    connection: 'not known here',
    kind,
    state: 'running',
    scanned: 0,
    total: null,
    found: 0,
    changed: 0,
    failed: 0,
    bad: {},
    elapsed: 0,
    failures: [],
  };
}
