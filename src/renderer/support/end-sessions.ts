import type { ActivityEntry, ConnectionView } from '../../preload/api.ts';
import { call } from '../client.ts';
import { jobs } from '../jobs.ts';
import type { Confirmation } from '../ui/confirm.tsx';
import type { Ending, Proof } from './receipt.ts';

/** Sessions asked for at a time when reading back. */
const AT_ONCE = 8;
/** Entries of Activity among which that of a job that has just ended is. */
const RECENT = 50;

type EndInput = Pick<Ending, 'user' | 'ended' | 'kept'> & Readonly<{ connection: ConnectionView; confirmation: Confirmation | null }>;

export type Ended = Omit<Ending, 'proof'>;

/** Deletes the chosen sessions. @throws CallError where the job is refused or fails before its end */
export async function endSessions({ connection, confirmation, user, ended, kept }: EndInput): Promise<Ended> {
  const confirmed = confirmation === null ? {} : { confirmation };
  const { view } = await jobs.run(connection.connection, { kind: 'delete', session_keys: [...ended], ...confirmed });
  return { user, profile: connection.profile.profile, ended, kept, view, entry: await entryOf(view.activity) };
}

/** Asks the store itself: for each of the ended sessions by its key, and for the person's by a new search. */
export async function readBack(connection: string, { user, ended }: Pick<Ended, 'user' | 'ended'>): Promise<Proof> {
  const left: string[] = [];
  for (let start = 0; start < ended.length; start += AT_ONCE) {
    const keys = ended.slice(start, start + AT_ONCE);
    const found = await Promise.all(keys.map((session_key) => call('sessions.get', { connection, session_key })));
    left.push(...keys.filter((_, index) => found[index] !== null));
  }
  const { view, hits } = await jobs.run(connection, { kind: 'find', query: { user: user.id } });
  jobs.forget(view.job);
  return { left, after: hits.filter((hit) => hit.user?.id === user.id).length };
}

async function entryOf(activity: string | undefined): Promise<ActivityEntry | null> {
  if (activity === undefined) return null;
  const entries = await call('activity.list', { limit: RECENT });
  return entries.find(({ id }) => id === activity) ?? null;
}
