import type { SecretName, Secrets } from '../preload/api.ts';
import { InspectorError } from './errors.ts';

/** What main keeps of an import while its profile is not saved: the secrets that were found, and the folder that was chosen. */
export type HeldImport = Readonly<{ secrets: Secrets /** null: no project */; folder: string | null }>;

/** A form that was left open, and one beside it, need a few; what is older was abandoned. */
const HELD = 32;

/** Imports by their tokens, in memory alone. */
export class HeldImports {
  readonly #held = new Map<string, HeldImport>();
  readonly #randomBytes: (count: number) => Uint8Array;

  constructor(randomBytes: (count: number) => Uint8Array) {
    this.#randomBytes = randomBytes;
  }

  /** @returns the token */
  hold(held: HeldImport): string {
    const token = Buffer.from(this.#randomBytes(8)).toString('hex');
    this.#held.set(token, held);
    const [oldest] = this.#held.keys();
    if (this.#held.size > HELD && oldest !== undefined) this.#held.delete(oldest);
    return token;
  }

  /** The folder of a project. @throws InspectorError DoesNotExist */
  folder(token: string): string {
    const folder = this.#held.get(token)?.folder;
    if (folder === undefined || folder === null) throw gone();
    return folder;
  }

  /** The secrets of several imports, the later ones first. @throws InspectorError DoesNotExist rather than save less than was shown */
  secrets(tokens: readonly string[]): Secrets {
    const all = tokens.map((token) => this.#held.get(token)?.secrets ?? null);
    if (all.includes(null)) throw gone();
    return Object.assign({}, ...all);
  }

  discard(tokens: readonly string[]): void {
    for (const token of tokens) this.#held.delete(token);
  }
}

function gone(): InspectorError {
  return new InspectorError('DoesNotExist', 'What was imported is not held any more', { hint: 'Import it again.' });
}

/** Which secrets there are; SECRET_KEY_FALLBACKS: how many. */
export function countSecrets(secrets: Secrets): Readonly<Partial<Record<SecretName, number>>> {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, typeof value === 'string' ? 1 : value.length]));
}
