import { fileURLToPath } from 'node:url';
import { PythonProcess } from '../../python/process.ts';

type Loaded = Readonly<{ typed: unknown; error?: undefined } | { error: string }>;
/** A document before and after an edit whose values are in the typed notation. */
export type EditCase = Readonly<{ before: Uint8Array; after: Uint8Array; edit: Readonly<Record<string, unknown>> }>;

/** CPython's pickle in one process, asked in batches: see oracle.py beside this file. */
export class PickleOracle extends PythonProcess {
  constructor() {
    super(fileURLToPath(new URL('oracle.py', import.meta.url)));
  }

  /** pickle.dumps(json.loads(text)) in protocols 0 to 5. */
  async json(texts: readonly string[]): Promise<readonly (readonly Buffer[])[]> {
    return (await this.ask<string[][]>({ json: texts })).map((row) => row.map(bytesOf));
  }

  /** pickle.dumps() of values in the typed notation, in protocols 0 to 5. */
  async typed(values: readonly unknown[]): Promise<readonly (readonly Buffer[])[]> {
    return (await this.ask<string[][]>({ typed: values })).map((row) => row.map(bytesOf));
  }

  /** Pickles of random objects: nested, shared, cyclic, of known and unknown classes. */
  async random(seed: number, count: number): Promise<readonly Buffer[]> {
    return (await this.ask<string[]>({ random: seed, count })).map(bytesOf);
  }

  /** pickle.loads(), in the typed notation. */
  loads(pickles: readonly Uint8Array[]): Promise<readonly Loaded[]> {
    return this.ask({ loads: pickles.map(base64) });
  }

  /** For each case, how what Python loads differs from what the same edit in Python gives; empty where it does not. */
  edits(cases: readonly EditCase[]): Promise<readonly string[]> {
    return this.ask({ edits: cases.map(({ before, after, edit }) => ({ before: base64(before), after: base64(after), edit })) });
  }
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
