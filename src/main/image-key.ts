import { join } from 'node:path';
import type { ErrorView } from '../preload/api.ts';
import { AppFile } from './app-file.ts';
import type { ImageKey } from './before-images.ts';
import type { Sealer } from './secret-store.ts';

const KEY_BYTES = 32;

/**
 * The key of the before-images: random, sealed in image-key.json. Without a keychain it lives in memory, so that the
 * images of this run end with it. A key that cannot be decrypted any more is set aside and a new one made.
 */
export async function openImageKey(
  options: Readonly<{ folder: string; sealer: Sealer; now: () => number; randomBytes: (count: number) => Uint8Array }>,
): Promise<Readonly<{ key: ImageKey; notices: readonly ErrorView[] }>> {
  const { sealer } = options;
  const bytes = options.randomBytes(KEY_BYTES);
  if (sealer.keeping === 'memory') return { key: { bytes, lasting: false }, notices: [] };
  const file = new AppFile({ path: join(options.folder, 'image-key.json'), schema: 1, now: options.now });
  const content = await file.read();
  if (content !== null) {
    const known = await unseal(sealer, content['sealed']);
    if (known !== null) return { key: { bytes: known, lasting: true }, notices: file.notices };
    await file.setAside('cannot be decrypted by this system’s keychain');
  }
  try {
    const sealed = Buffer.from(await sealer.seal(Buffer.from(bytes).toString('base64'))).toString('base64');
    await file.write(
      () => sealed,
      (text) => ({ sealed: text }),
      () => undefined,
    );
    return { key: { bytes, lasting: true }, notices: file.notices };
  } catch {
    // Undo still works until the app ends; what could not be written is told.
    const notice: ErrorView = {
      code: 'FileUnreadable',
      message: 'The key for Undo could not be stored',
      hint: 'Undo works until the app is closed.',
    };
    return { key: { bytes, lasting: false }, notices: [...file.notices, notice] };
  }
}

async function unseal(sealer: Sealer, sealed: unknown): Promise<Uint8Array | null> {
  if (typeof sealed !== 'string') return null;
  try {
    const bytes = Buffer.from(await sealer.unseal(Buffer.from(sealed, 'base64')), 'base64');
    return bytes.length === KEY_BYTES ? bytes : null;
  } catch {
    return null;
  }
}
