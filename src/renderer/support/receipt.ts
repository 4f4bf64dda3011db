import type { TFunction } from 'i18next';
import type { ActivityEntry, JobView, Profile, UserView } from '../../preload/api.ts';
import { placeOf } from '../connections/place.ts';
import { formatUtc, parseTime } from '../format.ts';
import { maskKey, plainText } from '../visible-text.ts';
import { personName } from './person.ts';

/** What became of the chosen sessions, read back from the store after the job. */
export type Proof = Readonly<{
  /** of the chosen ones, those that are still there */
  left: readonly string[];
  /** sessions of the person, from a new search */
  after: number;
}>;

export type Ending = Readonly<{
  user: UserView;
  profile: Profile;
  ended: readonly string[];
  kept: readonly string[];
  view: JobView;
  /** who and when, as Activity has it */
  entry: ActivityEntry | null;
  proof: Proof;
}>;

/** Keys that a receipt names; more are counted. */
const NAMED = 20;

/** Plain text for a ticket: who did what, where and when, and what the store said afterwards. Keys are masked. */
export function receiptText({ user, profile, ended, kept, view, entry, proof }: Ending, t: TFunction): string {
  const at = parseTime(entry?.at ?? null);
  const environment = profile.environment === 'unspecified' ? '' : ` (${t(`common.${profile.environment}`)})`;
  const lines: readonly (readonly [string, string] | null)[] = [
    [t('receipt.action'), t('receipt.actionText', { count: view.changed, total: ended.length + kept.length })],
    [t('receipt.user'), plainText(personName(user))],
    [t('receipt.by'), entry ? plainText(entry.by) : t('common.unknown')],
    [t('receipt.when'), at === null ? t('common.unknown') : formatUtc(at)],
    [t('receipt.profile'), `${plainText(profile.name)}${environment}`],
    [t('receipt.place'), `${profile.SESSION_ENGINE} · ${plainText(placeOf(profile), 500)}`],
    [t('receipt.ended'), keysText(ended, t)],
    kept.length === 0 ? null : [t('receipt.kept'), keysText(kept, t)],
    [t('receipt.before'), String(ended.length + kept.length)],
    [t('receipt.after'), String(proof.after)],
    [t('receipt.readBack'), readBackText(profile, ended.length, proof, t)],
    view.failed === 0 ? null : [t('receipt.failed'), failuresText(view)],
    [t('receipt.activity'), view.activity ?? '–'],
  ];
  return [t('receipt.title'), ...lines.filter((line) => line !== null).map(([name, value]) => `${name}: ${value}`), ''].join('\n');
}

/** "0 of 3 are left in the database and in the cache" */
export function readBackText({ SESSION_ENGINE }: Pick<Profile, 'SESSION_ENGINE'>, count: number, { left }: Proof, t: TFunction): string {
  return t(SESSION_ENGINE === 'cached_db' ? 'receipt.leftBoth' : 'receipt.left', { left: left.length, total: count });
}

function keysText(keys: readonly string[], t: TFunction): string {
  const named = keys.slice(0, NAMED).map((key) => plainText(maskKey(key)));
  return [...named, ...(keys.length > NAMED ? [t('receipt.more', { count: keys.length - NAMED })] : [])].join(', ');
}

function failuresText({ failed, failures }: JobView): string {
  const causes = [...new Set(failures.map(({ error }) => error.message))].slice(0, 5);
  return `${failed} (${causes.join('; ')})`;
}
