/** Standard base64 of bytes: the text of bytes in views and in the typed notation. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** The bytes that toBase64() made a text of. */
export function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
