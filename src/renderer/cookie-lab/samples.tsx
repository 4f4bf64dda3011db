import { useTranslation } from 'react-i18next';
import { useDemo, useDemoCookies } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import styles from './cookie-lab.module.css';

const cx = classes(styles);

/** The demo's cookies: whoever has none at hand sees what the Lab does, verified with the demo's keys. */
export function Samples({ onChoose }: Readonly<{ onChoose: (value: string, profile: string) => void }>) {
  const { t } = useTranslation();
  const cookies = useDemoCookies();
  const demo = useDemo();
  if (!cookies.data) return null;
  return (
    <div className={cx('samples')}>
      <p className={cx('muted')}>{t('lab.samples')}</p>
      <div className={cx('look-up-buttons')}>
        {cookies.data.map(({ label, value }) => (
          <Button key={label} onClick={() => demo.mutate('open', { onSuccess: ({ profile }) => onChoose(value, profile.id) })}>
            {t(`lab.sample.${label}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}
