import type { SessionSummary, SessionView, UserView } from '../../preload/api.ts';
import { parseTime } from '../format.ts';

/** Somebody whose sessions were found. */
export type Person = Readonly<{ user: UserView; sessions: readonly SessionSummary[] }>;

/** Who the found sessions belong to, in the order in which they were found. */
export function personsOf(sessions: readonly SessionSummary[]): readonly Person[] {
  const persons = new Map<string, { user: UserView; sessions: SessionSummary[] }>();
  for (const session of sessions) {
    const { user } = session;
    if (user === null) continue;
    const person = persons.get(user.id);
    if (person) person.sessions.push(session);
    else persons.set(user.id, { user, sessions: [session] });
  }
  return [...persons.values()];
}

/** "anna (4711)", or the id alone where no user table tells the name. */
export function personName({ id, username }: UserView): string {
  return username === undefined ? `#${id}` : `${username} (#${id})`;
}

/**
 * The sessions whose stored text was last written before a moment. Those without a time of writing are not among them:
 * nothing is known of them. @param moment epoch milliseconds
 */
export function writtenBefore(sessions: readonly SessionSummary[], moment: number): readonly SessionSummary[] {
  return sessions.filter(({ written }) => (parseTime(written ?? null) ?? Number.POSITIVE_INFINITY) < moment);
}

/** The site's own keys of a session, without their values, and the language it was used in. */
export type Contents = Readonly<{ names: readonly string[]; language: string | null }>;

export function contentsOf({ document }: SessionView): Contents {
  const entries = (document?.root.children ?? []).map(({ key, value }) => ({ name: key?.text ?? '', value }));
  const language = entries.find(({ name }) => name === '_language' || name === 'django_language')?.value.text ?? null;
  const names = entries.map(({ name }) => name).filter((name) => name !== '' && !name.startsWith('_') && name !== 'django_language');
  return { names, language };
}
