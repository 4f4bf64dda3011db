import type { Bridge, ErrorCode, EventName, Events, Input, MethodName, Output } from '../preload/api.ts';

declare global {
  interface Window {
    readonly inspector: Bridge;
  }
}

/** An error that crossed the bridge: what happened (`message`), its closed code, and what to do next (`hint`). */
export class CallError extends Error {
  readonly code: ErrorCode;
  readonly hint?: string;

  constructor(code: ErrorCode, message: string, hint?: string) {
    super(message);
    this.name = 'CallError';
    this.code = code;
    if (hint !== undefined) this.hint = hint;
  }
}

let calls = 0;

/**
 * Calls a method of main.
 * @throws CallError with the reply's code, message and hint; code Canceled when `signal` ended it
 */
export async function call<M extends MethodName>(method: M, input: Input<M>, signal?: AbortSignal): Promise<Output<M>> {
  if (signal?.aborted) throw new CallError('Canceled', 'Canceled');
  const name = signal ? `call-${++calls}` : undefined;
  const cancel = () => name && window.inspector.cancel(name);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const reply = await window.inspector.call(method, input, name);
    if (!reply.ok) throw new CallError(reply.error.code, reply.error.message, reply.error.hint);
    return reply.value;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/** Listens to an event of main; the function it returns ends that. */
export function listen<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void {
  return window.inspector.on(event, listener);
}

/** Any thrown thing as an error that can be shown. */
export function asCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  return new CallError('Internal', error instanceof Error ? error.message : String(error));
}
