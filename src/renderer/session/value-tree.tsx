// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table; the roles of ARIA's grid pattern say what it is
// biome-ignore-all lint/a11y/useFocusableInteractive: the pattern gives the focus to rows, not to their cells
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentView } from '../../preload/api.ts';
import { classes } from '../ui/classes.ts';
import { gridMove } from '../ui/use-grid-keys.ts';
import type { Editing } from './data-editor.tsx';
import styles from './tree.module.css';
import { isMapping, isRemovable, type TreeRow, takesChildren } from './tree-rows.ts';
import { ValueEditor } from './value-editor.tsx';
import { ValueLine } from './value-line.tsx';

const cx = classes(styles);
const LINE = 30;
const EDITOR = 96;

type ValueTreeProps = Readonly<{
  label: string;
  document: DocumentView;
  /** its visible lines */
  rows: readonly TreeRow[];
  editable: boolean;
  current: string | null;
  onCurrent: (row: TreeRow) => void;
  onToggle: (row: TreeRow) => void;
  editing: Editing | null;
  onEditing: (editing: Editing | null) => void;
  onRemove: (row: TreeRow) => void;
  onSave: (editing: Editing, value: Parameters<Parameters<typeof ValueEditor>[0]['onSave']>[0]) => void;
  revealed: ReadonlySet<string>;
  onReveal: (id: string) => void;
}>;

type Line = Readonly<{ row: TreeRow | null; editing: Editing | null }>;

/** Lines of the tree, with the open editor in its place. */
function linesOf(rows: readonly TreeRow[], editing: Editing | null): readonly Line[] {
  const lines = rows.map((row): Line => ({ row, editing: editing && editing.kind !== 'add' && editing.id === row.id ? editing : null }));
  if (editing?.kind !== 'add') return lines;
  const last = rows.findLastIndex((row) => row.id === editing.id || row.id.startsWith(`${editing.id}\u0000`));
  return lines.toSpliced(editing.id === '' ? rows.length : last + 1, 0, { row: null, editing });
}

/** The data as a typed tree in ARIA's treegrid pattern. */
export function ValueTree(props: ValueTreeProps) {
  const { t } = useTranslation();
  const { document, rows, editable, editing, onEditing, onCurrent, onToggle } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const focusLine = useRef(false);
  const lines = useMemo(() => linesOf(rows, editing), [rows, editing]);
  const index = Math.max(
    0,
    lines.findIndex((line) => line.row?.id === props.current),
  );
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (place) => (lines[place]?.editing ? EDITOR : LINE),
    getItemKey: (place) => (lines[place]?.editing ? 'editor' : (lines[place]?.row?.path.join('.') ?? 'editor')),
    overscan: 10,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes change with the line that is edited
  useLayoutEffect(() => virtualizer.measure(), [editing, virtualizer]);
  const items = virtualizer.getVirtualItems();
  // Whatever ends the editor, the line it was in has the focus again.
  const wasEditing = useRef(false);
  if (wasEditing.current && !editing) focusLine.current = true;
  wasEditing.current = editing !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus follows the line once it is in the document
  useLayoutEffect(() => {
    // a line that was removed has left the focus to its neighbour, or to nobody
    const inside = scroller.current?.contains(window.document.activeElement) ?? false;
    if ((!focusLine.current && !inside) || editing) return;
    const line = scroller.current?.querySelector<HTMLElement>(`[data-line="${index}"]`);
    if (!line) return;
    focusLine.current = false;
    line.focus({ preventScroll: true });
  }, [index, items, editing]);

  const go = (target: number) => {
    const row = lines[target]?.row;
    if (!row) return;
    focusLine.current = true;
    onCurrent(row);
    virtualizer.scrollToIndex(target);
  };
  const keyDown = (event: KeyboardEvent) => {
    const row = lines[index]?.row;
    if (editing || !row || !(event.target instanceof Element) || !event.target.matches('[role="row"]')) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / LINE) - 1);
    const move = gridMove(event.key, false, index, lines.length, page);
    const handled = (() => {
      if (move) return go(move.index);
      if (event.key === 'ArrowRight') return row.expandable && !row.expanded ? onToggle(row) : row.expandable ? go(index + 1) : undefined;
      if (event.key === 'ArrowLeft') {
        if (row.expanded) return onToggle(row);
        return go(lines.findLastIndex((line, place) => place < index && line.row?.level === row.level - 1));
      }
      if (!editable) return false;
      if ((event.key === 'F2' && !event.shiftKey) || event.key === 'Enter')
        return row.node.editable ? onEditing({ kind: 'set', id: row.id, row }) : false;
      if (event.key === 'F2' && isMapping(row.parent)) return onEditing({ kind: 'rename', id: row.id, row });
      if (event.key === 'Insert') {
        const into = takesChildren(row.node) ? row : null;
        return onEditing(into ? { kind: 'add', id: into.id, row: into } : { kind: 'add', id: '', row: null });
      }
      if (event.key === 'Delete' && isRemovable(row)) {
        focusLine.current = true;
        return props.onRemove(row);
      }
      return false;
    })();
    if (handled !== false) event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      role="treegrid"
      aria-label={props.label}
      aria-rowcount={lines.length}
      aria-readonly={!editable}
      className={cx('tree')}
      onKeyDown={keyDown}
    >
      <div role="rowgroup" className={cx('lines')} style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          const place = { transform: `translateY(${item.start}px)` };
          const style = { ...place, height: item.size };
          if (line.editing) {
            const open = line.editing;
            return (
              <div
                key={item.key}
                role="row"
                ref={virtualizer.measureElement}
                data-index={item.index}
                className={cx('line', 'editing')}
                style={place}
                aria-rowindex={item.index + 1}
              >
                <div role="gridcell" className={cx('editor-cell')}>
                  <ValueEditor
                    editing={open}
                    root={document.root}
                    serializer={document.draft.serializer}
                    onSave={(value) => props.onSave(open, value)}
                    onCancel={() => onEditing(null)}
                  />
                </div>
              </div>
            );
          }
          return line.row ? (
            <ValueLine
              key={item.key}
              row={line.row}
              index={item.index}
              style={style}
              focusable={item.index === index}
              current={line.row.id === props.current}
              revealed={props.revealed.has(line.row.id)}
              onFocus={onCurrent}
              onToggle={onToggle}
              onReveal={props.onReveal}
              onOpen={editable && line.row.node.editable ? (row) => onEditing({ kind: 'set', id: row.id, row }) : undefined}
            />
          ) : null;
        })}
      </div>
      {lines.length === 0 ? <p className={cx('empty')}>{t('tree.empty')}</p> : null}
      {document.root.omitted ? <p className={cx('empty')}>{t('tree.omitted', { count: document.root.omitted })}</p> : null}
    </div>
  );
}
