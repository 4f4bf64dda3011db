/** Cache entries in Redis, as Django's RedisCache (4.0+) and django-redis keep them: one string per key, with a TTL. */
import { InspectorError } from '../errors.ts';
import { ahead } from './ahead.ts';
import {
  type Cache,
  type CacheCount,
  type CacheEntry,
  type CacheFacts,
  type CachePage,
  type CacheQuery,
  type KeyPattern,
  matches,
  VALUE_LIMIT,
} from './base.ts';
import { RedisConnection, type RedisNode, type RedisReply } from './redis.ts';
import { escapeGlob, READ_ONLY, type RedisCommand, SCRIPTS } from './redis-commands.ts';
import { isRefused } from './redis-error.ts';
import { type RedisFacts, redisFacts } from './redis-facts.ts';
import type { RedisConfig } from './redis-options.ts';

/** Bytes that are read of every value at first; a longer value is read once its length is known. */
const HEAD = 65_536;
/** Bytes of values in one block or page; what is beyond comes with the next. */
const BLOCK_BYTES = VALUE_LIMIT;
const BLOCK_KEYS = 500;
const SCAN_COUNT = 1000;
/** Milliseconds after which a page is handed over although it is not full, where few keys match. */
const PAGE_TIME = 2000;

type Step = Readonly<{ cursor: string; keys: readonly string[] }>;
/** `cursor` null: this master is done; `from`: the cursor that gave what is pending */
type Position = { node: RedisNode; cursor: string | null; from: string; pending: string[] };
type Block = Readonly<{ entries: readonly CacheEntry[]; rest: readonly string[]; leftOut: number }>;

/** @throws InspectorError naming the failing layer */
export async function openRedis(config: RedisConfig, signal: AbortSignal): Promise<Cache> {
  const connection = new RedisConnection(config, READ_ONLY);
  return new RedisCache(connection, await factsOrClose(connection, config, signal));
}

export async function factsOrClose(connection: RedisConnection, config: RedisConfig, signal: AbortSignal): Promise<RedisFacts> {
  try {
    return await redisFacts(connection, config, signal);
  } catch (thrown) {
    await connection.close();
    throw thrown;
  }
}

export class RedisCache implements Cache {
  readonly facts: CacheFacts;
  protected readonly connection: RedisConnection;
  readonly #scanType: boolean;
  #scripted: boolean | null = null;
  /** what a page has scanned and not yet handed over; a cursor whose rest was forgotten scans that step again */
  readonly #positions = new Map<string, Position>();
  #lastPosition = 0;

  constructor(connection: RedisConnection, { facts, scanType }: RedisFacts) {
    this.connection = connection;
    this.facts = facts;
    this.#scanType = scanType;
  }

  async getMany(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, CacheEntry>> {
    const found = new Map<string, CacheEntry>();
    for (let rest = keys; rest.length > 0; ) {
      const block = await this.#read(rest, null, signal);
      for (const entry of block.entries) found.set(entry.key, entry);
      rest = block.rest;
    }
    return found;
  }

  async page(pattern: KeyPattern, query: CacheQuery, signal: AbortSignal): Promise<CachePage> {
    const masters = await this.connection.masters(signal);
    const position =
      query.cursor === undefined ? { node: masters[0] ?? null, cursor: '0', from: '0', pending: [] } : this.#resume(query.cursor);
    const entries: CacheEntry[] = [];
    const until = performance.now() + PAGE_TIME;
    let leftOut = 0;
    let more = true;
    while (more && entries.length < query.limit) {
      if (position.pending.length === 0) {
        await this.#scanOn(position, pattern, Math.min(SCAN_COUNT, Math.max(10, query.limit)), signal);
      }
      const block = await this.#read(position.pending.splice(0, query.limit - entries.length), position.node, signal);
      entries.push(...block.entries);
      position.pending.unshift(...block.rest);
      leftOut += block.leftOut;
      more = position.pending.length > 0 || position.cursor !== null || this.#nextMaster(position, masters);
      if (block.rest.length > 0 || performance.now() > until) break;
    }
    return { entries, ...(more ? { next: this.#keep(position) } : {}), ...leftOutText(leftOut) };
  }

  /** SCAN, reading and the caller's work go on side by side, one block ahead each. */
  async *scan(pattern: KeyPattern, signal: AbortSignal): AsyncIterable<readonly CacheEntry[]> {
    yield* ahead(this.#entries(ahead(this.#steps(pattern, signal)), signal));
  }

  async *#steps(pattern: KeyPattern, signal: AbortSignal): AsyncIterable<Readonly<{ node: RedisNode; keys: readonly string[] }>> {
    // SCAN may answer a key twice while its table is resized.
    const seen = new Set<string>();
    for (const node of await this.connection.masters(signal)) {
      let cursor = '0';
      do {
        const step = await this.step(cursor, pattern, SCAN_COUNT, node, signal);
        const keys = step.keys.filter((key) => !seen.has(key));
        for (const key of keys) seen.add(key);
        yield { node, keys };
        cursor = step.cursor;
      } while (cursor !== '0');
    }
  }

  async *#entries(
    steps: AsyncIterable<Readonly<{ node: RedisNode; keys: readonly string[] }>>,
    signal: AbortSignal,
  ): AsyncIterable<readonly CacheEntry[]> {
    for await (const { node, keys } of steps) {
      for (let rest = keys; rest.length > 0; ) {
        const block = await this.#read(rest, node, signal);
        rest = block.rest;
        if (block.entries.length > 0) yield block.entries;
      }
    }
  }

  async count(pattern: KeyPattern, _query: unknown, exact: boolean, signal: AbortSignal): Promise<CacheCount> {
    let value = 0;
    let total = 0;
    let sampled = 0;
    let kind: CacheCount['kind'] = 'exact';
    for (const node of await this.connection.masters(signal)) {
      total += Number(await this.connection.send(['DBSIZE'], signal, node));
      let cursor = '0';
      do {
        const step = await this.step(cursor, pattern, SCAN_COUNT, node, signal);
        cursor = step.cursor;
        value += step.keys.length;
        sampled += SCAN_COUNT;
      } while (cursor !== '0' && (exact || sampled < 10 * SCAN_COUNT));
      if (cursor !== '0') kind = 'estimate';
    }
    return { value: kind === 'exact' ? value : Math.round((value / sampled) * total), kind };
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** One SCAN step: MATCH and TYPE on the server, and once more here, as MATCH compares bytes. */
  protected async step(cursor: string, pattern: KeyPattern, count: number, node: RedisNode, signal: AbortSignal): Promise<Step> {
    const match = `${escapeGlob(pattern.head)}*${escapeGlob(pattern.tail)}`;
    const command: RedisCommand = ['SCAN', cursor, 'MATCH', match, 'COUNT', count, ...(this.#scanType ? ['TYPE', 'string'] : [])];
    const [next, found] = (await this.connection.send(command, signal, node)) as [Buffer, Buffer[]];
    return {
      cursor: String(next),
      keys: [...new Set(found.map(textOf))].filter((key) => key !== null && matches(key, pattern)) as string[],
    };
  }

  async #scanOn(position: Position, pattern: KeyPattern, count: number, signal: AbortSignal): Promise<void> {
    if (position.cursor === null) return;
    const step = await this.step(position.cursor, pattern, count, position.node, signal);
    position.from = position.cursor;
    position.cursor = step.cursor === '0' ? null : step.cursor;
    position.pending = [...step.keys];
  }

  #nextMaster(position: Position, masters: readonly RedisNode[]): boolean {
    const next = masters[masters.indexOf(position.node) + 1];
    if (next === undefined) return false;
    position.node = next;
    position.cursor = '0';
    return true;
  }

  #keep(position: Position): string {
    const id = String(++this.#lastPosition);
    this.#positions.set(id, position);
    const [oldest] = this.#positions.keys();
    if (this.#positions.size > 50 && oldest !== undefined) this.#positions.delete(oldest);
    return JSON.stringify([position.node, position.pending.length > 0 ? position.from : position.cursor, id]);
  }

  #resume(cursor: string): Position {
    const [node, from, id] = parseCursor(cursor);
    const kept = this.#positions.get(id);
    return kept === undefined ? { node, cursor: from, from, pending: [] } : { ...kept, pending: [...kept.pending] };
  }

  /** The entries of these keys, as many as BLOCK_BYTES allow; `rest` are those to be read next. */
  async #read(keys: readonly string[], node: RedisNode, signal: AbortSignal): Promise<Block> {
    const entries: CacheEntry[] = [];
    const now = keys.slice(0, BLOCK_KEYS);
    const heads = await this.#heads(now, node, signal);
    let bytes = heads.reduce((sum, head) => sum + (head?.value.length ?? 0), 0);
    for (const [index, head] of heads.entries()) {
      const key = now[index];
      if (head === null || key === undefined) continue;
      if (head.value.length < HEAD) entries.push(entryOf(key, head.value, head.ttl));
      else {
        const entry = await this.#large(key, head.ttl, node, signal);
        if (entry === null) continue;
        entries.push(entry);
        bytes += entry.value.length;
        if (bytes >= BLOCK_BYTES) return { entries, rest: keys.slice(index + 1), leftOut: 0 };
      }
    }
    return { entries, rest: keys.slice(BLOCK_KEYS), leftOut: heads.filter((head) => head === null).length };
  }

  async #large(key: string, ttl: number, node: RedisNode, signal: AbortSignal): Promise<CacheEntry | null> {
    const size = Number(await this.connection.send(['STRLEN', key], signal, node));
    if (size > VALUE_LIMIT) return { ...entryOf(key, Buffer.alloc(0), ttl), oversize: size };
    const value = await this.connection.send(['GET', key], signal, node);
    return Buffer.isBuffer(value) ? entryOf(key, value, ttl) : null;
  }

  /** The beginning and the TTL of each value; null where there is none, it is no string, or it may not be read. */
  async #heads(keys: readonly string[], node: RedisNode, signal: AbortSignal): Promise<ReadonlyArray<Head | null>> {
    if (keys.length === 0) return [];
    // One script for a block is twice as fast as two commands a key; a cluster runs it for keys of one slot only.
    if (this.#scripted === null) this.#scripted = !(await this.#isCluster(signal));
    if (this.#scripted) {
      try {
        const reply = (await this.connection.send(['EVAL_RO', SCRIPTS.read, keys.length, ...keys, HEAD - 1], signal, node)) as RedisReply[];
        return keys.map((_, index) => headOf(reply[2 * index], reply[2 * index + 1]));
      } catch (thrown) {
        if (!(thrown instanceof InspectorError) || !isRefused(thrown)) throw thrown;
        this.#scripted = false;
      }
    }
    const commands = keys.flatMap((key): RedisCommand[] => [
      ['GETRANGE', key, 0, HEAD - 1],
      ['PTTL', key],
    ]);
    const replies = await this.connection.pipeline(commands, signal, node);
    const moved = node === null ? [] : keys.filter((_, index) => isMoved(replies[2 * index]));
    // A slot on its way to another master: whoever has the key now is asked.
    const elsewhere = new Map((await this.#heads(moved, null, signal)).map((head, index) => [moved[index], head]));
    return keys.map((key, index) => elsewhere.get(key) ?? headOf(replies[2 * index], replies[2 * index + 1]));
  }

  async #isCluster(signal: AbortSignal): Promise<boolean> {
    const [first = null] = await this.connection.masters(signal);
    return first !== null;
  }
}

function isMoved(reply: RedisReply | InspectorError | undefined): boolean {
  return reply instanceof InspectorError && reply.code === 'ImproperlyConfigured';
}

type Head = Readonly<{ value: Buffer; ttl: number }>;

/** PTTL: -2 = no such key, -1 = no TTL. */
function headOf(value: RedisReply | InspectorError | undefined, ttl: RedisReply | InspectorError | undefined): Head | null {
  if (!Buffer.isBuffer(value) || typeof ttl !== 'number' || ttl < -1) return null;
  return { value, ttl };
}

function entryOf(key: string, value: Buffer, ttl: number): CacheEntry {
  return { key, value, expiry: { source: 'ttl', milliseconds: ttl < 0 ? null : ttl } };
}

/** Session keys are text; a key that is no UTF-8 is nobody's session. */
function textOf(key: Buffer): string | null {
  const text = key.toString('utf8');
  return text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(key) ? null : text;
}

function leftOutText(leftOut: number): { partial?: string } {
  if (leftOut === 0) return {};
  return {
    partial: `${leftOut} ${leftOut === 1 ? 'key was' : 'keys were'} left out: gone meanwhile, no string, or not to be read by this user.`,
  };
}

function parseCursor(cursor: string): [node: RedisNode, from: string, id: string] {
  try {
    const [node, from, id] = JSON.parse(cursor) as unknown[];
    if ((node === null || typeof node === 'string') && /^\d+$/.test(String(from))) return [node, String(from), String(id)];
  } catch {
    // answered below
  }
  throw new InspectorError('BadRequest', 'The cursor is not one of this listing');
}
