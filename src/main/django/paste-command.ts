/** Options of curl that carry cookies, and its option for any header. */
const COOKIE_OPTION = /^(?:-b|--cookie)$/;
const HEADER_OPTION = /^(?:-H|--header)$/;

/**
 * The contents of the Cookie headers in a command copied from a browser: cURL in the quoting of sh, cmd or PowerShell,
 * fetch() of JavaScript, Invoke-WebRequest; null where the text is no such command.
 */
export function cookieHeadersOfCommand(text: string): readonly string[] | null {
  if (/^(?:\$\s*)?curl(?:\.exe)?\s/i.test(text)) return curlCookies(shellWords(text));
  const fetched = /["']cookie["']\s*:\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')/i.exec(text)?.[1];
  if (/\bfetch\(|Invoke-(?:WebRequest|RestMethod)/.test(text)) {
    if (fetched !== undefined) return [jsString(fetched)];
    return powershellCookies(text);
  }
  return null;
}

function curlCookies(words: readonly string[]): string[] {
  const found: string[] = [];
  words.forEach((word, index) => {
    const next = words[index + 1] ?? '';
    if (COOKIE_OPTION.test(word)) found.push(next);
    else if (/^--cookie=/.test(word)) found.push(word.slice('--cookie='.length));
    else if (HEADER_OPTION.test(word)) {
      const header = /^\s*cookie\s*:\s*([\s\S]*)$/i.exec(next);
      if (header !== null) found.push(header[1] ?? '');
    }
  });
  return found;
}

/** The words of a command line: '…', "…", $'…', backslashes; cmd's carets are taken away first. One pass: pastes may be long. */
function shellWords(text: string): string[] {
  const plain = /\^\r?\n|\^"/.test(text) ? text.replace(/\^(\r?\n|.)/g, '$1') : text;
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < plain.length) {
    const end = partEnd(plain, at);
    const part = plain.slice(at, end);
    at = end;
    if (/^\s/.test(part) || part === '\\\n') {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + unquoted(part);
  }
  if (word !== null) words.push(word);
  return words;
}

/** The place behind the quoted part, escape, space or plain run that begins at `at`; an open quote runs to the end. */
function partEnd(text: string, at: number): number {
  const first = text.charAt(at);
  if (first === '\\') return Math.min(at + 2, text.length);
  if (first === "'") return closing(text, at + 1, "'", false);
  if (first === '"') return closing(text, at + 1, '"', true);
  if (first === '$' && text.charAt(at + 1) === "'") return closing(text, at + 2, "'", true);
  if (/\s/.test(first)) return at + 1;
  let end = at + 1;
  while (end < text.length && !/[\s'"\\]/.test(text.charAt(end))) end += 1;
  return end;
}

function closing(text: string, from: number, quote: string, escapes: boolean): number {
  for (let at = from; at < text.length; at += 1) {
    if (escapes && text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === quote) return at + 1;
  }
  return text.length;
}

function unquoted(part: string): string {
  if (part.startsWith("$'")) return part.slice(2, -1).replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g, ansiEscape);
  if (part.startsWith("'")) return part.slice(1, -1);
  if (part.startsWith('"')) return part.slice(1, -1).replace(/\\(["\\$`])/g, '$1');
  return part.startsWith('\\') ? part.slice(1) : part;
}

function ansiEscape(_: string, unicode: string | undefined, hex: string | undefined, other: string | undefined): string {
  const digits = unicode ?? hex;
  if (digits !== undefined) return String.fromCharCode(Number.parseInt(digits, 16));
  return SHORT_ESCAPES[other ?? ''] ?? other ?? '';
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function jsString(literal: string): string {
  return literal.slice(1, -1).replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g, ansiEscape);
}

/** `$session.Cookies.Add((New-Object System.Net.Cookie("name", "value", …)))` */
function powershellCookies(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(/System\.Net\.Cookie\("([^"]+)",\s*"((?:`.|[^"`])*)"/g)) {
    found.push(`${match[1]}=${(match[2] ?? '').replace(/`(.)/g, '$1')}`);
  }
  return found;
}
