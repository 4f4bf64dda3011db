import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ATTACKS } from '../../hostile/attacks.ts';
import { costOf } from '../../hostile/cost.ts';

/** Of the issue: each ends within a second, and 64 MB over the input. */
const MILLISECONDS = 1000;
const MEGABYTES = 64;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'session-inspector-hostile-'));
  // What is built is a module.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const entry = fileURLToPath(new URL('../../hostile/child.ts', import.meta.url));
  const output = { ssr: entry, outDir: folder, emptyOutDir: false, target: 'node20.18', minify: false } as const;
  await build({ configFile: false, logLevel: 'warn', ssr: { noExternal: true }, build: output });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the measure sees memory that was let go again', () => {
  const most = 200 * 1024 * 1024;
  expect(costOf(() => Buffer.alloc(most, 1).length).megabytes).toBeGreaterThan(150);
});

describe('hostile values end within a second and 64 MB', () => {
  test.each(Object.entries(ATTACKS).map(([name, { outcome }]) => ({ name, outcome })))(
    '$name: $outcome',
    ({ name, outcome }) => {
      // The same executable, which is Electron's own Node in npm test.
      const told = execFileSync(process.execPath, ['--expose-gc', join(folder, 'child.js'), name], { encoding: 'utf8' });
      const cost = JSON.parse(told) as Readonly<{ outcome: string; milliseconds: number; megabytes: number }>;
      expect(cost.outcome).toBe(outcome);
      expect(cost.milliseconds).toBeLessThan(MILLISECONDS);
      expect(cost.megabytes).toBeLessThan(MEGABYTES);
    },
    30_000,
  );
});
