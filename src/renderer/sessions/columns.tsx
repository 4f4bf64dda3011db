import { useTranslation } from 'react-i18next';
import type { Capabilities, ListInput, SessionSummary } from '../../preload/api.ts';
import { useFormat } from '../format.ts';
import { classes } from '../ui/classes.ts';
import type { GridColumn } from '../ui/grid.tsx';
import { SafeText } from '../ui/text.tsx';
import { maskKey } from '../visible-text.ts';
import { ExpiryText } from './expiry-text.tsx';
import styles from './sessions.module.css';
import { AgreementBadge, StateBadge } from './state-badge.tsx';

const cx = classes(styles);

export type Order = Readonly<Pick<ListInput, 'sort' | 'direction'>>;

type ColumnsInput = Readonly<{
  sessions: readonly SessionSummary[];
  capabilities: Capabilities;
  /** null while the rows are those of a search, in the order they were found */
  order: Order | null;
  onOrder: (order: Order) => void;
  revealed: boolean;
}>;

/** Extra columns a store's rows have; a few rows tell. */
function extraColumns(sessions: readonly SessionSummary[]): readonly string[] {
  return [...new Set(sessions.slice(0, 50).flatMap((session) => Object.keys(session.columns ?? {})))];
}

export function useColumns({ sessions, capabilities, order, onOrder, revealed }: ColumnsInput): readonly GridColumn<SessionSummary>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const sortable = (sort: Order['sort']) => {
    if (!order || !capabilities.sort.includes(sort)) return {};
    const active = order.sort === sort;
    return {
      sort: active ? order.direction : ('none' as const),
      onSort: () => onOrder({ sort, direction: active && order.direction === 'ascending' ? 'descending' : 'ascending' }),
    };
  };
  const agreement = sessions.some((session) => session.agreement !== undefined);
  const columns: readonly (GridColumn<SessionSummary> | false)[] = [
    {
      id: 'session_key',
      header: t('column.session_key'),
      min: revealed ? 310 : 118,
      ...sortable('session_key'),
      cell: ({ session_key }) => (
        <span className={cx('key')}>
          <SafeText text={revealed ? session_key : maskKey(session_key)} limit={64} />
        </span>
      ),
    },
    { id: 'state', header: t('column.state'), min: 112, cell: ({ state }) => <StateBadge state={state} /> },
    { id: 'user', header: t('column.user'), min: 108, grow: true, cell: (session) => <UserCell session={session} /> },
    {
      id: 'expires',
      header: t('column.expires'),
      min: 112,
      ...sortable('expire_date'),
      cell: ({ expiry }) => <ExpiryText expiry={expiry} />,
    },
    { id: 'size', header: t('column.size'), min: 70, end: true, ...sortable('size'), cell: ({ size }) => format.bytes(size) },
    {
      id: 'keys',
      header: t('column.keys'),
      min: 52,
      end: true,
      cell: ({ keys }) => (keys === null ? <span className={cx('muted')}>–</span> : format.number(keys)),
    },
    agreement && {
      id: 'agreement',
      header: t('column.agreement'),
      min: 132,
      cell: (session) => (session.agreement ? <AgreementBadge agreement={session.agreement} /> : null),
    },
    ...extraColumns(sessions).map((name) => ({
      id: `column-${name}`,
      header: name,
      min: 140,
      cell: (session: SessionSummary) => <SafeText text={session.columns?.[name] ?? ''} limit={120} />,
    })),
  ];
  return columns.filter((column) => column !== false);
}

export function UserCell({ session }: Readonly<{ session: SessionSummary }>) {
  const { t } = useTranslation();
  const { user } = session;
  if (!user) return <span className={cx('muted')}>{session.keys === null ? '–' : t('common.anonymous')}</span>;
  return (
    <span>
      {user.username === undefined ? null : (
        <span className={cx('user-name')}>
          <SafeText text={user.username} limit={80} />
        </span>
      )}{' '}
      <span className={cx('muted')}>
        #<SafeText text={user.id} limit={40} />
        {user.missing ? ` ${t('sessions.userMissing')}` : null}
        {user.is_active === false ? ` ${t('sessions.userInactive')}` : null}
      </span>
    </span>
  );
}
