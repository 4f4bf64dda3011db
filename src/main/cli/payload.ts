import type { SessionDocument } from '../django/document.ts';
import { parseSessionPayload } from '../django/serializers/detect.ts';
import { PickleDocument } from '../django/serializers/pickle/document.ts';
import { errorData, type InspectorError } from '../errors.ts';
import { type Answer, warned } from './answer.ts';

/** Ends pickles that take too long. */
export function clock(): number {
  return performance.now();
}

export type Read = Pick<Answer, 'json' | 'typed' | 'structure' | 'warnings' | 'error'>;

/** What a payload says, and why it cannot be read where it cannot. */
export function readPayload(payload: Uint8Array | null, problem: InspectorError | null): Read {
  if (payload === null) return { json: null, warnings: [], error: problem === null ? null : errorData(problem) };
  try {
    return readDocument(parseSessionPayload(payload, undefined, undefined, clock));
  } catch (error) {
    return { json: null, warnings: [], error: errorData(error) };
  }
}

export function readDocument(document: SessionDocument): Read {
  const warnings = document.warnings.map(warned);
  const refused = document.refusal?.() ?? null;
  const error = refused === null ? null : errorData(refused);
  if (document.serializer === 'json') return { json: Buffer.from(document.payload).toString('latin1'), warnings, error };
  return { typed: document.typed(), structure: document instanceof PickleDocument ? document.structure() : undefined, warnings, error };
}
