import { X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asCallError } from '../client.ts';
import { useInfo } from '../queries.ts';
import { IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { ErrorNote } from '../ui/states.tsx';
import styles from './shell.module.css';

const cx = classes(styles);

/** What went wrong at start, until it is dismissed. */
export function Notices() {
  const { t } = useTranslation();
  const info = useInfo();
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const notices = info.error ? [asCallError(info.error)] : (info.data?.notices ?? []);
  const shown = notices.filter((notice) => !dismissed.has(notice.message));
  if (shown.length === 0) return null;
  return (
    <section className={cx('notices')} aria-label={t('shell.notices')}>
      {shown.map((notice) => (
        <div key={notice.message} className={cx('notice')}>
          <ErrorNote error={notice} />
          <IconButton
            label={t('shell.dismiss')}
            icon={<X />}
            onClick={() => setDismissed((before) => new Set(before).add(notice.message))}
          />
        </div>
      ))}
    </section>
  );
}
