/** A cookie's name and its value as it stands in a header. */
export type NamedValue = Readonly<{ name: string; value: string }>;

/** RFC 6265 cookie names: an HTTP token. */
export const PAIR = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,256})=(?!=*$|=)([\s\S]*)$/;

/** The cookies of a Cookie header: `name=value; name2=value2`. Parts without a name are left out. */
export function cookiePairs(content: string): NamedValue[] {
  return splitOutsideQuotes(content).flatMap(pairOf);
}

/** Only the first pair of a Set-Cookie header is a cookie; the others are its attributes. */
export function setCookiePair(content: string): NamedValue[] {
  return pairOf(splitOutsideQuotes(content)[0] ?? '');
}

function pairOf(part: string): NamedValue[] {
  const [, name, value] = PAIR.exec(part.trim()) ?? [];
  return name === undefined || value === undefined ? [] : [{ name, value }];
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
