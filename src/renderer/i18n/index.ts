import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Settings } from '../../preload/api.ts';
import { en } from './en/index.ts';
import { zhHans } from './zh-hans/index.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    resources: { app: typeof en };
    returnNull: false;
  }
}

export type Language = 'en' | 'zh-Hans';

/** The language to show: the one chosen, else the first of the system's that there is a catalogue for. */
export function chooseLanguage(setting: Settings['language'], system: readonly string[]): Language {
  if (setting !== 'system') return setting;
  for (const language of system) {
    if (/^en\b/i.test(language)) return 'en';
    if (/^zh\b/i.test(language) && !/hant|tw|hk|mo/i.test(language)) return 'zh-Hans';
  }
  return 'en';
}

/** Starts translation in a language; `setLanguage` changes it later. */
export async function startTranslation(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    defaultNS: 'app',
    resources: { en: { app: en }, 'zh-Hans': { app: zhHans } },
    // React escapes what it shows; values of a store are never HTML.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function setLanguage(language: Language): Promise<void> {
  if (i18next.language === language) return;
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
