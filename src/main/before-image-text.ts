import { z } from 'zod';
import type { StoredSession } from './backends/base.ts';
import type { BeforeImage } from './recorder.ts';

const Bytes = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));

/** Every field there is: one that StoredSession gains and this lacks would make images that cannot be read back. */
const FIELDS = {
  session_key: z.string(),
  stored: Bytes,
  expiry: z.discriminatedUnion('source', [
    z.strictObject({ source: z.literal('expire_date'), text: z.string() }),
    z.strictObject({ source: z.literal('ttl'), milliseconds: z.number().nullable() }),
    z.strictObject({ source: z.literal('cache'), text: z.string().nullable() }),
    z.strictObject({ source: z.literal('mtime'), nanoseconds: z.string() }),
  ]),
  oversize: z.number().exactOptional(),
  flags: z.number().exactOptional(),
  columns: z.record(z.string(), z.string().nullable()).exactOptional(),
  place: z.string().exactOptional(),
  token: z.string().exactOptional(),
  twin: z
    .strictObject({
      stored: Bytes.nullable(),
      milliseconds: z.number().nullable(),
      flags: z.number().exactOptional(),
      unavailable: z.string().exactOptional(),
    })
    .exactOptional(),
  only: z.enum(['database', 'cache']).exactOptional(),
} satisfies { [F in keyof Required<StoredSession>]: z.ZodType };
const Stored = z.strictObject(FIELDS) satisfies z.ZodType<StoredSession>;

const Images = z.array(
  z.strictObject({ session_key: z.string(), before: Stored.nullable(), after: z.string().nullable() }),
) satisfies z.ZodType<readonly BeforeImage[]>;

/** Before-images as JSON text, bytes as base64. */
export function imagesToText(images: readonly BeforeImage[]): string {
  // Buffers have a toJSON of their own, so bytes are replaced on their holder, before that is asked.
  return JSON.stringify(images, function (this: Readonly<Record<string, unknown>>, name, value: unknown) {
    const original = this[name];
    return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value;
  });
}

/** @throws where the text is not what imagesToText writes */
export function imagesFromText(text: string): readonly BeforeImage[] {
  return Images.parse(JSON.parse(text));
}
