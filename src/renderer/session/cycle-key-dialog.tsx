import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView, SessionView } from '../../preload/api.ts';
import { asCallError } from '../client.ts';
import { placeOf } from '../connections/place.ts';
import { useCycleKey, useCycleKeyPreview } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { TypedName } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Loading } from '../ui/progress.tsx';
import { Statements } from '../ui/statements.tsx';
import { ErrorNote } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import { useNotify } from '../ui/toasts.tsx';
import { maskKey, plainText } from '../visible-text.ts';
import styles from './session.module.css';

const cx = classes(styles);

type CycleKeyDialogProps = Readonly<{
  connection: ConnectionView;
  session: SessionView;
  onClose: () => void;
  onDone: (session_key: string) => void;
}>;

/** cycle_key: explained, previewed, then done. */
export function CycleKeyDialog({ connection, session, onClose, onDone }: CycleKeyDialogProps) {
  const { t } = useTranslation();
  const notify = useNotify();
  const [typed, setTyped] = useState('');
  const { profile } = connection.profile;
  const { session_key } = session.summary;
  const input = { connection: connection.connection, session_key, revision: session.revision };
  const preview = useCycleKeyPreview(input);
  const cycle = useCycleKey();
  const production = profile.environment === 'production';
  const run = async () => {
    const confirmation = production ? { confirmation: { profileName: typed } } : {};
    const result = await cycle.mutateAsync({ ...input, ...confirmation }).catch(() => null);
    if (!result) return;
    onClose();
    notify({ tone: 'ok', title: t('cycleKey.done') });
    if (result.session) onDone(result.session.summary.session_key);
  };
  return (
    <Dialog
      title={t('cycleKey.title', { key: plainText(maskKey(session_key)) })}
      description={t('cycleKey.text')}
      onClose={onClose}
      alert
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            look="primary"
            disabled={!preview.data || (production && typed !== profile.name)}
            busy={cycle.isPending}
            onClick={() => void run()}
          >
            {t('cycleKey.verb')}
          </Button>
        </>
      }
    >
      <div className={cx('review')}>
        <p className={cx('muted')}>
          {profile.name} · <SafeText text={placeOf(profile)} />
        </p>
        {cycle.error ? <ErrorNote error={asCallError(cycle.error)} /> : null}
        {preview.error ? <ErrorNote error={asCallError(preview.error)} /> : null}
        {preview.isPending ? <Loading label={t('review.loading')} /> : null}
        {preview.data ? <Statements statements={preview.data.statements} /> : null}
        {production ? <TypedName name={profile.name} value={typed} onChange={setTyped} /> : null}
      </div>
    </Dialog>
  );
}
