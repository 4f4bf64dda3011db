/** Names whose values are secrets, wherever they stand. */
const SECRET_NAME = /secret|password|passwd|passphrase|token|cookie|session_?key|session_?data|payload|draft|stored|authorization/i;
/** `scheme://user:password@` */
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi;
/** `PASSWORD=…`, `"SECRET_KEY": "…"` inside a text */
const ASSIGNED = /((?:secret|password|passwd|token|sessionid|session_key)[\w-]*["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&}]+)/gi;
/** Anything as long and as mixed as a session key, a signature or encoded data. */
const TOKEN = /[A-Za-z0-9+/_=-]{24,}(?::[A-Za-z0-9+/_=-]+)*/g;
const HIDDEN = '[redacted]';
const DEEPEST = 6;

/** A text without what looks like a credential, a key or encoded data. Paths keep their names; long words lose theirs. */
export function redactText(text: string): string {
  return text
    .replace(CREDENTIALS, `$1${HIDDEN}@`)
    .replace(ASSIGNED, `$1${HIDDEN}`)
    .replace(TOKEN, (token) => (isWordy(token) ? token : HIDDEN));
}

/** Paths and identifiers: several short words with separators between them. */
function isWordy(token: string): boolean {
  return token.split(/[/_=-]+/).every((word) => word.length < 20 && /^(?:[a-z]*|[A-Z]+|[A-Za-z]+[0-9]{0,4}|[0-9]{1,8})$/.test(word));
}

/** Anything on its way to the log: texts by what they look like, fields by their names. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (value instanceof Error) return redactText(`${value.name}: ${value.message}\n${frames(value)}`);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST || ArrayBuffer.isView(value)) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, SECRET_NAME.test(name) ? HIDDEN : redact(item, depth + 1)]));
}

function frames(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');
}
