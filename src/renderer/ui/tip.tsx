import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';
import styles from './popup.module.css';

const cx = classes(styles);

type TipProps = Readonly<{ text: ReactNode; side?: 'top' | 'bottom' | 'left' | 'right'; children: ReactElement<Record<string, unknown>> }>;

/** A tooltip around one element, which keeps its own role and name. */
export function Tip({ text, side = 'bottom', children }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} delay={350} />
      <Tooltip.Portal>
        <Tooltip.Positioner className={cx('positioner')} side={side} sideOffset={6}>
          <Tooltip.Popup className={cx('tip')}>{text}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
