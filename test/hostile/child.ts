import { ATTACKS, outcomeOf } from './attacks.ts';
import { costOf } from './cost.ts';

/**
 * One attack in a process of its own, named by the argument: what other tests hold or let go is not measured with it.
 * Prints its outcome, milliseconds and megabytes as JSON.
 */
const attack = ATTACKS[process.argv[2] ?? ''];
if (attack === undefined) throw new Error(`No attack ${process.argv[2]}`);
const input = attack.make();
// What making the input left behind goes before the measure begins (--expose-gc).
globalThis.gc?.();
const { result, milliseconds, megabytes } = costOf(() => outcomeOf(attack, input));
process.stdout.write(JSON.stringify({ outcome: result, milliseconds, megabytes }));
