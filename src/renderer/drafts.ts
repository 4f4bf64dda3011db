import { useSyncExternalStore } from 'react';
import type { DocumentView, Edit, SessionView, SetExpiry } from '../preload/api.ts';
import { describeEdit, type NamedEdit } from './session/replay.ts';

/** One step of a draft, so that it can be taken back or done again on another version. */
export type DraftStep = Readonly<{ document: DocumentView; edit: NamedEdit | Readonly<{ op: 'set_expiry'; expiry: SetExpiry }> }>;

/** What a person changed in one session and has not applied. `base` is what it began from. */
export type SessionDraft = Readonly<{
  base: SessionView;
  steps: readonly DraftStep[];
  expiry: 'keep' | 'renew';
  /** false once the oldest steps were dropped: they are part of the draft, but cannot be taken back or done again elsewhere */
  complete: boolean;
}>;

const STEP_LIMIT = 200;

let drafts: ReadonlyMap<string, SessionDraft> = new Map();
const listeners = new Set<() => void>();

function publish(next: ReadonlyMap<string, SessionDraft>): void {
  drafts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A draft's place: profiles outlive connections. */
export function draftKey(profile: string, session_key: string): string {
  return `${profile}\n${session_key}`;
}

/** The draft of now, outside of components. */
export function readDraft(key: string): SessionDraft | null {
  return drafts.get(key) ?? null;
}

/** While there are drafts the page asks not to be left; main turns that into a question. */
export function guardDrafts(page: Window): void {
  page.addEventListener('beforeunload', (event) => {
    if (drafts.size > 0) event.preventDefault();
  });
}

export function useDraft(key: string): SessionDraft | null {
  return useSyncExternalStore(subscribe, () => readDraft(key));
}

export function draftDocument(draft: SessionDraft | null, session: SessionView): DocumentView | null {
  return draft ? (draft.steps.at(-1)?.document ?? draft.base.document) : session.document;
}

function newDraft(session: SessionView): SessionDraft {
  return { base: session, steps: [], expiry: 'keep', complete: true };
}

function addStep(key: string, session: SessionView, step: DraftStep, expiry?: 'renew'): void {
  const draft = drafts.get(key) ?? newDraft(session);
  const steps = [...draft.steps, step].slice(-STEP_LIMIT);
  const complete = draft.complete && steps.length > draft.steps.length;
  publish(new Map(drafts).set(key, { ...draft, expiry: expiry ?? draft.expiry, steps, complete }));
}

export function addEdit(key: string, session: SessionView, edit: Edit, document: DocumentView): void {
  const before = draftDocument(drafts.get(key) ?? null, session);
  if (before) addStep(key, session, { document, edit: describeEdit(before.root, edit) });
}

export function addExpiry(key: string, session: SessionView, expiry: SetExpiry, document: DocumentView): void {
  addStep(key, session, { document, edit: { op: 'set_expiry', expiry } }, 'renew');
}

export function setDraftExpiry(key: string, session: SessionView, expiry: 'keep' | 'renew'): void {
  const draft = drafts.get(key) ?? newDraft(session);
  publish(new Map(drafts).set(key, { ...draft, expiry }));
}

/** Takes the last step back; without any left the draft is gone. */
export function undoStep(key: string): void {
  const draft = drafts.get(key);
  if (!draft) return;
  const steps = draft.steps.slice(0, -1);
  if (steps.length === 0 && draft.complete) {
    discardDraft(key);
    return;
  }
  const renews = steps.some((step) => step.edit.op === 'set_expiry');
  publish(new Map(drafts).set(key, { ...draft, steps, expiry: renews ? draft.expiry : 'keep' }));
}

export function discardDraft(key: string): void {
  const next = new Map(drafts);
  if (next.delete(key)) publish(next);
}
