import { useEffect, useMemo, useState } from 'react';
import type { ConnectionView, SessionState, SessionSummary } from '../../preload/api.ts';
import { isRunning, type JobInput, type JobRecord, jobs, useJob, useTurn } from '../jobs.ts';
import { useSessions } from '../queries.ts';
import type { Order } from './columns.tsx';
import { findQuery, isServerSide, type Search } from './search.ts';

type RowsInput = Readonly<{
  connection: ConnectionView;
  search: Search | null;
  state: SessionState | null;
  order: Order;
  every: number | null;
}>;

export type Rows = Readonly<{
  sessions: readonly SessionSummary[];
  loading: boolean;
  loadingMore: boolean;
  error: unknown;
  /** no further page is to come */
  complete: boolean;
  /** one sentence where the listing is only a part */
  partial: string | undefined;
  /** the search these rows come from */
  job: JobRecord | null;
  more: () => void;
  retry: () => void;
}>;

const NONE: readonly SessionSummary[] = [];

/** The find job that belongs to a question, started anew whenever the question changes; stopped when nobody looks. */
function useFind(connection: string, question: string | null): Readonly<{ job: JobRecord | null; error: unknown }> {
  const turn = useTurn(connection);
  const [started, setStarted] = useState<Readonly<{ question: string; job: string }> | null>(null);
  const [failed, setFailed] = useState<Readonly<{ question: string; error: unknown }> | null>(null);
  const job = useJob(started?.question === question ? started.job : null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks the same question again
  useEffect(() => {
    if (question === null) return undefined;
    let ended = false;
    let id: string | null = null;
    const drop = (found: string) => {
      const view = jobs.records().get(found)?.view;
      const stopped = view && isRunning(view) ? jobs.stop(found).catch(() => undefined) : Promise.resolve();
      void stopped.then(() => jobs.forget(found));
    };
    // the question is this hook's own JSON of a FindQuery
    const input: JobInput = { kind: 'find', query: JSON.parse(question) };
    jobs.start(connection, input).then(
      (found) => {
        id = found;
        if (ended) drop(found);
        else setStarted({ question, job: found });
      },
      (error: unknown) => setFailed({ question, error }),
    );
    return () => {
      ended = true;
      if (id !== null) drop(id);
    };
  }, [connection, question, turn]);
  return { job, error: failed?.question === question ? failed.error : null };
}

/** The rows to show: pages of the store where it can answer itself, else the hits of a search through it. */
export function useRows({ connection, search, state, order, every }: RowsInput): Rows {
  const { capabilities } = connection;
  const server = isServerSide(search, state, capabilities);
  const query = server ? null : findQuery(search, state);
  const prefix = server && search ? search.text.trim() : '';
  const pages = useSessions(
    connection.connection,
    {
      ...order,
      ...(state === 'live' || state === 'expired' ? { state } : {}),
      ...(prefix === '' ? {} : { keyPrefix: prefix }),
    },
    { enabled: server && capabilities.list !== 'none', every },
  );
  const loaded = useMemo(() => pages.data?.pages.flatMap((page) => page.sessions) ?? [], [pages.data]);
  const find = useFind(connection.connection, query ? JSON.stringify(query) : null);

  if (!server) {
    return {
      sessions: find.job?.hits ?? NONE,
      loading: find.job === null && !find.error,
      loadingMore: false,
      error: find.error ?? (find.job?.view.state === 'failed' ? find.job.view.error : null),
      complete: find.job !== null && !isRunning(find.job.view),
      partial: undefined,
      job: find.job,
      more: () => undefined,
      retry: () => jobs.again(connection.connection),
    };
  }
  return {
    sessions: loaded,
    loading: pages.isPending && capabilities.list !== 'none',
    loadingMore: pages.isFetchingNextPage,
    error: pages.error,
    complete: pages.hasNextPage === false,
    partial: pages.data?.pages.find((page) => page.partial)?.partial,
    job: null,
    more: () => {
      if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
    },
    retry: () => void pages.refetch(),
  };
}
