import type { JobInput, JobView, SetExpiry } from '../../preload/api.ts';
import { InspectorError } from '../errors.ts';
import type { Opened, StoreCommand } from './store.ts';
import { usage, wholeNumber } from './store-options.ts';
import { onlyKey } from './store-read.ts';

/** Keys of one preview. */
const PREVIEW = 200;

export const SET: StoreCommand = {
  summary: 'KEY NAME JSON: sets one value of a session, the rest stays byte for byte as it is.',
  writes: true,
  options: [],
  run: async (opened) => {
    const { inspector, options, signal, tell } = opened;
    const [session_key, name, text, ...more] = options.positionals;
    if (session_key === undefined || name === undefined || text === undefined || more.length > 0)
      throw usage('Give a session key, a name and a value as JSON');
    const session = await inspector.handlers['sessions.get']({ connection: '', session_key }, signal);
    if (session === null) throw new InspectorError('DoesNotExist', 'There is no such session');
    if (session.document === null) throw new InspectorError('Corrupt', session.summary.problem?.message ?? 'The data do not decode');
    const { draft, root } = session.document;
    const place = (root.children ?? []).findLastIndex(({ key }) => key?.text === name);
    const value = { type: 'json', text } as const;
    const key = { type: 'str', text: name } as const;
    const edit = place < 0 ? { op: 'add' as const, path: [], key, value } : { op: 'set' as const, path: [place], value };
    const changed = await inspector.handlers['document.edit']({ connection: '', draft, edit }, signal);
    const change = { connection: '', session_key, revision: session.revision, draft: changed.draft, expiry: 'keep' } as const;
    if (options.values['dry-run'] === true) {
      const preview = await inspector.handlers['sessions.preview'](change, signal);
      await tell(preview.statements.map((statement) => statement.text).join('\n'), preview);
      return true;
    }
    const result = await inspector.handlers['sessions.apply']({ ...change, confirmation: undefined }, signal);
    await tell(result.outcome === 'applied' ? 'Set.' : 'Somebody else wrote the session meanwhile: nothing was changed.', {
      outcome: result.outcome,
    });
    return result.outcome === 'applied';
  },
};

export const EXPIRE: StoreCommand = {
  summary: 'KEY…: set_expiry: --seconds=N, --at MOMENT, --browser-close or --default.',
  writes: true,
  options: ['seconds', 'at', 'browser-close', 'default'],
  run: async (opened) => {
    const session_keys = keysOf(opened);
    const job: JobInput = { kind: 'set_expiry', session_keys: [...session_keys], expiry: expiryOf(opened) };
    if (opened.options.values['dry-run'] !== true) return report(opened, await opened.run(job));
    await opened.tell(`Would set the expiry of ${session_keys.length} sessions.`, { dryRun: true, expiry: job.expiry, session_keys });
    return true;
  },
};

export const DELETE: StoreCommand = {
  summary: 'KEY…: deletes sessions, each only as it was when its image was kept.',
  writes: true,
  options: [],
  run: async (opened) => {
    const session_keys = keysOf(opened);
    const { inspector, options, signal, tell, run } = opened;
    if (options.values['dry-run'] !== true) return report(opened, await run({ kind: 'delete', session_keys: [...session_keys] }));
    for (let start = 0; start < session_keys.length; start += PREVIEW) {
      const keys = session_keys.slice(start, start + PREVIEW);
      const preview = await inspector.handlers['sessions.delete_preview']({ connection: '', session_keys: keys }, signal);
      await tell(preview.statements.map(({ text }) => text).join('\n'), preview);
    }
    return true;
  },
};

export const CLEAR_EXPIRED: StoreCommand = {
  summary: 'What Django’s clearsessions removes, in small batches: --batch, --pause (milliseconds).',
  writes: true,
  options: ['batch', 'pause'],
  run: async (opened) => {
    const { values, positionals } = opened.options;
    if (positionals.length > 0) throw usage('clear-expired takes no keys');
    const view = await opened.run({
      kind: 'clear_expired',
      dryRun: values['dry-run'] === true,
      batch: wholeNumber(values.batch, 'batch', 1, 500),
      pause: wholeNumber(values.pause, 'pause', 0, 50),
    });
    if (values['dry-run'] !== true) return report(opened, view);
    await opened.tell(`${view.found} sessions have expired.`, { dryRun: true, expired: view.found });
    return true;
  },
};

function keysOf({ options: { positionals } }: Opened): readonly string[] {
  if (positionals.length === 0) onlyKey(positionals);
  return positionals;
}

function expiryOf({ options: { values } }: Opened): SetExpiry {
  const { seconds, at, default: byDefault } = values;
  const given = [seconds !== undefined, at !== undefined, byDefault === true, values['browser-close'] === true];
  if (given.filter(Boolean).length !== 1) throw usage('Give one of --seconds, --at, --browser-close and --default');
  if (seconds !== undefined) return { kind: 'seconds', seconds: wholeNumber(seconds, 'seconds', Number.MIN_SAFE_INTEGER, 0) };
  if (at === undefined) return { kind: byDefault === true ? 'default' : 'browser_close' };
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(at))
    throw usage('--at takes a moment with its offset: 2026-01-31T12:00:00Z');
  return { kind: 'moment', at };
}

async function report({ tell }: Opened, view: JobView): Promise<boolean> {
  const { changed, failed, failures, elapsed } = view;
  await tell(`${changed} done, ${failed} failed.`, { changed, failed, elapsed, failures });
  return failed === 0;
}
