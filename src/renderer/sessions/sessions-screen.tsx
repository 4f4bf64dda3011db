import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView, SessionState, SessionSummary } from '../../preload/api.ts';
import { call } from '../client.ts';
import { isRunning, useJobs } from '../jobs.ts';
import { SessionPane } from '../session/session-pane.tsx';
import { EndSessionsDialog } from '../support/end-sessions-dialog.tsx';
import type { Person } from '../support/person.ts';
import { PersonBar } from '../support/person-bar.tsx';
import { useAnnounce } from '../ui/announcer.tsx';
import { classes } from '../ui/classes.ts';
import { Grid } from '../ui/grid.tsx';
import { Loading } from '../ui/progress.tsx';
import { Splitter } from '../ui/splitter.tsx';
import { ErrorState } from '../ui/states.tsx';
import { maskKey, plainText } from '../visible-text.ts';
import { useWorkspace } from '../workspace.tsx';
import { BulkExpiryDialog } from './bulk-expiry-dialog.tsx';
import { ClearExpiredDialog } from './clear-expired-dialog.tsx';
import { type Order, useColumns } from './columns.tsx';
import { JobStrip } from './job-strip.tsx';
import { isSessionKey, type Search } from './search.ts';
import { SelectionBar } from './selection-bar.tsx';
import styles from './sessions.module.css';
import { SessionsEmpty } from './sessions-empty.tsx';
import { SessionsFilter } from './sessions-filter.tsx';
import { SessionsHeader } from './sessions-header.tsx';
import { useDelete } from './use-delete.ts';
import { useRows } from './use-rows.ts';

const cx = classes(styles);

type SessionsScreenProps = Readonly<{ connection: ConnectionView; active: boolean }>;

/** The sessions of a profile, and beside them the one that is open. */
export function SessionsScreen({ connection, active }: SessionsScreenProps) {
  const { t } = useTranslation();
  const { goTo } = useWorkspace();
  const announce = useAnnounce();
  const { capabilities, profile } = connection;
  const area = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState<Search | null>(null);
  const [state, setState] = useState<SessionState | null>(null);
  const [order, setOrder] = useState<Order>({
    sort: capabilities.sort.includes('expire_date') ? 'expire_date' : (capabilities.sort[0] ?? 'session_key'),
    direction: 'descending',
  });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [openKey, setOpenKey] = useState<string | null>(null);
  const [revealed, setRevealed] = useState(false);
  const [every, setEvery] = useState<number | null>(null);
  const [paneWidth, setPaneWidth] = useState(() => Math.round(Math.min(640, Math.max(400, window.innerWidth * 0.335))));
  const [dialog, setDialog] = useState<'clear_expired' | 'set_expiry' | null>(null);
  const [ending, setEnding] = useState<Readonly<{ person: Person; partial: boolean }> | null>(null);
  const rows = useRows({ connection, search, state, order, every: active ? every : null });
  const columns = useColumns({ sessions: rows.sessions, capabilities, order: rows.job ? null : order, onOrder: setOrder, revealed });
  const remove = useDelete(connection);
  const wanted = goTo?.profile === profile.profile.id ? goTo : null;

  useEffect(() => {
    if (wanted) setOpenKey(wanted.session_key);
  }, [wanted]);
  const shownCount = rows.sessions.length;
  useEffect(() => {
    if (active && !rows.loading) announce(t('sessions.shown', { count: shownCount }));
  }, [active, rows.loading, shownCount, announce, t]);

  const ask = (next: Search | null) => {
    setSelected(new Set());
    if (next && isSessionKey(next.text)) {
      setSearch(null);
      setOpenKey(next.text.trim());
      return;
    }
    setSearch(next);
  };
  const filter = (next: SessionState | null) => {
    setSelected(new Set());
    setState(next);
  };
  const removeAll = useCallback(
    async (keys: readonly string[]) => {
      if (!(await remove(keys))) return;
      setSelected(new Set());
      setOpenKey((open) => (open !== null && keys.includes(open) ? null : open));
    },
    [remove],
  );
  const copyKeys = async (keys: readonly string[]) => {
    await call('clipboard.write', { text: keys.join('\n') });
    announce(t('sessions.keysCopied', { count: keys.length }));
  };
  const writable = capabilities.write;
  const writing = [...useJobs().values()].filter(
    (job) =>
      job.view.connection === connection.connection &&
      job.view.kind !== 'find' &&
      isRunning(job.view) &&
      job.input?.kind !== 'clear_expired',
  );

  return (
    <div ref={area} className={cx('screen')} data-screen-active={active}>
      <section data-region className={cx('list')} aria-label={t('sessions.title')}>
        <SessionsHeader
          connection={connection}
          state={state}
          searching={rows.job !== null || search !== null}
          loaded={rows.complete ? rows.sessions.length : null}
          revealed={revealed}
          onReveal={setRevealed}
          every={every}
          onEvery={setEvery}
          onClearExpired={() => setDialog('clear_expired')}
        />
        <SessionsFilter capabilities={capabilities} search={search} onSearch={ask} state={state} onState={filter} />
        {rows.job ? <JobStrip view={rows.job.view} /> : null}
        {writing.map((job) => (
          <JobStrip key={job.view.job} view={job.view} />
        ))}
        {rows.job && search?.in === 'user' ? (
          <PersonBar
            sessions={rows.sessions}
            searching={!rows.complete}
            writable={writable}
            onEnd={(person) => setEnding({ person, partial: rows.job?.view.state !== 'done' || state !== null })}
          />
        ) : null}
        {rows.error ? (
          <ErrorState error={rows.error} onRetry={rows.retry} />
        ) : rows.loading ? (
          <Loading label={t('sessions.loading')} />
        ) : rows.sessions.length === 0 ? (
          <SessionsEmpty
            connection={connection}
            search={search}
            state={state}
            running={rows.job !== null && isRunning(rows.job.view)}
            onReset={() => {
              setSearch(null);
              setState(null);
            }}
            onOpenKey={setOpenKey}
          />
        ) : (
          <Grid<SessionSummary>
            label={t('sessions.title')}
            columns={columns}
            rows={rows.sessions}
            rowId={({ session_key }) => session_key}
            total={rows.complete ? rows.sessions.length : null}
            selected={selected}
            onSelect={setSelected}
            openId={openKey}
            onOpen={({ session_key }) => setOpenKey(session_key)}
            onDelete={writable ? (keys) => void removeAll(keys) : undefined}
            onCopy={(keys) => void copyKeys(keys)}
            onNearEnd={rows.more}
            selectLabel={(session) => t('sessions.selectOne', { key: plainText(maskKey(session.session_key)) })}
            selectHeader={t('sessions.selection')}
            busy={rows.loadingMore}
            footer={
              rows.partial ? (
                <p className={cx('partial')} lang="en">
                  {rows.partial}
                </p>
              ) : null
            }
          />
        )}
        {selected.size > 0 ? (
          <SelectionBar
            count={selected.size}
            writable={writable}
            canSetExpiry={writable && capabilities.setExpiry}
            onDelete={() => void removeAll([...selected])}
            onSetExpiry={() => setDialog('set_expiry')}
            onClear={() => setSelected(new Set())}
          />
        ) : null}
      </section>
      {openKey === null ? null : (
        <>
          <Splitter
            label={t('shell.resizeSession')}
            value={paneWidth}
            min={340}
            max={Math.max(340, (area.current?.clientWidth ?? 1000) - 320)}
            onChange={setPaneWidth}
            pane="after"
            controls={`session-pane-${profile.profile.id}`}
          />
          <aside
            data-region
            id={`session-pane-${profile.profile.id}`}
            className={cx('pane')}
            style={{ width: paneWidth }}
            aria-label={t('session.title')}
          >
            <SessionPane
              key={openKey}
              connection={connection}
              session_key={openKey}
              every={active ? every : null}
              onClose={() => setOpenKey(null)}
              onGoTo={setOpenKey}
            />
          </aside>
        </>
      )}
      {ending ? (
        <EndSessionsDialog connection={connection} person={ending.person} partial={ending.partial} onClose={() => setEnding(null)} />
      ) : null}
      {dialog === 'clear_expired' ? <ClearExpiredDialog connection={connection} onClose={() => setDialog(null)} /> : null}
      {dialog === 'set_expiry' ? (
        <BulkExpiryDialog
          connection={connection}
          session_keys={[...selected]}
          onClose={() => setDialog(null)}
          onStarted={() => setSelected(new Set())}
        />
      ) : null}
    </div>
  );
}
