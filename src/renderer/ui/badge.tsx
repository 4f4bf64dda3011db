import type { ReactNode } from 'react';
import styles from './badge.module.css';
import { classes } from './classes.ts';

const cx = classes(styles);

export type BadgeTone = 'neutral' | 'ok' | 'warning' | 'danger' | 'accent' | 'production' | 'development';

type BadgeProps = Readonly<{ tone?: BadgeTone; icon?: ReactNode; children: ReactNode }>;

/** A state in words with an icon: never colour alone. */
export function Badge({ tone = 'neutral', icon, children }: BadgeProps) {
  return (
    <span className={cx('badge', tone)}>
      {icon}
      <span className={cx('text')}>{children}</span>
    </span>
  );
}
