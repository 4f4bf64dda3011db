/** One connection to one memcached server: text and meta commands, bounded replies, one exchange at a time. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { InspectorError } from '../errors.ts';
import { systemError } from './connection-error.ts';
import { encodeCommand, type MemcachedCommand } from './memcached-commands.ts';
import { type TlsConfig, tlsOptions } from './tls-options.ts';

export type MemcachedAddress = Readonly<{ kind: 'tcp'; host: string; port: number } | { kind: 'unix'; path: string }>;

export type MemcachedLogin = TlsConfig &
  Readonly<{ USER: string; password?: string /** milliseconds; default 10 000 */; timeout?: number }>;

const CONNECT_TIMEOUT = 5000;
const REPLY_TIMEOUT = 10_000;
/** A line holds a key (250 bytes, percent-encoded) and some numbers. */
const LINE_LIMIT = 4096;
/** Bytes that wait to be taken before the server is slowed down. */
const BUFFERED = 1024 * 1024;

/** host:port, [host]:port, host, unix:/path or a path, as Django's memcached backends take them. @throws InspectorError ImproperlyConfigured */
export function parseMemcachedLocation(location: string): MemcachedAddress {
  const text = location.trim().replace(/^inet6?:/, '');
  if (text.startsWith('unix:')) return { kind: 'unix', path: text.slice(5).replace(/^\/\//, '') };
  if (text.startsWith('/')) return { kind: 'unix', path: text };
  const match = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host !== undefined) return { kind: 'tcp', host, port: Number(match?.[3] ?? 11_211) };
  throw new InspectorError('ImproperlyConfigured', 'A LOCATION cannot be read as a memcached address', {
    hint: 'Write host:port or unix:/path.',
  });
}

export class MemcachedConnection {
  /** as the client libraries name the server, which is what they hash */
  readonly name: string;
  readonly where: string;
  readonly #address: MemcachedAddress;
  readonly #login: MemcachedLogin;
  readonly #allowed: ReadonlySet<string>;
  #link: Link | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param allowed READ_ONLY or READ_AND_WRITE */
  constructor(address: MemcachedAddress, login: MemcachedLogin, allowed: ReadonlySet<string>) {
    this.#address = address;
    this.#login = login;
    this.#allowed = allowed;
    this.name = address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
    this.where = `memcached at ${this.name}`;
  }

  /**
   * Sends the commands in one go and hands the replies to `read`. The only way out; what is not on the list is not sent.
   * A failed exchange ends the connection, because what would come next is unknown; the next one connects anew.
   * @throws InspectorError ReadOnly, Canceled, or naming the failing layer
   */
  exchange<T>(commands: readonly MemcachedCommand[], read: (replies: Replies) => Promise<T>, signal: AbortSignal): Promise<T> {
    for (const { name } of commands) {
      if (!this.#allowed.has(name)) throw new InspectorError('ReadOnly', `The profile is read-only: ${name} is not sent`);
    }
    const result = this.#turn.then(() => this.#exchange(commands, read, signal));
    this.#turn = result.catch(() => null);
    return result;
  }

  async #exchange<T>(commands: readonly MemcachedCommand[], read: (replies: Replies) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw new InspectorError('Canceled', 'Canceled');
    const cancel = () => this.#drop(new InspectorError('Canceled', 'Canceled'));
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const link = await this.#ready();
      if (signal.aborted) throw new InspectorError('Canceled', 'Canceled');
      link.write(Buffer.concat(commands.map(encodeCommand)));
      return await read(link);
    } catch (thrown) {
      const error = this.#errorOf(thrown);
      this.#drop(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** A connection of its own, for the crawler, which takes no other request while it answers. */
  apart(): MemcachedConnection {
    return new MemcachedConnection(this.#address, this.#login, this.#allowed);
  }

  close(): void {
    this.#drop(new InspectorError('ConnectionLost', `${this.where}: the connection was closed`));
  }

  #drop(error: Error): void {
    this.#link?.end(error);
    this.#link = null;
  }

  #errorOf(thrown: unknown): InspectorError {
    if (thrown instanceof InspectorError) return thrown;
    return systemError(thrown, this.where) ?? new InspectorError('StoreFailed', `${this.where}: the exchange failed`, { cause: thrown });
  }

  async #ready(): Promise<Link> {
    if (this.#link !== null && !this.#link.ended) return this.#link;
    const link = new Link(await this.#connect(), this.where, this.#login.timeout ?? REPLY_TIMEOUT);
    this.#link = link;
    const { USER, password } = this.#login;
    if (USER !== '' || password !== undefined) await this.#authenticate(link, `${USER} ${password ?? ''}`);
    return link;
  }

  #connect(): Promise<Socket> {
    const address = this.#address;
    const place = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
    const tls = this.#login.TLS !== 'off';
    const socket = tls
      ? connectTls({ ...tlsOptions(this.#login, address.kind === 'tcp' ? address.host : ''), ...place })
      : connectTcp(place);
    return new Promise((resolve, reject) => {
      const late = new InspectorError('Timeout', `${this.where}: no connection within 5 seconds`, { hint: 'Check host and port.' });
      const timer = setTimeout(() => socket.destroy(late), CONNECT_TIMEOUT);
      socket.once('error', reject);
      socket.once('close', () => reject(new InspectorError('ConnectionLost', `${this.where}: the connection was closed at once`)));
      socket.once(tls ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        socket.removeAllListeners('close').setNoDelay(true);
        resolve(socket);
      });
      socket.once('close', () => clearTimeout(timer));
    });
  }

  /** memcached's doc/protocol.txt, "Authentication": the first command of a connection to a server with a password file. */
  async #authenticate(link: Link, token: string): Promise<void> {
    link.write(Buffer.from(`set auth 0 0 ${Buffer.byteLength(token)}\r\n${token}\r\n`));
    await link.line();
  }
}

/** What `read` gets: the replies in order. */
export type Replies = Pick<Link, 'line' | 'bytes'>;

class Link {
  readonly #socket: Socket;
  readonly #where: string;
  readonly #timeout: number;
  #chunks: Buffer[] = [];
  #length = 0;
  #failure: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(socket: Socket, where: string, timeout: number) {
    this.#socket = socket;
    this.#where = where;
    this.#timeout = timeout;
    socket.removeAllListeners('error');
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      if (this.#length > BUFFERED) socket.pause();
      this.#wake?.();
    });
    socket.on('error', (error) => this.end(error));
    socket.on('close', () =>
      this.end(
        new InspectorError('ConnectionLost', `${where}: the connection was closed by the server`, {
          hint: 'Try again. A server that asks for SASL speaks the binary protocol only, which this app does not; it needs a password file (-Y) instead.',
        }),
      ),
    );
  }

  get ended(): boolean {
    return this.#failure !== null;
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  end(error: Error): void {
    this.#failure ??= error;
    this.#socket.destroy();
    this.#wake?.();
  }

  /** The next line without its end. @throws InspectorError where the server reports an error instead */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#find(0x0a);
      if (end >= 0) {
        const text = this.#take(end + 1)
          .toString('utf8')
          .replace(/\r?\n$/, '');
        return this.#checked(text);
      }
      if (this.#length > LINE_LIMIT) throw new InspectorError('Corrupt', `${this.#where}: what answers there is not memcached`);
      await this.#more();
    }
  }

  /** The next bytes of a value and the end of its line; null where there are more than `limit`, which are passed over. */
  async bytes(count: number, limit: number): Promise<Buffer | null> {
    const parts: Buffer[] = [];
    let left = count + 2;
    while (left > 0) {
      if (this.#length === 0) await this.#more();
      const part = this.#take(Math.min(left, this.#length));
      left -= part.length;
      if (count <= limit) parts.push(part);
    }
    return count <= limit ? Buffer.concat(parts).subarray(0, count) : null;
  }

  #checked(line: string): string {
    if (line.startsWith('CLIENT_ERROR authentication failure')) {
      throw new InspectorError('LoginFailed', `${this.#where}: user name or password is wrong`, { hint: 'Check them in the profile.' });
    }
    if (line.startsWith('CLIENT_ERROR unauthenticated')) {
      throw new InspectorError('LoginFailed', `${this.#where}: a user name and password are required`, {
        hint: 'Enter them in the profile.',
      });
    }
    if (/^SERVER_ERROR .*(too large|too big)/.test(line)) {
      throw new InspectorError('LimitExceeded', `${this.#where}: the value is too large for this server`, {
        hint: 'Servers take 1 MB unless started with -I.',
      });
    }
    if (!/^(ERROR|CLIENT_ERROR|SERVER_ERROR)/.test(line)) return line;
    throw new InspectorError(line === 'ERROR' ? 'Unsupported' : 'StoreFailed', `${this.#where}: ${line.slice(0, 200)}`);
  }

  #find(byte: number): number {
    let offset = 0;
    for (const chunk of this.#chunks) {
      const at = chunk.indexOf(byte);
      if (at >= 0) return offset + at;
      offset += chunk.length;
    }
    return -1;
  }

  #take(count: number): Buffer {
    const [first] = this.#chunks;
    this.#length -= count;
    if (first !== undefined && first.length > count) {
      this.#chunks[0] = first.subarray(count);
      return first.subarray(0, count);
    }
    const all = Buffer.concat(this.#chunks);
    this.#chunks = all.length > count ? [all.subarray(count)] : [];
    return all.subarray(0, count);
  }

  /** Waits for the next bytes. */
  async #more(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    this.#socket.resume();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.end(new InspectorError('Timeout', `${this.#where}: no answer within ${this.#timeout / 1000} seconds`, { hint: 'Try again.' }));
      }, this.#timeout);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
    if (this.#failure !== null && this.#length === 0) throw this.#failure;
  }
}
