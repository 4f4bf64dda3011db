import './zod-config.ts';
import './ui/tokens.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { guardDrafts } from './drafts.ts';
import { chooseLanguage, startTranslation } from './i18n/index.ts';
import { createQueryClient } from './queries.ts';
import { App } from './shell/app.tsx';

// The window's language until the settings have been read: the browser's, which is the system's.
await startTranslation(chooseLanguage('system', navigator.languages));

guardDrafts(window);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App client={createQueryClient()} />
  </StrictMode>,
);
