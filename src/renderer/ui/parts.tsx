import { useTranslation } from 'react-i18next';
import type { CookiePart, Sentence } from '../../preload/api.ts';
import { useSentences } from '../i18n/sentences.ts';
import { classes } from './classes.ts';
import styles from './parts.module.css';
import { SafeText } from './text.tsx';
import { Tip } from './tip.tsx';

const cx = classes(styles);
const LIMIT = 20_000;

type PartsProps = Readonly<{ label: string; parts: readonly Readonly<{ role: CookiePart['role']; text: string; meaning?: Sentence }>[] }>;

/** A value in its parts: each in its colour, with its meaning on hover and in the legend. */
export function Parts({ label, parts }: PartsProps) {
  const { t } = useTranslation();
  const roles = [...new Set(parts.map((part) => part.role))].filter((role) => role !== 'separator');
  return (
    <div className={cx('parts')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard */}
      <section className={cx('text')} aria-label={label} tabIndex={0}>
        {parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts are a sequence, equal ones included
          <Tip key={index} text={<PartMeaning role={part.role} meaning={part.meaning} />}>
            <span className={cx('part', part.role)}>
              <SafeText text={part.text} limit={LIMIT} />
            </span>
          </Tip>
        ))}
      </section>
      <ul className={cx('legend')} aria-label={t('parts.legend')}>
        {roles.map((role) => (
          <li key={role} className={cx('legend-item')}>
            <span aria-hidden="true" className={cx('swatch', role)} />
            {t(`parts.${role}`)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function PartMeaning({ role, meaning }: Readonly<{ role: CookiePart['role']; meaning: Sentence | undefined }>) {
  const { t } = useTranslation();
  const say = useSentences();
  return (
    <>
      <strong>{t(`parts.${role}`)}</strong>
      {meaning ? <span> — {say(meaning)}</span> : null}
    </>
  );
}
