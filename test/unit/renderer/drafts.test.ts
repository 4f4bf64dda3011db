import { afterEach, expect, test } from 'vitest';
import type { DocumentView, Edit, SessionView } from '../../../src/preload/api.ts';
import { addEdit, addExpiry, discardDraft, draftDocument, readDraft, setDraftExpiry, undoStep } from '../../../src/renderer/drafts.ts';
import { changeOf } from '../../../src/renderer/session/change.ts';

const KEY = 'profile\nkey';
const EDIT: Edit = { op: 'remove', path: [0] };

function document(payload: string): DocumentView {
  return {
    draft: { serializer: 'json', payload },
    root: { type: 'dict', editable: true, children: [] },
    text: payload,
    textEditable: true,
    warnings: [],
  };
}

// What a draft needs of a session; the rest of the view plays no part here.
const session = { summary: { session_key: 'key' }, document: document('{"a":1}'), revision: 'r1' } as unknown as SessionView;

afterEach(() => discardDraft(KEY));

test('edits collect, and are taken back one by one', () => {
  addEdit(KEY, session, EDIT, document('{"a":2}'));
  addEdit(KEY, session, EDIT, document('{"a":3}'));
  expect(draftDocument(readDraft(KEY), session)?.text).toBe('{"a":3}');
  undoStep(KEY);
  expect(draftDocument(readDraft(KEY), session)?.text).toBe('{"a":2}');
  undoStep(KEY);
  expect(readDraft(KEY)).toBeNull();
  expect(draftDocument(null, session)?.text).toBe('{"a":1}');
});

test('set_expiry renews the expire date until it is taken back', () => {
  addEdit(KEY, session, EDIT, document('{"a":2}'));
  addExpiry(KEY, session, { kind: 'seconds', seconds: 60 }, document('{"a":2,"_session_expiry":60}'));
  expect(readDraft(KEY)?.expiry).toBe('renew');
  undoStep(KEY);
  expect(readDraft(KEY)?.expiry).toBe('keep');
});

test('the base of a draft stays what it began from', () => {
  addEdit(KEY, session, EDIT, document('{"a":2}'));
  addEdit(KEY, { ...session, revision: 'r2' }, EDIT, document('{"a":3}'));
  expect(readDraft(KEY)?.base.revision).toBe('r1');
});

test('untouched data is not sent', () => {
  setDraftExpiry(KEY, session, 'renew');
  const renewing = readDraft(KEY);
  expect(renewing && changeOf('c', renewing)).toEqual({
    connection: 'c',
    session_key: 'key',
    revision: 'r1',
    draft: null,
    expiry: 'renew',
  });
  addEdit(KEY, session, EDIT, document('{"a":2}'));
  addEdit(KEY, session, EDIT, document('{"a":1}'));
  const back = readDraft(KEY);
  expect(back && changeOf('c', back).draft).toBeNull();
});

test('a draft says when its oldest steps are gone', () => {
  for (let step = 0; step < 201; step += 1) addEdit(KEY, session, EDIT, document(`{"a":${step + 2}}`));
  expect(readDraft(KEY)?.complete).toBe(false);
  for (let step = 0; step < 300; step += 1) undoStep(KEY);
  expect(readDraft(KEY)).not.toBeNull();
});
