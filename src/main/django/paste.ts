import { cookieHeadersOfCommand } from './paste-command.ts';
import { readCookieJson } from './paste-json.ts';
import { unquoteCookieValue } from './set-cookie.ts';

/** Where in a paste a value was found. */
export type PasteSource = 'value' | 'cookie header' | 'set-cookie header' | 'command' | 'table' | 'cookie file' | 'json';

export type PastedValue = Readonly<{
  /** the cookie's name, where the paste had one */
  name: string | null;
  /** how the value may have been meant, likeliest first: unquoted, percent-decoded, as it stands; all different */
  values: readonly string[];
  source: PasteSource;
}>;

/** More values than a person can want to look at in one paste. */
const MAX_VALUES = 200;
/** RFC 6265 cookie names: an HTTP token. */
const PAIR = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,256})=(?!=*$|=)([\s\S]*)$/;
const ATTRIBUTE = /;\s*(?:httponly|secure|path=|max-age=|expires=|samesite=|domain=)/i;

/**
 * Everything in a pasted text that may be a value of Django: a value by itself, Cookie and Set-Cookie headers, a cURL
 * command, rows of the browser's tools, a cookie file, exported cookie JSON.
 */
export function readPaste(text: string): readonly PastedValue[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const found =
    readCookieJson(trimmed)?.map(({ name, value }) => pasted(name, value, 'json')) ??
    readCommand(trimmed) ??
    readHeaders(trimmed) ??
    readTable(trimmed) ??
    readPlain(trimmed);
  return found.slice(0, MAX_VALUES);
}

function pasted(name: string | null, raw: string, source: PasteSource): PastedValue {
  return { name, values: variants(raw), source };
}

/** A value without what browsers, shells and frameworks put around it. */
function variants(raw: string): readonly string[] {
  const bare = unwrap(raw.trim());
  const decoded = percentDecoded(bare);
  return [...new Set([unquoteCookieValue(decoded), decoded, bare])];
}

function unwrap(text: string): string {
  const inner = /^b?(['`])([\s\S]*)\1[;,]?$/.exec(text)?.[2] ?? text.replace(/^b(?=")/, '');
  return unquoteCookieValue(inner.replace(/[;,]$/, ''));
}

function percentDecoded(text: string): string {
  if (!/%[0-9a-f]{2}/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readCommand(text: string): PastedValue[] | null {
  const headers = cookieHeadersOfCommand(text);
  return headers === null ? null : headers.flatMap((header) => readPairs(header, 'command'));
}

/** Lines that begin with the name of a cookie header, whatever stands between them. */
function readHeaders(text: string): PastedValue[] | null {
  const found: PastedValue[] = [];
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*[<>]?\s*(cookie|set-cookie)\s*:\s*(.*)$/i.exec(line);
    if (header === null) continue;
    const content = header[2] ?? '';
    found.push(...(header[1]?.toLowerCase() === 'cookie' ? readPairs(content, 'cookie header') : readSetCookie(content)));
  }
  return found.length > 0 ? found : null;
}

/** `name=value; name2=value2`; parts without a name are left out unless there is only one. */
function readPairs(content: string, source: PasteSource): PastedValue[] {
  const found: PastedValue[] = [];
  for (const part of splitOutsideQuotes(content)) {
    const pair = PAIR.exec(part.trim());
    if (pair !== null) found.push(pasted(pair[1] ?? null, pair[2] ?? '', source));
  }
  return found;
}

/** Only the first pair of a Set-Cookie header is a cookie; the others are its attributes. */
function readSetCookie(content: string): PastedValue[] {
  const pair = PAIR.exec((splitOutsideQuotes(content)[0] ?? '').trim());
  return pair === null ? [] : [pasted(pair[1] ?? null, pair[2] ?? '', 'set-cookie header')];
}

/** Splits at semicolons; those inside a quoted value belong to it (old Djangos wrote them escaped, some tools do not). */
function splitOutsideQuotes(content: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < content.length; at += 1) {
    const character = content.charAt(at);
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = quoted ? false : content.charAt(at - 1) === '=';
    else if (character === ';' && !quoted) {
      parts.push(content.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, content.slice(start)];
}

/** Rows of the browser's cookie table (name, value, domain, …) or of a cookies.txt file (domain, flag, path, flag, expiry, name, value). */
function readTable(text: string): PastedValue[] | null {
  if (!text.includes('\t')) return null;
  const found: PastedValue[] = [];
  for (const line of text.split(/\r?\n/)) {
    const cells = line.split('\t');
    const [name = '', value = ''] = cells;
    const isFile = cells.length >= 7 && /^(TRUE|FALSE)$/.test(cells[1] ?? '') && /^(TRUE|FALSE)$/.test(cells[3] ?? '');
    if (isFile) found.push(pasted(cells[5] ?? null, cells[6] ?? '', 'cookie file'));
    else if (cells.length >= 2 && name.trim() !== '' && value.trim() !== '') found.push(pasted(name.trim(), value, 'table'));
  }
  return found.length > 0 ? found : null;
}

function readPlain(text: string): PastedValue[] {
  // `document.cookie` in a console is shown in quotes
  const bare = /^(['"])([\s\S]*)\1$/.exec(text)?.[2] ?? text;
  if (PAIR.test(bare)) {
    const found = ATTRIBUTE.test(bare) ? readSetCookie(bare) : readPairs(bare, 'cookie header');
    if (found.length > 0) return found;
  }
  const named = /^([A-Za-z_][\w-]{0,63}):\s+(\S+)$/.exec(text);
  if (named !== null) return [pasted(named[1] ?? null, named[2] ?? '', 'table')];
  return readLines(text).map((line) => pasted(null, line, 'value'));
}

/** The end of a signed value: its timestamp and a signature of a length that Django makes. */
const SIGNED_END = /:[\w-]+:(?:[\w-]{27}|[\w-]{43}|[\w-]{64}|[\w-]{86})$/;

/** One value per line; but a signed value that a terminal wrapped is one value. */
function readLines(text: string): string[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const joined = lines.join('');
  if (SIGNED_END.test(joined) && !lines.some((line) => SIGNED_END.test(line))) return [joined];
  return lines.some((line) => /\s/.test(line)) ? [text] : lines;
}
