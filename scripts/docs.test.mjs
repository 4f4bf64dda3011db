import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inRoot, ROOT } from './lib/paths.mjs';

const PAGES = [...readdirSync(ROOT), ...readdirSync(inRoot('docs')).map((name) => join('docs', name))].filter((name) =>
  name.endsWith('.md'),
);

test('every link of the documentation within the project leads somewhere', () => {
  const broken = PAGES.flatMap((page) => {
    const links = [...readFileSync(inRoot(page), 'utf8').matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) => link);
    return links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(inRoot(dirname(page), link))).map((link) => `${page}: ${link}`);
  });
  expect(PAGES).toContain('README.md');
  expect(broken).toEqual([]);
});

test('every command that README and CONTRIBUTING name is one of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const named = ['README.md', 'CONTRIBUTING.md'].flatMap((page) =>
    [...readFileSync(inRoot(page), 'utf8').matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name),
  );
  expect(named.filter((name) => !Object.hasOwn(scripts, name ?? ''))).toEqual([]);
});
