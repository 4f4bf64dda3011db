import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';
import { classes } from './classes.ts';
import { Tip } from './tip.tsx';

const cx = classes(styles);

type ButtonProps = ComponentProps<'button'> &
  Readonly<{
    look?: 'primary' | 'plain' | 'quiet' | 'danger' | 'danger-quiet';
    size?: 'small' | 'normal' | 'large';
    icon?: ReactNode;
    busy?: boolean;
  }>;

export function Button({ look = 'plain', size = 'normal', icon, busy, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      {...rest}
      className={cx('button', look, size, className)}
    >
      {icon ? (
        <span aria-hidden="true" className={cx('icon', busy && 'spin')}>
          {icon}
        </span>
      ) : null}
      {children}
    </button>
  );
}

type IconButtonProps = ComponentProps<'button'> & Readonly<{ label: string; icon: ReactNode; small?: boolean; spin?: boolean }>;

/** A button that shows only its icon: its name is in the tooltip and for screen readers. */
export function IconButton({ label, icon, small, spin, className, ...rest }: IconButtonProps) {
  return (
    <Tip text={label}>
      <button type="button" aria-label={label} {...rest} className={cx('button', 'quiet', 'icon-only', small && 'small-icon', className)}>
        <span aria-hidden="true" className={cx('icon', spin && 'spin')}>
          {icon}
        </span>
      </button>
    </Tip>
  );
}
