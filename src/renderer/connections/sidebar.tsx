import { Activity, Cookie, Keyboard, Plus, Settings } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { asCallError } from '../client.ts';
import { useProfiles } from '../queries.ts';
import { IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Splitter } from '../ui/splitter.tsx';
import { ErrorNote } from '../ui/states.tsx';
import { useDispatch, useWorkspace } from '../workspace.tsx';
import { ProfileItem } from './profile-item.tsx';
import styles from './sidebar.module.css';

const cx = classes(styles);

type SidebarProps = Readonly<{ id: string; width: number; onWidth: (width: number) => void }>;

/** Profiles by group, then the places that need none. */
export function Sidebar({ id, width, onWidth }: SidebarProps) {
  const { t } = useTranslation();
  const { screen } = useWorkspace();
  const dispatch = useDispatch();
  const profiles = useProfiles();
  const views = profiles.data ?? [];
  const names = [...new Set(views.map((view) => view.profile.group))].toSorted((a, b) =>
    a === '' ? -1 : b === '' ? 1 : a.localeCompare(b),
  );

  return (
    <nav className={cx('frame')} aria-label={t('shell.profiles')}>
      <div id={id} data-region className={cx('sidebar')} style={{ width }}>
        <button type="button" className={cx('brand')} onClick={() => dispatch({ type: 'show', screen: { name: 'start' } })}>
          <span aria-hidden="true" className={cx('mark')}>
            <Cookie />
          </span>
          <span className={cx('brand-name')}>{t('start.title')}</span>
          <span className="visually-hidden">{t('shell.start')}</span>
        </button>
        <div className={cx('heading')}>
          <h2 className={cx('heading-text')}>{t('shell.profiles')}</h2>
          <IconButton
            small
            label={t('shell.newProfile')}
            icon={<Plus />}
            onClick={() => dispatch({ type: 'dialog', dialog: { name: 'profile', view: null } })}
          />
        </div>
        <div className={cx('profiles')}>
          {profiles.error ? <ErrorNote error={asCallError(profiles.error)} /> : null}
          {profiles.data?.length === 0 ? <p className={cx('none')}>{t('shell.noProfiles')}</p> : null}
          {names.map((name) => (
            <section key={name} aria-label={name || t('shell.noGroup')}>
              {name === '' ? null : <h3 className={cx('group')}>{name}</h3>}
              <ul>
                {views
                  .filter((view) => view.profile.group === name)
                  .map((view) => (
                    <ProfileItem
                      key={view.profile.id}
                      view={view}
                      current={screen.name === 'profile' && screen.profile === view.profile.id}
                    />
                  ))}
              </ul>
            </section>
          ))}
        </div>
        <ul className={cx('places')}>
          <Place
            icon={<Cookie />}
            label={t('shell.cookieLab')}
            current={screen.name === 'cookie-lab'}
            onClick={() => dispatch({ type: 'show', screen: { name: 'cookie-lab' } })}
          />
          <Place
            icon={<Activity />}
            label={t('shell.activity')}
            current={screen.name === 'activity'}
            onClick={() => dispatch({ type: 'show', screen: { name: 'activity' } })}
          />
          <Place
            icon={<Settings />}
            label={t('shell.settings')}
            onClick={() => dispatch({ type: 'dialog', dialog: { name: 'settings' } })}
          />
          <Place
            icon={<Keyboard />}
            label={t('shell.shortcuts')}
            onClick={() => dispatch({ type: 'dialog', dialog: { name: 'shortcuts' } })}
          />
        </ul>
      </div>
      <Splitter label={t('shell.resizeProfiles')} value={width} min={176} max={380} onChange={onWidth} pane="before" controls={id} />
    </nav>
  );
}

type PlaceProps = Readonly<{ icon: ReactNode; label: string; current?: boolean; onClick: () => void }>;

function Place({ icon, label, current = false, onClick }: PlaceProps) {
  return (
    <li>
      <button type="button" className={cx('place', current && 'current')} aria-current={current ? 'page' : undefined} onClick={onClick}>
        <span aria-hidden="true" className={cx('place-icon')}>
          {icon}
        </span>
        {label}
      </button>
    </li>
  );
}
