import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';

/** One entry of test/fixtures/manifest.json, made and judged by real Django; its README says what each kind holds. */
export type Fixture = Readonly<{
  id: string;
  kind: string;
  /** the release that made it; null where no Django was needed */
  django: string | null;
  secret?: string | Readonly<{ $bytes: string }>;
  fallbacks?: readonly (string | Readonly<{ $bytes: string }>)[];
  now?: number;
  [field: string]: unknown;
}>;

declare module 'vitest' {
  interface TaskMeta {
    fixture?: { id: string; kind: string; django: string };
  }
}

const FOLDER = new URL('../fixtures/', import.meta.url);

let manifest: readonly Fixture[] | undefined;

/** Every entry of the manifest. */
export function fixtures(): readonly Fixture[] {
  manifest ??= (JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8')) as { entries: Fixture[] }).entries;
  return manifest;
}

/** The bytes of a file that an entry names. */
export function fixtureFile(path: string): Buffer {
  return readFileSync(new URL(path, FOLDER));
}

/** A text field, inline or in a file of its own (`value` or `value_file`). */
export function fixtureText(fixture: Fixture, field: string): string {
  const inline = fixture[field];
  if (typeof inline === 'string') return inline;
  return fixtureFile(String(fixture[`${field}_file`])).toString('latin1');
}

/** SECRET_KEY, then the fallbacks, as the app takes them. */
export function fixtureSecrets(fixture: Fixture): readonly (string | Uint8Array)[] {
  const secrets = fixture.secret === undefined ? [] : [fixture.secret, ...(fixture.fallbacks ?? [])];
  return secrets.map((secret) => (typeof secret === 'string' ? secret : Buffer.from(secret.$bytes, 'base64')));
}

/**
 * One test for every entry of a kind. Its outcome goes into the table that fixtures-reporter.ts prints, which counts
 * all entries of the manifest: entries that nobody tests show there as 0 of so many.
 */
export function testFixtures(kind: string, check: (fixture: Fixture) => void | Promise<void>): void {
  describe(`fixtures of kind ${kind}`, () => {
    for (const fixture of fixtures().filter((entry) => entry.kind === kind)) {
      test(fixture.id, async ({ task }) => {
        task.meta.fixture = { id: fixture.id, kind, django: fixture.django ?? 'any' };
        await check(fixture);
      });
    }
  });
}
