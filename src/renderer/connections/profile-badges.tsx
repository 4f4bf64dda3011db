import { FlaskConical, Lock, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Profile } from '../../preload/api.ts';
import { Badge } from '../ui/badge.tsx';
import { classes } from '../ui/classes.ts';
import { Tip } from '../ui/tip.tsx';
import styles from './sidebar.module.css';

const cx = classes(styles);

export function EnvironmentBadge({ environment }: Readonly<{ environment: Profile['environment'] }>) {
  const { t } = useTranslation();
  if (environment === 'unspecified') return null;
  return (
    <Badge
      tone={environment}
      icon={environment === 'production' ? <TriangleAlert aria-hidden="true" /> : <FlaskConical aria-hidden="true" />}
    >
      {t(`common.${environment}`)}
    </Badge>
  );
}

/** Says that nothing can be written, and why. */
export function ReadOnlyBadge() {
  const { t } = useTranslation();
  return (
    <Tip text={t('common.readOnlyWhy')}>
      <span>
        <Badge icon={<Lock aria-hidden="true" />}>{t('common.readOnly')}</Badge>
      </span>
    </Tip>
  );
}

export function ColourDot({ colour }: Readonly<{ colour: Profile['colour'] }>) {
  return <span aria-hidden="true" className={cx('dot', `dot-${colour}`)} />;
}
