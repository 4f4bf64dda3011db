import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActivityScreen } from '../activity/activity-screen.tsx';
import { ProfileForm } from '../connections/profile-form.tsx';
import { ProfileScreen } from '../connections/profile-screen.tsx';
import { Sidebar } from '../connections/sidebar.tsx';
import { CookieLab } from '../cookie-lab/cookie-lab.tsx';
import { StartScreen } from '../start/start-screen.tsx';
import { classes } from '../ui/classes.ts';
import { useDispatch, useWorkspace } from '../workspace.tsx';
import { Notices } from './notices.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import styles from './shell.module.css';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { useAppearance } from './use-appearance.ts';
import { useJobReports } from './use-job-reports.ts';
import { useWindowCommands } from './use-window-commands.ts';

const cx = classes(styles);

/** Landmarks of the window: profiles, one screen, and a dialog over both. */
export function Shell() {
  const { t } = useTranslation();
  const { screen, opened } = useWorkspace();
  const [width, setWidth] = useState(() => Math.round(Math.min(232, Math.max(184, window.innerWidth * 0.2))));
  const labSeen = useRef(false);
  if (screen.name === 'cookie-lab') labSeen.current = true;
  useAppearance();
  useJobReports();
  useWindowCommands();

  return (
    <div className={cx('window')}>
      <a href="#main" className={cx('skip')}>
        {t('shell.skip')}
      </a>
      <Sidebar id="sidebar" width={width} onWidth={setWidth} />
      <main id="main" tabIndex={-1} className={cx('main')}>
        <Notices />
        {screen.name === 'start' ? <StartScreen /> : null}
        {opened.map((profile) => (
          <div key={profile} className={cx('screen')} hidden={screen.name !== 'profile' || screen.profile !== profile}>
            <ProfileScreen profile={profile} active={screen.name === 'profile' && screen.profile === profile} />
          </div>
        ))}
        {labSeen.current ? (
          <div className={cx('screen')} hidden={screen.name !== 'cookie-lab'}>
            <CookieLab />
          </div>
        ) : null}
        {screen.name === 'activity' ? <ActivityScreen /> : null}
      </main>
      <Dialogs />
    </div>
  );
}

function Dialogs() {
  const { dialog } = useWorkspace();
  const dispatch = useDispatch();
  const close = () => dispatch({ type: 'dialog', dialog: null });
  switch (dialog?.name) {
    case undefined:
      return null;
    case 'profile':
      return <ProfileForm key={dialog.view?.profile.id ?? 'new'} view={dialog.view} begin={dialog.begin} onClose={close} />;
    case 'settings':
      return <SettingsDialog onClose={close} />;
    case 'shortcuts':
      return <ShortcutsDialog onClose={close} />;
  }
}
