// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table; the roles of ARIA's grid pattern say what it is
// biome-ignore-all lint/a11y/useFocusableInteractive: the pattern gives the focus to rows, not to their cells
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type MouseEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { classes } from './classes.ts';
import styles from './grid.module.css';
import { type GridMove, gridKeyDown } from './use-grid-keys.ts';

const cx = classes(styles);
const ROW = 34;
const SELECT = 36;
/** Rows before the end at which the next page is asked for. */
const AHEAD = 60;

export type GridColumn<Row> = Readonly<{
  id: string;
  header: string;
  /** pixels; `grow` takes its share of what is left */
  min: number;
  grow?: boolean;
  end?: boolean;
  sort?: 'ascending' | 'descending' | 'none';
  onSort?: () => void;
  cell: (row: Row) => ReactNode;
}>;

type GridProps<Row> = Readonly<{
  label: string;
  columns: readonly GridColumn<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** all there are, where known */
  total: number | null;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  /** the row that is shown beside the grid */
  openId: string | null;
  onOpen: (row: Row) => void;
  onDelete?: ((ids: readonly string[]) => void) | undefined;
  onCopy: (ids: readonly string[]) => void;
  onNearEnd: () => void;
  /** names of the boxes that select, and of their column */
  selectLabel: (row: Row) => string;
  selectHeader: string;
  busy: boolean;
  footer?: ReactNode;
}>;

/** A virtual list in ARIA's grid pattern: one row has the focus, arrow keys move it, pages come as the end nears. */
export function Grid<Row>(props: GridProps<Row>) {
  const { columns, rows, rowId, total, selected, onSelect, onOpen, onDelete, onNearEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const focusRow = useRef(false);
  const [current, setCurrent] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const index = Math.min(current, Math.max(rows.length - 1, 0));
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    // the focused row stays in the document when it is scrolled away, so that the focus is not lost
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const first = Math.max(0, startIndex - overscan);
      const last = Math.min(count - 1, endIndex + overscan);
      const range = Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place);
      return range.includes(index) || index >= count ? range : [...range, index].toSorted((a, b) => a - b);
    },
  });
  const items = virtualizer.getVirtualItems();
  const end = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (rows.length > 0 && end >= rows.length - AHEAD) onNearEnd();
  }, [end, rows.length, onNearEnd]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus follows every move, also one to the same row
  useLayoutEffect(() => {
    if (!focusRow.current) return;
    focusRow.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true });
  }, [index, items]);

  const range = (from: number, to: number): ReadonlySet<string> =>
    new Set(rows.slice(Math.min(from, to), Math.max(from, to) + 1).map(rowId));
  const move = ({ index: target, extend }: GridMove) => {
    focusRow.current = true;
    setCurrent(target);
    virtualizer.scrollToIndex(target);
    if (extend) onSelect(range(anchor, target));
    else setAnchor(target);
  };
  const toggle = (target: number) => {
    const row = rows[target];
    if (row === undefined) return;
    const next = new Set(selected);
    if (!next.delete(rowId(row))) next.add(rowId(row));
    setAnchor(target);
    onSelect(next);
  };
  const open = (target: number) => {
    const row = rows[target];
    if (row !== undefined) onOpen(row);
  };
  const click = (event: MouseEvent, target: number) => {
    setCurrent(target);
    if (event.shiftKey) return onSelect(range(anchor, target));
    if (event.ctrlKey || event.metaKey || (event.target instanceof Element && event.target.closest('[data-select]'))) return toggle(target);
    setAnchor(target);
    open(target);
  };
  /** The selected rows, or the one that has the focus. */
  const chosen = (): readonly string[] => {
    const row = rows[index];
    return selected.size > 0 ? [...selected] : row === undefined ? [] : [rowId(row)];
  };
  const template: GridTemplate = {
    gridTemplateColumns: `${SELECT}px ${columns.map(({ min, grow }) => (grow ? `minmax(${min}px, 1fr)` : `${min}px`)).join(' ')}`,
    minWidth: columns.reduce((sum, { min }) => sum + min, SELECT),
  };

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={props.label}
      aria-multiselectable
      aria-rowcount={total === null ? -1 : total + 1}
      aria-colcount={columns.length + 1}
      aria-busy={props.busy}
      className={cx('grid')}
      onKeyDown={(event) => {
        // keys of the header's buttons are theirs
        if (!(event.target instanceof Element) || !event.target.closest('[data-index]')) return;
        gridKeyDown(event, {
          index,
          count: rows.length,
          page: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 2),
          onMove: move,
          onToggle: () => toggle(index),
          onAll: () => onSelect(new Set(rows.map(rowId))),
          onClear: () => onSelect(new Set()),
          onOpen: () => open(index),
          onDelete: onDelete && rows.length > 0 ? () => onDelete(chosen()) : undefined,
          onCopy: () => props.onCopy(chosen()),
        });
      }}
    >
      <GridHeader columns={columns} template={template} selectHeader={props.selectHeader} />
      <div role="rowgroup" className={cx('rows')} style={{ height: virtualizer.getTotalSize(), minWidth: template.minWidth }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const id = rowId(row);
          const isSelected = selected.has(id);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of all rows
            <div
              key={id}
              role="row"
              data-index={item.index}
              tabIndex={item.index === index ? 0 : -1}
              aria-rowindex={item.index + 2}
              aria-selected={isSelected}
              aria-current={id === props.openId ? 'true' : undefined}
              className={cx('row', isSelected && 'selected', id === props.openId && 'open')}
              style={{ ...template, transform: `translateY(${item.start}px)` }}
              onClick={(event) => click(event, item.index)}
              onFocus={() => setCurrent(item.index)}
            >
              <span role="gridcell" className={cx('cell', 'select')} data-select>
                <input type="checkbox" tabIndex={-1} checked={isSelected} readOnly aria-label={props.selectLabel(row)} />
              </span>
              {columns.map((column) => (
                <span key={column.id} role="gridcell" className={cx('cell', column.end && 'end')}>
                  {column.cell(row)}
                </span>
              ))}
            </div>
          );
        })}
      </div>
      {props.footer}
    </div>
  );
}

type GridTemplate = Readonly<{ gridTemplateColumns: string; minWidth: number }>;
type GridHeaderProps<Row> = Readonly<{ columns: readonly GridColumn<Row>[]; template: GridTemplate; selectHeader: string }>;

function GridHeader<Row>({ columns, template, selectHeader }: GridHeaderProps<Row>) {
  return (
    <div role="rowgroup" className={cx('header')} style={{ minWidth: template.minWidth }}>
      <div role="row" aria-rowindex={1} className={cx('header-row')} style={template}>
        <span role="columnheader" className={cx('head')}>
          <span className="visually-hidden">{selectHeader}</span>
        </span>
        {columns.map((column) => (
          <span
            key={column.id}
            role="columnheader"
            aria-sort={column.onSort ? (column.sort ?? 'none') : undefined}
            className={cx('head', column.end && 'end')}
          >
            {column.onSort ? (
              <button type="button" className={cx('sort')} onClick={column.onSort}>
                {column.header}
                {column.sort === 'ascending' ? <ArrowUp aria-hidden="true" /> : null}
                {column.sort === 'descending' ? <ArrowDown aria-hidden="true" /> : null}
              </button>
            ) : (
              column.header
            )}
          </span>
        ))}
      </div>
    </div>
  );
}
