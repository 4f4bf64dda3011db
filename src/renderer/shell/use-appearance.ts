import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { listen } from '../client.ts';
import { chooseLanguage, setLanguage } from '../i18n/index.ts';
import { receiveSettings, useInfo } from '../queries.ts';

/** Keeps theme and language as the settings say, also when another window changes them. */
export function useAppearance(): void {
  const cache = useQueryClient();
  const info = useInfo();
  const settings = info.data?.settings;
  const languages = info.data?.languages;

  useEffect(() => listen('settings.changed', (changed) => receiveSettings(cache, changed)), [cache]);
  useEffect(() => {
    if (!settings || !languages) return;
    if (settings.theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = settings.theme;
    void setLanguage(chooseLanguage(settings.language, languages));
  }, [settings, languages]);
}
