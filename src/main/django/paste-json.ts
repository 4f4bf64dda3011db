import { cookiePairs, type NamedValue, setCookiePair } from './paste-cookies.ts';

/** Depth and number of JSON values looked at: a HAR file is large, and only its cookies matter. */
const MAX_DEPTH = 12;
const MAX_VISITED = 200_000;

/**
 * The cookies in exported JSON: EditThisCookie and Cookie-Editor (a list of objects), Playwright's storage state
 * (`cookies`), HAR files (`cookies` of requests and responses), headers as objects or lists of names and values,
 * or a plain object of names and values; null where the text is no such JSON.
 */
export function readCookieJson(text: string): readonly NamedValue[] | null {
  if (!/^[[{]/.test(text)) return null;
  const json = parsed(text);
  if (json === undefined) return null;
  const found = new Map<string, NamedValue>();
  const state = { visited: 0 };
  if (Array.isArray(json)) addCookies(json, found);
  collect(json, 0, found, state);
  if (found.size === 0) addPlainObject(json, found);
  return found.size > 0 ? [...found.values()] : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function collect(value: unknown, depth: number, found: Map<string, NamedValue>, state: { visited: number }): void {
  state.visited += 1;
  if (depth > MAX_DEPTH || state.visited > MAX_VISITED || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, depth + 1, found, state);
    return;
  }
  const { name, value: content } = value as Readonly<Record<string, unknown>>;
  if (typeof name === 'string') addHeader(name, content, found);
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'cookies' && Array.isArray(inner)) addCookies(inner, found);
    else if (typeof inner === 'string') addHeader(key, inner, found);
    else collect(inner, depth + 1, found, state);
  }
}

function addHeader(header: string, content: unknown, found: Map<string, NamedValue>): void {
  if (typeof content !== 'string' || !/^(?:set-)?cookie$/i.test(header)) return;
  for (const pair of header.length > 6 ? setCookiePair(content) : cookiePairs(content)) found.set(`${pair.name}=${pair.value}`, pair);
}

function addCookies(items: readonly unknown[], found: Map<string, NamedValue>): void {
  for (const item of items) {
    if (typeof item !== 'object' || item === null) continue;
    const { name, value } = item as Readonly<Record<string, unknown>>;
    // the same cookie stands in every request of a HAR file
    if (typeof name === 'string' && typeof value === 'string') found.set(`${name}=${value}`, { name, value });
  }
}

/** `{"sessionid": "…", "csrftoken": "…"}`: names that look like cookies', values that are text. */
function addPlainObject(json: unknown, found: Map<string, NamedValue>): void {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return;
  const entries = Object.entries(json);
  const cookieLike = entries.length > 0 && entries.every(([name, value]) => /^[\w.-]{1,64}$/.test(name) && typeof value === 'string');
  if (!cookieLike || entries.some(([name]) => name.startsWith('_'))) return;
  for (const [name, value] of entries) found.set(name, { name, value: String(value) });
}
