import { createContext, type Dispatch, type ReactNode, useContext, useReducer } from 'react';
import type { ErrorView, ProfileView } from '../preload/api.ts';

/** What the window shows: one of four screens, and one dialog over it. */
export type Screen =
  | Readonly<{ name: 'start' }>
  | Readonly<{ name: 'profile'; profile: string }>
  | Readonly<{ name: 'cookie-lab' }>
  | Readonly<{ name: 'activity' }>;

export type OpenDialog =
  /** `begin`: what the form is filled in from as soon as it is open */
  | Readonly<{ name: 'profile'; view: ProfileView | null; begin?: 'project' }>
  | Readonly<{ name: 'settings' }>
  | Readonly<{ name: 'shortcuts' }>;

export type Workspace = Readonly<{
  screen: Screen;
  dialog: OpenDialog | null;
  /** profiles whose screens are kept while another one is shown */
  opened: readonly string[];
  /** what was pasted for the Cookie Lab; `turn` tells two equal pastes apart */
  pasted: Readonly<{ text: string; turn: number }>;
  /** a session to show in a profile, asked for by another screen */
  goTo: Readonly<{ profile: string; session_key: string; turn: number }> | null;
  /** connections whose process ended by itself */
  ended: Readonly<Record<string, ErrorView>>;
}>;

export type WorkspaceAction =
  | Readonly<{ type: 'show'; screen: Screen }>
  | Readonly<{ type: 'dialog'; dialog: OpenDialog | null }>
  | Readonly<{ type: 'paste'; text: string }>
  | Readonly<{ type: 'go-to'; profile: string; session_key: string }>
  | Readonly<{ type: 'close'; profile: string }>
  | Readonly<{ type: 'ended'; connection: string; error: ErrorView }>;

const EMPTY: Workspace = { screen: { name: 'start' }, dialog: null, opened: [], pasted: { text: '', turn: 0 }, goTo: null, ended: {} };

function withOpened(opened: readonly string[], profile: string): readonly string[] {
  return opened.includes(profile) ? opened : [...opened, profile];
}

export function reduceWorkspace(state: Workspace, action: WorkspaceAction): Workspace {
  switch (action.type) {
    case 'show':
      return {
        ...state,
        screen: action.screen,
        opened: action.screen.name === 'profile' ? withOpened(state.opened, action.screen.profile) : state.opened,
      };
    case 'dialog':
      return { ...state, dialog: action.dialog };
    case 'paste':
      return { ...state, screen: { name: 'cookie-lab' }, pasted: { text: action.text, turn: state.pasted.turn + 1 } };
    case 'go-to':
      return {
        ...state,
        screen: { name: 'profile', profile: action.profile },
        opened: withOpened(state.opened, action.profile),
        goTo: { profile: action.profile, session_key: action.session_key, turn: (state.goTo?.turn ?? 0) + 1 },
      };
    case 'close': {
      const shown = state.screen.name === 'profile' && state.screen.profile === action.profile;
      return {
        ...state,
        opened: state.opened.filter((profile) => profile !== action.profile),
        screen: shown ? { name: 'start' } : state.screen,
      };
    }
    case 'ended':
      return { ...state, ended: { ...state.ended, [action.connection]: action.error } };
  }
}

const WorkspaceState = createContext<Workspace>(EMPTY);
const WorkspaceDispatch = createContext<Dispatch<WorkspaceAction>>(() => undefined);

export function WorkspaceProvider({ children }: Readonly<{ children: ReactNode }>) {
  const [state, dispatch] = useReducer(reduceWorkspace, EMPTY);
  return (
    <WorkspaceDispatch value={dispatch}>
      <WorkspaceState value={state}>{children}</WorkspaceState>
    </WorkspaceDispatch>
  );
}

export function useWorkspace(): Workspace {
  return useContext(WorkspaceState);
}

export function useDispatch(): Dispatch<WorkspaceAction> {
  return useContext(WorkspaceDispatch);
}
