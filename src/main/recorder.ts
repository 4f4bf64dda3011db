/**
 * What every write tells before and after it happens. The connection's process calls it, main's activity.ts keeps it:
 * `begin` and `keep` return only when what they were given is on disk, so that a crash between them and the write leaves
 * an entry that says `pending` and an image that Undo can compare with the store.
 */
import type { ActivityEntry } from '../preload/api.ts';
import type { StoredSession } from './backends/base.ts';

export type BeforeImage = Readonly<{
  session_key: string;
  /** the entry as it was; null where there was none (create) */
  before: StoredSession | null;
  /** revision of what the write leaves behind (null = deleted), so that Undo can tell whether somebody wrote since */
  after: string | null;
}>;

export interface Recorder {
  /** @returns the activity's id */
  begin(entry: Readonly<{ action: ActivityEntry['action']; count: number; session_keys: readonly string[] }>): Promise<string>;
  keep(activity: string, images: readonly BeforeImage[]): Promise<void>;
  end(
    activity: string,
    outcome: Exclude<ActivityEntry['outcome'], 'pending'>,
    detail: Readonly<{ count: number; message?: string }>,
  ): Promise<void>;
}
