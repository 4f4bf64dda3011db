import type { CookiePart, SignatureView } from '../../preload/api.ts';

export type Part = Readonly<{ role: CookiePart['role']; text: string }>;

/** The parts of a stored string: `[.]payload:timestamp:signature` where it is signed so, else one run of text. */
export function storedParts(text: string, format: SignatureView['format'], cut: boolean): readonly Part[] {
  if (format !== 'signed' || cut) return [{ role: 'payload', text }];
  const signatureAt = text.lastIndexOf(':');
  const timestampAt = text.lastIndexOf(':', signatureAt - 1);
  if (signatureAt < 1 || timestampAt < 1) return [{ role: 'text', text }];
  const payload = text.slice(0, timestampAt);
  const compressed = payload.startsWith('.');
  return [
    ...(compressed ? [{ role: 'compression', text: '.' } as const] : []),
    { role: 'payload', text: compressed ? payload.slice(1) : payload },
    { role: 'separator', text: ':' },
    { role: 'timestamp', text: text.slice(timestampAt + 1, signatureAt) },
    { role: 'separator', text: ':' },
    { role: 'signature', text: text.slice(signatureAt + 1) },
  ];
}
