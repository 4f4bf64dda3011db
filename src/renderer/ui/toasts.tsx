import { Toast } from '@base-ui/react/toast';
import { CheckCircle2, CircleAlert, Info, X } from 'lucide-react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from './button.tsx';
import { classes } from './classes.ts';
import styles from './toasts.module.css';

const cx = classes(styles);

export type Notice = Readonly<{
  tone: 'ok' | 'danger' | 'info';
  title: string;
  text?: string;
  action?: Readonly<{ label: string; run: () => void }>;
}>;

/** Shows a passing message; one with an action stays longer, an error until it is closed. */
export function useNotify(): (notice: Notice) => void {
  const { add, close } = Toast.useToastManager();
  return useCallback(
    ({ tone, title, text, action }: Notice) => {
      const id = add({
        title,
        ...(text ? { description: text } : {}),
        type: tone,
        timeout: tone === 'danger' ? 0 : action ? 20_000 : 6_000,
        priority: tone === 'danger' ? 'high' : 'low',
        ...(action
          ? {
              actionProps: {
                children: action.label,
                onClick: () => {
                  close(id);
                  action.run();
                },
              },
            }
          : {}),
      });
    },
    [add, close],
  );
}

const ICONS = { ok: CheckCircle2, danger: CircleAlert, info: Info } as const;

export function Toasts() {
  const { t } = useTranslation();
  const { toasts } = Toast.useToastManager();
  return (
    <Toast.Portal>
      <Toast.Viewport className={cx('viewport')} aria-label={t('shell.messages')}>
        {toasts.map((toast) => {
          const tone = toast.type === 'danger' || toast.type === 'ok' ? toast.type : 'info';
          const Icon = ICONS[tone];
          return (
            <Toast.Root key={toast.id} toast={toast} className={cx('toast', tone)} swipeDirection="down">
              <Toast.Content className={cx('content')}>
                <Icon aria-hidden="true" className={cx('icon')} />
                <div className={cx('words')}>
                  <Toast.Title className={cx('title')} />
                  <Toast.Description className={cx('text')} />
                </div>
                {toast.actionProps ? <Toast.Action render={<Button size="small" />} /> : null}
                <Toast.Close render={<IconButton label={t('common.close')} icon={<X />} small />} />
              </Toast.Content>
            </Toast.Root>
          );
        })}
      </Toast.Viewport>
    </Toast.Portal>
  );
}
