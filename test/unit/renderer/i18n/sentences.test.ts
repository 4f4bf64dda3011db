import { describe, expect, test } from 'vitest';
import { SENTENCES, type SentenceCode, say } from '../../../../src/main/django/sentences.ts';
import { sentenceIn } from '../../../../src/renderer/i18n/sentences.ts';
import { sentences as chinese } from '../../../../src/renderer/i18n/zh-hans/sentences.ts';

const CODES = Object.keys(SENTENCES) as SentenceCode[];
const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe('what the main process says about values', () => {
  test('is told in Chinese, with the same gaps', () => {
    expect(Object.keys(chinese)).toEqual(CODES);
    for (const code of CODES) {
      expect(gaps(chinese[code]), code).toEqual(gaps(SENTENCES[code]));
      expect(chinese[code], code).toMatch(/[\u4e00-\u9fff]|^default_factory/);
    }
  });

  test('is whole sentences that neither shout nor say "we"', () => {
    for (const code of CODES) {
      // A gap at the end holds a value or a sentence of its own.
      expect(SENTENCES[code], code).toMatch(/^(?:[A-Z0-9_"]|fold=1|default_factory|\{\{).*(?:[.?)]|\}\})$/);
      expect(chinese[code], code).toMatch(/(?:。|\}\})$/);
      expect(SENTENCES[code] + chinese[code], code).not.toMatch(/!|！|\b[Ww]e\b|我们/);
    }
  });

  test('English comes as it is; Chinese has its gaps filled, once', () => {
    const salt = say('named-salt', { salt: '{{salt}} $& $t(key)' });
    expect(salt.message).toBe('Its signature holds with the salt {{salt}} $& $t(key).');
    expect(sentenceIn('en', salt)).toBe(salt.message);
    expect(sentenceIn('zh-Hans', salt)).toBe('签名以盐 {{salt}} $& $t(key) 成立。');
    expect(sentenceIn('zh-Hans', say('expired'))).toBe('已过期：Django 不会加载它。');
  });
});
