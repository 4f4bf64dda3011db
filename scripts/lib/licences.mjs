import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './paths.mjs';
import { importedPackages, shippedPackages, WHY } from './shipped.mjs';

/** @returns {string} docs/licences.md: what is handed out with the app, why, and under which terms */
export function licencesText() {
  const shipped = shippedPackages();
  const imported = new Set(importedPackages());
  const direct = shipped.filter(({ name, path }) => imported.has(name) && path === `node_modules/${name}`);
  const rows = direct.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} | ${WHY[name] ?? ''} |`);
  const others = shipped
    .filter((one) => !direct.includes(one))
    .map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  const texts = shipped.map(
    ({ name, version, path, licence }) => `### ${name} ${version}\n\n${fenced(textOf(path) ?? `Licence: ${licence}`)}`,
  );
  return [
    '# Licences',
    'Made by `npm run licences` from package-lock.json and the imports of src; a test compares. Electron and Chromium bring their own',
    '`LICENSE.electron.txt` and `LICENSES.chromium.html` into every package.',
    '',
    `## Imported: ${direct.length}`,
    'Only better-sqlite3 stands in `dependencies`: everything else is bundled, as far as it is used.',
    '',
    '| package | version | licence | why |',
    '|---|---|---|---|',
    ...rows,
    '',
    `## What these need: ${others.length}`,
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...others,
    '',
    '## Texts',
    '',
    texts.join('\n\n'),
    '',
  ].join('\n');
}

/** @param {string} path of a package below the root */
function textOf(path) {
  const folder = inRoot(path);
  const name = readdirSync(folder).find((file) => /^(licen[sc]e|copying)(\.|$|-mit)/i.test(file));
  return name && readFileSync(join(folder, name), 'utf8');
}

/** @param {string} text */
function fenced(text) {
  const clean = text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
  return `\`\`\`text\n${clean.replaceAll('```', "'''")}\n\`\`\``;
}
