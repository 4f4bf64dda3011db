import { useTranslation } from 'react-i18next';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import styles from './shell.module.css';

const cx = classes(styles);

const GROUPS = [
  {
    name: 'everywhere',
    keys: [
      ['find', 'Ctrl', 'F'],
      ['refresh', 'Ctrl', 'R'],
      ['cookieLab', 'Ctrl', 'L'],
      ['newProfile', 'Ctrl', 'N'],
      ['settings', 'Ctrl', ','],
      ['region', 'F6'],
      ['help', '?'],
    ],
  },
  {
    name: 'list',
    keys: [
      ['move', '↑', '↓'],
      ['ends', 'Home', 'End'],
      ['pages', 'PgUp', 'PgDn'],
      ['open', 'Enter'],
      ['select', 'Space'],
      ['range', 'Shift', '↑', '↓'],
      ['all', 'Ctrl', 'A'],
      ['copy', 'Ctrl', 'C'],
      ['delete', 'Delete'],
      ['escape', 'Esc'],
    ],
  },
  {
    name: 'tree',
    keys: [
      ['fold', '→', '←'],
      ['editValue', 'F2'],
      ['rename', 'Shift', 'F2'],
      ['insert', 'Insert'],
      ['remove', 'Delete'],
      ['undo', 'Ctrl', 'Z'],
      ['review', 'Ctrl', 'S'],
    ],
  },
] as const;

export function ShortcutsDialog({ onClose }: Readonly<{ onClose: () => void }>) {
  const { t } = useTranslation();
  return (
    <Dialog title={t('shortcuts.title')} onClose={onClose}>
      <div className={cx('shortcuts')}>
        {GROUPS.map((group) => (
          <section key={group.name} className={cx('shortcut-group')}>
            <h3>{t(`shortcuts.${group.name}`)}</h3>
            <dl>
              {group.keys.map(([name, ...keys]) => (
                <div key={name} className={cx('shortcut')}>
                  <dt>{t(`shortcuts.${name}`)}</dt>
                  <dd className={cx('keys')}>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
