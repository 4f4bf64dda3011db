import { main, say } from './lib/console.mjs';
import { ensureDjangoReleases } from './lib/django-releases.mjs';
import { inRoot, ROOT } from './lib/paths.mjs';
import { inherit } from './lib/processes.mjs';
import { ensureRuntime } from './lib/setup.mjs';

/**
 * `npm run test:releases`: what the app writes, read by real Django 2.2, 3.2, 4.2, 5.2 and 6.1, and the way back. The same
 * tests run in `npm test` against the release that Debian installs.
 */
await main(async () => {
  const runtime = await ensureRuntime();
  const releases = await ensureDjangoReleases();
  say(`Django ${releases.map(({ name }) => name).join(', ')}`);
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', DJANGO_RELEASES: JSON.stringify(releases) };
  const args = [inRoot('node_modules/vitest/vitest.mjs'), 'run', '--project', 'contract', 'test/contract/django-releases.test.ts'];
  return inherit(runtime.executable, args, { cwd: ROOT, env });
});
