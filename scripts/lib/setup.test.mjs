import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensurePackages } from './apt.mjs';
import { withLock } from './lock.mjs';
import { isInstalled } from './node-modules.mjs';
import { inRoot } from './paths.mjs';
import { capture, inherit } from './processes.mjs';
import { playwrightCounts, vitestCounts } from './tests.mjs';

/** @type {string} */
let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scripts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('npm ci is run', () => {
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const wanted = { '': { version: '0' }, 'node_modules/a': a, 'node_modules/for-another-platform': { ...a, optional: true } };

  test('where nothing is installed', () => expect(isInstalled(wanted, undefined)).toBe(false));
  test('where a package is missing', () => expect(isInstalled(wanted, {})).toBe(false));
  test('where a version differs', () => expect(isInstalled(wanted, { 'node_modules/a': { ...a, version: '1.0.1' } })).toBe(false));
  test('where something is left over', () => expect(isInstalled(wanted, { 'node_modules/a': a, 'node_modules/b': a })).toBe(false));
  test('not for packages of other platforms', () => expect(isInstalled(wanted, { 'node_modules/a': a })).toBe(true));
});

describe('a lock', () => {
  test('lets one body run at a time', async () => {
    /** @type {string[]} */
    const events = [];
    const body = (/** @type {string} */ name) => async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      events.push(`${name} ends`);
    };
    const file = join(folder, 'lock');
    await Promise.all([withLock(file, body('a')), withLock(file, body('b'))]);
    expect(events.map((event) => event.split(' ')[1])).toEqual(['begins', 'ends', 'begins', 'ends']);
  });

  test('is taken over from a process that is gone', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    const file = join(folder, 'lock');
    await writeFile(file, String(pid));
    await expect(withLock(file, async () => 'done')).resolves.toBe('done');
  });

  test('is released after a failure', async () => {
    const file = join(folder, 'lock');
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withLock(file, async () => 'done')).resolves.toBe('done');
  });
});

describe('a program', () => {
  test('that is not there has exit code 127', async () => expect(await capture(join(folder, 'none'), [])).toMatchObject({ code: 127 }));
  test('that crashes has the exit code a shell gives it', async () => {
    expect(await inherit(process.execPath, ['-e', 'process.kill(process.pid, "SIGKILL")'])).toBe(137);
  });
});

describe('what is missing of the system', () => {
  const need = { what: 'a thing', packages: ['some-package'], isMet: () => false };

  test('is nothing where every need is met', () => expect(ensurePackages([{ ...need, isMet: () => true }])).resolves.toBeUndefined());
  test('is named with the command that installs it', async () => {
    // A user who may not install anything.
    const script = `import { ensurePackages } from ${JSON.stringify(inRoot('scripts', 'lib', 'apt.mjs'))};
      process.getuid = () => 1000;
      await ensurePackages([{ what: 'a thing', packages: ['some-package'], isMet: () => false }]);`;
    const { code, stderr } = await capture(process.execPath, ['--input-type=module', '-e', script]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('a thing');
    expect(stderr).toContain('some-package');
  });
});

describe('the closing line', () => {
  test('counts a skipped test as failed', () => {
    expect(vitestCounts({ numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 })).toEqual({ passed: 3, failed: 3 });
    expect(playwrightCounts({ stats: { expected: 2, unexpected: 1, flaky: 1, skipped: 1 } })).toEqual({ passed: 3, failed: 2 });
  });

  test.each([
    ['a failed test', [{ passed: 1, failed: 1 }], '1 passed, 1 failed', 1],
    ['no test', [{ passed: 0, failed: 0 }], '0 passed, 0 failed', 1],
    [
      'two runners',
      [
        { passed: 1, failed: 0 },
        { passed: 2, failed: 0 },
      ],
      '3 passed, 0 failed',
      0,
    ],
  ])('after %s', async (_, tests, line, exit) => {
    const steps = `${JSON.stringify(tests)}.map((tests) => ({ name: 'unit', run: async () => ({ code: 0, tests }) }))`;
    const script = `import { runSteps } from ${JSON.stringify(inRoot('scripts', 'lib', 'steps.mjs'))}; process.exitCode = await runSteps(${steps});`;
    const { code, stdout } = await capture(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout.trim().split('\n').at(-1)).toBe(line);
    expect(code).toBe(exit);
  });
});
