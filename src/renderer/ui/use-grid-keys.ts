import type { KeyboardEvent } from 'react';

export type GridMove = Readonly<{ index: number; extend: boolean }>;

/** Where a key moves the focus in a list of `count` rows; null where it does not. `page`: rows in view. */
export function gridMove(key: string, shift: boolean, index: number, count: number, page: number): GridMove | null {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  if (target === undefined || count === 0) return null;
  return { index: Math.min(Math.max(target, 0), count - 1), extend: shift };
}

type GridKeys = Readonly<{
  index: number;
  count: number;
  page: () => number;
  onMove: (move: GridMove) => void;
  onToggle: () => void;
  onAll: () => void;
  onClear: () => void;
  onOpen: () => void;
  onDelete: (() => void) | undefined;
  onCopy: () => void;
}>;

/** The keys of ARIA's grid pattern for rows: move, extend, select, open, delete. */
export function gridKeyDown(event: KeyboardEvent, keys: GridKeys): void {
  const handled = (() => {
    const move = gridMove(event.key, event.shiftKey, keys.index, keys.count, keys.page());
    if (move) return keys.onMove(move);
    if (event.key === ' ') return keys.onToggle();
    if (event.key === 'Enter') return keys.onOpen();
    if (event.key === 'Escape') return keys.onClear();
    if (event.key === 'Delete' && keys.onDelete) return keys.onDelete();
    if (event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey)) return keys.onCopy();
    if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) return keys.onAll();
    return false;
  })();
  if (handled !== false) event.preventDefault();
}
