import { useQueryClient } from '@tanstack/react-query';
import { Copy, Ellipsis, FlaskConical, Lock, Pencil, Plug, RotateCcw, Trash2, TriangleAlert, Unplug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ProfileView } from '../../preload/api.ts';
import { asCallError } from '../client.ts';
import { closeConnection, useDemo, useDuplicateProfile, useOpenConnection, useRemoveProfile } from '../queries.ts';
import { IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { useConfirm } from '../ui/confirm.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { SafeText } from '../ui/text.tsx';
import { useNotify } from '../ui/toasts.tsx';
import { useDispatch, useWorkspace } from '../workspace.tsx';
import { placeOf, shortPlaceOf } from './place.ts';
import { ColourDot } from './profile-badges.tsx';
import styles from './sidebar.module.css';

const cx = classes(styles);

type ProfileItemProps = Readonly<{ view: ProfileView; current: boolean }>;

export function ProfileItem({ view, current }: ProfileItemProps) {
  const { t } = useTranslation();
  const { profile, demo } = view;
  const { ended } = useWorkspace();
  const connection = useOpenConnection(profile.id);
  const connected = connection !== undefined && ended[connection.connection] === undefined;
  const dispatch = useDispatch();
  const open = () => dispatch({ type: 'show', screen: { name: 'profile', profile: profile.id } });
  return (
    <li className={cx('profile', current && 'current')}>
      <button type="button" className={cx('profile-button')} aria-current={current ? 'page' : undefined} onClick={open}>
        <ColourDot colour={profile.colour} />
        <span className={cx('profile-text')}>
          <span className={cx('profile-name')}>
            <SafeText text={profile.name} limit={120} />
          </span>
          <span className={cx('profile-place')}>
            {profile.SESSION_ENGINE} · <SafeText text={shortPlaceOf(profile)} limit={80} />
          </span>
        </span>
        <span className={cx('marks')}>
          {profile.environment === 'production' ? (
            <TriangleAlert role="img" aria-label={t('common.production')} className={cx('production')} />
          ) : null}
          {profile.environment === 'development' ? (
            <FlaskConical role="img" aria-label={t('common.development')} className={cx('development')} />
          ) : null}
          {profile.readOnly ? <Lock role="img" aria-label={t('common.readOnly')} /> : null}
          {connected ? <span role="img" aria-label={t('shell.connected')} className={cx('connected')} /> : null}
        </span>
      </button>
      <ProfileMenu view={view} demo={demo} onOpen={open} />
    </li>
  );
}

type ProfileMenuProps = Readonly<{ view: ProfileView; demo: boolean; onOpen: () => void }>;

function ProfileMenu({ view, demo, onOpen }: ProfileMenuProps) {
  const { t } = useTranslation();
  const { profile } = view;
  const { opened } = useWorkspace();
  const dispatch = useDispatch();
  const notify = useNotify();
  const confirm = useConfirm();
  const cache = useQueryClient();
  const duplicate = useDuplicateProfile();
  const remove = useRemoveProfile();
  const demoAction = useDemo();
  const failed = (error: unknown) =>
    notify({ tone: 'danger', title: t(`errors.${asCallError(error).code}`), text: asCallError(error).message });

  const disconnect = () => {
    dispatch({ type: 'close', profile: profile.id });
    closeConnection(cache, profile.id).catch(failed);
  };
  const askRemove = async () => {
    const answer = await confirm({
      title: t('shell.removeTitle', { name: profile.name }),
      text: t('shell.removeText'),
      verb: t('shell.removeVerb'),
      lines: [{ label: t('confirm.where'), value: placeOf(profile) }],
      profile: null,
    });
    if (!answer) return;
    disconnect();
    remove.mutate(profile.id, {
      onSuccess: () => notify({ tone: 'ok', title: t('shell.removed', { name: profile.name }) }),
      onError: failed,
    });
  };
  return (
    <Menu
      trigger={
        <IconButton small className={cx('profile-menu')} label={t('shell.profileActions', { name: profile.name })} icon={<Ellipsis />} />
      }
    >
      <MenuItem icon={<Plug aria-hidden="true" />} onSelect={onOpen}>
        {t('shell.open')}
      </MenuItem>
      {demo ? null : (
        <MenuItem icon={<Pencil aria-hidden="true" />} onSelect={() => dispatch({ type: 'dialog', dialog: { name: 'profile', view } })}>
          {t('shell.edit')}
        </MenuItem>
      )}
      <MenuItem icon={<Copy aria-hidden="true" />} onSelect={() => duplicate.mutate(profile.id, { onError: failed })}>
        {t('shell.duplicate')}
      </MenuItem>
      {demo ? (
        <MenuItem
          icon={<RotateCcw aria-hidden="true" />}
          onSelect={() =>
            demoAction.mutate('reset', { onSuccess: () => notify({ tone: 'ok', title: t('shell.demoReset') }), onError: failed })
          }
        >
          {t('shell.resetDemo')}
        </MenuItem>
      ) : null}
      {opened.includes(profile.id) ? (
        <MenuItem icon={<Unplug aria-hidden="true" />} onSelect={disconnect}>
          {t('shell.disconnect')}
        </MenuItem>
      ) : null}
      <MenuSeparator />
      <MenuItem icon={<Trash2 aria-hidden="true" />} danger onSelect={() => void askRemove()}>
        {t('shell.delete')}
      </MenuItem>
    </Menu>
  );
}
