import { History, Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ActivityEntry } from '../../preload/api.ts';
import { useFormat } from '../format.ts';
import { useNow } from '../now.ts';
import { useActivity } from '../queries.ts';
import { Badge, type BadgeTone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Loading } from '../ui/progress.tsx';
import { EmptyState, ErrorState } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import { Tip } from '../ui/tip.tsx';
import styles from './activity.module.css';
import { useUndoActivity } from './use-undo.tsx';

const cx = classes(styles);

/** Everything this app ever wrote, with Undo while what was there before is kept. */
export function ActivityScreen() {
  const { t } = useTranslation();
  const activity = useActivity();
  const entries = activity.data?.pages.flat() ?? [];
  return (
    <div className={cx('screen')}>
      <header className={cx('header')}>
        <h1 className={cx('title')}>{t('activity.title')}</h1>
        <p className={cx('muted')}>{t('activity.text')}</p>
      </header>
      {activity.isPending ? <Loading label={t('common.loading')} /> : null}
      {activity.error ? <ErrorState error={activity.error} onRetry={() => void activity.refetch()} /> : null}
      {activity.data && entries.length === 0 ? (
        <EmptyState icon={<History />} title={t('activity.none')} text={t('activity.noneText')} />
      ) : null}
      {entries.length > 0 ? (
        <ul className={cx('entries')} aria-label={t('activity.title')}>
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ul>
      ) : null}
      {activity.hasNextPage ? (
        <Button busy={activity.isFetchingNextPage} onClick={() => void activity.fetchNextPage()}>
          {t('activity.older')}
        </Button>
      ) : null}
    </div>
  );
}

const OUTCOMES: Readonly<Record<ActivityEntry['outcome'], BadgeTone>> = {
  pending: 'accent',
  done: 'ok',
  partly: 'warning',
  failed: 'danger',
  conflict: 'warning',
  interrupted: 'warning',
};

function Entry({ entry }: Readonly<{ entry: ActivityEntry }>) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const undo = useUndoActivity();
  const at = Date.parse(entry.at);
  const keys = entry.session_keys.slice(0, 4);
  return (
    <li className={cx('entry')}>
      <div className={cx('what')}>
        <span className={cx('line')}>
          <strong>{t(`action.${entry.action}`, { count: entry.count })}</strong>
          <Badge tone={OUTCOMES[entry.outcome]}>{t(`outcome.${entry.outcome}`)}</Badge>
        </span>
        <span className={cx('line', 'muted')}>
          <Tip text={`${format.local(at)} · ${format.utc(at)}`}>
            <time dateTime={entry.at}>{format.relative(Math.min(at, now), now)}</time>
          </Tip>
          <span>
            <SafeText text={entry.profile.name} limit={80} />
          </span>
          <span>
            <SafeText text={entry.place} limit={160} />
          </span>
          <span>
            <SafeText text={entry.by} limit={80} />
          </span>
        </span>
        {keys.length > 0 ? (
          <span className={cx('keys')}>
            <SafeText text={keys.join('  ')} />
            {entry.count > keys.length ? ` ${t('activity.moreKeys', { count: entry.count - keys.length })}` : null}
          </span>
        ) : null}
        {entry.message ? (
          <span className={cx('muted')} lang="en">
            <SafeText text={entry.message} />
          </span>
        ) : null}
      </div>
      {entry.undo === 'possible' ? (
        <Button icon={<Undo2 />} onClick={() => undo(entry.id)}>
          {t('activity.undo')}
        </Button>
      ) : (
        <span className={cx('muted')}>{t(`undoState.${entry.undo}`)}</span>
      )}
    </li>
  );
}
