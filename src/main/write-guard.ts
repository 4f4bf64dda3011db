import type { Parsed, Profile } from '../preload/api.ts';
import { InspectorError } from './errors.ts';

type Confirmation = Readonly<{ profileName: string }> | undefined;

/**
 * What every write passes before anything is forwarded, whatever the window showed.
 * @param opened the profile as it was when its connection was opened
 * @param current the profile as it is stored now: the stricter of the two counts, and this one's name is typed
 * @throws InspectorError ReadOnly, NotConfirmed
 */
export function allowWrite(opened: Profile, current: Profile, confirmation: Confirmation): void {
  if (opened.readOnly || current.readOnly) {
    throw new InspectorError('ReadOnly', `The profile ${current.name} is read-only`, {
      hint: 'Switch read-only off in the profile and open it again.',
    });
  }
  if (opened.environment !== 'production' && current.environment !== 'production') return;
  if (current.name === confirmation?.profileName) return;
  throw new InspectorError('NotConfirmed', `The profile ${current.name} is marked production: this write is not confirmed`, {
    hint: 'Type the name of the profile.',
  });
}

/** Whether a job writes, and what it was confirmed with. */
export function jobWrites(job: Parsed<'jobs.start'>['job']): Readonly<{ writes: boolean; confirmation: Confirmation }> {
  switch (job.kind) {
    case 'find':
      return { writes: false, confirmation: undefined };
    case 'clear_expired':
      return { writes: !job.dryRun, confirmation: job.confirmation };
    case 'delete':
    case 'set_expiry':
      return { writes: true, confirmation: job.confirmation };
  }
}
