import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView, SetExpiry } from '../../preload/api.ts';
import { asCallError, type CallError } from '../client.ts';
import { placeOf } from '../connections/place.ts';
import { jobs } from '../jobs.ts';
import { ExpiryChoice } from '../session/expiry-choice.tsx';
import { Button } from '../ui/button.tsx';
import { TypedName } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorNote } from '../ui/states.tsx';

type BulkExpiryDialogProps = Readonly<{
  connection: ConnectionView;
  session_keys: readonly string[];
  onClose: () => void;
  onStarted: () => void;
}>;

/** `set_expiry` for every selected session, as one job with Undo. */
export function BulkExpiryDialog({ connection, session_keys, onClose, onStarted }: BulkExpiryDialogProps) {
  const { t } = useTranslation();
  const { profile } = connection.profile;
  const [expiry, setExpiry] = useState<SetExpiry | null>(null);
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<CallError | null>(null);
  const production = profile.environment === 'production';
  const count = session_keys.length;
  const start = async () => {
    if (!expiry) return;
    try {
      await jobs.start(connection.connection, {
        kind: 'set_expiry',
        session_keys: [...session_keys],
        expiry,
        ...(production ? { confirmation: { profileName: typed } } : {}),
      });
      onStarted();
      onClose();
    } catch (thrown) {
      setError(asCallError(thrown));
    }
  };
  return (
    <Dialog
      title={t('bulkExpiry.title', { count })}
      description={t('bulkExpiry.text', { where: placeOf(profile) })}
      onClose={onClose}
      alert
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" disabled={!expiry || (production && typed !== profile.name)} onClick={() => void start()}>
            {t('bulkExpiry.verb', { count })}
          </Button>
        </>
      }
    >
      {error ? <ErrorNote error={error} /> : null}
      <ExpiryChoice profile={profile} onChange={setExpiry} />
      {production ? <TypedName name={profile.name} value={typed} onChange={setTyped} /> : null}
    </Dialog>
  );
}
