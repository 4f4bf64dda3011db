import { type ParseArgsConfig, parseArgs } from 'node:util';
import { InspectorError } from '../errors.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const OPTIONS = {
  profile: text,
  secrets: text,
  json: flag,
  'dry-run': flag,
  keep: text,
  'no-keep': flag,
  confirm: text,
  state: text,
  prefix: text,
  sort: text,
  descending: flag,
  limit: text,
  user: text,
  text,
  seconds: text,
  at: text,
  default: flag,
  'browser-close': flag,
  batch: text,
  pause: text,
} as const satisfies NonNullable<ParseArgsConfig['options']>;

export type OptionName = keyof typeof OPTIONS;
export type StoreOptions = Readonly<{
  values: Readonly<{ [N in OptionName]?: (typeof OPTIONS)[N]['type'] extends 'string' ? string : boolean }>;
  positionals: readonly string[];
}>;

/** What every command takes, and what those that write take besides. */
const COMMON: readonly OptionName[] = ['profile', 'secrets', 'json'];
const WRITING: readonly OptionName[] = ['dry-run', 'keep', 'no-keep', 'confirm'];

/**
 * Options of one command.
 * @param own besides the common ones @throws InspectorError BadRequest for options that the command does not take
 */
export function readOptions(args: readonly string[], own: readonly OptionName[], writes: boolean): StoreOptions {
  const allowed = [...COMMON, ...(writes ? WRITING : []), ...own];
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: Object.fromEntries(allowed.map((name) => [name, OPTIONS[name]])),
      allowPositionals: true,
    });
    return { values: { ...values } as StoreOptions['values'], positionals };
  } catch (error) {
    // The message names the option; a value may stand in it only where it looked like an option.
    throw usage(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'Options that cannot be read');
  }
}

export function usage(message: string): InspectorError {
  return new InspectorError('BadRequest', message, { hint: 'docs/cli.md lists what each command takes.' });
}

/** @throws InspectorError BadRequest */
export function wholeNumber(given: string | undefined, name: OptionName, least: number, fallback: number): number {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (!Number.isSafeInteger(value) || value < least) throw usage(`--${name} takes a whole number from ${least} up`);
  return value;
}

/** @throws InspectorError BadRequest */
export function oneOf<T extends string>(given: string | undefined, name: OptionName, values: readonly T[]): T | undefined {
  if (given === undefined) return undefined;
  const found = values.find((value) => value === given);
  if (found === undefined) throw usage(`--${name} is one of ${values.join(', ')}`);
  return found;
}
