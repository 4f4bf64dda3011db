import { safeStorage } from 'electron';
import type { Sealer } from './secret-store.ts';

/**
 * The system's keychain through safeStorage, once the app is ready. Electron's Async methods where the runtime has them
 * (they do not block on the keychain's prompt), the older ones elsewhere. Linux without a keychain (`basic_text`) would
 * encrypt with a password that anybody knows: that counts as none.
 */
export async function openSealer(): Promise<Sealer> {
  const backend = process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : 'system';
  if (backend === 'basic_text' || backend === 'unknown' || !(await available())) return memory(backend);
  return {
    keeping: 'keychain',
    backend,
    seal: async (text) => (hasAsync() ? await safeStorage.encryptStringAsync(text) : safeStorage.encryptString(text)),
    unseal: async (sealed) =>
      hasAsync() ? (await safeStorage.decryptStringAsync(Buffer.from(sealed))).result : safeStorage.decryptString(Buffer.from(sealed)),
  };
}

/** The types are those of a newer Electron than the oldest that the app runs on. */
function hasAsync(): boolean {
  return typeof safeStorage.encryptStringAsync === 'function';
}

async function available(): Promise<boolean> {
  return typeof safeStorage.isAsyncEncryptionAvailable === 'function'
    ? await safeStorage.isAsyncEncryptionAvailable()
    : safeStorage.isEncryptionAvailable();
}

function memory(backend: string): Sealer {
  const refuse = () => Promise.reject(new Error('no keychain'));
  return {
    keeping: 'memory',
    backend: backend === 'basic_text' ? 'no keychain found' : `${backend} is not available`,
    seal: refuse,
    unseal: refuse,
  };
}
