import { type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron';
import type { Handlers, Reply } from '../preload/api.ts';
import { CHANNELS } from '../preload/channels.ts';
import type { Emit } from './connections.ts';
import { dispatch } from './dispatch.ts';
import { isBounded } from './input-size.ts';
import { isTrustedSender } from './sender.ts';

/** A window that asks for more at once is out of its mind. */
const CALLS_AT_ONCE = 512;
const CANCEL_NAME = 64;

export type IpcOptions = Readonly<{
  handlers: Handlers;
  developmentOrigin: string | null;
  windows: () => readonly BrowserWindow[];
  onDefect: (thrown: unknown) => void;
}>;

/** The one user of ipcMain: every sender is checked, every call answered, and canceled when its page goes. */
export function serveBridge({ handlers, developmentOrigin, windows, onDefect }: IpcOptions): void {
  /** by window, then by the name the window gave; calls without one are canceled with their page only */
  const calls = new Map<number, Map<string | symbol, AbortController>>();

  const trusted = (event: IpcMainEvent | IpcMainInvokeEvent): boolean => {
    const frame = event.senderFrame;
    const known = windows().some((window) => !window.isDestroyed() && window.webContents.id === event.sender.id);
    return (
      known &&
      frame !== null &&
      isTrustedSender({ url: frame.url, isMainFrame: frame.parent === null && frame === event.sender.mainFrame }, developmentOrigin)
    );
  };
  const callsOf = (event: IpcMainInvokeEvent): Map<string | symbol, AbortController> => {
    const { sender } = event;
    const known = calls.get(sender.id);
    if (known !== undefined) return known;
    const own = new Map<string | symbol, AbortController>();
    calls.set(sender.id, own);
    const abortAll = () => {
      for (const abort of own.values()) abort.abort();
      // The next page counts its names from the beginning.
      own.clear();
    };
    sender.on('render-process-gone', abortAll);
    sender.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => isMainFrame && !isSameDocument && abortAll());
    sender.once('destroyed', () => {
      abortAll();
      calls.delete(sender.id);
    });
    return own;
  };

  ipcMain.handle(CHANNELS.call, async (event, method: unknown, input: unknown, cancel: unknown): Promise<Reply<unknown>> => {
    if (!trusted(event)) return refused('This frame may not call');
    const own = callsOf(event);
    if (own.size >= CALLS_AT_ONCE) return refused('Too many calls at once');
    if (!isBounded(input)) return refused('The input is too large');
    const name = cancelName(cancel);
    if (name === null || own.has(name)) return refused('The name for canceling is not usable');
    const abort = new AbortController();
    own.set(name, abort);
    try {
      return await dispatch(handlers, method, input, abort.signal, onDefect);
    } finally {
      if (own.get(name) === abort) own.delete(name);
    }
  });
  ipcMain.on(CHANNELS.cancel, (event, name: unknown) => {
    if (trusted(event) && typeof name === 'string') calls.get(event.sender.id)?.get(name)?.abort();
  });
}

/** Tells every window. */
export function emitTo(windows: () => readonly BrowserWindow[]): Emit {
  return (event, payload) => {
    for (const window of windows()) if (!window.isDestroyed()) window.webContents.send(CHANNELS.event, event, payload);
  };
}

function cancelName(cancel: unknown): string | symbol | null {
  if (cancel === undefined) return Symbol('call');
  return typeof cancel === 'string' && cancel.length > 0 && cancel.length <= CANCEL_NAME ? cancel : null;
}

function refused(message: string): Reply<never> {
  return { ok: false, error: { code: 'BadRequest', message } };
}
