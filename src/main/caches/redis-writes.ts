import { InspectorError } from '../errors.ts';
import {
  type CacheChange,
  type CacheEntry,
  type CacheStatement,
  checkCanceled,
  type NextEntry,
  sameBytes,
  sameExpiry,
  type WritableCache,
} from './base.ts';
import { RedisConnection } from './redis.ts';
import { factsOrClose, RedisCache } from './redis-cache.ts';
import { READ_AND_WRITE, type RedisCommand, SCRIPTS, writtenOut } from './redis-commands.ts';
import { isRefused } from './redis-error.ts';
import type { RedisConfig } from './redis-options.ts';

/** @throws InspectorError naming the failing layer */
export async function openWritableRedis(config: RedisConfig, signal: AbortSignal): Promise<WritableCache> {
  const connection = new RedisConnection(config, READ_AND_WRITE);
  return new WritableRedisCache(connection, await factsOrClose(connection, config, signal));
}

const DELETE_BLOCK = 500;

class WritableRedisCache extends RedisCache implements WritableCache {
  /** false once the server has refused EVAL to this user */
  #scripts = true;
  /** WATCH belongs to the connection, so that transactions take turns */
  #turn: Promise<unknown> = Promise.resolve();

  statements(change: CacheChange): readonly CacheStatement[] {
    const command = this.#scripts ? commandOf(change) : null;
    const commands = command === null ? plainCommands(change) : [command];
    return commands.map((one) => ({ language: 'redis', text: writtenOut(one) }));
  }

  async save(before: CacheEntry, after: NextEntry, signal: AbortSignal): Promise<CacheEntry> {
    if (before.oversize !== undefined)
      throw new InspectorError('LimitExceeded', `A value of ${before.oversize} bytes was not read and is not replaced`);
    await this.#swap({ key: before.key, before, after }, signal);
    const milliseconds = Number(await this.connection.send(['PTTL', before.key], signal));
    return { ...before, value: after.value, expiry: { source: 'ttl', milliseconds: milliseconds < 0 ? null : milliseconds } };
  }

  async create(key: string, next: NextEntry, signal: AbortSignal): Promise<CacheEntry> {
    const reply = await this.connection.send(createCommand(key, next), signal);
    if (reply === null) throw new InspectorError('CreateError', 'An entry of this key exists already');
    return { key, value: next.value, expiry: next.expiry };
  }

  async delete(before: readonly CacheEntry[], signal: AbortSignal): Promise<readonly string[]> {
    const deleted: string[] = [];
    for (let start = 0; start < before.length; start += DELETE_BLOCK) {
      checkCanceled(signal);
      deleted.push(...(await this.#deleteBlock(before.slice(start, start + DELETE_BLOCK), signal)));
    }
    return deleted;
  }

  async drop(key: string, signal: AbortSignal): Promise<boolean> {
    return Number(await this.connection.send(['UNLINK', key], signal)) > 0;
  }

  dropStatement(key: string): CacheStatement {
    return { language: 'redis', text: writtenOut(['UNLINK', key]) };
  }

  async #deleteBlock(block: readonly CacheEntry[], signal: AbortSignal): Promise<readonly string[]> {
    const changes = block.map((before): CacheChange => ({ key: before.key, before, after: null }));
    if (this.#scripts) {
      const replies = await this.connection.pipeline(changes.map(commandOf), signal);
      const refused = replies.find((reply) => reply instanceof InspectorError);
      if (!(refused instanceof InspectorError)) return block.filter((_, index) => replies[index] === 1).map(({ key }) => key);
      // Nothing ran: a refusal is one of all.
      if (!isRefused(refused) || replies.some((reply) => reply === 1)) throw refused;
      this.#scripts = false;
    }
    const deleted: string[] = [];
    for (const change of changes) if ((await this.#watched(change, signal)) === 1) deleted.push(change.key);
    return deleted;
  }

  async #swap(change: CacheChange, signal: AbortSignal): Promise<void> {
    const outcome = await this.#outcome(change, signal);
    if (outcome === 1) return;
    const what = outcome === -1 ? 'is gone' : 'holds another value';
    throw new InspectorError('UpdateError', `The entry ${what}: somebody else wrote it since it was read`, {
      hint: 'Nothing was written. Look at the new version and decide again.',
    });
  }

  async #outcome(change: CacheChange, signal: AbortSignal): Promise<number> {
    if (!this.#scripts) return this.#watched(change, signal);
    try {
      return Number(await this.connection.send(commandOf(change), signal));
    } catch (thrown) {
      if (!(thrown instanceof InspectorError) || !isRefused(thrown)) throw thrown;
      this.#scripts = false;
      return this.#watched(change, signal);
    }
  }

  /** The same comparison where scripts are refused: WATCH makes EXEC do nothing when the key was written in between. */
  async #watched(change: CacheChange, signal: AbortSignal): Promise<number> {
    const turn = this.#turn.then(() => this.#compareAndExecute(change, signal));
    this.#turn = turn.catch(() => null);
    return turn;
  }

  async #compareAndExecute(change: CacheChange, signal: AbortSignal): Promise<number> {
    const { key, before } = change;
    await this.connection.send(['WATCH', key], signal);
    const same =
      before?.oversize === undefined
        ? isSame(await this.connection.send(['GET', key], signal), before)
        : Number(await this.connection.send(['STRLEN', key], signal)) === before.oversize;
    if (same !== true) {
      await this.connection.send(['UNWATCH'], signal);
      return same === null ? -1 : 0;
    }
    return (await this.connection.transaction(plainCommands(change), signal)) === null ? 0 : 1;
  }
}

function isSame(reply: unknown, before: CacheEntry | null): boolean | null {
  if (!Buffer.isBuffer(reply) || before === null) return null;
  return sameBytes(reply, before.value);
}

/** Remaining milliseconds to set; null = none. @throws InspectorError BadValue: Redis, like Django, would delete the key */
function ttlOf({ expiry }: NextEntry): number | null {
  if (expiry.source !== 'ttl') throw new InspectorError('Internal', 'Redis keeps a TTL, no date');
  if (expiry.milliseconds === null) return null;
  const milliseconds = Math.trunc(expiry.milliseconds);
  if (milliseconds > 0) return milliseconds;
  throw new InspectorError('BadValue', 'A cache entry cannot end now or in the past', {
    hint: 'Delete the session instead; Django would do the same.',
  });
}

function createCommand(key: string, next: NextEntry): RedisCommand {
  const ttl = ttlOf(next);
  return ['SET', key, next.value, ...(ttl === null ? [] : ['PX', ttl]), 'NX'];
}

function commandOf({ key, before, after }: CacheChange): RedisCommand {
  if (before === null) {
    if (after !== null) return createCommand(key, after);
    throw new InspectorError('Internal', 'There is nothing to delete');
  }
  if (after === null) {
    return before.oversize === undefined
      ? ['EVAL', SCRIPTS.delete, 1, key, before.value]
      : ['EVAL', SCRIPTS.deleteBySize, 1, key, String(before.oversize)];
  }
  if (sameExpiry(before.expiry, after.expiry)) return ['EVAL', SCRIPTS.saveKeepingTtl, 1, key, before.value, after.value];
  const ttl = ttlOf(after);
  return ttl === null
    ? ['EVAL', SCRIPTS.saveWithoutTtl, 1, key, before.value, after.value]
    : ['EVAL', SCRIPTS.saveWithTtl, 1, key, before.value, after.value, ttl];
}

/** What stands between MULTI and EXEC where scripts are refused. */
function plainCommands({ key, before, after }: CacheChange): readonly RedisCommand[] {
  if (after === null) return [['UNLINK', key]];
  if (before === null) return [createCommand(key, after)];
  if (sameExpiry(before.expiry, after.expiry)) return [['SET', key, after.value, 'KEEPTTL']];
  const ttl = ttlOf(after);
  return [ttl === null ? ['SET', key, after.value] : ['SET', key, after.value, 'PX', ttl]];
}
