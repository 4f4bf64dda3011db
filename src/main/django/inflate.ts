import { constants, createInflate, type Inflate } from 'node:zlib';

/** Outputs up to this size take the fast way; real sessions are far smaller. */
const OUTPUT_BYTES = 256 * 1024;

/** The part of Node's zlib handle used here. It is not documented; Node 20 to 24 have it, and `works` proves it. */
type Handle = {
  reset(): void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void;
  onerror: (message: string, errno: number, code: string) => void;
};

type Inflater = Readonly<{ stream: Inflate; handle: Handle; state: Uint32Array; output: Buffer }>;

/** One zlib stream: its bytes, and how many bytes of the input stand behind its end. */
export type FastInflated = Readonly<{ bytes: Uint8Array; trailing: number }>;

/** zlib.compress(b'{}'). */
const SAMPLE = Buffer.from('789cabae0500017500f9', 'hex');

let failed = false;
const inflater = openInflater();

/**
 * Inflates one zlib stream with a context that is kept from call to call, because making one costs more than inflating a
 * session. Null where this cannot be done here (an error, a large output, another Node): then the caller asks zlib itself,
 * which also says what is wrong.
 */
export function inflateFast(data: Uint8Array, limit: number): FastInflated | null {
  const length = inflateShared(data, data.length);
  if (inflater === null || length < 0 || length > limit) return null;
  return { bytes: Buffer.from(inflater.output.subarray(0, length)), trailing: inflater.state[1] ?? 0 };
}

/**
 * The same for readers of whole stores, who look at a payload and forget it: it stays in `sharedOutput`, with a 0 behind it,
 * until the next call.
 * @param length bytes of `data` that count
 * @returns bytes of the payload, or -1 where `inflateFast` answers null
 */
export function inflateShared(data: Uint8Array, length: number): number {
  if (inflater === null) return -1;
  const { handle, state, output } = inflater;
  failed = false;
  handle.reset();
  handle.writeSync(constants.Z_FINISH, data, 0, length, output, 0, output.length);
  const left = state[0] ?? 0;
  // A full output may be a cut one.
  if (failed || left === 0) return -1;
  output[output.length - left] = 0;
  return output.length - left;
}

/** What `inflateShared` writes to. */
export function sharedOutput(): Buffer {
  return inflater === null ? Buffer.alloc(1) : inflater.output;
}

function openInflater(): Inflater | null {
  const stream = createInflate({ chunkSize: 1024 });
  const { _handle: handle, _writeState: state } = stream as unknown as { _handle?: Handle; _writeState?: Uint32Array };
  if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function' || !(state instanceof Uint32Array)) return null;
  handle.onerror = () => {
    failed = true;
  };
  const opened = { stream, handle, state, output: Buffer.allocUnsafeSlow(OUTPUT_BYTES) };
  return works(opened) ? opened : null;
}

/** Tries the handle on a stream that is whole, cut, damaged, followed by other bytes, and whole again. */
function works({ handle, state, output }: Inflater): boolean {
  const inflate = (data: Uint8Array) => {
    failed = false;
    handle.reset();
    handle.writeSync(constants.Z_FINISH, data, 0, data.length, output, 0, output.length);
    return failed ? null : `${output.toString('latin1', 0, output.length - (state[0] ?? 0))} ${state[1]}`;
  };
  try {
    const damaged = Buffer.from(SAMPLE);
    damaged[9] = 0;
    const answers = [SAMPLE, SAMPLE.subarray(0, 9), damaged, Buffer.concat([SAMPLE, SAMPLE]), SAMPLE].map(inflate);
    return answers.join() === '{} 0,,,{} 10,{} 0';
  } catch {
    return false;
  }
}
