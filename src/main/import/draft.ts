/** A profile as far as something tells it: the fields that were found, the secrets apart from them, and a report of both. */
import type { ImportedFields, ImportFinding, Secrets } from '../../preload/api.ts';
import { InspectorError } from '../errors.ts';
import { type PythonValue, Reference, textOf, Unknown } from './python/value.ts';

export type ImportDraft = Readonly<{ profile: ImportedFields; secrets: Secrets; findings: readonly ImportFinding[] }>;

/** Where a setting comes from, in words: `shop/settings.py:12`, `.env:3`. */
export type Origin = Readonly<{ origin: string; note?: string }>;

/** A profile's own limit, see `Text` in preload/profile.ts. */
const TEXT = 4096;
const SHOWN = 200;
const FINDINGS = 200;

type Group = 'DATABASES' | 'CACHES' | 'user_table';
type Fields = { -readonly [K in keyof ImportedFields]: ImportedFields[K] };
type GroupFields<G extends Group> = NonNullable<ImportedFields[G]>;

export class DraftBuilder {
  readonly #profile: Fields = {};
  readonly #secrets: { -readonly [K in keyof Secrets]: Secrets[K] } = {};
  readonly #findings: ImportFinding[] = [];

  set<K extends Exclude<keyof ImportedFields, Group>>(
    name: K,
    value: NonNullable<ImportedFields[K]> | null,
    from: Origin,
    setting: string = name,
  ): void {
    if (this.#refuseLong(setting, value, from)) return;
    // A null reaches here for fields that may be null, which the types of their callers say.
    this.#profile[name] = value as Fields[K];
    this.#report(setting, 'found', from, shown(value));
  }

  /** @param setting as the site has it, where that is another name than the field's */
  setIn<G extends Group, K extends keyof GroupFields<G> & string>(
    group: G,
    name: K,
    value: GroupFields<G>[K],
    from: Origin,
    setting?: string,
  ): void {
    const label = setting ?? `${group}.${name}`;
    if (this.#refuseLong(label, value, from)) return;
    this.#profile[group] = { ...this.#profile[group], [name]: value } as Fields[G];
    this.#report(label, 'found', from, shown(value));
  }

  /** What Django takes where a setting is missing: no finding, as there would be dozens. */
  assume<K extends Exclude<keyof ImportedFields, Group>>(name: K, value: NonNullable<ImportedFields[K]> | null): void {
    this.#profile[name] = value as Fields[K];
  }

  noUsers(): void {
    this.#profile.user_table = null;
  }

  secret<K extends keyof Secrets>(name: K, value: NonNullable<Secrets[K]>, from: Origin, setting: string = name): void {
    if (value.length === 0) return;
    this.#secrets[name] = value;
    this.#report(setting, 'found', from);
  }

  default(setting: string, value: string, note?: string): void {
    this.#report(setting, 'default', { origin: '', ...(note === undefined ? {} : { note }) }, value);
  }

  unreadable(setting: string, { origin }: Origin, note: string): void {
    this.#report(setting, 'unreadable', { origin, note });
  }

  build(): ImportDraft {
    return { profile: this.#profile, secrets: this.#secrets, findings: this.#findings };
  }

  #refuseLong(setting: string, value: unknown, from: Origin): boolean {
    const texts = Array.isArray(value) ? value : [value];
    if (!texts.some((text) => typeof text === 'string' && text.length > TEXT)) return false;
    this.unreadable(setting, from, `it is longer than ${TEXT} characters`);
    return true;
  }

  #report(setting: string, state: ImportFinding['state'], { origin, note }: Origin, value?: string): void {
    if (this.#findings.length >= FINDINGS) return;
    this.#findings.push({
      setting: setting.slice(0, SHOWN),
      state,
      origin: origin.slice(0, 2 * SHOWN),
      ...(value === undefined ? {} : { value: value.slice(0, SHOWN) }),
      ...(note === undefined ? {} : { note: note.slice(0, 2 * SHOWN) }),
    });
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return value === null ? 'None' : value === true ? 'True' : value === false ? 'False' : String(value);
}

/** A value as text for a sentence about it; never of a secret. */
export function described(value: PythonValue): string {
  if (value instanceof Unknown) return value.reason;
  if (value instanceof Reference) return `${value.path} is known only by running it`;
  const text = textOf(value);
  return text === null ? 'it is of a kind that is not expected here' : `${JSON.stringify(text.slice(0, 80))} is not expected here`;
}

/** The message of what a reader of URLs and the like threw. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof InspectorError) return thrown.hint === undefined ? thrown.message : `${thrown.message}. ${thrown.hint}`;
  throw thrown;
}
