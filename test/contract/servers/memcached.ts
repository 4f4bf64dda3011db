import { connect } from 'node:net';
import { freePort, LocalServer } from './local.ts';

/** A memcached of a test: `ask` talks to it past everything that is under test. */
export type MemcachedServer = Readonly<{
  port: number;
  server: LocalServer;
  /** sends text and answers with what comes until `end` */
  ask(text: string, end?: RegExp): Promise<string>;
  /** every key with what looking must not change: expiry, cas and size */
  print(): Promise<readonly string[]>;
  empty(): Promise<void>;
}>;

export async function startMemcached(args: readonly string[] = []): Promise<MemcachedServer> {
  const port = await freePort();
  const ask = (text: string, end = /\r\n$/) => exchange(port, text, end);
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const server = await LocalServer.start(
    'memcached',
    () => [...user, '-l', '127.0.0.1', '-p', String(port), '-U', '0', ...args],
    () => ask('version\r\n'),
  );
  const print = async () => {
    const dump = await ask('lru_crawler metadump hash\r\n', /END\r\n$/);
    return dump.split('\n').flatMap((line) => {
      const [, key, exp, cas, size] = /^key=(\S+) exp=(\S+) la=\S+ cas=(\S+) fetch=\S+ cls=\S+ size=(\S+)/.exec(line) ?? [];
      return key === undefined ? [] : [`${decodeURIComponent(key)} ${exp} ${cas} ${size}`];
    });
  };
  const empty = async () => {
    for (const line of await print()) await ask(`delete ${line.split(' ')[0]}\r\n`);
  };
  return { port, server, ask, print: async () => (await print()).sort(), empty };
}

function exchange(port: number, text: string, end: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let answer = '';
    socket.setTimeout(5000, () => socket.destroy(new Error(`memcached answered ${answer}`)));
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (!end.test(answer)) return;
      socket.destroy();
      resolve(answer);
    });
  });
}
