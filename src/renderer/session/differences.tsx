import { Minus, Plus, SquarePen } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Difference } from '../../preload/api.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { SafeText } from '../ui/text.tsx';
import { isSensitivePath } from './facts.ts';
import styles from './session.module.css';

const cx = classes(styles);
const ICONS = { added: Plus, removed: Minus, changed: SquarePen } as const;
const SHOWN = 500;

type DifferencesProps = Readonly<{ label: string; differences: readonly Difference[]; beforeLabel?: string; afterLabel?: string }>;

/** What differs between two versions, path by path, before and after side by side. */
export function Differences({ label, differences, beforeLabel, afterLabel }: DifferencesProps) {
  const { t } = useTranslation();
  const [revealed, setRevealed] = useState(false);
  if (differences.length === 0) return <p className={cx('muted')}>{t('review.noDifferences')}</p>;
  return (
    <>
      <table className={cx('differences')} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t('review.path')}</th>
            <th scope="col">{beforeLabel ?? t('review.before')}</th>
            <th scope="col">{afterLabel ?? t('review.after')}</th>
          </tr>
        </thead>
        <tbody>
          {differences.slice(0, SHOWN).map((difference) => {
            const Icon = ICONS[difference.kind];
            const shown = (value: string) => (!revealed && isSensitivePath(difference.path) ? '••••••••' : value);
            return (
              <tr key={`${difference.path} ${difference.kind}`} className={cx(difference.kind)}>
                <th scope="row">
                  <Icon role="img" aria-label={t(`review.${difference.kind}`)} />
                  <SafeText text={difference.path} limit={200} />
                </th>
                <td>
                  {difference.before === undefined ? null : (
                    <del>
                      <SafeText text={shown(difference.before)} limit={2000} />
                    </del>
                  )}
                </td>
                <td>
                  {difference.after === undefined ? null : (
                    <ins>
                      <SafeText text={shown(difference.after)} limit={2000} />
                    </ins>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
        {differences.length > SHOWN ? <caption>{t('review.moreDifferences', { count: differences.length - SHOWN })}</caption> : null}
      </table>
      {!revealed && differences.some((difference) => isSensitivePath(difference.path)) ? (
        <div>
          <Button size="small" onClick={() => setRevealed(true)}>
            {t('review.reveal')}
          </Button>
        </div>
      ) : null}
    </>
  );
}
