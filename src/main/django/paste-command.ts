/** A program that sends requests, by any path to it. */
const PROGRAM = /^(?:\$\s*)?(?:[\w.:~-]*[\\/])*(?:curl|wget|https?|xh)(?:\.exe)?\s/i;
/** Options that carry cookies, and those for any header; their value may follow at once, behind "=" or as the next word. */
const COOKIE_OPTION = /^(?:-b|--cookie(?:=|$))/;
const HEADER_OPTION = /^(?:-H|--header(?:=|$))/;
/** A header: `Cookie: a=b`. HTTPie takes it without an option. */
const HEADER = /^\s*cookie\s*:\s*([\s\S]*)$/i;

/**
 * The contents of the Cookie headers in a command copied from a browser or a shell: cURL (in the quoting of sh, cmd or
 * PowerShell), wget and HTTPie, fetch() of JavaScript, Invoke-WebRequest; null where the text is no such command.
 */
export function cookieHeadersOfCommand(text: string): readonly string[] | null {
  if (PROGRAM.test(text.slice(0, 1000))) return cookiesOfWords(shellWords(text));
  if (/\bInvoke-(?:WebRequest|RestMethod)/i.test(text)) return powershellCookies(text);
  if (!/\bfetch\(/.test(text)) return null;
  const literal = /["']cookie["']\s*:\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')/i.exec(text)?.[1];
  return literal === undefined ? [] : [jsString(literal)];
}

function cookiesOfWords(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const cookie = optionValue(COOKIE_OPTION, word, words[index + 1]);
    if (cookie !== null) return [cookie];
    // The word behind `-H` was taken with it.
    const own = HEADER_OPTION.test(words[index - 1] ?? '') ? '' : word;
    const header = HEADER.exec(optionValue(HEADER_OPTION, word, words[index + 1]) ?? own);
    return header === null ? [] : [header[1] ?? ''];
  });
}

function optionValue(option: RegExp, word: string, next = ''): string | null {
  const name = option.exec(word)?.[0];
  if (name === undefined) return null;
  return name.length < word.length ? word.slice(name.length) : next;
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

/** `$session.Cookies.Add((New-Object System.Net.Cookie("name", "value", …)))`, and `-Headers @{ "Cookie"="name=value" }` */
function powershellCookies(text: string): string[] {
  const found: string[] = [];
  for (const [, name, value] of text.matchAll(/System\.Net\.Cookie\("([^"]+)",\s*"((?:`.|[^"`])*)"/g)) {
    found.push(`${name}=${withoutTicks(value)}`);
  }
  for (const [, value] of text.matchAll(/["']?\bcookie["']?\s*=\s*"((?:`.|[^"`])*)"/gi)) found.push(withoutTicks(value));
  return found;
}

function withoutTicks(literal: string | undefined): string {
  return (literal ?? '').replace(/`(.)/g, '$1');
}
