/** npm run licences: writes docs/licences.md anew. */
import { writeFile } from 'node:fs/promises';
import { main, say } from './lib/console.mjs';
import { licencesText } from './lib/licences.mjs';
import { ensureNodeModules } from './lib/node-modules.mjs';
import { inRoot } from './lib/paths.mjs';

await main(async () => {
  await ensureNodeModules();
  await writeFile(inRoot('docs', 'licences.md'), licencesText());
  say('Wrote docs/licences.md.');
});
