import { expect, test } from 'vitest';
import { en } from '../../../../src/renderer/i18n/en/index.ts';
import { chooseLanguage } from '../../../../src/renderer/i18n/index.ts';
import { zhHans } from '../../../../src/renderer/i18n/zh-hans/index.ts';

type Tree = Readonly<{ [key: string]: string | Tree }>;

function entries(tree: Tree, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const place = path ? `${path}.${key}` : key;
    return typeof value === 'string' ? [[place, value] as const] : entries(value, place);
  });
}

function placeholders(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1] ?? ''))].sort();
}

const english = new Map(entries(en));
const chinese = new Map(entries(zhHans));

test('both catalogues have the same keys; Chinese has no singular form', () => {
  const expected = [...english.keys()].filter((key) => !key.endsWith('_one')).sort();
  expect([...chinese.keys()].sort()).toEqual(expected);
});

test('every singular has a plural', () => {
  for (const key of english.keys()) {
    if (key.endsWith('_one')) expect(english.has(key.replace(/_one$/, '_other')), key).toBe(true);
  }
});

test('translations have the placeholders of the English text', () => {
  for (const [key, text] of chinese) {
    const forms = [english.get(key) ?? '', english.get(key.replace(/_other$/, '_one')) ?? ''];
    const expected = [...new Set(forms.flatMap(placeholders))].sort();
    expect(placeholders(text), key).toEqual(expected);
  }
});

test('no text is empty, shouts, or says "we"', () => {
  for (const [key, text] of [...english, ...chinese]) {
    expect(text.trim(), key).not.toBe('');
    expect(text, key).not.toMatch(/!|！|\b[Ww]e\b|我们/);
  }
});

test('Chinese is Chinese: only names of Django and formats stay as they are', () => {
  const same = [...chinese].filter(([key, text]) => english.get(key) === text && /[a-z]{4}/.test(text)).map(([, text]) => text);
  for (const text of same)
    expect(text).toMatch(
      /^(Session Inspector|sessionid=…|Cookie|Pickle|Sentinel|clear_expired…?|set_expiry|flush {{key}}|sqlite3|postgresql|base64)$/,
    );
});

test.each([
  ['en', [], 'en'],
  ['zh-Hans', ['en'], 'zh-Hans'],
  ['system', ['zh-CN', 'en'], 'zh-Hans'],
  ['system', ['zh-Hans-CN'], 'zh-Hans'],
  ['system', ['zh-TW', 'en-GB'], 'en'],
  ['system', ['de-DE', 'zh-SG'], 'zh-Hans'],
  ['system', ['de-DE'], 'en'],
  ['system', [], 'en'],
] as const)('setting %s with %j shows %s', (setting, system, language) => {
  expect(chooseLanguage(setting, system)).toBe(language);
});
