const MASK = '••••••••';
/** The names whose values the window masks, too: src/renderer/session/facts.ts */
const SENSITIVE_NAME = /_auth_user_hash|csrf|token|secret|passw|api_?key|credential|e-?mail/i;
const EMAIL = /[^\s@"'<>\\,;:()[\]{}]{1,64}@[^\s@"'<>\\,;:()[\]{}]{1,253}\.[^\s@."'<>\\,;:()[\]{}]{2,63}/g;

/** A session key of which four characters are left. */
export function redactKey(session_key: string): string {
  return session_key.length <= 8 ? MASK : `${[...session_key].slice(0, 4).join('')}${MASK}`;
}

/**
 * A value in the typed notation without what may be personal or secret: auth hashes, CSRF and other tokens, passwords,
 * and e-mail addresses wherever they stand. What is masked becomes a str; bool and None stay.
 */
export function redactTyped(typed: unknown, hidden = false): unknown {
  if (typed === null || typeof typed === 'boolean') return typed;
  if (typeof typed === 'string') return hidden ? MASK : typed.replace(EMAIL, '•••@•••');
  if (typeof typed === 'number') return hidden ? MASK : typed;
  if (Array.isArray(typed)) return typed.map((item) => redactTyped(item, hidden));
  const [[tag, content] = ['', null], ...rest] = Object.entries(typed as object);
  if (!Array.isArray(content) || tag === '$timedelta' || tag === '$complex') return hidden ? MASK : typed;
  const isDict = tag === '$dict' || tag === '$ordereddict';
  const redacted = content.map((item) => (isDict ? redactPair(item, hidden) : redactTyped(item, hidden)));
  return Object.fromEntries([[tag, redacted], ...rest]);
}

function redactPair(pair: unknown, hidden: boolean): unknown {
  if (!Array.isArray(pair)) return pair;
  const [key, value] = pair;
  return [redactTyped(key), redactTyped(value, hidden || (typeof key === 'string' && SENSITIVE_NAME.test(key)))];
}
