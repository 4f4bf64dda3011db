import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentView, Profile, SessionSummary, SetExpiry } from '../../preload/api.ts';
import { ExpiryDetails, useExpiryWords } from '../sessions/expiry-text.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { ErrorNote, Note } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import { ExpiryChoice } from './expiry-choice.tsx';
import styles from './session.module.css';
import { useDocumentEdit } from './use-document-edit.ts';

const cx = classes(styles);

type ExpiryTabProps = Readonly<{
  summary: SessionSummary;
  profile: Profile;
  document: DocumentView;
  connection: string;
  editable: boolean;
  onExpiry: (document: DocumentView, expiry: SetExpiry) => void;
  onRenew: () => void;
}>;

/** When the session ends and why; set_expiry and a plain renewal as parts of the draft. */
export function ExpiryTab({ summary, profile, document, connection, editable, onExpiry, onRenew }: ExpiryTabProps) {
  const { t } = useTranslation();
  const words = useExpiryWords();
  const [chosen, setChosen] = useState<SetExpiry | null>(null);
  const { setExpiry, error } = useDocumentEdit({ document, connection, profile: profile.id, onEdit: () => undefined, onExpiry });
  return (
    <div className={cx('tab')}>
      <section aria-label={t('expiry.now')} className={cx('card')}>
        <h3>{t('expiry.now')}</h3>
        <p className={cx('big')}>{words(summary.expiry)}</p>
        <ExpiryDetails expiry={summary.expiry} />
        <p className={cx('muted')}>
          {t('expiry.raw')}{' '}
          <code>
            <SafeText text={summary.expiry.raw} limit={120} />
          </code>
        </p>
      </section>
      {editable ? (
        <section aria-label="set_expiry" className={cx('card')}>
          <h3>
            <code>set_expiry</code>
          </h3>
          {error ? <ErrorNote error={error} /> : null}
          <ExpiryChoice profile={profile} onChange={setChosen} />
          <div className={cx('row-actions')}>
            <Button look="primary" disabled={chosen === null} onClick={() => chosen && void setExpiry(chosen)}>
              {t('expiry.use')}
            </Button>
            <Button onClick={onRenew}>{t('expiry.renew')}</Button>
          </div>
          <p className={cx('muted')}>{t('expiry.renewHelp')}</p>
        </section>
      ) : (
        <Note>{t('common.readOnlyWhy')}</Note>
      )}
    </div>
  );
}
