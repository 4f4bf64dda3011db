import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('codecs.py', import.meta.url));

type Answer = Readonly<{ ok: true; value: string }> | Readonly<{ ok: false; error: string; message: string }>;

/** CPython with lz4, zstandard and msgpack (Debian: python3-lz4, python3-zstandard, python3-msgpack), in a process of its own. */
export class Codecs implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: Array<Readonly<{ resolve: (answer: Answer) => void; reject: (error: Error) => void }>> = [];

  constructor(python = '/usr/bin/python3') {
    this.#process = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line) as Answer));
    const fail = (why: string) => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`Python ${why}`));
    };
    this.#process.on('error', (error) => fail(`could not be started: ${error.message}`));
    this.#process.on('exit', (code) => fail(`ended with ${code}`));
    this.#process.stdin.on('error', () => fail('does not read any more'));
  }

  /** @throws Error with Python's own class and message */
  async ask(op: string, request: Readonly<Record<string, unknown>>): Promise<string> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${JSON.stringify({ op, ...request })}\n`);
    });
    if (!answer.ok) throw new Error(`${answer.error}: ${answer.message}`);
    return answer.value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.end();
    await gone;
  }
}
