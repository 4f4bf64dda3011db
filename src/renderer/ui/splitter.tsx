import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { classes } from './classes.ts';
import styles from './splitter.module.css';

const cx = classes(styles);

type SplitterProps = Readonly<{
  label: string;
  /** width in pixels of the pane beside it */
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
  /** which side of the separator the pane is on */
  pane: 'before' | 'after';
  controls: string;
}>;

/** A separator that is moved by pointer or by arrow keys, Home and End. */
export function Splitter({ label, value, min, max, onChange, pane, controls }: SplitterProps) {
  const start = useRef<Readonly<{ x: number; value: number }> | null>(null);
  const sign = pane === 'before' ? 1 : -1;
  const set = (next: number) => onChange(Math.round(Math.min(Math.max(next, min), Math.max(min, max))));

  const keyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 64 : 16;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: value - sign * step,
      ArrowRight: value + sign * step,
      Home: min,
      End: max,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  };
  const pointerDown = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, value };
  };
  const pointerMove = (event: PointerEvent) => {
    if (start.current) set(start.current.value + sign * (event.clientX - start.current.x));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: hr cannot be operated; ARIA's window splitter is a focusable separator
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-controls={controls}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={Math.max(min, max)}
      className={cx('splitter')}
      onKeyDown={keyDown}
      onPointerDown={pointerDown}
      onPointerMove={pointerMove}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}
