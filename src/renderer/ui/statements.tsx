import { useTranslation } from 'react-i18next';
import type { Statement } from '../../preload/api.ts';
import { classes } from './classes.ts';
import styles from './statements.module.css';
import { CopyButton, SafeText } from './text.tsx';

const cx = classes(styles);
const SHOWN = 50;
const TEXT = 20_000;

type StatementsProps = Readonly<{ statements: readonly Statement[] }>;

/** What will run, exactly: SQL, Redis commands or file operations. */
export function Statements({ statements }: StatementsProps) {
  const { t } = useTranslation();
  if (statements.length === 0) return null;
  const text = statements.map((statement) => statement.text).join('\n');
  return (
    <section className={cx('statements')} aria-label={t('review.statements')}>
      <header className={cx('header')}>
        <h3>{t('review.statements')}</h3>
        <CopyButton text={text} label={t('review.copyStatements')} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard */}
      <pre className={cx('text')} tabIndex={0}>
        {statements.slice(0, SHOWN).map((statement, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: statements are a sequence, equal ones included
          <code key={index} className={cx('statement')}>
            <SafeText text={statement.text} limit={TEXT} />
          </code>
        ))}
      </pre>
      {statements.length > SHOWN ? <p className={cx('more')}>{t('review.moreStatements', { count: statements.length - SHOWN })}</p> : null}
    </section>
  );
}
