import type { Draft } from '../../preload/api.ts';
import type { SessionDraft } from '../drafts.ts';

export type Change = Readonly<{ connection: string; session_key: string; revision: string; draft: Draft | null; expiry: 'keep' | 'renew' }>;

/** A draft as Apply and its preview want it: data that was not touched is not sent. */
export function changeOf(connection: string, { base, steps, expiry }: SessionDraft): Change {
  const document = steps.at(-1)?.document;
  const touched = document && document.draft.payload !== base.document?.draft.payload;
  return {
    connection,
    session_key: base.summary.session_key,
    revision: base.revision,
    draft: touched ? document.draft : null,
    expiry,
  };
}
