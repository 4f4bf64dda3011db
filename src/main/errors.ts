import type { ErrorCode } from '../preload/api.ts';

/**
 * The one error of the app: a closed code to switch on, a message that says what happened to what, and a hint
 * that says what to do next. Drivers' own errors become this where the driver is imported, nowhere else.
 * Messages never hold secrets, whole session keys or session values.
 */
export class InspectorError extends Error {
  override readonly name = 'InspectorError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: Readonly<{ hint?: string; cause?: unknown }> = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** What crosses a process or the bridge instead of a thrown error, because both keep only the message of those. */
export type ErrorData = Readonly<{
  code: ErrorCode;
  message: string;
  hint?: string;
}>;

/**
 * The data of any thrown value. A value that is no InspectorError is a defect of the app: its class and message are
 * kept (they are the app's own or a library's words), its stack is not.
 */
export function errorData(thrown: unknown): ErrorData {
  if (thrown instanceof InspectorError) {
    return {
      code: thrown.code,
      message: thrown.message,
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    };
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') return { code: 'Canceled', message: 'Canceled' };
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'Unknown failure';
  return {
    code: 'Internal',
    message,
    hint: 'This is a defect of Session Inspector; the log file has the details.',
  };
}

/** What a lasting record may say of a failure: a defect's own message may quote the data it was about, so its class stands for it. */
export function failureText(thrown: unknown): string {
  const { code, message } = errorData(thrown);
  if (code !== 'Internal' || thrown instanceof InspectorError) return message;
  return `Unexpected ${thrown instanceof Error ? thrown.name : 'failure'}`;
}

/** The error that `data` stands for, on the receiving side of a process boundary. */
export function errorFromData(data: ErrorData): InspectorError {
  return new InspectorError(data.code, data.message, data.hint === undefined ? {} : { hint: data.hint });
}
