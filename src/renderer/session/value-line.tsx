// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table; the roles of ARIA's grid pattern say what it is
// biome-ignore-all lint/a11y/useFocusableInteractive: the pattern gives the focus to rows, not to their cells
import { ChevronDown, ChevronRight, Eye, Info, TriangleAlert } from 'lucide-react';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { ValueNode } from '../../preload/api.ts';
import { useSentences } from '../i18n/sentences.ts';
import { classes } from '../ui/classes.ts';
import { SafeText } from '../ui/text.tsx';
import { Tip } from '../ui/tip.tsx';
import { plainText } from '../visible-text.ts';
import { factOf, isSensitive } from './facts.ts';
import styles from './tree.module.css';
import { containerKind, type TreeRow } from './tree-rows.ts';

const cx = classes(styles);
/** Characters of the notes of one value. */
const NOTES = 1000;

type ValueLineProps = Readonly<{
  row: TreeRow;
  index: number;
  style: CSSProperties;
  focusable: boolean;
  current: boolean;
  revealed: boolean;
  onFocus: (row: TreeRow) => void;
  onToggle: (row: TreeRow) => void;
  onReveal: (id: string) => void;
  onOpen: ((row: TreeRow) => void) | undefined;
}>;

/** Names on the way to a line, as far as they are keys. */
export function namesOf(row: TreeRow): readonly string[] {
  return row.id.split('\u0000').filter((step) => step !== '');
}

export function ValueLine({ row, index, style, focusable, current, revealed, onFocus, onToggle, onReveal, onOpen }: ValueLineProps) {
  const { t } = useTranslation();
  const say = useSentences();
  const { node } = row;
  const name = row.key?.text;
  const fact = row.level === 1 && name !== undefined ? factOf(name) : null;
  const masked = isSensitive(namesOf(row), node) && !revealed;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of all lines
    <div
      role="row"
      data-line={index}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-rowindex={index + 1}
      aria-expanded={row.expandable ? row.expanded : undefined}
      aria-selected={current}
      tabIndex={focusable ? 0 : -1}
      className={cx('line', current && 'current')}
      style={style}
      onFocus={() => onFocus(row)}
      onClick={() => onFocus(row)}
      onDoubleClick={() => onOpen?.(row)}
    >
      <span role="gridcell" className={cx('key-cell')} style={{ paddingLeft: `${(row.level - 1) * 16 + 4}px` }}>
        {row.expandable ? (
          // biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys fold and unfold
          // biome-ignore lint/a11y/noStaticElementInteractions: part of the row, whose aria-expanded says its state
          <span className={cx('chevron')} onClick={() => onToggle(row)}>
            {row.expanded ? <ChevronDown aria-hidden="true" /> : <ChevronRight aria-hidden="true" />}
          </span>
        ) : (
          <span className={cx('chevron')} />
        )}
        <span className={cx('key', row.key ? null : 'label')}>
          {row.key ? <KeyText node={row.key} /> : <SafeText text={row.label ?? String(row.position - 1)} limit={80} />}
        </span>
        {fact ? (
          <Tip text={t(`fact.${fact}`)}>
            <span className={cx('mark')}>
              <Info role="img" aria-label={t(`fact.${fact}`)} />
            </span>
          </Tip>
        ) : null}
      </span>
      <span role="gridcell" className={cx('type')}>
        <SafeText text={node.class?.split('.').at(-1) ?? node.type} limit={40} />
      </span>
      <span role="gridcell" className={cx('value', `value-${toneOf(node)}`)}>
        {masked ? (
          <span className={cx('masked')}>
            ••••••••
            <button
              type="button"
              tabIndex={-1}
              className={cx('reveal')}
              onClick={() => onReveal(row.id)}
              aria-label={t('tree.reveal', { name: name ?? '' })}
            >
              <Eye aria-hidden="true" />
            </button>
          </span>
        ) : (
          <ValueText node={node} />
        )}
        {node.notes ? (
          <Tip text={plainText(say(...node.notes), NOTES)}>
            <span className={cx('mark', 'warn')}>
              <TriangleAlert role="img" aria-label={plainText(say(...node.notes), NOTES)} />
            </span>
          </Tip>
        ) : null}
      </span>
    </div>
  );
}

function KeyText({ node }: Readonly<{ node: ValueNode }>) {
  return <SafeText text={node.type === 'str' && node.text === '' ? "''" : (node.text ?? node.type)} limit={120} />;
}

/** One line of a value: what it is, not all of it. */
export function ValueText({ node }: Readonly<{ node: ValueNode }>) {
  const { t } = useTranslation();
  const kind = containerKind(node);
  if (kind !== null) {
    const count = (node.children?.length ?? 0) + (node.omitted ?? 0);
    return <span className={cx('container')}>{t(`tree.${kind}`, { count })}</span>;
  }
  if (node.type === 'NoneType') return <>None</>;
  if (node.type === 'str') return <SafeText text={`"${node.text ?? ''}"`} limit={300} />;
  if (node.type === 'reference') return <>{t('tree.reference', { ref: node.ref ?? '?' })}</>;
  return <SafeText text={node.text ?? node.class ?? ''} limit={300} />;
}

function toneOf(node: ValueNode): string {
  switch (node.type) {
    case 'str':
    case 'str2':
      return 'text';
    case 'int':
    case 'float':
    case 'complex':
    case 'Decimal':
      return 'number';
    case 'bool':
    case 'NoneType':
      return 'word';
    default:
      return 'other';
  }
}
