import { useEffect, useRef, useState } from 'react';
import type { Input } from '../../preload/api.ts';
import { asCallError, call, listen } from '../client.ts';
import type { TestState } from './test-panel.tsx';

/** Runs the test of a connection, one at a time; it ends with the form. */
export function useConnectionTest(): Readonly<{
  state: TestState | null;
  start: (input: Omit<Input<'profiles.test'>, 'test'>) => Promise<void>;
  stop: () => void;
}> {
  const [state, setState] = useState<TestState | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (input: Omit<Input<'profiles.test'>, 'test'>) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const test = crypto.randomUUID();
    setState({ running: true, steps: [], error: null });
    const change = (next: (before: TestState) => TestState) => {
      if (running.current === controller) setState((before) => next(before ?? { running: true, steps: [], error: null }));
    };
    const stopListening = listen('profiles.test', (event) => {
      if (event.test === test) change((before) => ({ ...before, steps: [...before.steps, event.step] }));
    });
    try {
      const steps = await call('profiles.test', { ...input, test }, controller.signal);
      change(() => ({ running: false, steps, error: null }));
    } catch (thrown) {
      change((before) => ({ ...before, running: false, error: asCallError(thrown) }));
    } finally {
      stopListening();
    }
  };
  return { state, start, stop: () => running.current?.abort() };
}
