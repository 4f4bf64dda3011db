import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskKey, plainText, sentences, textSegments } from '../../../src/renderer/visible-text.ts';

test('plain text of any script is one segment', () => {
  expect(textSegments('Tee, 茶, чай, ☕')).toEqual([{ text: 'Tee, 茶, чай, ☕' }]);
  expect(textSegments('')).toEqual([{ text: '' }]);
});

test.each([
  ['\u202e', 'U+202E'],
  ['\u2066', 'U+2066'],
  ['\u200b', 'U+200B'],
  ['\ufeff', 'U+FEFF'],
  ['\u0000', 'U+0000'],
  ['\u001b', 'U+001B'],
  ['\u0085', 'U+0085'],
  ['\u2028', 'U+2028'],
  ['\ud800', 'U+D800'],
  ['\udc00', 'U+DC00'],
  ['\n', '\\n'],
])('%j is shown as %s', (character, code) => {
  expect(textSegments(`a${character}b`)).toEqual([{ text: 'a' }, { text: character, code }, { text: 'b' }]);
  expect(plainText(`a${character}b`)).toBe(`a⟨${code}⟩b`);
});

test('a surrogate pair is a character, not two broken ones', () => {
  expect(textSegments('😀')).toEqual([{ text: '😀' }]);
});

test('segments hold every character of the text, in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(
        textSegments(text)
          .map((segment) => segment.text)
          .join(''),
      ).toBe(text);
    }),
  );
});

test('names are bounded', () => {
  expect(plainText('x'.repeat(500), 10)).toBe(`${'x'.repeat(10)}…`);
});

test('a masked key shows four characters at most', () => {
  expect(maskKey('abcdefghijklmnopqrstuvwxyz012345')).toBe('abcd••••••••');
  expect(maskKey('abc')).toBe('••••');
  expect(maskKey('😀😀😀😀😀')).toBe('😀😀😀😀••••••••');
});

test('sentences are joined with their full stops', () => {
  expect(sentences('Not JSON at line 3', 'Correct it.')).toBe('Not JSON at line 3. Correct it.');
  expect(sentences('Only this.', undefined, '')).toBe('Only this.');
});
