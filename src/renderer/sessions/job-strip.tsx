import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { JobView } from '../../preload/api.ts';
import { useFormat } from '../format.ts';
import { isRunning, jobs } from '../jobs.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Progress } from '../ui/progress.tsx';
import styles from './sessions.module.css';

const cx = classes(styles);
/** Milliseconds between two announcements of progress: often enough to know, seldom enough to bear. */
const SPOKEN_EVERY = 10_000;

type JobStripProps = Readonly<{ view: JobView }>;

/** Progress of a job: scanned, found, rate, what is left, Stop; and once it has ended, what it found. */
export function JobStrip({ view }: JobStripProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const running = isRunning(view);
  const words = useJobWords(view);
  const causeWords = useCauseWords();
  const announce = useAnnounce();
  const spoken = useRef(Date.now());
  useEffect(() => {
    if (!running || Date.now() - spoken.current < SPOKEN_EVERY) return;
    spoken.current = Date.now();
    announce(words);
  }, [running, words, announce]);
  return (
    <section className={cx('job')} aria-label={t(`job.name.${view.kind}`)}>
      <span className={cx('job-name')}>{t(`job.name.${view.kind}`)}</span>
      {running ? <Progress label={t(`job.name.${view.kind}`)} value={view.scanned} max={view.total} text={words} /> : null}
      <span className={cx('job-words')}>
        {words}
        {Object.entries(view.bad).map(([cause, count]) => ` · ${causeWords(cause)}: ${format.number(count)}`)}
      </span>
      {running ? (
        <Button size="small" onClick={() => void jobs.stop(view.job)} disabled={view.state === 'stopping'}>
          {t(view.state === 'stopping' ? 'job.stopping' : 'common.stop')}
        </Button>
      ) : null}
    </section>
  );
}

/** The title of an error code; any other cause as it is. */
function useCauseWords(): (cause: string) => string {
  const { i18n } = useTranslation();
  // `exists` has just said that the key is one of the catalogue's.
  return (cause) => (i18n.exists(`errors.${cause}`) ? i18n.t(`errors.${cause}` as 'errors.Corrupt') : cause);
}

/** "12,000 of 48,000 scanned · 31 found · 9,100 per second · 4 seconds left" */
export function useJobWords(view: JobView): string {
  const { t } = useTranslation();
  const format = useFormat();
  const rate = view.elapsed > 500 ? view.scanned / (view.elapsed / 1000) : null;
  const left = rate && view.total !== null && view.total > view.scanned ? (view.total - view.scanned) / rate : null;
  const running = isRunning(view);
  const parts = [
    view.total === null || !running
      ? t('job.scanned', { scanned: format.number(view.scanned) })
      : t('job.scannedOf', { scanned: format.number(view.scanned), total: format.number(view.total) }),
    view.kind === 'find' || view.found > 0 ? t('job.found', { found: format.number(view.found) }) : null,
    view.changed > 0 ? t('job.changed', { changed: format.number(view.changed) }) : null,
    view.failed > 0 ? t('job.failures', { count: view.failed }) : null,
    running && rate ? t('job.rate', { rate: format.number(Math.round(rate)) }) : null,
    running && left !== null && left >= 1 ? t('job.left', { time: format.duration(Math.ceil(left)) }) : null,
    view.state === 'stopped' ? t('job.stopped') : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
