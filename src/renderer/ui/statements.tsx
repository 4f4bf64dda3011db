import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Statement } from '../../preload/api.ts';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import styles from './statements.module.css';
import { CopyButton, SafeText } from './text.tsx';

const cx = classes(styles);
const SHOWN = 50;
const TEXT = 20_000;

type StatementsProps = Readonly<{
  statements: readonly Statement[];
  /** the same as code for Django's shell, to look at and to hand over */
  django?: Statement | undefined;
}>;

/** What will run, exactly: SQL, Redis commands or file operations; beside it, the same as Django code. */
export function Statements({ statements, django }: StatementsProps) {
  const { t } = useTranslation();
  const [asDjango, setAsDjango] = useState(false);
  if (statements.length === 0) return null;
  const shown = asDjango && django ? [django] : statements;
  const text = shown.map((statement) => statement.text).join('\n');
  return (
    <section className={cx('statements')} aria-label={t('review.statements')}>
      <header className={cx('header')}>
        <h3>{t(shown === statements ? 'review.statements' : 'review.djangoCode')}</h3>
        {django ? (
          <Button size="small" look="quiet" className={cx('switch')} aria-pressed={asDjango} onClick={() => setAsDjango(!asDjango)}>
            {t('review.asDjango')}
          </Button>
        ) : null}
        <CopyButton text={text} label={t('review.copyStatements')} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard */}
      <pre className={cx('text')} tabIndex={0}>
        {shown.slice(0, SHOWN).map((statement, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: statements are a sequence, equal ones included
          <code key={index} className={cx('statement')}>
            {statement.language === 'python' ? <PythonText text={statement.text} /> : <SafeText text={statement.text} limit={TEXT} />}
          </code>
        ))}
      </pre>
      {shown.length > SHOWN ? <p className={cx('more')}>{t('review.moreStatements', { count: shown.length - SHOWN })}</p> : null}
      {shown === statements ? null : <p className={cx('more')}>{t('review.djangoText')}</p>}
    </section>
  );
}

/** Code keeps its lines; what its literals hold is escaped already, and anything else unseen is written out. */
function PythonText({ text }: Readonly<{ text: string }>) {
  const lines = text.slice(0, TEXT).trimEnd().split('\n');
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines are a sequence, equal ones included
    <span key={index} className={cx('line')}>
      <SafeText text={line} limit={TEXT} />
    </span>
  ));
}
