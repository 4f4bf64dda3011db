import { parentPort, workerData } from 'node:worker_threads';
import { fuzz, newTally } from './fuzz.ts';
import { readSeeds } from './seeds.ts';
import { TARGETS } from './targets.ts';

/** What scripts/fuzz.mjs asks of one worker: a range of inputs of one target. */
type Task = Readonly<{ fixtures: string; target: number; seed: number; from: number; to: number; counter: SharedArrayBuffer }>;

const { fixtures, target, seed, from, to, counter } = workerData as Task;
const progress = new Int32Array(counter);
const tally = newTally();
const driven = TARGETS[target];
if (driven !== undefined) {
  fuzz(driven, target, readSeeds(fixtures), seed, from, to, tally, (index) => {
    // The parent tells a hang by a number that stands still.
    Atomics.store(progress, 0, index);
  });
}
parentPort?.postMessage(driven === undefined ? { names: TARGETS.map(({ name }) => name) } : { tally });
