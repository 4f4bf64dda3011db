import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import styles from './tabs.module.css';

const cx = classes(styles);

type TabsProps = Readonly<{
  label: string;
  value: string;
  onChange: (value: string) => void;
  tabs: readonly Readonly<{ value: string; label: ReactNode; content: ReactNode }>[];
}>;

export function Tabs({ label, value, onChange, tabs }: TabsProps) {
  return (
    <BaseTabs.Root className={cx('root')} value={value} onValueChange={(next: string) => onChange(next)}>
      <BaseTabs.List className={cx('list')} aria-label={label} activateOnFocus>
        {tabs.map((tab) => (
          <BaseTabs.Tab key={tab.value} value={tab.value} className={cx('tab')}>
            {tab.label}
          </BaseTabs.Tab>
        ))}
        <BaseTabs.Indicator className={cx('indicator')} />
      </BaseTabs.List>
      {tabs.map((tab) => (
        <BaseTabs.Panel key={tab.value} value={tab.value} className={cx('panel')} tabIndex={-1}>
          {tab.content}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
