/** URLs of databases and caches, as people write them: passwords with characters that should have been percent-encoded included. */
import { InspectorError } from '../errors.ts';

export type SplitUrl = Readonly<{
  /** lower case, without :// */
  scheme: string;
  user: string;
  password: string;
  /** host and port, or several with commas; as written */
  host: string;
  /** with its slash, percent-decoded */
  path: string;
  query: ReadonlyMap<string, string>;
}>;

const LENGTH = 8192;

/** @throws InspectorError BadValue; the text is not repeated, because it may hold a password */
export function splitUrl(text: string): SplitUrl {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(text.trim());
  if (match === null || text.length > LENGTH) {
    throw new InspectorError('BadValue', 'The text is not a URL', {
      hint: 'Paste one such as postgres://user:password@host:5432/name, redis://host:6379/0 or sqlite:///path/to/db.sqlite3.',
    });
  }
  const [, scheme = '', rest = ''] = match;
  const { credentials, place } = divide(rest);
  const colon = credentials.indexOf(':');
  const user = colon === -1 ? credentials : credentials.slice(0, colon);
  const [, host = '', path = '', query = ''] = /^([^/?#]*)([^?#]*)(?:\?([^#]*))?/s.exec(place) ?? [];
  return {
    scheme: scheme.toLowerCase(),
    user: decoded(user),
    password: colon === -1 ? '' : decoded(credentials.slice(colon + 1)),
    host,
    path: decoded(path),
    query: queryOf(query),
  };
}

/** At the last @ of the authority; of the whole, where what would be the host is none. */
function divide(rest: string): Readonly<{ credentials: string; place: string }> {
  const end = rest.search(/[/?#]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const inside = authority.lastIndexOf('@');
  if (inside !== -1) return { credentials: rest.slice(0, inside), place: rest.slice(inside + 1) };
  const later = rest.lastIndexOf('@');
  const isHost = /^[^:]*$|^[^:]*:\d*(,[^:,]+(:\d*)?)*$|^\[[^\]]*\](:\d*)?$/.test(authority);
  if (later === -1 || isHost) return { credentials: '', place: rest };
  return { credentials: rest.slice(0, later), place: rest.slice(later + 1) };
}

function queryOf(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const part of text.split('&')) {
    const [name = '', ...value] = part.split('=');
    if (name !== '') query.set(decoded(name), decoded(value.join('=').replaceAll('+', '%20')));
  }
  return query;
}

/** Percent-decoded; what is no percent-encoding stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `host`, `host:port` or `[address]:port`. */
export function hostAndPort(text: string): Readonly<{ host: string; port: number | null }> {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{0,5}))?$/.exec(text);
  const port = match?.[3] === undefined || match[3] === '' ? null : Number(match[3]);
  return { host: decoded(match?.[1] ?? match?.[2] ?? text), port };
}
