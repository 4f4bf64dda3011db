import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** Where a Django is: the command that starts its Python, and the folder to put first on sys.path. */
export type Release = Readonly<{ name: string; python: readonly string[]; folder?: string }>;

/** Debian's python3-django is installed for the system's own Python, which need not be the first on the PATH. */
const INSTALLED: Release = { name: "Debian's", python: ['/usr/bin/python3'] };

/** The releases to test with: the installed one, or those that `npm run test:releases` has unpacked. */
export function djangoReleases(): readonly Release[] {
  const listed = process.env['DJANGO_RELEASES'];
  return listed === undefined ? [INSTALLED] : (JSON.parse(listed) as Release[]);
}
const SCRIPT = fileURLToPath(new URL('oracle.py', import.meta.url));

export type Answer = Readonly<Record<string, unknown>>;

/** Real Django with settings of its own, in a process of its own: see oracle.py for the operations. */
export class Django implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: Array<Readonly<{ resolve: (line: string) => void; reject: (error: Error) => void }>> = [];
  #version = '';

  private constructor({ name, python: [command = '', ...args], folder }: Release) {
    this.#process = spawn(command, [...args, '-u', SCRIPT, ...(folder === undefined ? [] : [folder])], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(line));
    const fail = (why: string) => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`Django (${name}) ${why}`));
    };
    this.#process.on('error', (error) => fail(`could not be started: ${error.message}`));
    this.#process.on('exit', (code) => fail(`ended with ${code}`));
    this.#process.stdin.on('error', () => fail('does not read any more'));
  }

  /** @param settings Django's own; see op_configure() for what is filled in */
  static async start(settings: Readonly<Record<string, unknown>>, release: Release = INSTALLED): Promise<Django> {
    const django = new Django(release);
    django.#version = String((await django.ask('configure', { settings }))['django']);
    return django;
  }

  /** "3.2.25" */
  get version(): string {
    return this.#version;
  }

  /** @throws Error with Django's own class and message */
  async ask(op: string, request: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${JSON.stringify({ op, ...request })}\n`);
    });
    const answer = JSON.parse(line) as Answer;
    if (answer['ok'] !== true) throw new Error(`Django: ${answer['error']}: ${answer['message']}`);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.end();
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
