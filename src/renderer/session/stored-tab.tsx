import { useTranslation } from 'react-i18next';
import type { SessionView } from '../../preload/api.ts';
import { useFormat } from '../format.ts';
import { classes } from '../ui/classes.ts';
import { Parts } from '../ui/parts.tsx';
import { CopyButton } from '../ui/text.tsx';
import styles from './session.module.css';
import { storedParts } from './stored-parts.ts';
import { AcceptanceVerdict, DecodesVerdict, SignatureVerdict } from './verdicts.tsx';

const cx = classes(styles);

/** The stored string as it is, and what it is worth. */
export function StoredTab({ session }: Readonly<{ session: SessionView }>) {
  const { t } = useTranslation();
  const format = useFormat();
  const { stored, signature } = session;
  return (
    <div className={cx('tab')}>
      <AcceptanceVerdict acceptance={session.acceptance} />
      <DecodesVerdict error={session.document ? undefined : session.summary.problem} />
      <SignatureVerdict signature={signature} />
      <section aria-label={t('stored.title')} className={cx('card')}>
        <header className={cx('card-head')}>
          <h3>{t('stored.title')}</h3>
          <span className={cx('muted')}>
            {format.bytes(stored.bytes)} · {t(stored.encoding === 'base64' ? 'stored.base64' : 'stored.text')}
          </span>
          <CopyButton text={stored.text} label={t('stored.copy')} />
        </header>
        <Parts
          label={t('lab.parts')}
          parts={storedParts(stored.text, stored.encoding === 'text' ? signature.format : 'unsigned', stored.cut)}
        />
        {stored.cut ? <p className={cx('muted')}>{t('stored.cut')}</p> : null}
      </section>
    </div>
  );
}
