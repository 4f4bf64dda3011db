import { InspectorError } from '../../src/main/errors.ts';
import { mutate, Random } from './mutate.ts';
import type { Seeds } from './seeds.ts';
import { BrokenPromise, type Target } from './targets.ts';

/** One input may take this many milliseconds. */
export const HANG_MS = 1000;

export type Finding = Readonly<{ target: string; index: number; kind: 'crash' | 'hang' | 'limit'; message: string }>;

export type Tally = { inputs: number; accepted: number; refused: number; slowestMs: number; findings: Finding[] };

export function newTally(): Tally {
  return { inputs: 0, accepted: 0, refused: 0, slowestMs: 0, findings: [] };
}

/** The input of a number: the same seed, target and index always make the same one. */
export function inputOf(seed: number, targetIndex: number, index: number, seeds: readonly Uint8Array[]): Buffer {
  const random = new Random(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(targetIndex + 1, 0x85ebca77) ^ Math.imul(index + 1, 0xc2b2ae3d));
  random.next();
  const one = seeds[random.below(seeds.length)] ?? new Uint8Array();
  const other = seeds[random.below(seeds.length)] ?? new Uint8Array();
  return mutate(random, one, other);
}

/** Drives one target over inputs `from` to below `to`. @param progress told before each input */
export function fuzz(
  target: Target,
  targetIndex: number,
  seeds: Seeds,
  seed: number,
  from: number,
  to: number,
  tally: Tally,
  progress?: (index: number) => void,
): void {
  for (let index = from; index < to; index += 1) {
    progress?.(index);
    const input = inputOf(seed, targetIndex, index, seeds[target.seeds]);
    const start = performance.now();
    try {
      target.run(input);
      tally.accepted += 1;
    } catch (error) {
      if (error instanceof InspectorError && error.code !== 'Internal') tally.refused += 1;
      else
        tally.findings.push({
          target: target.name,
          index,
          kind: error instanceof BrokenPromise ? 'limit' : 'crash',
          message: String(error),
        });
    }
    const took = performance.now() - start;
    tally.inputs += 1;
    tally.slowestMs = Math.max(tally.slowestMs, took);
    if (took > HANG_MS) tally.findings.push({ target: target.name, index, kind: 'hang', message: `${Math.round(took)} ms` });
  }
}
