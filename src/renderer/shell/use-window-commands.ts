import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { MenuCommand } from '../../preload/api.ts';
import { listen } from '../client.ts';
import { closeConnection, openConnection, refreshSessions } from '../queries.ts';
import { useDispatch, useWorkspace } from '../workspace.tsx';

const KEYS: Readonly<Record<string, MenuCommand>> = { f: 'find', r: 'refresh', l: 'cookie-lab', n: 'new-profile', ',': 'settings' };

function inField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable="true"]') !== null;
}

function commandOf(event: KeyboardEvent): MenuCommand | undefined {
  if (event.key === 'F5') return 'refresh';
  if (event.key === '?') return inField(event.target) ? undefined : 'shortcuts';
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return undefined;
  const command = KEYS[event.key.toLowerCase()];
  // CodeMirror searches its own text.
  const inText = event.target instanceof Element && event.target.closest('[data-text-editor]') !== null;
  return command === 'find' && inText ? undefined : command;
}

/** Moves the focus to the next part of the window: profiles, list, session. */
function nextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((region) => region.offsetParent !== null);
  const current = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(current + 1) % regions.length];
  const target =
    next?.querySelector<HTMLElement>('[role="row"][tabindex="0"]') ??
    next?.querySelector<HTMLElement>('button, input, textarea, [tabindex="0"]');
  target?.focus();
}

/** What waits for an answer is answered first. */
function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
}

/** Commands of the menu and their keys; both end here, so a command does the same wherever it comes from. */
export function useWindowCommands(): void {
  const dispatch = useDispatch();
  const cache = useQueryClient();
  const { screen } = useWorkspace();
  const profile = screen.name === 'profile' ? screen.profile : null;

  useEffect(() => {
    const run = (command: MenuCommand): unknown => {
      switch (command) {
        case 'new-profile':
          return dispatch({ type: 'dialog', dialog: { name: 'profile', view: null } });
        case 'settings':
        case 'shortcuts':
          return dispatch({ type: 'dialog', dialog: { name: command } });
        case 'cookie-lab':
        case 'activity':
        case 'start':
          return dispatch({ type: 'show', screen: { name: command } });
        case 'find':
          return document.querySelector<HTMLElement>('[data-screen-active="true"] [data-find]')?.focus();
        case 'refresh': {
          const connection = profile === null ? undefined : openConnection(cache, profile);
          return connection && refreshSessions(cache, connection);
        }
        case 'close-connection':
          if (profile === null) return undefined;
          dispatch({ type: 'close', profile });
          return closeConnection(cache, profile);
      }
    };
    const keyDown = (event: KeyboardEvent) => {
      if (event.key === 'F6' && !isDialogOpen()) {
        event.preventDefault();
        nextRegion();
        return;
      }
      const command = commandOf(event);
      if (!command || event.defaultPrevented || isDialogOpen()) return;
      event.preventDefault();
      run(command);
    };
    document.addEventListener('keydown', keyDown);
    const endMenu = listen('menu', ({ command }) => {
      if (!isDialogOpen()) run(command);
    });
    const endClosed = listen('connection.closed', ({ connection: closed, error }) => {
      if (error) dispatch({ type: 'ended', connection: closed, error });
    });
    return () => {
      document.removeEventListener('keydown', keyDown);
      endMenu();
      endClosed();
    };
  }, [dispatch, cache, profile]);
}
