import {
  keepPreviousData,
  type QueryClient,
  QueryClient as QueryClientClass,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { AppInfo, ConnectionView, Draft, Input, ListInput, SessionView, Settings } from '../preload/api.ts';
import { call } from './client.ts';
import { jobs } from './jobs.ts';
import { type Contents, contentsOf } from './support/person.ts';

/** Every key of the cache. What a write touches is invalidated by the mutations below and nowhere else. */
const keys = {
  info: ['app.info'] as const,
  profiles: ['profiles'] as const,
  demoCookies: ['demo.cookies'] as const,
  connection: (profile: string) => ['connection', profile] as const,
  sessions: (connection: string) => ['sessions', connection] as const,
  list: (connection: string, query: unknown) => ['sessions', connection, 'list', query] as const,
  count: (connection: string, query: unknown) => ['sessions', connection, 'count', query] as const,
  session: (connection: string, session_key: string) => ['sessions', connection, 'get', session_key] as const,
  activity: ['activity'] as const,
};

export function createQueryClient(): QueryClient {
  return new QueryClientClass({
    defaultOptions: {
      // A person is watching: errors are shown at once. Nothing here depends on the network being up.
      queries: { retry: false, refetchOnWindowFocus: false, networkMode: 'always', staleTime: 30_000 },
      // What was sent is forgotten with the dialog that sent it: secrets are among it.
      mutations: { retry: false, networkMode: 'always', gcTime: 0 },
    },
  });
}

export function useInfo() {
  return useQuery({ queryKey: keys.info, queryFn: ({ signal }) => call('app.info', {}, signal), staleTime: Number.POSITIVE_INFINITY });
}

/** Settings that another window changed. */
export function receiveSettings(cache: QueryClient, settings: Settings): void {
  cache.setQueryData<AppInfo>(keys.info, (before) => (before ? { ...before, settings } : before));
}

export function useSetSettings() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: Input<'settings.set'>) => call('settings.set', input),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.info }),
  });
}

export function useProfiles() {
  return useQuery({ queryKey: keys.profiles, queryFn: ({ signal }) => call('profiles.list', {}, signal) });
}

/** The open connection of a profile. Only an explicit Retry or Reconnect opens it again. */
export function useConnection(profile: string) {
  return useQuery(connectionQuery(profile));
}

/** The same where it is open, without opening it. */
export function useOpenConnection(profile: string): ConnectionView | undefined {
  return useQuery({ ...connectionQuery(profile), enabled: false }).data;
}

function connectionQuery(profile: string) {
  return queryOptions({
    queryKey: keys.connection(profile),
    queryFn: ({ signal }) => call('connections.open', { profile }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
}

/** The connection of a profile where one is open. */
export function openConnection(cache: QueryClient, profile: string): string | undefined {
  return cache.getQueryData<ConnectionView>(keys.connection(profile))?.connection;
}

export function useSaveProfile() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: Input<'profiles.save'>) => call('profiles.save', input),
    onSuccess: (view) => {
      void cache.invalidateQueries({ queryKey: keys.profiles });
      // An open connection still works with the old settings.
      return cache.resetQueries({ queryKey: keys.connection(view.profile.id) });
    },
  });
}

export function useDuplicateProfile() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call('profiles.duplicate', { id }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.profiles }),
  });
}

export function useRemoveProfile() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call('profiles.remove', { id }),
    onSuccess: (_, id) => {
      cache.removeQueries({ queryKey: keys.connection(id) });
      return cache.invalidateQueries({ queryKey: keys.profiles });
    },
  });
}

export function useDemo() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (what: 'open' | 'reset') => call(what === 'open' ? 'demo.open' : 'demo.reset', {}),
    onSuccess: (view, what) => {
      void cache.invalidateQueries({ queryKey: keys.profiles });
      if (what === 'reset') void cache.resetQueries({ queryKey: keys.connection(view.profile.id) });
    },
  });
}

export function useDemoCookies() {
  return useQuery({
    queryKey: keys.demoCookies,
    queryFn: ({ signal }) => call('demo.cookies', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Ends a profile's connection, if it has one, and forgets what was read through it. */
export async function closeConnection(cache: QueryClient, profile: string): Promise<void> {
  const connection = openConnection(cache, profile);
  cache.removeQueries({ queryKey: keys.connection(profile) });
  if (connection === undefined) return;
  cache.removeQueries({ queryKey: keys.sessions(connection) });
  await call('connections.close', { connection });
}

export type SessionsQuery = Readonly<Omit<ListInput, 'cursor' | 'limit'>>;
const PAGE = 200;
/** Renewing by itself reads every loaded page again: beyond this many pages it waits to be asked. */
const AUTO_PAGES = 10;

export function useSessions(connection: string, query: SessionsQuery, options: Readonly<{ enabled: boolean; every: number | null }>) {
  return useInfiniteQuery({
    queryKey: keys.list(connection, query),
    queryFn: ({ pageParam, signal }) =>
      call('sessions.list', { connection, query: { ...query, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    enabled: options.enabled,
    refetchInterval: ({ state }) => (options.every !== null && (state.data?.pages.length ?? 0) <= AUTO_PAGES ? options.every : false),
    refetchIntervalInBackground: false,
  });
}

export function useCount(
  connection: string,
  query: Readonly<{ state?: 'live' | 'expired'; exact: boolean }>,
  options: Readonly<{ enabled: boolean }>,
) {
  return useQuery({
    queryKey: keys.count(connection, query),
    queryFn: ({ signal }) => call('sessions.count', { connection, ...query }, signal),
    enabled: options.enabled,
  });
}

export function useSession(connection: string, session_key: string, every: number | null) {
  return useQuery({
    queryKey: keys.session(connection, session_key),
    queryFn: ({ signal }) => call('sessions.get', { connection, session_key }, signal),
    refetchInterval: every ?? false,
    refetchIntervalInBackground: false,
  });
}

type ChangeInput = Readonly<{ connection: string; session_key: string; revision: string; draft: Draft | null; expiry: 'keep' | 'renew' }>;

export function usePreview(change: ChangeInput | null) {
  return useQuery({
    queryKey: ['preview', change],
    queryFn: ({ signal }) => {
      if (change === null) throw new Error('A preview needs a change');
      return call('sessions.preview', change, signal);
    },
    enabled: change !== null,
    placeholderData: keepPreviousData,
    gcTime: 0,
    staleTime: 0,
  });
}

/** Reads everything of a connection again: lists, counts and open sessions. */
export function refreshSessions(cache: QueryClient, connection: string): Promise<void> {
  jobs.again(connection);
  return cache.invalidateQueries({ queryKey: keys.sessions(connection) });
}

/** After any write: the connection's sessions and the activity list. */
export function refreshAfterWrite(cache: QueryClient, connection: string): void {
  void cache.invalidateQueries({ queryKey: keys.sessions(connection) });
  void cache.invalidateQueries({ queryKey: keys.activity });
}

export function useApply() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: Input<'sessions.apply'>) => call('sessions.apply', input),
    onSuccess: (result, { connection, session_key }) => {
      if (result.outcome === 'conflict') {
        // Gone without a trace would close the dialog in which that is told.
        if (result.theirs) cache.setQueryData<SessionView | null>(keys.session(connection, session_key), result.theirs);
        return;
      }
      cache.setQueryData<SessionView | null>(keys.session(connection, session_key), result.session);
      jobs.replaceHit(connection, session_key, result.session.summary);
      refreshAfterWrite(cache, connection);
    },
  });
}

export function useCycleKeyPreview(input: Omit<Input<'sessions.cycle_key'>, 'dryRun' | 'confirmation'>) {
  return useQuery({
    queryKey: ['cycle_key', input],
    queryFn: ({ signal }) => call('sessions.cycle_key', { ...input, dryRun: true }, signal),
    gcTime: 0,
    staleTime: 0,
  });
}

export function useCycleKey() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: Omit<Input<'sessions.cycle_key'>, 'dryRun'>) => call('sessions.cycle_key', { ...input, dryRun: false }),
    onSuccess: ({ session }, { connection, session_key }) => {
      jobs.replaceHit(connection, session_key, session?.summary ?? null);
      refreshAfterWrite(cache, connection);
    },
  });
}

export function useDeletePreview(connection: string, session_keys: readonly string[]) {
  return useQuery({
    queryKey: ['delete_preview', connection, session_keys],
    queryFn: ({ signal }) => call('sessions.delete_preview', { connection, session_keys: session_keys.slice(0, 200) }, signal),
    gcTime: 0,
    staleTime: 0,
  });
}

/** Sessions whose contents are looked at to tell them apart. */
const TOLD_APART = 50;

/** What each of some sessions holds, without its values. One that is gone or cannot be read is left out. */
export function useContents(connection: string, session_keys: readonly string[]) {
  return useQuery({
    queryKey: ['contents', connection, session_keys],
    queryFn: async ({ signal }) => {
      const contents = new Map<string, Contents>();
      for (const session_key of session_keys.slice(0, TOLD_APART)) {
        const view = await call('sessions.get', { connection, session_key }, signal);
        if (view !== null) contents.set(session_key, contentsOf(view));
      }
      return contents;
    },
    gcTime: 0,
  });
}

export function useReadCookie(text: string, labKeys: Input<'cookies.read'>['keys']) {
  return useQuery({
    queryKey: ['cookies.read', text, labKeys],
    queryFn: ({ signal }) => call('cookies.read', { text, keys: labKeys }, signal),
    enabled: text.trim() !== '',
    placeholderData: keepPreviousData,
    // typed keys are part of the query: nothing of it outlives the screen
    gcTime: 0,
  });
}

const ACTIVITY_PAGE = 100;

export function useActivity() {
  return useInfiniteQuery({
    queryKey: keys.activity,
    queryFn: ({ pageParam, signal }) =>
      call('activity.list', { limit: ACTIVITY_PAGE, ...(pageParam ? { before: pageParam } : {}) }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.length < ACTIVITY_PAGE ? undefined : page.at(-1)?.id),
    staleTime: 0,
  });
}

export function useUndo() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: Input<'activity.undo'>) => call('activity.undo', input),
    onSuccess: () => {
      for (const [, view] of cache.getQueriesData<ConnectionView>({ queryKey: ['connection'] })) {
        if (view) jobs.again(view.connection);
      }
      void cache.invalidateQueries({ queryKey: ['sessions'] });
      void cache.invalidateQueries({ queryKey: keys.activity });
    },
  });
}
