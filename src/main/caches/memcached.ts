/** Cache entries in memcached 1.6 and later, by its meta commands: value, flags, TTL and cas in one answer. */
import { InspectorError } from '../errors.ts';
import {
  type Cache,
  type CacheCount,
  type CacheEntry,
  type CacheFacts,
  type CachePage,
  type CacheQuery,
  checkCanceled,
  type KeyPattern,
  VALUE_LIMIT,
} from './base.ts';
import { checkKey, metaGet, READ_ONLY } from './memcached-commands.ts';
import {
  type MemcachedAddress,
  MemcachedConnection,
  type MemcachedLogin,
  parseMemcachedLocation,
  type Replies,
} from './memcached-connection.ts';
import { crawl } from './memcached-crawl.ts';
import { memcachedFacts, type ServerFacts } from './memcached-facts.ts';
import { type MemcachedBackend, serverOf } from './memcached-hash.ts';

export type MemcachedConfig = MemcachedLogin & Readonly<{ BACKEND: MemcachedBackend; LOCATION: readonly string[] }>;

const BLOCK_KEYS = 100;
const LISTINGS = 8;
/** Keys that a count looks for before it says "at least". */
const COUNTED = 20_000;

type Listed = Readonly<{ key: string; server: number }>;
type Listing = Readonly<{ keys: readonly Listed[]; partial: readonly string[] }>;

/** @throws InspectorError naming the failing layer */
export async function openMemcached(config: MemcachedConfig, signal: AbortSignal): Promise<Cache> {
  const connections = connectionsOf(config, READ_ONLY);
  return new MemcachedCache(config, connections, await memcachedFacts(connections, signal));
}

/** One connection a server of LOCATION; they connect with their first exchange. @throws InspectorError ImproperlyConfigured */
export function connectionsOf(config: MemcachedConfig, allowed: ReadonlySet<string>): readonly MemcachedConnection[] {
  return memcachedServers(config.LOCATION).map((address) => new MemcachedConnection(address, config, allowed));
}

/** @throws InspectorError ImproperlyConfigured */
export function memcachedServers(LOCATION: readonly string[]): readonly MemcachedAddress[] {
  // Django splits one text at ; and ,
  const locations = LOCATION.flatMap((location) => location.split(/[;,]/)).filter((location) => location.trim() !== '');
  if (locations.length === 0)
    throw new InspectorError('ImproperlyConfigured', 'LOCATION is empty', { hint: 'Enter the servers, one a line.' });
  return locations.map(parseMemcachedLocation);
}

export class MemcachedCache implements Cache {
  readonly facts: CacheFacts;
  protected readonly servers: readonly ServerFacts[];
  protected readonly connections: readonly MemcachedConnection[];
  readonly #config: MemcachedConfig;
  readonly #names: readonly string[];
  readonly #listings = new Map<string, Listing>();
  #lastListing = 0;

  constructor(
    config: MemcachedConfig,
    connections: readonly MemcachedConnection[],
    { facts, servers }: { facts: CacheFacts; servers: readonly ServerFacts[] },
  ) {
    this.#config = config;
    this.#names = connections.map(({ name }) => name);
    this.connections = connections;
    this.facts = facts;
    this.servers = servers;
  }

  /** Every server is asked: which one a client uses depends on its options. Where several have a key, the site's own counts. */
  async getMany(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, CacheEntry>> {
    checkCanceled(signal);
    for (const key of keys) checkKey(key);
    const answers = await Promise.allSettled(this.connections.map((_, server) => this.#readAll(keys, server, signal)));
    const found = new Map<string, CacheEntry>();
    for (const key of keys) {
      const preferred = this.expectedServer(key);
      const order = preferred === null ? answers : [answers[preferred], ...answers.filter((_, server) => server !== preferred)];
      const entry = order
        .map((answer) => (answer?.status === 'fulfilled' ? answer.value.get(key) : undefined))
        .find((one) => one !== undefined);
      if (entry !== undefined) found.set(key, entry);
    }
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined && found.size < keys.length) throw failed.reason;
    return found;
  }

  async page(pattern: KeyPattern, query: CacheQuery, signal: AbortSignal): Promise<CachePage> {
    checkCanceled(signal);
    const { id, from } = query.cursor === undefined ? { id: String(++this.#lastListing), from: 0 } : parseCursor(query.cursor);
    const listing = (query.cursor === undefined ? undefined : this.#listings.get(id)) ?? (await this.#list(pattern, signal));
    this.#keep(id, listing);
    const entries: CacheEntry[] = [];
    let at = from;
    let bytes = 0;
    while (at < listing.keys.length && entries.length < query.limit && bytes < VALUE_LIMIT) {
      const block = listing.keys.slice(at, at + Math.min(BLOCK_KEYS, query.limit - entries.length));
      const found = await this.#readListed(block, signal);
      at += block.length;
      entries.push(...found);
      bytes += found.reduce((sum, { value }) => sum + value.length, 0);
    }
    const next = at < listing.keys.length ? { next: `${id}:${at}` } : {};
    return { entries, ...next, ...(listing.partial.length === 0 ? {} : { partial: listing.partial.join(' ') }) };
  }

  async *scan(pattern: KeyPattern, signal: AbortSignal): AsyncIterable<readonly CacheEntry[]> {
    const { keys } = await this.#list(pattern, signal);
    for (let start = 0; start < keys.length; start += BLOCK_KEYS) {
      checkCanceled(signal);
      const entries = await this.#readListed(keys.slice(start, start + BLOCK_KEYS), signal);
      if (entries.length > 0) yield entries;
    }
  }

  async count(pattern: KeyPattern, _query: unknown, exact: boolean, signal: AbortSignal): Promise<CacheCount> {
    let value = 0;
    let complete = true;
    let exactly = true;
    for (const connection of this.connections) {
      const found = await crawl(connection, pattern, signal, exact ? undefined : COUNTED);
      value += found.keys.length;
      complete &&= found.complete;
      exactly &&= found.walk === 'hash';
    }
    if (!complete) return { value, kind: 'atLeast' };
    return { value, kind: exactly ? 'exact' : 'estimate' };
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.close();
  }

  protected expectedServer(key: string): number | null {
    return serverOf(this.#config.BACKEND, this.#names, key);
  }

  protected serverAt(place: string | undefined): number | null {
    const index = this.#names.indexOf(place ?? '');
    return index < 0 ? null : index;
  }

  protected nameOf(server: number): string {
    return this.#names[server] ?? '';
  }

  protected connectionTo(server: number): MemcachedConnection {
    const connection = this.connections[server];
    if (connection === undefined) throw new InspectorError('Internal', 'There is no such server');
    return connection;
  }

  /** A listing goes on without the servers that do not answer, and says so; without any it fails. */
  async #list(pattern: KeyPattern, signal: AbortSignal): Promise<Listing> {
    const crawls = await Promise.allSettled(this.connections.map((connection) => crawl(connection, pattern, signal)));
    checkCanceled(signal);
    const partial: string[] = [];
    const keys: Listed[] = [];
    const seen = new Set<string>();
    for (const [server, answer] of crawls.entries()) {
      if (answer.status === 'rejected') {
        partial.push(`${answer.reason instanceof Error ? answer.reason.message : this.nameOf(server)}: its sessions are not listed.`);
        continue;
      }
      if (!answer.value.complete) partial.push(`${this.nameOf(server)}: only the first ${answer.value.keys.length} keys are listed.`);
      if (answer.value.walk === 'all')
        partial.push(`${this.nameOf(server)}: this version lists its LRU only, so that entries which move meanwhile may be missing.`);
      for (const key of answer.value.keys) {
        if (!seen.has(key)) keys.push({ key, server });
        seen.add(key);
      }
    }
    const failed = crawls.find((answer) => answer.status === 'rejected');
    if (failed !== undefined && crawls.every(({ status }) => status === 'rejected')) throw failed.reason;
    return { keys, partial };
  }

  #keep(id: string, listing: Listing): void {
    this.#listings.delete(id);
    this.#listings.set(id, listing);
    const [oldest] = this.#listings.keys();
    if (this.#listings.size > LISTINGS && oldest !== undefined) this.#listings.delete(oldest);
  }

  async #readListed(block: readonly Listed[], signal: AbortSignal): Promise<readonly CacheEntry[]> {
    const found = new Map<string, CacheEntry>();
    for (const server of new Set(block.map((listed) => listed.server))) {
      const keys = block.filter((listed) => listed.server === server).map(({ key }) => key);
      for (const [key, entry] of await this.#readAll(keys, server, signal)) found.set(key, entry);
    }
    return block.flatMap(({ key }) => found.get(key) ?? []);
  }

  async #readAll(keys: readonly string[], server: number, signal: AbortSignal): Promise<ReadonlyMap<string, CacheEntry>> {
    const found = new Map<string, CacheEntry>();
    for (let start = 0; start < keys.length; start += BLOCK_KEYS) {
      const block = keys.slice(start, start + BLOCK_KEYS);
      const read = async (replies: Replies) => {
        for (const key of block) {
          const entry = await readEntry(replies, key, this.nameOf(server));
          if (entry !== null) found.set(key, entry);
        }
      };
      await this.connectionTo(server).exchange(block.map(metaGet), read, signal);
    }
    return found;
  }
}

/** `VA <bytes> f<flags> t<ttl> c<cas>` and the value, or `EN`. */
async function readEntry(replies: Replies, key: string, place: string): Promise<CacheEntry | null> {
  const [code, size = '', ...flags] = (await replies.line()).split(' ');
  if (code === 'EN') return null;
  if (code !== 'VA' || !/^\d{1,12}$/.test(size)) throw new InspectorError('Corrupt', `${place}: an answer of memcached cannot be read`);
  const value = await replies.bytes(Number(size), VALUE_LIMIT);
  const { f, t, c } = tokensOf(flags);
  return {
    key,
    value: value ?? new Uint8Array(0),
    expiry: { source: 'ttl', milliseconds: t === undefined || t === '-1' ? null : Number(t) * 1000 },
    flags: Number(f ?? 0),
    token: c ?? '',
    place,
    ...(value === null ? { oversize: Number(size) } : {}),
  };
}

/** The return flags of a meta answer by their letter. */
export function tokensOf(flags: readonly string[]): Readonly<Record<string, string>> & { f?: string; t?: string; c?: string } {
  return Object.fromEntries(flags.map((flag) => [flag.slice(0, 1), flag.slice(1)]));
}

function parseCursor(cursor: string): { id: string; from: number } {
  const match = /^(\d+):(\d+)$/.exec(cursor);
  if (match?.[1] === undefined) throw new InspectorError('BadRequest', 'The cursor is not one of this listing');
  return { id: match[1], from: Number(match[2]) };
}
