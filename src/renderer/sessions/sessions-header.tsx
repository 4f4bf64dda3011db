import { useQueryClient } from '@tanstack/react-query';
import { Ellipsis, Eraser, Eye, EyeOff, RefreshCw, Timer } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView, SessionState } from '../../preload/api.ts';
import { placeOf } from '../connections/place.ts';
import { ColourDot, EnvironmentBadge, ReadOnlyBadge } from '../connections/profile-badges.tsx';
import { useFormat } from '../format.ts';
import { refreshSessions, useCount } from '../queries.ts';
import { IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Menu, MenuChoice, MenuItem } from '../ui/menu.tsx';
import { SafeText } from '../ui/text.tsx';
import { Tip } from '../ui/tip.tsx';
import { plainText } from '../visible-text.ts';
import styles from './sessions.module.css';

const cx = classes(styles);

type SessionsHeaderProps = Readonly<{
  connection: ConnectionView;
  state: SessionState | null;
  searching: boolean;
  /** rows shown where they are all there are */
  loaded: number | null;
  revealed: boolean;
  onReveal: (revealed: boolean) => void;
  every: number | null;
  onEvery: (every: number | null) => void;
  onClearExpired: () => void;
}>;

export function SessionsHeader(props: SessionsHeaderProps) {
  const { connection, revealed, onReveal, every, onEvery, onClearExpired } = props;
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [spinning, setSpinning] = useState(false);
  const { profile } = connection.profile;
  const { capabilities } = connection;
  const refresh = async () => {
    setSpinning(true);
    await refreshSessions(cache, connection.connection);
    setSpinning(false);
  };
  const place = plainText(placeOf(profile));
  const canClear = capabilities.write && capabilities.clearExpired !== 'none';
  return (
    <header className={cx('header')}>
      <div className={cx('title-line')}>
        <ColourDot colour={profile.colour} />
        <h1 className={cx('title')}>
          <SafeText text={profile.name} limit={80} />
        </h1>
        <EnvironmentBadge environment={profile.environment} />
        {capabilities.write ? null : <ReadOnlyBadge />}
        <span className={cx('title-actions')}>
          <IconButton
            label={t(revealed ? 'sessions.hideKeys' : 'sessions.revealKeys')}
            aria-pressed={revealed}
            icon={revealed ? <EyeOff /> : <Eye />}
            onClick={() => onReveal(!revealed)}
          />
          <Menu trigger={<IconButton label={t('sessions.autoRefresh')} aria-pressed={every !== null} icon={<Timer />} />}>
            <MenuChoice
              value={String(every)}
              onChange={(value) => onEvery(value === 'null' ? null : Number(value))}
              items={[
                { value: 'null', label: t('sessions.autoOff') },
                { value: '2000', label: t('sessions.autoEvery', { seconds: 2 }) },
                { value: '10000', label: t('sessions.autoEvery', { seconds: 10 }) },
                { value: '60000', label: t('sessions.autoEvery', { seconds: 60 }) },
              ]}
            />
          </Menu>
          <IconButton label={t('sessions.refresh')} icon={<RefreshCw />} spin={spinning} onClick={() => void refresh()} />
          {canClear ? (
            <Menu trigger={<IconButton label={t('sessions.moreActions')} icon={<Ellipsis />} />}>
              <MenuItem icon={<Eraser aria-hidden="true" />} onSelect={onClearExpired}>
                {t('clear.menu')}
              </MenuItem>
            </Menu>
          ) : null}
        </span>
      </div>
      <div className={cx('meta-line')}>
        <CountText {...props} />
        <Tip text={place}>
          <span className={cx('meta-place')}>
            {profile.SESSION_ENGINE} · <SafeText text={place} limit={160} />
            {capabilities.server ? (
              <>
                {' · '}
                <SafeText text={capabilities.server} limit={60} />
              </>
            ) : null}
          </span>
        </Tip>
        {[...capabilities.limits, ...connection.notes].length > 0 ? (
          <Tip
            text={
              <span className={cx('expiry-details')} lang="en">
                {[...capabilities.limits, ...connection.notes].map((limit) => (
                  <span key={limit}>{limit}</span>
                ))}
              </span>
            }
          >
            <button type="button" className={cx('limits')}>
              {t('sessions.limits', { count: capabilities.limits.length + connection.notes.length })}
            </button>
          </Tip>
        ) : null}
      </div>
    </header>
  );
}

/** An estimate first; the exact number when it is asked for. */
function CountText({ connection, state, searching, loaded }: SessionsHeaderProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [exact, setExact] = useState(false);
  const filter = state === 'live' || state === 'expired' ? { state } : {};
  const { capabilities } = connection;
  const enabled = capabilities.count !== 'none' && !searching;
  const estimate = useCount(connection.connection, { ...filter, exact: false }, { enabled });
  const counted = useCount(connection.connection, { ...filter, exact: true }, { enabled: enabled && exact });
  const count = counted.data ?? estimate.data;
  if (searching) return loaded === null ? null : <span className={cx('count')}>{t('sessions.found', { count: loaded })}</span>;
  if (!count)
    return loaded === null ? null : (
      <span className={cx('count')}>{t('sessions.count', { count: loaded, shown: format.number(loaded) })}</span>
    );
  const shown = format.number(count.value);
  const words =
    count.kind === 'exact'
      ? t('sessions.count', { count: count.value, shown })
      : t(count.kind === 'estimate' ? 'sessions.estimate' : 'sessions.atLeast', { count: count.value, shown });
  return (
    <span className={cx('count')}>
      {words}
      {count.kind !== 'exact' && capabilities.count === 'exact' ? (
        <button type="button" className={cx('limits')} disabled={counted.isFetching} onClick={() => setExact(true)}>
          {t('sessions.countExactly')}
        </button>
      ) : null}
    </span>
  );
}
