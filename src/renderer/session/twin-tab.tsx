import { useTranslation } from 'react-i18next';
import type { SessionView } from '../../preload/api.ts';
import { parseTime, useFormat } from '../format.ts';
import { useNow } from '../now.ts';
import { AgreementBadge } from '../sessions/state-badge.tsx';
import { classes } from '../ui/classes.ts';
import { ErrorNote, Note } from '../ui/states.tsx';
import { Differences } from './differences.tsx';
import styles from './session.module.css';
import { TextTab } from './text-tab.tsx';

const cx = classes(styles);

type TwinTabProps = Readonly<{ session: SessionView; twin: NonNullable<SessionView['twin']> }>;

/** cached_db: the cache's copy, which Django reads first, beside the row. */
export function TwinTab({ session, twin }: TwinTabProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const at = parseTime(twin.expiry);
  return (
    <div className={cx('tab')}>
      <div className={cx('card-head')}>
        <h3>{t('twin.title')}</h3>
        {session.summary.agreement ? <AgreementBadge agreement={session.summary.agreement} /> : null}
      </div>
      <Note>{t('twin.text')}</Note>
      {twin.problem ? <ErrorNote error={twin.problem} /> : null}
      {at === null ? null : (
        <p className={cx('muted')}>
          {t('twin.expires')} {format.local(at)} ({format.relative(at, now)})
        </p>
      )}
      <Differences
        label={t('twin.differences')}
        differences={twin.difference}
        beforeLabel={t('twin.database')}
        afterLabel={t('twin.cache')}
      />
      {twin.document ? (
        <TextTab label={t('twin.title')} document={twin.document} connection={null} editable={false} onEdit={() => undefined} />
      ) : null}
    </div>
  );
}
