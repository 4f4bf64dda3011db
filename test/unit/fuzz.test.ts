import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fuzz, newTally } from '../fuzz/fuzz.ts';
import { readSeeds } from '../fuzz/seeds.ts';
import { TARGETS } from '../fuzz/targets.ts';

/** Per target; `npm run fuzz` runs millions. */
const INPUTS = 1500;
const SEED = 1;
const seeds = readSeeds(fileURLToPath(new URL('../fixtures', import.meta.url)));

test.each(TARGETS.map((target, index) => ({ name: target.name, target, index })))('$name survives mutated inputs', ({ target, index }) => {
  const tally = newTally();
  fuzz(target, index, seeds, SEED, 0, INPUTS, tally);
  expect(tally.findings).toEqual([]);
  // Mutations that never or always decode would test nothing.
  expect(tally.accepted + tally.refused).toBe(INPUTS);
  expect(tally.accepted).toBeGreaterThan(0);
});
