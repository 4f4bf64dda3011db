import type { StoredSession, WritableSessionStore } from '../backends/base.ts';
import type { KeepImages, RestoreResult } from '../connection-protocol.ts';
import { InspectorError } from '../errors.ts';
import type { BeforeImage } from '../recorder.ts';
import { unbroken, writableOf } from './change.ts';
import type { Engine } from './engine.ts';
import { revisionOf } from './revision.ts';
import { breathe } from './summary.ts';

/**
 * Undo: puts entries back as their before-images have them. What somebody wrote since is left alone and named, unless
 * `force`; what is as it was before already counts as restored.
 * @param keep is given what `force` is about to overwrite of what others wrote, before it does
 */
export async function restoreImages(
  engine: Engine,
  images: readonly BeforeImage[],
  force: boolean,
  signal: AbortSignal,
  keep: KeepImages,
): Promise<RestoreResult> {
  const store = writableOf(engine);
  const conflicts: string[] = [];
  let restored = 0;
  for (const image of images) {
    await breathe(signal);
    if (await restoreOne(store, image, force ? keep : null, signal)) restored += 1;
    else conflicts.push(image.session_key);
  }
  return { restored, conflicts };
}

async function restoreOne(store: WritableSessionStore, image: BeforeImage, keep: KeepImages | null, signal: AbortSignal): Promise<boolean> {
  const current = await store.get(image.session_key, signal);
  const now = current === null ? null : revisionOf(current);
  // A revision does not tell one TTL from another, so that of such an entry is written again.
  const tells = image.before?.expiry.source !== 'ttl' || current === null;
  const before = image.before === null ? null : revisionOf(image.before);
  // Where the write never came to its store (a crash between image and write), there is nothing to put back.
  if (now === before && (tells || now !== image.after)) return true;
  if (now !== image.after) {
    if (keep === null) return false;
    await keep([{ session_key: image.session_key, before: current, after: before }]);
  }
  try {
    await put(store, current, image);
    return true;
  } catch (error) {
    // Written between the look and the write: the next look will find it.
    if (error instanceof InspectorError && (error.code === 'UpdateError' || error.code === 'CreateError')) return false;
    throw error;
  }
}

async function put(store: WritableSessionStore, current: StoredSession | null, { session_key, before }: BeforeImage): Promise<void> {
  if (before === null) {
    if (current === null) return;
    const [gone] = await store.delete([current], unbroken());
    if (gone === undefined) throw new InspectorError('UpdateError', 'The session was changed meanwhile');
    return;
  }
  const { stored, expiry, flags, columns, twin, only } = before;
  const next = { stored, expiry, ...(flags === undefined ? {} : { flags }) };
  const further = { ...(columns === undefined ? {} : { columns }), ...(only === 'cache' && twin !== undefined ? { twin } : {}) };
  if (current === null) await store.create(session_key, { ...next, ...further }, unbroken());
  else await store.save(current, next, unbroken());
}
