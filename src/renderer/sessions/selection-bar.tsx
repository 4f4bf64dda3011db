import { CalendarClock, Trash2, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import styles from './sessions.module.css';

const cx = classes(styles);

type SelectionBarProps = Readonly<{
  count: number;
  writable: boolean;
  canSetExpiry: boolean;
  onDelete: () => void;
  onSetExpiry: () => void;
  onClear: () => void;
}>;

/** What can be done with the selected sessions. Labels follow the selection. */
export function SelectionBar({ count, writable, canSetExpiry, onDelete, onSetExpiry, onClear }: SelectionBarProps) {
  const { t } = useTranslation();
  return (
    <div role="toolbar" aria-label={t('sessions.selection')} className={cx('selection')}>
      <span className={cx('selection-count')}>{t('sessions.selected', { count })}</span>
      {canSetExpiry ? (
        <Button icon={<CalendarClock />} onClick={onSetExpiry}>
          {t('bulkExpiry.open')}
        </Button>
      ) : null}
      {writable ? (
        <Button look="danger" icon={<Trash2 />} onClick={onDelete}>
          {t('delete.verb', { count })}
        </Button>
      ) : null}
      <IconButton label={t('sessions.clearSelection')} icon={<X />} onClick={onClear} />
    </div>
  );
}
