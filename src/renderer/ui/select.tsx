import { Select as BaseSelect } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import { classes } from './classes.ts';
import styles from './select.module.css';

const cx = classes(styles);

type SelectProps<Value extends string> = Readonly<{
  value: Value;
  onChange: (value: Value) => void;
  items: readonly Readonly<{ value: Value; label: string }>[];
  /** the name where no Field gives one */
  label?: string;
  mono?: boolean;
  compact?: boolean;
  disabled?: boolean;
}>;

export function Select<Value extends string>({ value, onChange, items, label, mono, compact, disabled }: SelectProps<Value>) {
  return (
    <BaseSelect.Root
      items={[...items]}
      value={value}
      onValueChange={(next: Value | null) => next !== null && onChange(next)}
      disabled={disabled ?? false}
    >
      <BaseSelect.Trigger className={cx('trigger', mono && 'mono', compact && 'compact')} {...(label ? { 'aria-label': label } : {})}>
        <BaseSelect.Value className={cx('value')} />
        <BaseSelect.Icon className={cx('icon')}>
          <ChevronsUpDown aria-hidden="true" />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner className={cx('positioner')} sideOffset={4} alignItemWithTrigger={false}>
          <BaseSelect.Popup className={cx('popup')}>
            <BaseSelect.List>
              {items.map((item) => (
                <BaseSelect.Item key={item.value} value={item.value} className={cx('item', mono && 'mono')}>
                  <span className={cx('check')}>
                    <BaseSelect.ItemIndicator>
                      <Check aria-hidden="true" />
                    </BaseSelect.ItemIndicator>
                  </span>
                  <BaseSelect.ItemText>{item.label}</BaseSelect.ItemText>
                </BaseSelect.Item>
              ))}
            </BaseSelect.List>
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
