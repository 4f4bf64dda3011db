import type { ApplyResult, Parsed, Preview, SessionView } from '../../preload/api.ts';
import type { NextSession, StoredSession, WritableSessionStore } from '../backends/base.ts';
import { LIMITS, type SessionDocument } from '../django/document.ts';
import { expiryValue } from '../django/session.ts';
import { changeCode } from '../django/shell-code.ts';
import { failureText, InspectorError } from '../errors.ts';
import type { Recorder } from '../recorder.ts';
import type { StoreScan } from '../scan/store-scan.ts';
import { differencesOf } from './difference.ts';
import { payloadOf } from './draft.ts';
import type { Engine } from './engine.ts';
import { expiryOf } from './expiry.ts';
import { type Reading, readSession } from './reading.ts';
import { revisionOf } from './revision.ts';
import { sessionView } from './session-view.ts';
import { microseconds, type Site } from './site.ts';

/** A site with its store, and who is told before anything is written. */
export type Connection = Readonly<{
  site: Site;
  engine: Engine;
  recorder: Recorder;
  randomBytes: (count: number) => Uint8Array;
  /** reads whole stores in threads; null where there are none, or where values are not what Django signs */
  scan: StoreScan | null;
}>;

type Change = Pick<Parsed<'sessions.preview'>, 'session_key' | 'revision' | 'draft' | 'expiry'>;

/** What a change comes to: the entry as it is, and as it would be. */
type Plan = Readonly<{
  before: Reading;
  after: NextSession;
  document: SessionDocument | null;
  /** the stored value is written anew */
  data: boolean;
  notes: readonly string[];
}>;

/** What Apply would do. @throws InspectorError DoesNotExist, UpdateError where the session changed since it was opened */
export async function previewChange({ site, engine }: Connection, change: Change, signal: AbortSignal): Promise<Preview> {
  const current = await currentSession(engine, change.session_key, signal);
  if (revisionOf(current) !== change.revision) throw changedSince();
  // One moment for both: what a TTL leaves is told from now.
  const now = microseconds(site.now());
  const { before, after, document, notes } = planChange(site, engine, current, change, now);
  const changed = isChanged(current, after);
  const preview = engine.writable?.statements({ session_key: current.session_key, before: current, after }) ?? [];
  return {
    differences: differencesOf(before.decoded.document, document),
    statements: changed ? preview : [],
    ...(changed ? djangoCode(current.session_key, before.decoded.document, document) : {}),
    expiry: { before: before.expiry, after: expiryOf(site, { ...current, ...after }, document, now) },
    size: { before: current.stored.length, after: after.stored.length },
    notes,
  };
}

/** The change as code for Django's shell, where both versions can be said without running code of others. */
function djangoCode(session_key: string, before: SessionDocument | null, after: SessionDocument | null): Pick<Preview, 'django'> {
  const [old, own] = [before?.typed() ?? null, after?.typed() ?? null];
  if (old === null || own === null) return {};
  try {
    return { django: { language: 'python', text: changeCode(session_key, old, own) } };
  } catch (error) {
    if (error instanceof InspectorError && (error.code === 'Unsupported' || error.code === 'LimitExceeded')) return {};
    throw error;
  }
}

/** Writes a change by compare-and-swap, after its before-image is kept. A conflict changes nothing and shows the other version. */
export async function applyChange(connection: Connection, change: Change, signal: AbortSignal): Promise<ApplyResult> {
  const { site, engine, recorder } = connection;
  const store = writableOf(engine);
  const current = await engine.store.get(change.session_key, signal);
  if (current === null || revisionOf(current) !== change.revision) return conflict(connection, current, change, signal);
  const { after, data } = planChange(site, engine, current, change);
  if (!isChanged(current, after)) throw new InspectorError('BadRequest', 'There is nothing to change');
  const { session_key } = current;
  const activity = await recorder.begin({ action: data ? 'save' : 'set_expiry', count: 1, session_keys: [session_key] });
  let saved: StoredSession;
  try {
    await recorder.keep(activity, [{ session_key, before: current, after: revisionOf(after) }]);
    saved = await store.save(current, after, unbroken());
  } catch (error) {
    const raced = error instanceof InspectorError && error.code === 'UpdateError';
    await recorder.end(activity, raced ? 'conflict' : 'failed', { count: 0, message: failureText(error) });
    if (!raced) throw error;
    return conflict(connection, await engine.store.get(session_key, signal), change, signal);
  }
  // Whatever fails from here on, the session is saved, and Activity says so.
  await recorder.end(activity, 'done', { count: 1 });
  return { outcome: 'applied', session: await sessionView(site, engine, saved, unbroken()), activity };
}

/** A write that has begun ends whole, whoever cancels: half of one (the row, and not its cache entry) would be worse than a late answer. */
export function unbroken(): AbortSignal {
  return new AbortController().signal;
}

async function conflict(
  { site, engine }: Connection,
  current: StoredSession | null,
  change: Change,
  signal: AbortSignal,
): Promise<ApplyResult> {
  if (current === null) return { outcome: 'conflict', theirs: null, differences: [] };
  const { draft } = change;
  const ours = draft === null ? null : engine.codec.parse(payloadOf(draft), draft.serializer);
  const theirs: SessionView = await sessionView(site, engine, current, signal);
  const document = readSession(site, engine, current).decoded.document;
  return { outcome: 'conflict', theirs, differences: ours === null ? [] : differencesOf(document, ours) };
}

/**
 * Untouched data stays untouched: the stored value is written anew only where the payload differs, and the end of the
 * session moves only where that is asked for.
 */
function planChange(site: Site, engine: Engine, current: StoredSession, { draft, expiry }: Change, now = microseconds(site.now())): Plan {
  const before = readSession(site, engine, current, LIMITS, now);
  const old = before.decoded.document;
  const document = draft === null ? old : engine.codec.parse(payloadOf(draft), draft.serializer);
  const data = document !== null && draft !== null && (old === null || Buffer.compare(old.payload, document.payload) !== 0);
  if (document === null && expiry === 'renew') {
    throw new InspectorError('NotEditable', 'The data do not decode, so that Django would not say when the session ends', {
      hint: 'Replace the data, or delete the session.',
    });
  }
  const after: NextSession = {
    ...(current.flags === undefined ? {} : { flags: current.flags }),
    ...(data ? engine.codec.encode(document, current, site.now()) : { stored: current.stored }),
    expiry: expiry === 'renew' && document !== null ? engine.renewed(document, current.expiry) : current.expiry,
  };
  return { before, after, document, data, notes: notesOf(before, document, data, expiry) };
}

function notesOf(before: Reading, document: SessionDocument | null, data: boolean, expiry: Change['expiry']): readonly string[] {
  const notes: string[] = [];
  const { signature } = before.decoded;
  if (data && signature.verified === false)
    notes.push('No key verified what is stored now; saving signs the data with SECRET_KEY, as if they were the site’s own.');
  if (data && signature.verified === true && signature.key !== 0)
    notes.push('Stored with a fallback key; saving signs the data with SECRET_KEY.');
  if (data && expiry === 'keep' && document !== null && before.decoded.document !== null) {
    const [old, own] = [before.decoded.document, document].map((one) =>
      JSON.stringify(expiryValue(one), (_, value) => (typeof value === 'bigint' ? `${value}n` : value)),
    );
    if (old !== own)
      notes.push(
        'The end of the stored session is kept, although _session_expiry changes: Django computes it anew when it next saves the session.',
      );
  }
  return notes;
}

/** A renewed TTL is a change that no revision shows. */
export function isChanged(before: StoredSession, after: NextSession): boolean {
  if (Buffer.compare(before.stored, after.stored) !== 0) return true;
  return after.expiry.source === 'ttl' ? before.expiry !== after.expiry : revisionOf(before) !== revisionOf({ ...before, ...after });
}

/** @throws InspectorError DoesNotExist */
export async function currentSession(engine: Engine, session_key: string, signal: AbortSignal): Promise<StoredSession> {
  const current = await engine.store.get(session_key, signal);
  if (current !== null) return current;
  throw new InspectorError('DoesNotExist', 'The session is not there any more', {
    hint: 'It was deleted, or it ended, since it was listed.',
  });
}

export function changedSince(): InspectorError {
  return new InspectorError('UpdateError', 'The session was changed since it was opened', {
    hint: 'Open it again to see what it holds now.',
  });
}

/** @throws InspectorError ReadOnly */
export function writableOf({ writable }: Engine): WritableSessionStore {
  if (writable !== null) return writable;
  throw new InspectorError('ReadOnly', 'This profile cannot write', { hint: 'Switch read-only off in the profile, and open it again.' });
}
