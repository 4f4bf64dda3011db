import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

type Loaded = Readonly<{ typed: unknown; error?: undefined } | { error: string }>;
type Dumped = Readonly<{ text: string; error?: undefined } | { error: string }>;

/** CPython's json in one process, asked in batches: see oracle.py beside this file. */
export class PythonOracle implements Disposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];

  constructor() {
    this.#process = spawn('/usr/bin/python3', ['-S', fileURLToPath(new URL('oracle.py', import.meta.url))], { stdio: 'pipe' });
    const errors: string[] = [];
    this.#process.stderr.on('data', (text: Buffer) => errors.push(text.toString()));
    this.#process.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`python3 ended: ${errors.join('')}`));
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
  }

  /** json.dumps() of values in the typed notation. */
  dumps(typed: readonly unknown[], separators: readonly [string, string]): Promise<readonly Dumped[]> {
    return this.#ask({ dumps: typed, separators });
  }

  /** json.loads() of texts, in the typed notation. */
  loads(texts: readonly string[]): Promise<readonly Loaded[]> {
    return this.#ask({ loads: texts });
  }

  /** repr() of doubles. */
  repr(values: readonly number[]): Promise<readonly string[]> {
    return this.#ask({ repr: values.map(hexOf) });
  }

  [Symbol.dispose](): void {
    this.#process.stdin.end();
    this.#process.kill();
  }

  #ask<T>(request: unknown): Promise<T> {
    const answered = new Promise<unknown>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    // oracle.py answers each request in the shape its comment says
    return answered as Promise<T>;
  }
}

function hexOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}
