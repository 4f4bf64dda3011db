/**
 * Decode and verify, in rows a second, against real Django on the same rows in the same run: both sides take turns, the
 * ratio is taken per round, and a figure is printed only where both gave the same answers.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseJson } from '../src/main/django/serializers/json/document.ts';
import { decodeStored } from '../src/main/django/session-data.ts';
import { SigningKeys } from '../src/main/django/signing.ts';

const PYTHON = '/usr/bin/python3';
const KEY = 'django-insecure-benchmark-key';

type Round = Readonly<{ seconds: number; digest: string }>;
type Side = Readonly<{ name: string; run: () => Promise<Round> | Round }>;

const EMPTY = Buffer.from('{}');

/** What Django's decode() comes to: the payload where the signature holds, an empty session otherwise. */
function verifiedPayload(text: string, keys: SigningKeys): Uint8Array {
  const stored = decodeStored(text, { keys });
  return stored.payload !== null && stored.signature.verified === true ? stored.payload : EMPTY;
}

function timed(texts: readonly string[], decode: (text: string) => Uint8Array): Round {
  const started = performance.now();
  const payloads = texts.map(decode);
  const seconds = (performance.now() - started) / 1000;
  const digest = createHash('sha256');
  for (const payload of payloads) digest.update(payload).update('\n');
  return { seconds, digest: digest.digest('hex') };
}

function ours(texts: readonly string[]): readonly Side[] {
  const keys = new SigningKeys([KEY]);
  const payloadOf = (text: string) => verifiedPayload(text, keys);
  return [
    { name: 'verify and decode to JSON text', run: () => timed(texts, payloadOf) },
    {
      name: 'the same, objects built (JSON.parse)',
      run: () =>
        timed(texts, (text) => {
          const payload = payloadOf(text);
          JSON.parse(Buffer.from(payload).toString('latin1'));
          return payload;
        }),
    },
    { name: 'the same, lossless documents', run: () => timed(texts, (text) => parseJson(payloadOf(text)).payload) },
  ];
}

function django(script: string, file: string): Side & AsyncDisposable {
  const child = spawn(PYTHON, ['-u', script, 'decode', file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name: 'Django SessionStore.decode()',
    run: async () => {
      child.stdin.write('\n');
      const line = await lines.next();
      if (line.done === true) throw new Error('Django ended');
      return JSON.parse(line.value) as Round;
    },
    [Symbol.asyncDispose]: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await gone;
    },
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** @param folder the project's bench folder */
export async function run(folder: string, options: Readonly<{ rows: number; rounds: number; seed: number }>): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'session-inspector-bench-'));
  try {
    const file = join(work, 'rows');
    const script = join(folder, 'django_decode.py');
    const made = spawnSync(PYTHON, [script, 'make', file, String(options.rows), String(options.seed)], { stdio: 'inherit' });
    if (made.status !== 0) throw new Error('Django could not make the rows');
    await compare(script, file, options.rounds);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function compare(script: string, file: string, rounds: number): Promise<void> {
  const texts = readFileSync(file, 'latin1').split('\n').slice(0, -1);
  await using reference = django(script, file);
  const sides = [reference, ...ours(texts)];
  const seen: Round[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, side] of sides.entries()) seen[index]?.push(await side.run());
  }
  const base = seen[0] ?? [];
  console.log(
    `${texts.length} rows, ${rounds} rounds, ${process.versions['electron'] ? `Electron ${process.versions['electron']}, ` : ''}Node ${process.version}`,
  );
  for (const [index, side] of sides.entries()) {
    const own = seen[index] ?? [];
    const equal = own.every(({ digest }, round) => digest === base[round]?.digest);
    const rate = Math.round(texts.length / median(own.map(({ seconds }) => seconds)));
    const ratio = median(own.map(({ seconds }, round) => (base[round]?.seconds ?? Number.NaN) / seconds));
    console.log(
      equal
        ? `${side.name.padEnd(40)} ${String(rate).padStart(9)} rows/s  ${ratio.toFixed(2)} x Django`
        : `${side.name.padEnd(40)} other answers than Django`,
    );
    if (!equal) process.exitCode = 1;
  }
}
