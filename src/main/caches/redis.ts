/**
 * The connection to Redis: the one place that imports the driver. It fails rather than hangs, never reconnects behind a
 * person's back, and connects anew with the next call, which is how a failover is survived.
 */
import { Cluster, Redis } from 'ioredis';
import { InspectorError } from '../errors.ts';
import { checkCanceled } from './base.ts';
import type { RedisArgument, RedisCommand } from './redis-commands.ts';
import { endsConnection, redisError } from './redis-error.ts';
import { addressText } from './redis-location.ts';
import { addressesOf, clusterOptions, isTls, type RedisConfig, sentinelOptions, singleOptions } from './redis-options.ts';

export type RedisReply = null | number | string | Buffer | readonly RedisReply[];
/** A node of the cluster by its address; null = whoever has the key (the one server, where there is one). */
export type RedisNode = string | null;

const COMMAND_TIMEOUT = 10_000;
/** of a cluster */
const SLOTS = 16_384;

export class RedisConnection {
  readonly #config: RedisConfig;
  readonly #allowed: ReadonlySet<string>;
  readonly #db: number;
  readonly where: string;
  #client: Redis | Cluster | null = null;
  #untouched = false;
  #connecting: Promise<Redis | Cluster> | null = null;

  /** whether the server leaves idle times alone for this connection (CLIENT NO-TOUCH) */
  get leavesNoTrace(): boolean {
    return this.#untouched;
  }

  /** @param allowed the commands that may ever be sent: READ_ONLY or READ_AND_WRITE */
  constructor(config: RedisConfig, allowed: ReadonlySet<string>) {
    this.#config = config;
    this.#allowed = allowed;
    const [first] = addressesOf(config);
    this.#db = config.TOPOLOGY === 'cluster' ? 0 : (config.DB ?? first.db ?? 0);
    this.where = config.TOPOLOGY === 'single' ? `Redis at ${addressText(first)}` : `The Redis ${config.TOPOLOGY} at ${addressText(first)}`;
  }

  /** The only ways out: `send`, `pipeline` and `transaction`, which all pass here. @throws InspectorError ReadOnly */
  #check(command: RedisCommand): void {
    if (this.#allowed.has(command[0])) return;
    throw new InspectorError('ReadOnly', `The profile is read-only: ${command[0]} is not sent`);
  }

  async send(command: RedisCommand, signal: AbortSignal, node: RedisNode = null): Promise<RedisReply> {
    this.#check(command);
    return this.#run(signal, async (client) => {
      const [name, ...args] = wire(command);
      return (await this.#node(client, node).callBuffer(name, ...args)) as RedisReply;
    });
  }

  /** All replies in order; a command that failed answers with its error. */
  async pipeline(
    commands: readonly RedisCommand[],
    signal: AbortSignal,
    node: RedisNode = null,
  ): Promise<ReadonlyArray<RedisReply | InspectorError>> {
    for (const command of commands) this.#check(command);
    return this.#run(signal, async (client) => {
      const target = this.#node(client, node);
      const results = await Promise.allSettled(
        target instanceof Cluster ? commands.map((command) => callOne(target, command)) : await callAll(target, commands),
      );
      return results.map((result) => {
        if (result.status === 'fulfilled') return result.value;
        const error = redisError(result.reason, this.where);
        if (endsConnection(error)) throw error;
        return error;
      });
    });
  }

  /** MULTI … EXEC on the server of the key; null where a watched key was changed. */
  async transaction(commands: readonly RedisCommand[], signal: AbortSignal): Promise<RedisReply> {
    for (const command of [['MULTI'] as const, ...commands, ['EXEC'] as const]) this.#check(command);
    return this.#run(signal, async (client) => {
      const multi = client.multi();
      for (const command of commands) {
        const [name, ...args] = wire(command);
        multi.callBuffer(name, ...args);
      }
      const replies = await multi.exec();
      if (replies === null) return null;
      for (const [error] of replies) if (error !== null) throw error;
      return replies.map(([, reply]) => reply as RedisReply);
    });
  }

  /**
   * The masters, each by its address: one (null) unless this is a cluster.
   * @throws InspectorError ConnectionLost where one of them is gone: what the others have would pass for everything
   */
  async masters(signal: AbortSignal): Promise<readonly RedisNode[]> {
    this.#check(['CLUSTER SLOTS']);
    return this.#run(signal, async (client) => {
      if (client instanceof Redis) return [null];
      const reachable = new Set(client.nodes('master').map(nameOf));
      const owners = ownersOf((await client.callBuffer('CLUSTER', 'SLOTS')) as RedisReply);
      const missing = owners.names.find((name) => !reachable.has(name));
      if (missing === undefined && owners.slots === SLOTS) return [...reachable].sort();
      throw new InspectorError(
        'ConnectionLost',
        `${this.where}: ${missing === undefined ? 'some slots have no master' : `the master ${missing} is gone`}`,
        {
          hint: 'A listing would lack its sessions. Try again when a replica has taken over.',
        },
      );
    });
  }

  async close(): Promise<void> {
    this.#drop();
  }

  #node(client: Redis | Cluster, node: RedisNode): Redis | Cluster {
    if (node === null || client instanceof Redis) return client;
    const found = client.nodes('master').find((one) => nameOf(one) === node);
    if (found !== undefined) return found;
    throw new InspectorError('ConnectionLost', `${this.where}: the master ${node} is gone`, {
      hint: 'List again: the cluster was rearranged.',
    });
  }

  async #run<T>(signal: AbortSignal, work: (client: Redis | Cluster) => Promise<T>): Promise<T> {
    checkCanceled(signal);
    try {
      return await this.#withDeadline(signal, async () => work(await this.#ready()));
    } catch (thrown) {
      const error = redisError(thrown, this.where);
      if (endsConnection(error)) this.#drop();
      throw error;
    }
  }

  /** One timer for a call however many commands it sends. A canceled call stops waiting; what was sent may still be done. */
  #withDeadline<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { timeout = COMMAND_TIMEOUT } = this.#config;
    return new Promise((resolve, reject) => {
      const late = new InspectorError('Timeout', `${this.where}: no answer within ${timeout / 1000} seconds`, {
        hint: 'The server is busy or the network is down; try again.',
      });
      const timer = setTimeout(() => reject(late), timeout);
      const cancel = () => reject(new InspectorError('Canceled', 'Canceled'));
      signal.addEventListener('abort', cancel, { once: true });
      work()
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          signal.removeEventListener('abort', cancel);
        });
    });
  }

  async #ready(): Promise<Redis | Cluster> {
    if (this.#client !== null && this.#client.status === 'ready') return this.#client;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #connect(): Promise<Redis | Cluster> {
    this.#drop();
    const client = this.#make();
    let said: unknown;
    client.on('error', (error: Error) => {
      said ??= innerOf(error);
    });
    try {
      await client.connect();
      // The driver would carry on with database 0 where SELECT fails.
      if (this.#db !== 0) await client.call('SELECT', String(this.#db));
      if (client instanceof Redis) this.#untouched = await leaveNoTrace(client);
    } catch (thrown) {
      client.disconnect();
      throw this.#handshakeError(said ?? thrown);
    }
    this.#client = client;
    return client;
  }

  /** A server without TLS takes the handshake for an unfinished command and waits. */
  #handshakeError(thrown: unknown): unknown {
    const late = thrown instanceof Error && 'code' in thrown && thrown.code === 'ETIMEDOUT';
    if (!late || !isTls(this.#config, addressesOf(this.#config)[0])) return thrown;
    return new InspectorError('TlsFailed', `${this.where}: no TLS handshake in time`, {
      hint: 'The port may not speak TLS, or a firewall may swallow the connection.',
      cause: thrown,
    });
  }

  #drop(): void {
    this.#client?.disconnect();
    this.#client = null;
  }

  #make(): Redis | Cluster {
    switch (this.#config.TOPOLOGY) {
      case 'single':
        return new Redis(singleOptions(this.#config));
      case 'sentinel':
        return new Redis(sentinelOptions(this.#config));
      case 'cluster': {
        const { nodes, options } = clusterOptions(this.#config);
        const cluster = new Cluster(nodes, options);
        return cluster.on('+node', (node: Redis) => node.once('ready', async () => (this.#untouched = await leaveNoTrace(node))));
      }
      default:
        return this.#config.TOPOLOGY satisfies never;
    }
  }
}

/** `CLIENT NO-TOUCH` and the like are one entry of the list and two words on the wire. */
function wire(command: RedisCommand): [name: string, ...args: Array<string | number | Buffer>] {
  const [name, ...args] = command;
  const [first = '', ...further] = name.split(' ');
  return [first, ...further, ...args.map(toBuffer)];
}

function toBuffer(argument: RedisArgument): string | number | Buffer {
  return argument instanceof Uint8Array ? Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength) : argument;
}

async function callOne(client: Redis | Cluster, command: RedisCommand): Promise<RedisReply> {
  const [name, ...args] = wire(command);
  return (await client.callBuffer(name, ...args)) as RedisReply;
}

async function callAll(client: Redis, commands: readonly RedisCommand[]): Promise<ReadonlyArray<Promise<RedisReply>>> {
  const pipeline = client.pipeline();
  for (const command of commands) {
    const [name, ...args] = wire(command);
    pipeline.callBuffer(name, ...args);
  }
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, reply]) => (error === null ? Promise.resolve(reply as RedisReply) : Promise.reject(error)));
}

/** Redis 7.2 can leave a key's idle time and frequency alone; older servers refuse the command. */
async function leaveNoTrace(client: Redis): Promise<boolean> {
  return client.call('CLIENT', 'NO-TOUCH', 'ON').then(
    () => true,
    () => false,
  );
}

/** From CLUSTER SLOTS: `[first, last, [host, port, …master], …replicas]` for each range. */
function ownersOf(reply: RedisReply): Readonly<{ names: readonly string[]; slots: number }> {
  const names = new Set<string>();
  let slots = 0;
  for (const range of Array.isArray(reply) ? reply : []) {
    const [first, last, master] = Array.isArray(range) ? range : [];
    const [host, port] = Array.isArray(master) ? master : [];
    slots += Number(last) - Number(first) + 1;
    // A node that does not know its own address leaves it out.
    if (host !== null && String(host) !== '') names.add(`${host}:${port}`);
  }
  return { names: [...names], slots };
}

function nameOf(node: Redis): string {
  return `${node.options.host}:${node.options.port}`;
}

function innerOf(error: Error): unknown {
  return 'lastNodeError' in error && error.lastNodeError instanceof Error ? error.lastNodeError : error;
}
