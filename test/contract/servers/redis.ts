import { eventually, freePort, LocalServer, output } from './local.ts';

/** A Redis of a test: `cli` asks it through redis-cli, past everything that is under test. */
export type RedisServer = Readonly<{
  port: number;
  server: LocalServer;
  cli(...args: readonly string[]): Promise<string>;
  /** lines as a person would paste them */
  pipe(input: string): Promise<string>;
}>;

type Options = Readonly<{
  args?: readonly string[];
  cliArgs?: readonly string[];
  /** that of a server that was there before */
  port?: number;
  /** file of the authority: the port speaks TLS, and nothing else */
  tls?: string;
}>;

export async function startRedis(options: Options = {}): Promise<RedisServer> {
  const port = options.port ?? (await freePort());
  const cli = async (...args: readonly string[]) => {
    const text = await output('redis-cli', [
      '-p',
      String(port),
      ...(options.tls === undefined ? [] : ['--tls', '--cacert', options.tls]),
      ...(options.cliArgs ?? []),
      ...args,
    ]);
    return text.replace(/\n$/, '');
  };
  const args = (folder: string) => [
    ...(options.tls === undefined ? ['--port', String(port)] : ['--port', '0', '--tls-port', String(port)]),
    ...['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    ...(options.args ?? []),
  ];
  const server = await LocalServer.start('redis-server', args, async () => {
    const answer = await cli('PING');
    if (!/PONG|NOAUTH/.test(answer)) throw new Error(answer);
  });
  const pipe = (input: string) => output('redis-cli', ['-p', String(port)], input);
  return { port, server, cli, pipe };
}

/** Three masters that share the slots. */
export async function startCluster(): Promise<readonly RedisServer[]> {
  const nodes = await Promise.all(
    [0, 1, 2].map(async () => {
      // The bus listens at port + 10000, unless told otherwise.
      const bus = await freePort();
      return startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-port', String(bus)] });
    }),
  );
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await output('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  for (const { cli } of nodes) {
    await eventually(async () => {
      const info = await cli('CLUSTER', 'INFO');
      if (!info.includes('cluster_state:ok') || !info.includes('cluster_known_nodes:3')) throw new Error(info);
    });
  }
  return nodes;
}

export type SentinelGroup = Readonly<{
  master: RedisServer;
  replica: RedisServer;
  sentinels: readonly RedisServer[];
  stop(): Promise<void>;
}>;

/** A master, a replica and three Sentinels that agree within a second or two. */
export async function startSentinels(name: string): Promise<SentinelGroup> {
  const master = await startRedis();
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(master.port)] });
  await eventually(async () => {
    const role = await replica.cli('ROLE');
    if (!role.includes('connected')) throw new Error(role);
  });
  const sentinels = await Promise.all([0, 1, 2].map(() => startSentinel(name, master.port)));
  for (const { cli } of sentinels) {
    await eventually(async () => {
      const seen = await cli('SENTINEL', 'MASTER', name);
      if (!/num-slaves\n1\n/.test(seen) || !/num-other-sentinels\n2\n/.test(seen)) throw new Error(seen);
    });
  }
  const stop = async () => {
    for (const { server } of [...sentinels, replica, master]) await server.stop();
  };
  return { master, replica, sentinels, stop };
}

async function startSentinel(name: string, masterPort: number): Promise<RedisServer> {
  const port = await freePort();
  const cli = async (...args: readonly string[]) => (await output('redis-cli', ['-p', String(port), ...args])).replace(/\n$/, '');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${name} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${name} 500`,
    `sentinel failover-timeout ${name} 3000`,
  ];
  const server = await startWithConfig(lines, () => cli('PING'));
  const pipe = (input: string) => output('redis-cli', ['-p', String(port)], input);
  return { port, server, cli, pipe };
}

/** A Sentinel rewrites its configuration, so that it has to be a file. */
async function startWithConfig(lines: readonly string[], ready: () => Promise<unknown>): Promise<LocalServer> {
  const script = 'printf "%s\\n" "$1" > sentinel.conf && exec redis-server sentinel.conf --sentinel';
  return LocalServer.start('sh', () => ['-c', script, 'sh', lines.join('\n')], ready);
}
