import { readFileSync, writeFileSync } from 'node:fs';

const MEGABYTE = 1024 * 1024;

export type Cost<T> = Readonly<{
  result: T;
  /** by the clock or by the processor, whichever is less: other programs on the machine are not what is measured */
  milliseconds: number;
  /** most that the process held at any moment, over what it held before */
  megabytes: number;
}>;

/** What a piece of work costs at its peak. The kernel's high-water mark is set back first, or an earlier peak would hide it. */
export function costOf<T>(work: () => T): Cost<T> {
  writeFileSync('/proc/self/clear_refs', '5');
  const before = residentBytes('VmRSS');
  const processor = process.cpuUsage();
  const start = performance.now();
  const result = work();
  const clock = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  const milliseconds = Math.min(clock, (user + system) / 1000);
  return { result, milliseconds, megabytes: Math.max(0, residentBytes('VmHWM') - before) / MEGABYTE };
}

/** proc(5): VmRSS is what is held now, VmHWM its peak. */
function residentBytes(field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'latin1'));
  return Number(line?.[1] ?? Number.NaN) * 1024;
}
