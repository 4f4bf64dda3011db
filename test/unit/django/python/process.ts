import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A script of CPython's in one process, asked in batches: one line of JSON each way. */
export class PythonProcess implements Disposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];

  /** @param script a path */
  constructor(script: string) {
    this.#process = spawn('/usr/bin/python3', ['-S', script], { stdio: 'pipe' });
    const errors: string[] = [];
    this.#process.stderr.on('data', (text: Buffer) => errors.push(text.toString()));
    this.#process.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`python3 ended: ${errors.join('')}`));
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
  }

  [Symbol.dispose](): void {
    this.#process.stdin.end();
    this.#process.kill();
  }

  protected ask<T>(request: unknown): Promise<T> {
    const answered = new Promise<unknown>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    // The script answers each request in the shape that its comment says.
    return answered as Promise<T>;
  }
}
