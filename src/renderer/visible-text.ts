/** One run of text: shown as it is, or (`code`) a character that would be invisible or would reorder its surroundings. */
export type TextSegment = Readonly<{ text: string; code?: string }>;

// C0 and C1 controls, bidirectional controls, zero-width and other invisible characters, lone surrogates, line separators.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each is looked for by itself
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function codeOf(character: string): string {
  return NAMES[character] ?? `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Splits hostile text so that every control, bidirectional or invisible character can be shown as its code point. */
export function textSegments(text: string): readonly TextSegment[] {
  const segments: TextSegment[] = [];
  let end = 0;
  for (const match of text.matchAll(UNSAFE)) {
    if (match.index > end) segments.push({ text: text.slice(end, match.index) });
    segments.push({ text: match[0], code: codeOf(match[0]) });
    end = match.index + match[0].length;
  }
  if (end < text.length || segments.length === 0) segments.push({ text: text.slice(end) });
  return segments;
}

/** The same as one string, for names, tooltips and announcements. */
export function plainText(text: string, limit = 200): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return textSegments(cut)
    .map((segment) => (segment.code ? `⟨${segment.code}⟩` : segment.text))
    .join('');
}

/** Sentences one after the other, each with its full stop; absent ones are left out. */
export function sentences(...parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== '')
    .map((part) => (/[.:;?)\]…。]$/.test(part ?? '') ? part : `${part}.`))
    .join(' ');
}

/** First four characters and dots: enough to tell keys apart, not enough to use one. */
export function maskKey(session_key: string): string {
  const start = Array.from(session_key.slice(0, 8)).slice(0, 4).join('');
  return session_key.length <= 4 ? '••••' : `${start}••••••••`;
}
