/** `.env` files in the dialect that python-dotenv, django-environ and Docker Compose share. Nothing is run and no other variable is looked at but the file's own. */
import { InspectorError } from '../errors.ts';

const VARIABLES = 2000;
const VALUE = 65_536;

export type EnvVariable = Readonly<{ value: string /** from 1 */; line: number }>;

const NAME = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*(?:=[ \t]*|:[ \t]+)/y;
const DOUBLE = /"((?:[^"\\]|\\[\s\S])*)"[^\n]*/y;
const SINGLE = /'([^']*)'[^\n]*/y;
const PLAIN = /[^\n]*/y;

/**
 * The variables of a file; of one that stands there twice, the last. `${NAME}` in plain and double-quoted values is one of the
 * file's own earlier variables, or its default as in `${NAME:-default}`.
 * @throws InspectorError LimitExceeded
 */
export function parseDotenv(text: string): ReadonlyMap<string, EnvVariable> {
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const variables = new Map<string, EnvVariable>();
  let line = 1;
  for (let at = 0; at < source.length; ) {
    const end = at + lengthOf(source, at, variables, line);
    line += countLines(source, at, end);
    at = end;
    if (variables.size > VARIABLES) {
      throw new InspectorError('LimitExceeded', `The file has more than ${VARIABLES} variables`, { hint: 'Is it a .env file?' });
    }
  }
  return variables;
}

/** Reads what begins at a line's start. @returns its length with the line's end */
function lengthOf(source: string, at: number, variables: Map<string, EnvVariable>, line: number): number {
  const name = matchAt(NAME, source, at);
  const from = at + (name?.[0].length ?? 0);
  const quoted = name === null ? null : (matchAt(DOUBLE, source, from) ?? matchAt(SINGLE, source, from));
  const whole = quoted ?? matchAt(PLAIN, source, from);
  const end = from + (whole?.[0].length ?? 0) + 1;
  if (name === null || whole === null) return end - at;
  const value = textFor(whole, source[from] ?? '', quoted !== null, variables);
  if (value.length <= VALUE) variables.set(name[1] ?? '', { value, line });
  return end - at;
}

function textFor(match: RegExpExecArray, quote: string, quoted: boolean, variables: ReadonlyMap<string, EnvVariable>): string {
  if (!quoted) return expanded(match[0].replace(/(^|\s)#.*$/, '').trim(), variables);
  const inner = match[1] ?? '';
  return quote === "'" ? inner : expanded(unescaped(inner), variables);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', b: '\b' };

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (_, character: string) => ESCAPES[character] ?? character);
}

function expanded(text: string, variables: ReadonlyMap<string, EnvVariable>): string {
  if (!text.includes('${')) return text;
  let result = '';
  let at = 0;
  for (const match of text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?\}/g)) {
    result += text.slice(at, match.index) + (variables.get(match[1] ?? '')?.value ?? match[2] ?? '');
    at = match.index + match[0].length;
    // Each of many variables may be many of the one before.
    if (result.length > VALUE) return result;
  }
  return result + text.slice(at);
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function countLines(source: string, from: number, to: number): number {
  let lines = 0;
  for (let at = source.indexOf('\n', from); at !== -1 && at < to; at = source.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
