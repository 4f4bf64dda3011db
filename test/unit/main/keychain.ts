import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Sealer } from '../../../src/main/secret-store.ts';

/** A keychain of the test's own: real encryption under a key that another one does not have, unless it is given. */
export function keychain(key: Uint8Array = randomBytes(32)): Sealer {
  return {
    keeping: 'keychain',
    backend: 'test',
    seal: async (text) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    unseal: async (sealed) => {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(-16));
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8');
    },
  };
}

export const noKeychain: Sealer = {
  keeping: 'memory',
  backend: 'no keychain found',
  seal: () => Promise.reject(new Error('no keychain')),
  unseal: () => Promise.reject(new Error('no keychain')),
};
