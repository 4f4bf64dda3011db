/** The largest call that is looked at: a draft of 96 MiB and an edit of 64 MiB fit. */
const LIMITS = { characters: 200 * 1024 * 1024, values: 2_000_000, depth: 64 };

/** Whether what came over the bridge is small enough to be parsed at all. Stops counting where it is not. */
export function isBounded(input: unknown, limits: Readonly<typeof LIMITS> = LIMITS): boolean {
  let { characters, values } = limits;
  const fits = (value: unknown, depth: number): boolean => {
    values -= 1;
    if (values < 0 || depth > limits.depth) return false;
    if (typeof value === 'string') {
      characters -= value.length;
      return characters >= 0;
    }
    if (typeof value !== 'object' || value === null) return true;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Map || value instanceof Set) return false;
    if (Array.isArray(value)) return value.every((item) => fits(item, depth + 1));
    return Object.entries(value).every(([name, item]) => fits(name, depth) && fits(item, depth + 1));
  };
  return fits(input, 0);
}
