import { classes } from './classes.ts';
import styles from './progress.module.css';

const cx = classes(styles);

type ProgressProps = Readonly<{ label: string; value: number | null; max: number | null; text?: string }>;

/** A progress bar; without a known end it only says that work goes on. */
export function Progress({ label, value, max, text }: ProgressProps) {
  const known = value !== null && max !== null && max > 0;
  const share = known ? Math.min(1, value / max) : 0;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuetext={text}
      {...(known ? { 'aria-valuenow': Math.round(share * 100), 'aria-valuemin': 0, 'aria-valuemax': 100 } : {})}
      className={cx('track')}
    >
      <div className={cx('bar', !known && 'unknown')} style={known ? { width: `${share * 100}%` } : undefined} />
    </div>
  );
}

/** Work that is expected to take moments. */
export function Loading({ label }: Readonly<{ label: string }>) {
  return (
    <div role="status" className={cx('loading')}>
      <span aria-hidden="true" className={cx('dot')} />
      {label}
    </div>
  );
}
