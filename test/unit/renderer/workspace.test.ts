import { expect, test } from 'vitest';
import { reduceWorkspace, type Workspace, type WorkspaceAction } from '../../../src/renderer/workspace.tsx';

const EMPTY: Workspace = { screen: { name: 'start' }, dialog: null, opened: [], pasted: { text: '', turn: 0 }, goTo: null, ended: {} };

function after(...actions: readonly WorkspaceAction[]): Workspace {
  return actions.reduce(reduceWorkspace, EMPTY);
}

test('a profile stays open while another screen is shown', () => {
  const state = after({ type: 'show', screen: { name: 'profile', profile: 'a' } }, { type: 'show', screen: { name: 'activity' } });
  expect(state.opened).toEqual(['a']);
  expect(state.screen).toEqual({ name: 'activity' });
});

test('opening twice keeps one', () => {
  const open: WorkspaceAction = { type: 'show', screen: { name: 'profile', profile: 'a' } };
  expect(after(open, open).opened).toEqual(['a']);
});

test('closing the shown profile leads back to the start, another one stays', () => {
  const opened = [
    { type: 'show', screen: { name: 'profile', profile: 'a' } },
    { type: 'show', screen: { name: 'profile', profile: 'b' } },
  ] as const;
  expect(after(...opened, { type: 'close', profile: 'b' })).toMatchObject({ opened: ['a'], screen: { name: 'start' } });
  expect(after(...opened, { type: 'close', profile: 'a' })).toMatchObject({ opened: ['b'], screen: { profile: 'b' } });
});

test('a paste opens the Cookie Lab, and the same text again is a new paste', () => {
  const state = after({ type: 'paste', text: 'x' }, { type: 'paste', text: 'x' });
  expect(state.screen).toEqual({ name: 'cookie-lab' });
  expect(state.pasted).toEqual({ text: 'x', turn: 2 });
});

test('going to a session opens its profile', () => {
  expect(after({ type: 'go-to', profile: 'a', session_key: 'k' })).toMatchObject({
    opened: ['a'],
    screen: { name: 'profile', profile: 'a' },
    goTo: { profile: 'a', session_key: 'k' },
  });
});
