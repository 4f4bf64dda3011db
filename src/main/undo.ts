import type { ActivityEntry, Handlers, Output, Parsed, Profile } from '../preload/api.ts';
import { failureText, InspectorError } from './errors.ts';
import type { Dependencies } from './handlers.ts';
import { placeOf } from './place.ts';
import { findProfile, openSecretsOf } from './profile-handlers.ts';
import { allowWrite } from './write-guard.ts';

/**
 * Restores what an entry's before-images hold, newest first. A part that somebody wrote since is left alone and named,
 * unless `force`; the images stay until everything is restored.
 */
export function undoHandler(dependencies: Dependencies): Handlers['activity.undo'] {
  const running = new Set<string>();
  return async (input, signal) => {
    const entry = undoable(dependencies, input.id, running);
    const profile = await findProfile(dependencies, entry.profile.id);
    const opened = dependencies.connections.ofProfile(profile.id)?.profile ?? profile;
    allowWrite(opened, profile, input.confirmation);
    samePlace(entry, profile);
    running.add(entry.id);
    try {
      return await undo(dependencies, entry, profile, input, signal);
    } finally {
      running.delete(entry.id);
    }
  };
}

function undoable({ activity }: Dependencies, id: string, running: ReadonlySet<string>): ActivityEntry {
  const entry = activity.entry(id);
  if (entry === undefined) throw new InspectorError('DoesNotExist', 'There is no such activity');
  if (entry.outcome === 'pending' || running.has(id)) {
    throw new InspectorError('Locked', 'This activity is still running', { hint: 'Wait until it has ended, or stop it.' });
  }
  if (entry.undo === 'possible') return entry;
  const why = { done: 'It was undone already', gone: 'Its before-images are gone', 'not kept': 'No before-images of it were kept' }[
    entry.undo
  ];
  throw new InspectorError('Unsupported', `This activity cannot be undone: ${why}`);
}

/** The same profile may lead somewhere else by now; old bytes must not land there. */
function samePlace(entry: ActivityEntry, profile: Profile): void {
  const place = placeOf(profile);
  if (place === entry.place) return;
  throw new InspectorError('ImproperlyConfigured', `This was written to ${entry.place}, and the profile now leads to ${place}`, {
    hint: 'Point the profile at the old place to undo it.',
  });
}

async function undo(
  dependencies: Dependencies,
  entry: ActivityEntry,
  profile: Profile,
  { force }: Parsed<'activity.undo'>,
  signal: AbortSignal,
): Promise<Output<'activity.undo'>> {
  const { activity, connections } = dependencies;
  const { connection } = await connections.open(profile, await openSecretsOf(dependencies, profile.id), signal);
  const recorder = activity.recorder(profile, entry.place);
  const id = await recorder.begin({ action: 'undo', count: entry.count, session_keys: entry.session_keys });
  let restored = 0;
  const conflicts: string[] = [];
  try {
    for await (const images of activity.images(entry.id)) {
      const result = await connection.restore(id, images, force, signal);
      // A cycled key is one session, though two keys of it were written.
      restored = Math.min(restored + result.restored, entry.count);
      conflicts.push(...result.conflicts);
    }
  } catch (thrown) {
    await recorder.end(id, restored > 0 ? 'partly' : 'failed', { count: restored, message: failureText(thrown) });
    throw thrown;
  }
  if (conflicts.length === 0) await activity.undone(entry.id, id);
  await recorder.end(id, outcomeOf(restored, conflicts.length), { count: restored });
  const told = activity.entry(id);
  if (told === undefined) throw new InspectorError('Internal', 'The undo was not recorded');
  return { restored, conflicts, entry: told };
}

function outcomeOf(restored: number, conflicts: number): 'done' | 'partly' | 'conflict' {
  if (conflicts === 0) return 'done';
  return restored > 0 ? 'partly' : 'conflict';
}
