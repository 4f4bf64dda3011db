import type { StoredSession } from '../backends/base.ts';
import { InspectorError } from '../errors.ts';
import { type Connection, writableOf } from '../inspector/change.ts';
import type { Job } from './job.ts';
import { recorded } from './recorded.ts';

/** Keys of one step: their images are on disk before the first of them goes. */
const STEP = 100;

/** Deletes sessions by key, each only if it is as it was when its image was kept. */
export function deleteSessions(connection: Connection, session_keys: readonly string[]): (job: Job) => Promise<void> {
  const store = writableOf(connection.engine);
  const keys = [...new Set(session_keys)];
  return async (job) => {
    job.total = keys.length;
    await recorded(connection.recorder, job, { action: 'delete', count: keys.length, session_keys: keys }, async (keep) => {
      const whole = new AbortController().signal;
      for (let start = 0; start < keys.length && !job.stopping; start += STEP) {
        const sessions = await look(connection, keys.slice(start, start + STEP), job);
        if (sessions.length > 0) await keep(sessions.map((before) => ({ session_key: before.session_key, before, after: null })));
        const gone = new Set(sessions.length === 0 ? [] : await store.delete(sessions, whole));
        job.changed += gone.size;
        for (const { session_key } of sessions) if (!gone.has(session_key)) job.fail(session_key, changedMeanwhile());
        job.progress();
      }
    });
  };
}

/** The sessions that are there; those that are not, or cannot be kept for Undo, are failures. */
export async function look({ engine }: Connection, keys: readonly string[], job: Job): Promise<readonly StoredSession[]> {
  const sessions: StoredSession[] = [];
  for (const session_key of keys) {
    job.scanned += 1;
    try {
      const session = await engine.store.get(session_key, new AbortController().signal);
      if (session === null) job.fail(session_key, new InspectorError('DoesNotExist', 'The session is not there any more'));
      else if (session.oversize !== undefined) job.fail(session_key, tooLarge(session.oversize));
      else sessions.push(session);
    } catch (error) {
      if (!(error instanceof InspectorError) || !isOfOneSession(error)) throw error;
      job.fail(session_key, error);
    }
  }
  return sessions;
}

/** A key that the engine refuses is one failure; a server that is gone ends the job. */
function isOfOneSession({ code }: InspectorError): boolean {
  return (
    code === 'InvalidSessionKey' ||
    code === 'SuspiciousSession' ||
    code === 'BadValue' ||
    code === 'LimitExceeded' ||
    code === 'PermissionDenied'
  );
}

function tooLarge(bytes: number): InspectorError {
  return new InspectorError('LimitExceeded', `The stored value has ${bytes} bytes, too many to be kept for Undo`, {
    hint: 'Delete it at the database itself, or let clear_expired take it.',
  });
}

export function changedMeanwhile(): InspectorError {
  return new InspectorError('UpdateError', 'The session was changed or deleted meanwhile', { hint: 'Look at it again, then retry.' });
}
