import { fileURLToPath } from 'node:url';
import { PythonProcess } from './process.ts';

type Loaded = Readonly<{ typed: unknown; error?: undefined } | { error: string }>;
type Dumped = Readonly<{ text: string; error?: undefined } | { error: string }>;

/** CPython's json in one process, asked in batches: see oracle.py beside this file. */
export class PythonOracle extends PythonProcess {
  constructor() {
    super(fileURLToPath(new URL('oracle.py', import.meta.url)));
  }

  /** json.dumps() of values in the typed notation. */
  dumps(typed: readonly unknown[], separators: readonly [string, string]): Promise<readonly Dumped[]> {
    return this.ask({ dumps: typed, separators });
  }

  /** json.loads() of texts, in the typed notation. */
  loads(texts: readonly string[]): Promise<readonly Loaded[]> {
    return this.ask({ loads: texts });
  }

  /** repr() of doubles. */
  repr(values: readonly number[]): Promise<readonly string[]> {
    return this.ask({ repr: values.map(hexOf) });
  }
}

function hexOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}
