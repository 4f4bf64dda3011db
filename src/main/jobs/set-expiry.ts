import type { SetExpiry } from '../../preload/api.ts';
import type { NextSession, StoredSession } from '../backends/base.ts';
import { english } from '../django/sentences.ts';
import { InspectorError } from '../errors.ts';
import { type Connection, isChanged, writableOf } from '../inspector/change.ts';
import { readSession } from '../inspector/reading.ts';
import { revisionOf } from '../inspector/revision.ts';
import { withExpiry } from '../inspector/set-expiry.ts';
import { look } from './delete.ts';
import type { Job } from './job.ts';
import { recorded } from './recorded.ts';

const STEP = 50;

type Step = Readonly<{ before: StoredSession; after: NextSession }>;

/** set_expiry and save for many sessions: `_session_expiry` in the data, and the end of the record that follows from it. */
export function setExpiry(connection: Connection, session_keys: readonly string[], expiry: SetExpiry): (job: Job) => Promise<void> {
  const store = writableOf(connection.engine);
  const keys = [...new Set(session_keys)];
  return async (job) => {
    job.total = keys.length;
    await recorded(connection.recorder, job, { action: 'set_expiry', count: keys.length, session_keys: keys }, async (keep) => {
      for (let start = 0; start < keys.length && !job.stopping; start += STEP) {
        const sessions = await look(connection, keys.slice(start, start + STEP), job);
        const steps = sessions.flatMap((before) => plan(connection, before, expiry, job));
        if (steps.length > 0)
          await keep(steps.map(({ before, after }) => ({ session_key: before.session_key, before, after: revisionOf(after) })));
        for (const { before, after } of steps) await save(store, before, after, job);
      }
    });
  };
}

function plan({ site, engine }: Connection, before: StoredSession, expiry: SetExpiry, job: Job): readonly Step[] {
  try {
    const { document, problem, signature } = readSession(site, engine, before).decoded;
    if (document === null) throw problem ?? new InspectorError('Corrupt', 'The data do not decode');
    if (signature.verified === false) {
      throw new InspectorError('BadSignature', english(signature.findings), {
        hint: 'Data that no key verified are not signed in bulk; open the session to decide.',
      });
    }
    const changed = withExpiry(site, document, expiry);
    const data = Buffer.compare(changed.payload, document.payload) !== 0;
    const after: NextSession = {
      ...(before.flags === undefined ? {} : { flags: before.flags }),
      ...(data ? engine.codec.encode(changed, before, site.now()) : { stored: before.stored }),
      expiry: engine.renewed(changed, before.expiry),
    };
    return isChanged(before, after) ? [{ before, after }] : [];
  } catch (error) {
    if (!(error instanceof InspectorError)) throw error;
    job.fail(before.session_key, error);
    return [];
  }
}

async function save(store: ReturnType<typeof writableOf>, before: StoredSession, after: NextSession, job: Job): Promise<void> {
  try {
    await store.save(before, after, new AbortController().signal);
    job.changed += 1;
  } catch (error) {
    if (!(error instanceof InspectorError) || (error.code !== 'UpdateError' && error.code !== 'BadValue')) throw error;
    job.fail(before.session_key, error);
  }
  job.progress();
}
