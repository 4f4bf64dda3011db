import { CircleAlert, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorView } from '../../preload/api.ts';
import { asCallError } from '../client.ts';
import { sentences } from '../visible-text.ts';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import styles from './states.module.css';

const cx = classes(styles);

type EmptyStateProps = Readonly<{ icon: ReactNode; title: string; text?: ReactNode; children?: ReactNode }>;

/** Says why there is nothing here, and offers the next step. */
export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <div className={cx('state')}>
      <span aria-hidden="true" className={cx('icon')}>
        {icon}
      </span>
      <h2 className={cx('title')}>{title}</h2>
      {text ? <div className={cx('text')}>{text}</div> : null}
      {children ? <div className={cx('actions')}>{children}</div> : null}
    </div>
  );
}

type ErrorStateProps = Readonly<{ error: unknown; onRetry?: () => void; children?: ReactNode }>;

/** What happened, to what, and what to do next. */
export function ErrorState({ error, onRetry, children }: ErrorStateProps) {
  const { t } = useTranslation();
  const { code, message, hint } = asCallError(error);
  return (
    <div role="alert" className={cx('state', 'error')}>
      <span aria-hidden="true" className={cx('icon')}>
        <CircleAlert />
      </span>
      <h2 className={cx('title')}>{t(`errors.${code}`)}</h2>
      <div className={cx('text')} lang="en">
        {message}
      </div>
      {hint ? (
        <div className={cx('text', 'hint')} lang="en">
          {hint}
        </div>
      ) : null}
      <div className={cx('actions')}>
        {onRetry ? (
          <Button look="plain" icon={<RotateCw />} onClick={onRetry}>
            {t('common.retry')}
          </Button>
        ) : null}
        {children}
      </div>
    </div>
  );
}

type ErrorNoteProps = Readonly<{ error: ErrorView; children?: ReactNode }>;

/** The same in the flow of a form or pane. */
export function ErrorNote({ error, children }: ErrorNoteProps) {
  const { t } = useTranslation();
  return (
    <Note tone="danger" alert title={t(`errors.${error.code}`)}>
      <span lang="en">{sentences(error.message, error.hint)}</span>
      {children}
    </Note>
  );
}

type NoteProps = Readonly<{
  tone?: 'neutral' | 'warning' | 'danger' | 'ok';
  title?: string;
  icon?: ReactNode;
  alert?: boolean;
  children: ReactNode;
}>;

export function Note({ tone = 'neutral', title, icon, alert, children }: NoteProps) {
  return (
    <div className={cx('note', `note-${tone}`)} {...(alert ? { role: 'alert' } : {})}>
      <span aria-hidden="true" className={cx('note-icon')}>
        {icon ?? <CircleAlert />}
      </span>
      <div className={cx('note-body')}>
        {title ? <strong className={cx('note-title')}>{title}</strong> : null}
        <div>{children}</div>
      </div>
    </div>
  );
}
