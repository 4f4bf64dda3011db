import { cookieHeadersOfCommand } from './paste-command.ts';
import { cookiePairs, type NamedValue, PAIR, setCookiePair } from './paste-cookies.ts';
import { readEmbedded } from './paste-embedded.ts';
import { readCookieJson } from './paste-json.ts';
import { unquoteCookieValue } from './set-cookie.ts';

/** Where in a paste a value was found. */
export type PasteSource = 'value' | 'cookie header' | 'set-cookie header' | 'command' | 'table' | 'cookie file' | 'json' | 'text';

export type PastedValue = Readonly<{
  /** the cookie's name, where the paste had one */
  name: string | null;
  /** how the value may have been meant, likeliest first: unquoted, percent-decoded, as it stands; all different */
  values: readonly string[];
  source: PasteSource;
}>;

/** More values than a person can want to look at in one paste. */
const MAX_VALUES = 200;
const ATTRIBUTE = /;\s*(?:httponly|secure|path=|max-age=|expires=|samesite=|domain=)/i;

/**
 * Everything in a pasted text that may be a value of Django: a value by itself, Cookie and Set-Cookie headers, a cURL
 * command, rows of the browser's tools, a cookie file, exported cookie JSON.
 */
export function readPaste(text: string): readonly PastedValue[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const found = readJson(trimmed) ?? readCommand(trimmed) ?? readHeaders(trimmed) ?? readTable(trimmed) ?? readPlain(trimmed);
  return found.slice(0, MAX_VALUES);
}

function pasted(name: string | null, raw: string, source: PasteSource): PastedValue {
  return { name, values: variants(raw), source };
}

function fromPairs(pairs: readonly NamedValue[], source: PasteSource): PastedValue[] {
  return pairs.map(({ name, value }) => pasted(name, value, source));
}

/** A value without what browsers, shells and frameworks put around it. */
function variants(raw: string): readonly string[] {
  const bare = unwrap(raw.trim());
  const decoded = percentDecoded(bare);
  // A proxy or a log may have encoded what was encoded before.
  return [...new Set([unquoteCookieValue(decoded), decoded, bare, percentDecoded(decoded)])];
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

function readJson(text: string): PastedValue[] | null {
  const found = readCookieJson(text);
  return found === null ? null : fromPairs(found, 'json');
}

function readCommand(text: string): PastedValue[] | null {
  const headers = cookieHeadersOfCommand(text);
  return headers === null ? null : headers.flatMap((header) => fromPairs(cookiePairs(header), 'command'));
}

/** Lines that begin with the name of a cookie header, whatever stands between them; Chrome puts the value on the next line. */
function readHeaders(text: string): PastedValue[] | null {
  const found: PastedValue[] = [];
  const lines = text.split(/\r?\n/);
  lines.forEach((line, index) => {
    const header = /^\s*[<>]?\s*(cookie|set-cookie)\s*:\s*(.*)$/i.exec(line);
    if (header === null) return;
    const content = header[2] || (lines[index + 1] ?? '');
    if (header[1]?.toLowerCase() === 'cookie') found.push(...fromPairs(cookiePairs(content), 'cookie header'));
    else found.push(...fromPairs(setCookiePair(content), 'set-cookie header'));
  });
  return found.length > 0 ? found : null;
}

/** Rows of the browser's cookie table (name, value, domain, …) or of a cookies.txt file (domain, flag, path, flag, expiry, name, value). */
function readTable(text: string): PastedValue[] | null {
  const found: PastedValue[] = [];
  for (const line of text.split(/\r?\n/)) {
    // Terminals show the tabs of a file as spaces.
    const file = line.includes('\t') ? line.split('\t') : line.split(/ +/, 8);
    if (file.length >= 7 && /^(TRUE|FALSE)$/.test(file[1] ?? '') && /^(TRUE|FALSE)$/.test(file[3] ?? '')) {
      found.push(pasted(file[5] ?? null, file[6] ?? '', 'cookie file'));
      continue;
    }
    const [name = '', value = ''] = line.split('\t');
    if (name.trim() !== '' && value.trim() !== '') found.push(pasted(name.trim(), value, 'table'));
  }
  return found.length > 0 ? found : null;
}

function readPlain(text: string): PastedValue[] {
  // `document.cookie` in a console is shown in quotes
  const bare = /^(['"])([\s\S]*)\1$/.exec(text)?.[2] ?? text;
  if (PAIR.test(bare)) {
    const isSetCookie = ATTRIBUTE.test(bare);
    const found = isSetCookie ? fromPairs(setCookiePair(bare), 'set-cookie header') : fromPairs(cookiePairs(bare), 'cookie header');
    if (found.length > 0) return found;
  }
  // `sessionid: value` of a table, `sessionid:"value"` of Firefox
  const named = /^([A-Za-z_][\w-]{0,63}):(?:\s+(\S+)|("[^"]*"))$/.exec(text);
  if (named !== null) return [pasted(named[1] ?? null, named[2] ?? named[3] ?? '', 'table')];
  const lines = readLines(text);
  const embedded = lines.length === 1 && !SIGNED_END.test(lines[0] ?? '') ? readEmbedded(text) : [];
  if (embedded.length > 0) return embedded.map(({ name, value }) => pasted(name, value, 'text'));
  return lines.map((line) => pasted(null, line, 'value'));
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
