import { useTranslation } from 'react-i18next';
import type { Sentence } from '../../preload/api.ts';
import { sentences as zhHans } from './zh-hans/sentences.ts';

/** A sentence of the main process in a language. Its gaps hold names and values of a store: they are filled in as they are. */
export function sentenceIn(language: string, { code, params = {}, message }: Sentence): string {
  if (language !== 'zh-Hans') return message;
  return zhHans[code].replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(params[name] ?? ''));
}

/** Sentences in the language of the window, one after the other. */
export function useSentences(): (...sentences: readonly (Sentence | undefined)[]) => string {
  const { i18n } = useTranslation();
  return (...sentences) =>
    sentences
      .filter((sentence) => sentence !== undefined)
      .map((sentence) => sentenceIn(i18n.language, sentence))
      .join(i18n.language === 'zh-Hans' ? '' : ' ');
}
