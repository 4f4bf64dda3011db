import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { licencesText } from './licences.mjs';
import { inRoot } from './paths.mjs';
import { sbom } from './sbom.mjs';
import { importedPackages, lockedPackages, shippedPackages, WHY } from './shipped.mjs';

/** What comes from others. `npm audit` asks a server for advisories, which tests do not: what is held here is what was reviewed. */

const own = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
const locked = lockedPackages();

describe('the lock file', () => {
  test('has a strong hash of everything that is not optional, and of all that is handed out', () => {
    const weak = Object.entries(locked).filter(
      ([path, { integrity, optional }]) => path !== '' && !optional && !/^sha512-/.test(integrity ?? ''),
    );
    expect(weak.map(([path]) => path)).toEqual([]);
    expect(shippedPackages().filter(({ integrity }) => !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  test('is of this package.json', () => {
    const root = /** @type {any} */ (locked['']);
    expect(root.dependencies).toEqual(own.dependencies);
    expect(root.devDependencies).toEqual(own.devDependencies);
  });
});

describe('what is handed out', () => {
  test('has one package outside the bundle', () => expect(Object.keys(own.dependencies)).toEqual(['better-sqlite3']));

  test('is imported for a reason each, and no reason is left over', () => expect(Object.keys(WHY).sort()).toEqual(importedPackages()));

  test('may be handed out', () => {
    const free = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', '(MIT AND Zlib)']);
    expect(shippedPackages().filter(({ licence }) => !free.has(licence))).toEqual([]);
  });

  test('is listed in docs/licences.md: npm run licences', () => {
    expect(readFileSync(inRoot('docs', 'licences.md'), 'utf8')).toBe(licencesText());
  });

  test('is in the bill of materials, each with its hash', () => {
    const { components, bomFormat, specVersion } = sbom('1.2.3');
    expect([bomFormat, specVersion]).toEqual(['CycloneDX', '1.6']);
    expect(components[0]).toMatchObject({ name: 'electron', version: '1.2.3', type: 'framework' });
    const libraries = components.slice(1);
    expect(libraries.map(({ name, version }) => `${name}@${version}`)).toEqual(
      shippedPackages().map(({ name, version }) => `${name}@${version}`),
    );
    for (const library of libraries) {
      expect(library).toMatchObject({ hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }] });
    }
    expect(new Set(components.map((one) => one['bom-ref'])).size).toBe(components.length);
  });
});
