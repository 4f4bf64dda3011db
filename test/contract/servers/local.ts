import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A port of the loopback that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

/** A server that a test started, in a folder of its own: it is stopped by its process id and its folder removed. */
export class LocalServer implements AsyncDisposable {
  readonly folder: string;
  readonly #process: ChildProcess;
  #output = '';

  private constructor(folder: string, process: ChildProcess) {
    this.folder = folder;
    this.#process = process;
    for (const stream of [process.stdout, process.stderr]) stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
  }

  /** @param args made with the server's own folder; `ready` is asked every 20 ms until it does not throw */
  static async start(command: string, args: (folder: string) => readonly string[], ready: () => Promise<unknown>): Promise<LocalServer> {
    const folder = await mkdtemp(join(tmpdir(), 'inspector-server-'));
    const process = spawn(command, args(folder), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new LocalServer(folder, process);
    let failed: Error | null = null;
    process.once('error', (error) => {
      failed = error;
    });
    await eventually(async () => {
      if (failed !== null) throw new Fatal(`${command} could not be started: ${failed.message}`);
      if (process.exitCode !== null) throw new Fatal(`${command} ended with ${process.exitCode}: ${server.#output}`);
      await ready();
    });
    return server;
  }

  get output(): string {
    return this.#output;
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Freezes it: connections stay open, nothing answers. */
  pause(): void {
    this.#process.kill('SIGSTOP');
  }

  resume(): void {
    this.#process.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill(signal);
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

class Fatal extends Error {}

/** Tries until it does not throw, at most `seconds`. */
export async function eventually<T>(attempt: () => Promise<T>, seconds = 20): Promise<T> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Fatal || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** What a command prints. @throws Error when it fails */
export function output(command: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, [...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    // What takes no input may be gone before it is written.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
