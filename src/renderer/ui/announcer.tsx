import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';

const Announce = createContext<(text: string) => void>(() => undefined);

/** Speaks a sentence to screen readers without moving the focus. */
export function useAnnounce(): (text: string) => void {
  return useContext(Announce);
}

export function Announcer({ children }: Readonly<{ children: ReactNode }>) {
  const [said, setSaid] = useState({ text: '', turn: 0 });
  const announce = useCallback((text: string) => setSaid(({ turn }) => ({ text, turn: turn + 1 })), []);
  return (
    <Announce value={announce}>
      {children}
      <div role="status" aria-live="polite" className="visually-hidden">
        {/* a new element each time, so that the same sentence is spoken again */}
        <span key={said.turn}>{said.text}</span>
      </div>
    </Announce>
  );
}
