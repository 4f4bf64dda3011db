import { readFileSync } from 'node:fs';

export type FixtureRow = Readonly<{
  session_key: string;
  note: string;
  expire_text: string;
  expire_iso: unknown;
  json: string | null;
  /** [data/empty, key kept/key reset], or [class, message] of an error */
  load_at_now: readonly [string, string];
  /** [user pk, name, what became of the session], or an error */
  user_at_now: readonly [number | string | null, string, string?];
}>;

export type FixtureDatabase = Readonly<{
  id: string;
  django: string;
  file: string;
  secret: string;
  fallbacks: readonly string[];
  settings: Readonly<Record<string, unknown>>;
  /** epoch seconds */
  now: number;
  expect: Readonly<{ clear_expired_at_now_removes: readonly string[]; count: number }>;
  users: readonly Readonly<{ id: number; username: string }>[];
  rows: readonly FixtureRow[];
}>;

/** The ten databases that five Django releases made, with what each made of its own rows. */
export function sqliteFixtures(): readonly FixtureDatabase[] {
  const manifest = JSON.parse(readFileSync(new URL('../../fixtures/manifest.json', import.meta.url), 'utf8')) as {
    entries: readonly (FixtureDatabase & { kind: string; sessions?: readonly FixtureRow[] })[];
  };
  return manifest.entries.filter(({ kind }) => kind === 'sqlite');
}
