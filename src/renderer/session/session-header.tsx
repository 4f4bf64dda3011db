import { Ellipsis, Eye, EyeOff, RefreshCcwDot, Shredder, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView, DocumentView, SessionView } from '../../preload/api.ts';
import { useFormat } from '../format.ts';
import { UserCell } from '../sessions/columns.tsx';
import { ExpiryText } from '../sessions/expiry-text.tsx';
import { AgreementBadge, StateBadge } from '../sessions/state-badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { CopyButton, SafeText } from '../ui/text.tsx';
import { maskKey } from '../visible-text.ts';
import { CopyAsMenu } from './copy-as-menu.tsx';
import styles from './session.module.css';

const cx = classes(styles);

type SessionHeaderProps = Readonly<{
  connection: ConnectionView;
  session: SessionView;
  /** as edited; null where the data do not decode */
  document: DocumentView | null;
  onClose: () => void;
  onDelete: () => void;
  onCycleKey: () => void;
  onFlush: () => void;
}>;

export function SessionHeader({ connection, session, document, onClose, onDelete, onCycleKey, onFlush }: SessionHeaderProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [revealed, setRevealed] = useState(false);
  const { summary } = session;
  const { write } = connection.capabilities;
  return (
    <header className={cx('header')}>
      <div className={cx('header-line')}>
        <h2 className={cx('session-key')}>
          <span className="visually-hidden">{t('session.title')} </span>
          <SafeText text={revealed ? summary.session_key : maskKey(summary.session_key)} limit={128} />
        </h2>
        <IconButton
          small
          label={t(revealed ? 'session.hideKey' : 'session.revealKey')}
          aria-pressed={revealed}
          icon={revealed ? <EyeOff /> : <Eye />}
          onClick={() => setRevealed(!revealed)}
        />
        <CopyButton text={summary.session_key} label={t('session.copyKey')} />
        <span className={cx('spacer')} />
        <CopyAsMenu
          connection={connection}
          session_key={summary.session_key}
          draft={document === session.document ? null : (document?.draft ?? null)}
          decodes={document !== null}
        />
        {write ? (
          <Menu trigger={<IconButton label={t('session.actions')} icon={<Ellipsis />} />}>
            <MenuItem icon={<RefreshCcwDot aria-hidden="true" />} onSelect={onCycleKey}>
              cycle_key…
            </MenuItem>
            <MenuItem icon={<Shredder aria-hidden="true" />} onSelect={onFlush}>
              flush…
            </MenuItem>
            <MenuSeparator />
            <MenuItem icon={<Trash2 aria-hidden="true" />} danger onSelect={onDelete}>
              {t('delete.verb', { count: 1 })}
            </MenuItem>
          </Menu>
        ) : null}
        <IconButton label={t('session.close')} icon={<X />} onClick={onClose} />
      </div>
      <div className={cx('header-meta')}>
        <StateBadge state={summary.state} />
        {summary.agreement ? <AgreementBadge agreement={summary.agreement} named /> : null}
        <UserCell session={summary} />
        <span className={cx('muted')}>
          {t('session.expires')} <ExpiryText expiry={summary.expiry} /> ({t(`expirySource.${summary.expiry.source}`)})
        </span>
        <span className={cx('muted')}>{format.bytes(summary.size)}</span>
        {summary.serializer ? <span className={cx('muted')}>{summary.serializer}</span> : null}
      </div>
    </header>
  );
}
