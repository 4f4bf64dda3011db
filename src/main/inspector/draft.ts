import type { Draft } from '../../preload/api.ts';
import type { SessionDocument } from '../django/document.ts';

/** What the window holds while a person edits: JSON as latin-1 text, so that every byte survives; the rest as base64. */
export function draftOf({ serializer, payload }: SessionDocument): Draft {
  const encoding = serializer === 'json' ? 'latin1' : 'base64';
  return { serializer, payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString(encoding) };
}

export function payloadOf({ serializer, payload }: Draft): Uint8Array {
  return Buffer.from(payload, serializer === 'json' ? 'latin1' : 'base64');
}
