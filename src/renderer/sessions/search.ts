import type { FindQuery, SessionState } from '../../preload/api.ts';

/** Where the search field looks. */
export type SearchIn = 'user' | 'key' | 'data';
export type Search = Readonly<{ in: SearchIn; text: string }>;

/** base.py VALID_KEY_CHARS and the 32 characters that Django makes: such a text is a whole key and is opened directly. */
export function isSessionKey(text: string): boolean {
  return /^[a-z0-9]{32}$/.test(text.trim());
}

/** What a find job is asked for; null where nothing asks for one. */
export function findQuery(search: Search | null, state: SessionState | null): FindQuery | null {
  const text = search?.text.trim() ?? '';
  const where: FindQuery =
    text === '' || !search ? {} : search.in === 'user' ? { user: text } : search.in === 'key' ? { keyPrefix: text } : { text };
  const query: FindQuery = { ...where, ...(state ? { state } : {}) };
  return Object.keys(query).length === 0 ? null : query;
}

/** Whether the store itself can answer: pages of it, filtered there. Everything else is a search through all sessions. */
export function isServerSide(
  search: Search | null,
  state: SessionState | null,
  store: Readonly<{ list: 'paged' | 'unordered' | 'none'; filterState: boolean }>,
): boolean {
  if (state === 'corrupt' || state === 'unsigned') return false;
  if (state !== null && !store.filterState) return false;
  if (search === null || search.text.trim() === '') return true;
  return search.in === 'key' && store.list === 'paged';
}
