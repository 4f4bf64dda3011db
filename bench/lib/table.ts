/** One line of the table: what was measured, and what of it is a figure only because both sides gave the same answer. */
export type Line = Readonly<{ what: string; size: number; django: string; ours: string; ratio: string; target: string }>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export type Timed = Readonly<{ seconds: number; answer: unknown }>;

/**
 * Both sides in turn, so that what else the machine does meets both; the ratio is taken per round.
 * @throws Error where the answers differ: a fast wrong answer is no figure
 */
export async function paired(
  rounds: number,
  django: () => Promise<Timed>,
  ours: () => Promise<Timed>,
): Promise<Readonly<{ django: number; ours: number; ratio: number; answer: unknown }>> {
  const pairs: (readonly [number, number])[] = [];
  let answer: unknown;
  for (let round = 0; round < rounds; round += 1) {
    const [theirs, own] = [await django(), await ours()];
    if (JSON.stringify(theirs.answer) !== JSON.stringify(own.answer)) throw new Error(difference(theirs.answer, own.answer));
    answer = own.answer;
    pairs.push([theirs.seconds, own.seconds]);
  }
  return {
    django: median(pairs.map(([theirs]) => theirs)),
    ours: median(pairs.map(([, own]) => own)),
    ratio: median(pairs.map(([theirs, own]) => theirs / own)),
    answer,
  };
}

function difference(theirs: unknown, own: unknown): string {
  if (!Array.isArray(theirs) || !Array.isArray(own)) return `The answers differ: ${JSON.stringify(theirs)} and ${JSON.stringify(own)}`;
  const [left, right] = [new Set(theirs as string[]), new Set(own as string[])];
  const only = (one: Set<string>, other: Set<string>) => [...one].filter((key) => !other.has(key)).slice(0, 5);
  return `The answers differ: ${left.size} and ${right.size}; only Django: ${only(left, right).join(' ')}; only ours: ${only(right, left).join(' ')}`;
}

export function print(lines: readonly Line[]): void {
  const rows = [{ what: 'what', size: 'size', django: 'Django', ours: 'ours', ratio: 'ratio', target: 'target' }, ...lines];
  const columns = ['what', 'size', 'django', 'ours', 'ratio', 'target'] as const;
  const widths = columns.map((column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows) console.log(`| ${columns.map((column, at) => String(row[column]).padEnd(widths[at] ?? 0)).join(' | ')} |`);
}
