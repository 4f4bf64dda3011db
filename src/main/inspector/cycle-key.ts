import type { Output, Parsed } from '../../preload/api.ts';
import type { NextSession, StoredSession, WritableSessionStore } from '../backends/base.ts';
import { newSessionKey } from '../django/session-key.ts';
import { failureText, InspectorError } from '../errors.ts';
import { type Connection, changedSince, currentSession, unbroken, writableOf } from './change.ts';
import { revisionOf } from './revision.ts';
import { sessionView } from './session-view.ts';

type CycleKey = Pick<Parsed<'sessions.cycle_key'>, 'session_key' | 'revision' | 'dryRun'>;

/**
 * django/contrib/sessions/backends/base.py cycle_key(): a record under a new key that already holds the data, then the old
 * record goes. Value, end and further columns are those of the old one, byte for byte.
 * @param planned keys that a dry run showed, by revision, so that what was shown is what runs
 */
export async function cycleKey(
  connection: Connection,
  input: CycleKey,
  planned: Map<string, string>,
  signal: AbortSignal,
): Promise<Output<'sessions.cycle_key'>> {
  const { site, engine } = connection;
  const store = writableOf(engine);
  const current = await currentSession(engine, input.session_key, signal);
  if (revisionOf(current) !== input.revision) throw changedSince();
  if (current.oversize !== undefined) throw new InspectorError('LimitExceeded', 'The stored value is too large to be moved to a new key');
  const plan = `${input.revision} ${input.session_key}`;
  const new_key = planned.get(plan) ?? newSessionKey(connection.randomBytes);
  const next = nextOf(current);
  const statements = [
    ...store.statements({ session_key: new_key, before: null, after: next }),
    ...store.statements({ session_key: current.session_key, before: current, after: null }),
  ];
  if (input.dryRun) {
    planned.clear();
    planned.set(plan, new_key);
    return { statements, session: null };
  }
  planned.delete(plan);
  const created = await move(connection, current, new_key, next);
  return { statements, session: await sessionView(site, engine, created, unbroken()) };
}

async function move({ engine, recorder }: Connection, current: StoredSession, new_key: string, next: NextSession): Promise<StoredSession> {
  const store = writableOf(engine);
  const { session_key } = current;
  const activity = await recorder.begin({ action: 'cycle_key', count: 1, session_keys: [session_key, new_key] });
  try {
    await recorder.keep(activity, [
      { session_key, before: current, after: null },
      { session_key: new_key, before: null, after: revisionOf(next) },
    ]);
    const created = await store.create(new_key, next, unbroken());
    await removeOld(store, current, created);
    await recorder.end(activity, 'done', { count: 1 });
    return created;
  } catch (error) {
    const raced = error instanceof InspectorError && error.code === 'UpdateError';
    await recorder.end(activity, raced ? 'conflict' : 'failed', { count: 0, message: failureText(error) });
    throw error;
  }
}

/** Where the old session stays, written meanwhile or locked, the new one goes again: two logins in place of one would be worse than none moved. */
async function removeOld(store: WritableSessionStore, current: StoredSession, created: StoredSession): Promise<void> {
  try {
    const [gone] = await store.delete([current], unbroken());
    if (gone === undefined) throw changedSince();
  } catch (error) {
    await store.delete([created], unbroken());
    throw error;
  }
}

function nextOf({ stored, expiry, flags, columns }: StoredSession): NextSession {
  return { stored, expiry, ...(flags === undefined ? {} : { flags }), ...(columns === undefined ? {} : { columns }) };
}
