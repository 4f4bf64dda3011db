import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';
import styles from './popup.module.css';

const cx = classes(styles);

type MenuProps = Readonly<{ trigger: ReactElement<Record<string, unknown>>; children: ReactNode; align?: 'start' | 'end' }>;

export function Menu({ trigger, children, align = 'end' }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner className={cx('positioner')} align={align} sideOffset={4}>
          <BaseMenu.Popup className={cx('menu')}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

type MenuItemProps = Readonly<{
  icon?: ReactNode;
  hint?: string;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}>;

export function MenuItem({ icon, hint, danger, disabled, onSelect, children }: MenuItemProps) {
  return (
    <BaseMenu.Item className={cx('item', danger && 'danger')} disabled={disabled ?? false} onClick={onSelect}>
      {icon}
      {children}
      {hint ? <span className={cx('hint')}>{hint}</span> : null}
    </BaseMenu.Item>
  );
}

export function MenuSeparator() {
  return <BaseMenu.Separator className={cx('separator')} />;
}

type MenuCheckProps = Readonly<{ checked: boolean; onChange: (checked: boolean) => void; children: ReactNode }>;

/** A menu item that is on or off; the menu stays open. */
export function MenuCheck({ checked, onChange, children }: MenuCheckProps) {
  return (
    <BaseMenu.CheckboxItem className={cx('item')} checked={checked} onCheckedChange={onChange}>
      <span className={cx('check')}>
        <BaseMenu.CheckboxItemIndicator>
          <Check aria-hidden="true" />
        </BaseMenu.CheckboxItemIndicator>
      </span>
      {children}
    </BaseMenu.CheckboxItem>
  );
}

type MenuChoiceProps = Readonly<{
  value: string;
  onChange: (value: string) => void;
  items: readonly Readonly<{ value: string; label: string }>[];
}>;

/** Menu items of which one is chosen. */
export function MenuChoice({ value, onChange, items }: MenuChoiceProps) {
  return (
    <BaseMenu.RadioGroup value={value} onValueChange={onChange}>
      {items.map((item) => (
        <BaseMenu.RadioItem key={item.value} value={item.value} className={cx('item')} closeOnClick>
          <span className={cx('check')}>
            <BaseMenu.RadioItemIndicator>
              <Check aria-hidden="true" />
            </BaseMenu.RadioItemIndicator>
          </span>
          {item.label}
        </BaseMenu.RadioItem>
      ))}
    </BaseMenu.RadioGroup>
  );
}
