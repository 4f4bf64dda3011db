import { useTranslation } from 'react-i18next';
import { useSentences } from '../i18n/sentences.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { CopyButton, SafeText } from '../ui/text.tsx';
import { factOf, isSensitive } from './facts.ts';
import { nodeJson } from './new-value.ts';
import styles from './tree.module.css';
import type { TreeRow } from './tree-rows.ts';
import { namesOf } from './value-line.tsx';

const cx = classes(styles);
const WHOLE = 50_000;

type NodeDetailsProps = Readonly<{ row: TreeRow; revealed: boolean; onReveal: () => void }>;

/** The chosen line in full: where it is, its type, what it is for, and its whole value. */
export function NodeDetails({ row, revealed, onReveal }: NodeDetailsProps) {
  const { t } = useTranslation();
  const say = useSentences();
  const { node } = row;
  const names = namesOf(row);
  const fact = row.level === 1 && row.key?.text !== undefined ? factOf(row.key.text) : null;
  const text = node.text ?? nodeJson(node) ?? '';
  const masked = isSensitive(names, node) && !revealed;
  const path = names.map((name) => name.replace(/^(str|int|float|bool|NoneType):/, '')).join(' › ');
  return (
    <section className={cx('details')} aria-label={t('tree.details')}>
      <header className={cx('details-head')}>
        <span className={cx('details-path')}>
          <SafeText text={path} limit={300} />
        </span>
        <span className={cx('details-type')}>
          <SafeText text={node.class ?? node.type} limit={200} />
        </span>
        {masked ? (
          <Button size="small" onClick={onReveal}>
            {t('common.reveal')}
          </Button>
        ) : text === '' ? null : (
          <CopyButton text={text} label={t('tree.copyValue')} />
        )}
      </header>
      {fact ? <p className={cx('fact')}>{t(`fact.${fact}`)}</p> : null}
      {node.notes ? (
        <p className={cx('fact', 'warn')}>
          <SafeText text={say(...node.notes)} limit={4000} />
        </p>
      ) : null}
      {node.editable || node.children ? null : <p className={cx('fact')}>{t('tree.notEditable')}</p>}
      {masked ? (
        <p className={cx('fact')}>{t('tree.masked')}</p>
      ) : text === '' ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
        <pre className={cx('details-value')} tabIndex={0}>
          <SafeText text={text} limit={WHOLE} />
        </pre>
      )}
    </section>
  );
}
