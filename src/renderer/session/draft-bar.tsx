import { Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SessionDraft } from '../drafts.ts';
import { usePreview } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { changeOf } from './change.ts';
import styles from './session.module.css';

const cx = classes(styles);

type DraftBarProps = Readonly<{ connection: string; draft: SessionDraft; onDiscard: () => void; onUndo: () => void; onReview: () => void }>;

/** How much was changed, and what can be done with it. */
export function DraftBar({ connection, draft, onDiscard, onUndo, onReview }: DraftBarProps) {
  const { t } = useTranslation();
  const preview = usePreview(changeOf(connection, draft));
  const differences = preview.data?.differences.length ?? draft.steps.length;
  const count = differences + (draft.expiry === 'renew' ? 1 : 0);
  return (
    <section className={cx('draft-bar')} aria-label={t('draft.title')}>
      <span role="status" className={cx('draft-count')}>
        {t('draft.changes', { count })}
      </span>
      <Button look="quiet" icon={<Undo2 />} disabled={draft.steps.length === 0} onClick={onUndo}>
        {t('draft.undo')}
      </Button>
      <Button onClick={onDiscard}>{t('draft.discard')}</Button>
      <Button look="primary" onClick={onReview}>
        {t('draft.review')}
      </Button>
    </section>
  );
}
