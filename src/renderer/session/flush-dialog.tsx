import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../preload/api.ts';
import { asCallError, type CallError } from '../client.ts';
import { placeOf } from '../connections/place.ts';
import { jobs } from '../jobs.ts';
import { useDeletePreview } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { TypedName } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Loading } from '../ui/progress.tsx';
import { Statements } from '../ui/statements.tsx';
import { ErrorNote } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import { maskKey, plainText } from '../visible-text.ts';
import styles from './session.module.css';

const cx = classes(styles);

type FlushDialogProps = Readonly<{ connection: ConnectionView; session_key: string; onClose: () => void; onDone: () => void }>;

/** flush, as request.session.flush() leaves the store: the session's data is gone, and the next request begins a new one. */
export function FlushDialog({ connection, session_key, onClose, onDone }: FlushDialogProps) {
  const { t } = useTranslation();
  const cancel = useRef<HTMLButtonElement>(null);
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<CallError | null>(null);
  const { profile } = connection.profile;
  const preview = useDeletePreview(connection.connection, [session_key]);
  const production = profile.environment === 'production';
  const run = async () => {
    try {
      const confirmation = production ? { confirmation: { profileName: typed } } : {};
      await jobs.start(connection.connection, { kind: 'delete', session_keys: [session_key], ...confirmation });
      onClose();
      onDone();
    } catch (thrown) {
      setError(asCallError(thrown));
    }
  };
  return (
    <Dialog
      title={t('flush.title', { key: plainText(maskKey(session_key)) })}
      description={t('flush.text')}
      onClose={onClose}
      alert
      focus={cancel}
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button look="danger" disabled={production && typed !== profile.name} onClick={() => void run()}>
            {t('flush.verb')}
          </Button>
        </>
      }
    >
      <div className={cx('review')}>
        <p className={cx('muted')}>
          {profile.name} · <SafeText text={placeOf(profile)} />
        </p>
        {error ? <ErrorNote error={error} /> : null}
        {preview.error ? <ErrorNote error={asCallError(preview.error)} /> : null}
        {preview.isPending ? <Loading label={t('review.loading')} /> : null}
        {preview.data ? <Statements statements={preview.data.statements} django={preview.data.django} /> : null}
        {production ? <TypedName name={profile.name} value={typed} onChange={setTyped} /> : null}
      </div>
    </Dialog>
  );
}
