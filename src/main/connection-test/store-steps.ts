/** What stands above every connection: the sessions themselves, what they hold, who signed them, and whose they are. */
import type { TestLayer } from '../../preload/api.ts';
import type { StoredSession } from '../backends/base.ts';
import { SESSION_KEY } from '../django/auth.ts';
import { signatureError } from '../django/diagnose.ts';
import { textAt } from '../django/document-facts.ts';
import { InspectorError } from '../errors.ts';
import type { Decoded } from '../inspector/codec.ts';
import type { Engine } from '../inspector/engine.ts';
import type { Site } from '../inspector/site.ts';
import { LIST_LIMITS } from '../inspector/summary.ts';
import type { Chain, Passed } from './chain.ts';

/** Sessions that are looked at. */
const SAMPLE = 20;

export const STORE_LAYERS = ['sample', 'signature', 'users'] as const satisfies readonly TestLayer[];

/** @throws Broken */
export async function storeSteps(chain: Chain, site: Site, engine: Engine, signal: AbortSignal): Promise<void> {
  const decoded = await chain.step('sample', async () => {
    const sessions = await sample(site, engine, signal);
    const all = sessions.map((session) => engine.codec.decode(session, LIST_LIMITS));
    return [all, samplePassed(engine, all)];
  });
  chain.pass('signature', signaturePassed(site, decoded));
  await chain.step('users', async () => [undefined, await usersPassed(engine, decoded, signal)]);
}

/** The newest, where the store can sort by their end. */
async function sample(site: Site, { store }: Engine, signal: AbortSignal): Promise<readonly StoredSession[]> {
  const { list, sort } = store.capabilities;
  if (list === 'none') return [];
  const query = sort.includes('expire_date')
    ? ({ sort: 'expire_date', direction: 'descending' } as const)
    : ({ sort: sort[0] ?? 'session_key', direction: 'ascending' } as const);
  const { sessions } = await store.list({ ...query, now: site.now(), limit: SAMPLE }, signal);
  return sessions.filter(({ oversize, only }) => oversize === undefined && only !== 'cache');
}

function samplePassed({ store }: Engine, all: readonly Decoded[]): Passed {
  if (store.capabilities.list === 'none')
    return { state: 'skipped', message: 'Not tried: the sessions cannot be listed, only looked up by their key.' };
  if (all.length === 0)
    return {
      state: 'warning',
      message: 'The place can be read, and there is no session in it.',
      hint: 'If the site has some, it keeps them elsewhere.',
    };
  const bad = all.filter(({ document }) => document === null);
  if (bad.length === 0) return { message: `${all.length} of ${all.length} sessions decode.` };
  const { message, hint } = bad[0]?.problem ?? new InspectorError('Corrupt', 'The data do not decode');
  if (bad.length < all.length)
    return { state: 'warning', message: `${all.length - bad.length} of ${all.length} sessions decode. The others: ${message}` };
  throw new InspectorError('Corrupt', `None of ${all.length} sessions decodes: ${message}`, {
    hint: hint ?? 'Another part of the site may use this place: check the table, the prefix and the serializer.',
  });
}

function signaturePassed(site: Site, all: readonly Decoded[]): Passed {
  const signed = all.filter(({ document, text }) => document !== null && text !== null);
  if (site.profile.SESSION_ENGINE === 'cache') return { state: 'skipped', message: 'Entries of a cache are not signed.' };
  if (site.keys.length === 0) {
    return {
      state: 'warning',
      message: 'Without SECRET_KEY nothing is verified, and what Django would have to verify cannot be written.',
      hint: "Enter the site's SECRET_KEY.",
    };
  }
  if (signed.length === 0) return { state: 'skipped', message: 'Not tried: there is no session to verify.' };
  const verified = signed.filter(({ signature }) => signature.verified === true);
  const older = verified.filter(({ signature }) => (signature.key ?? 0) > 0).length;
  const note = older === 0 ? '' : `, ${older} of them with one of SECRET_KEY_FALLBACKS`;
  if (verified.length === signed.length)
    return { message: `${signed.length} of ${signed.length} signatures hold with the keys of the profile${note}.` };
  const other = signed.find((one) => one.signature.verified !== true);
  const { message, hint } = other === undefined ? { message: '', hint: undefined } : signatureError(other.signature);
  return {
    state: 'warning',
    message: `${verified.length} of ${signed.length} signatures hold with the keys of the profile${note}. The others: ${message}`,
    hint: hint ?? "Enter the site's SECRET_KEY as its settings have it.",
  };
}

async function usersPassed(engine: Engine, all: readonly Decoded[], signal: AbortSignal): Promise<Passed> {
  const [note] = engine.users.notes;
  if (note !== undefined) return { state: 'warning', message: note, hint: 'Check the user table in the profile, or switch it off there.' };
  if (!engine.users.complete) return { state: 'skipped', message: 'The profile has no table of users: they are shown by their ids.' };
  const ids = [...new Set(all.flatMap(({ document }) => (document === null ? [] : (textAt(document, SESSION_KEY) ?? []))))];
  if (ids.length === 0) return { message: 'The table of users is there. Nobody is logged in in these sessions.' };
  const found = await engine.users.get(ids, signal);
  if (found.size === ids.length) return { message: `The table of users is there: ${found.size} of ${ids.length} users were found.` };
  return {
    state: 'warning',
    message: `Of ${ids.length} users of these sessions, ${found.size} are in the table.`,
    hint: 'They may have been deleted, or be in another table.',
  };
}
