import { useTranslation } from 'react-i18next';
import type { ExpiryView } from '../../preload/api.ts';
import { parseTime, useFormat } from '../format.ts';
import { useSentences } from '../i18n/sentences.ts';
import { useNow } from '../now.ts';
import { classes } from '../ui/classes.ts';
import { Tip } from '../ui/tip.tsx';
import { plainText } from '../visible-text.ts';
import styles from './sessions.module.css';

const cx = classes(styles);

/** "in 3 days", or why there is no date. */
export function useExpiryWords(): (expiry: ExpiryView) => string {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  return (expiry) => {
    const at = parseTime(expiry.at);
    if (at !== null) return format.relative(at, now);
    return t(expiry.source === 'never' ? 'expiry.never' : 'expiry.unknown');
  };
}

/** An expiry in words; the dates and where they come from on hover. */
export function ExpiryText({ expiry }: Readonly<{ expiry: ExpiryView }>) {
  const words = useExpiryWords();
  return (
    <Tip text={<ExpiryDetails expiry={expiry} />}>
      <span className={cx('expiry', expiry.expired && 'past')}>{words(expiry)}</span>
    </Tip>
  );
}

/** Local time, UTC, source and what the store has, one line each. */
export function ExpiryDetails({ expiry }: Readonly<{ expiry: ExpiryView }>) {
  const { t } = useTranslation();
  const say = useSentences();
  const format = useFormat();
  const at = parseTime(expiry.at);
  return (
    <span className={cx('expiry-details')}>
      {at === null ? null : (
        <>
          <span>{format.local(at)}</span>
          <span>{format.utc(at)}</span>
        </>
      )}
      <span>{t('expiry.source', { source: t(`expirySource.${expiry.source}`) })}</span>
      {expiry.browserClose ? <span>{t('expiry.browserClose')}</span> : null}
      {expiry.note ? <span>{plainText(say(expiry.note), 1000)}</span> : null}
    </span>
  );
}
