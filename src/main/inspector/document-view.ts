import type { DocumentView } from '../../preload/api.ts';
import type { SessionDocument } from '../django/document.ts';
import { draftOf } from './draft.ts';

/** Bytes of payload up to which the text view is made: an editor holds no more, and the tree shows all the same. */
const TEXT_BYTES = 4 * 1024 * 1024;

export function documentView(document: SessionDocument): DocumentView {
  const whole = document.payload.length <= TEXT_BYTES;
  return {
    draft: draftOf(document),
    root: document.view(),
    text: whole ? document.text() : '',
    textEditable: whole && document.serializer === 'json',
    warnings: document.warnings,
  };
}
