import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

type Loaded = Readonly<{ typed: unknown; error?: undefined } | { error: string }>;
/** A document before and after an edit whose values are in the typed notation. */
export type EditCase = Readonly<{ before: Uint8Array; after: Uint8Array; edit: Readonly<Record<string, unknown>> }>;

/** CPython's pickle in one process, asked in batches: see oracle.py beside this file. */
export class PickleOracle implements Disposable {
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

  /** pickle.dumps(json.loads(text)) in protocols 0 to 5. */
  async json(texts: readonly string[]): Promise<readonly (readonly Buffer[])[]> {
    return (await this.#ask<string[][]>({ json: texts })).map((row) => row.map(bytesOf));
  }

  /** pickle.dumps() of values in the typed notation, in protocols 0 to 5. */
  async typed(values: readonly unknown[]): Promise<readonly (readonly Buffer[])[]> {
    return (await this.#ask<string[][]>({ typed: values })).map((row) => row.map(bytesOf));
  }

  /** Pickles of random objects: nested, shared, cyclic, of known and unknown classes. */
  async random(seed: number, count: number): Promise<readonly Buffer[]> {
    return (await this.#ask<string[]>({ random: seed, count })).map(bytesOf);
  }

  /** pickle.loads(), in the typed notation. */
  loads(pickles: readonly Uint8Array[]): Promise<readonly Loaded[]> {
    return this.#ask({ loads: pickles.map(base64) });
  }

  /** For each case, how what Python loads differs from what the same edit in Python gives; empty where it does not. */
  edits(cases: readonly EditCase[]): Promise<readonly string[]> {
    return this.#ask({ edits: cases.map(({ before, after, edit }) => ({ before: base64(before), after: base64(after), edit })) });
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

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
