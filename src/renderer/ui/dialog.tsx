import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from './classes.ts';
import styles from './dialog.module.css';

const cx = classes(styles);

type DialogProps = Readonly<{
  title: string;
  description?: ReactNode;
  onClose: () => void;
  children?: ReactNode;
  footer?: ReactNode;
  size?: 'small' | 'medium' | 'large';
  /** alertdialog for what must be answered: it does not close by a click beside it */
  alert?: boolean;
  focus?: RefObject<HTMLElement | null>;
}>;

/** A modal dialog: heading, scrolling body, footer that stays in view. */
export function Dialog({ title, description, onClose, children, footer, size = 'medium', alert = false, focus }: DialogProps) {
  const { t } = useTranslation();
  return (
    <BaseDialog.Root open onOpenChange={(open) => !open && onClose()} disablePointerDismissal={alert}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={cx('backdrop')} />
        <BaseDialog.Viewport className={cx('viewport')}>
          <BaseDialog.Popup
            className={cx('popup', size)}
            role={alert ? 'alertdialog' : 'dialog'}
            {...(focus ? { initialFocus: focus } : {})}
          >
            <header className={cx('header')}>
              <BaseDialog.Title className={cx('title')}>{title}</BaseDialog.Title>
            </header>
            {description ? (
              <BaseDialog.Description className={cx('description')} render={<div />}>
                {description}
              </BaseDialog.Description>
            ) : null}
            <div className={cx('body')}>{children}</div>
            {footer ? <footer className={cx('footer')}>{footer}</footer> : null}
            {/* last in order, so that the focus begins in what the dialog asks for */}
            <BaseDialog.Close className={cx('close')} aria-label={t('common.close')}>
              <X aria-hidden="true" />
            </BaseDialog.Close>
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
