import { SESSION_KEY } from './auth.ts';
import type { SessionDocument } from './document.ts';

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

/**
 * `_auth_user_id` as text, or null where nobody is logged in. login() writes a str since 1.8, and an int before; get_user()
 * takes both: django/contrib/auth/__init__.py _get_user_session_key(), 1.8 and later.
 */
export function userIdAt(document: SessionDocument): string | null {
  const path = document.find(SESSION_KEY);
  if (path === null) return null;
  const { type, text } = document.at(path);
  return type === 'str' || type === 'int' ? (text ?? null) : null;
}
