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

/** Number of keys of the root dict, each counted once; null where the root is no dict. */
export function keyCount(document: SessionDocument): number | null {
  if ('size' in document) return typeof document.size === 'number' ? document.size : null;
  const root = document.view(2);
  if (root.type !== 'dict' && root.type !== 'OrderedDict' && root.type !== 'defaultdict') return null;
  return (root.children?.length ?? 0) + (root.omitted ?? 0);
}

/** The str under a key of the root dict, or null. */
export function textAt(document: SessionDocument, key: string): string | null {
  const path = document.find(key);
  if (path === null) return null;
  const node = document.at(path);
  return node.type === 'str' ? (node.text ?? null) : null;
}
