import { ClipboardCopy } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView, Draft, Input } from '../../preload/api.ts';
import { asCallError, call } from '../client.ts';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuCheck, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { useNotify } from '../ui/toasts.tsx';
import { sentences } from '../visible-text.ts';

type Format = Input<'sessions.copy_as'>['format'];
const DATA: readonly Format[] = ['json', 'python', 'django'];
const REQUESTS: readonly Format[] = ['cookie', 'curl'];

type CopyAsMenuProps = Readonly<{ connection: ConnectionView; session_key: string; draft: Draft | null; decodes: boolean }>;

/** Copies the session, or what its draft has become, in the form in which it is handed on. */
export function CopyAsMenu({ connection, session_key, draft, decodes }: CopyAsMenuProps) {
  const { t } = useTranslation();
  const notify = useNotify();
  const [redacted, setRedacted] = useState(connection.profile.profile.environment === 'production');
  const copy = async (format: Format) => {
    try {
      const { text, notes } = await call('sessions.copy_as', { connection: connection.connection, session_key, draft, format, redacted });
      await call('clipboard.write', { text });
      const title = t(redacted ? 'copyAs.copiedRedacted' : 'copyAs.copied', { format: t(`copyAs.format.${format}`) });
      notify({ tone: 'ok', title, ...(notes.length > 0 ? { text: notes.map((note) => t(`copyAs.note.${note}`)).join(' ') } : {}) });
    } catch (thrown) {
      const { code, message, hint } = asCallError(thrown);
      notify({ tone: 'danger', title: t(`errors.${code}`), text: sentences(message, hint) });
    }
  };
  const item = (format: Format, disabled: boolean) => (
    <MenuItem key={format} disabled={disabled} onSelect={() => void copy(format)}>
      {t(`copyAs.format.${format}`)}
    </MenuItem>
  );
  return (
    <Menu trigger={<IconButton label={t('copyAs.open')} icon={<ClipboardCopy />} />}>
      {DATA.map((format) => item(format, !decodes))}
      <MenuSeparator />
      {REQUESTS.map((format) => item(format, false))}
      <MenuSeparator />
      <MenuCheck checked={redacted} onChange={setRedacted}>
        {t('copyAs.redacted')}
      </MenuCheck>
    </Menu>
  );
}
