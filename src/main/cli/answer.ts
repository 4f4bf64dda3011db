import type { Timestamp } from '../django/base62.ts';
import type { Warning } from '../django/document.ts';
import { type ErrorData, errorData } from '../errors.ts';

/** One line of output. Every field is there in every answer, except those of a payload, which go by its serializer. */
export type Answer = Readonly<{
  id: unknown;
  /** as given, or as recognized; null where the line could not be used */
  kind: string | null;
  /** null where there is nothing to verify or no key */
  verified: boolean | null;
  /** 0 = SECRET_KEY, 1.. = fallbacks */
  key: number | null;
  algorithm: string | null;
  salt: string | null;
  /** epoch seconds */
  timestamp: Timestamp | null;
  compressed: boolean | null;
  serializer: string | null;
  /** the exact payload text, where the payload is JSON */
  json?: string | null;
  /** what Python holds, in the notation of the fixtures: pickles, and text that was signed in the clear */
  typed?: unknown;
  /** what a reader of a pickle sees that calls nothing */
  structure?: unknown;
  warnings: readonly Readonly<{ code: Warning['code']; message: string }>[];
  error: ErrorData | null;
}>;

/** An answer that says nothing yet. */
export const BLANK: Answer = {
  id: null,
  kind: null,
  verified: null,
  key: null,
  algorithm: null,
  salt: null,
  timestamp: null,
  compressed: null,
  serializer: null,
  warnings: [],
  error: null,
};

/** A warning as an answer has it: in English. */
export function warned({ code, says }: Warning): Answer['warnings'][number] {
  return { code, message: says.message };
}

/** The answer to a line that could not be used. */
export function failure(id: unknown, error: unknown): Answer {
  return { ...BLANK, id: id ?? null, error: errorData(error) };
}

/** The answer as JSON; a timestamp beyond what a JavaScript number holds is still an integer in the text. */
export function answerText(answer: Answer): string {
  if (typeof answer.timestamp !== 'bigint') return JSON.stringify(answer);
  const { timestamp, ...rest } = answer;
  return `{"timestamp":${timestamp},${JSON.stringify(rest).slice(1)}`;
}
