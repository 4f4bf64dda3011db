/** A value inside of other text, and the name before it, where one stands there. */
export type Embedded = Readonly<{ name: string | null; value: string }>;

/** Values found in one text; a dump of a table is read by opening the table. */
const MAX_FOUND = 200;

/**
 * What in running text cannot be anything but Django's: VALUE:TIMESTAMP:SIGNATURE (or without the timestamp), reset tokens,
 * session keys, masked CSRF tokens. All begin where a run of their characters does, so that each run is looked at once.
 */
const VALUE =
  /(?<![\w.-])(?:\.?[\w-]+(?::[\w-]{1,12})?:(?:[\w-]{86}|[\w-]{64}|[\w-]{43}|[\w-]{27})|[0-9a-z]{3,7}-(?:[0-9a-f]{32}|[0-9a-f]{20})|[a-z0-9]{32}|[A-Za-z0-9]{64})(?![\w:-])/g;

/** A digest, which nobody draws from 36 characters. */
const HEXADECIMAL = /^[0-9a-f]*$/;

/**
 * Signed values, keys and tokens in text that has another form: rows of psql or mysql, a line of a log, Python's repr of a
 * dict or a cookie, an address, a form.
 */
export function readEmbedded(text: string): readonly Embedded[] {
  if (isJson(text)) return [];
  const found: Embedded[] = [];
  for (const { 0: value, index } of text.matchAll(VALUE)) {
    if (HEXADECIMAL.test(value)) continue;
    found.push({ name: nameBefore(text, index), value });
    if (found.length === MAX_FOUND) break;
  }
  return found;
}

/** `sessionid=`, `'sessionid': '`; the attribute of a form's field is no name */
function nameBefore(text: string, index: number): string | null {
  const name = /([A-Za-z_][\w-]{0,63})["']?\s{0,3}[=:]\s{0,3}["']?$/.exec(text.slice(Math.max(0, index - 80), index))?.[1] ?? null;
  return name === 'value' ? null : name;
}

/** The data of a session may hold a signed value: they are one value all the same. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
