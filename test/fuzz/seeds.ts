import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './targets.ts';

/** Inputs that real software made, by what they are; mutations start from them. */
export type Seeds = Readonly<Record<Target['seeds'], readonly Uint8Array[]>>;

/** Larger ones slow the run down and are tried by tests of their own. */
const MAX_SEED = 4096;

type Entry = Readonly<Record<string, unknown>> & Readonly<{ kind: string }>;

/** All seeds: the fixtures' values, their payloads and pickles, and the entries of their caches. @param folder test/fixtures */
export function readSeeds(folder: string): Seeds {
  const { entries } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { entries: readonly Entry[] };
  const fieldOf = (name: string, encoding: BufferEncoding, kind = /./) =>
    entries.flatMap((entry) => (kind.test(entry.kind) && typeof entry[name] === 'string' ? [Buffer.from(entry[name], encoding)] : []));
  const stored = fieldOf('value', 'utf8', /^session_data|^signed_cookie/);
  const text = [...PASTES.map((paste) => Buffer.from(paste)), ...fieldOf('value', 'utf8')];
  const cache = entries
    .filter(({ kind }) => kind === 'redis' || kind === 'memcached')
    .flatMap(({ file }) => entriesOf(join(folder, String(file))));
  const msgpack = cache.filter((bytes) => (bytes[0] ?? 0) > 0x80 && (bytes[0] ?? 0) < 0x90);
  const compressed = cache.filter((bytes) => !msgpack.includes(bytes) && bytes[0] !== 0x80 && bytes[0] !== 0x7b);
  const pickle = fieldOf('pickle_b64', 'base64');
  const seeds: Seeds = { stored, json: fieldOf('json', 'latin1'), pickle, text, cache, msgpack, compressed };
  return Object.fromEntries(
    Object.entries(seeds).map(([name, list]) => [name, list.filter(({ length }) => length <= MAX_SEED)]),
  ) as unknown as Seeds; // same keys
}

function entriesOf(file: string): Uint8Array[] {
  const entries = JSON.parse(readFileSync(file, 'utf8')) as readonly { value: string }[];
  return entries.map(({ value }) => Buffer.from(value, 'base64'));
}

const PASTES = [
  'Cookie: csrftoken=abc; sessionid="a\\054b"; messages=x',
  "curl 'https://example.org' -H $'cookie: a=\\u0062' --cookie \"c=d\"",
  '[{"name":"sessionid","value":"abc","domain":"example.org"}]',
  'sessionid\tabc\texample.org\t/\n#HttpOnly_example.org\tFALSE\t/\tTRUE\t0\tname\tvalue',
  'fetch("https://example.org", {"headers": {"cookie": "a=b"}})',
  '2031-02-15T12:30:45.314351+00:00',
  '[["__json_message", 0, 25, "text", ""], "__messagesnotfinished__"]',
];
