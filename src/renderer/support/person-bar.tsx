import { UserX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SessionSummary } from '../../preload/api.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { SafeText } from '../ui/text.tsx';
import { plainText } from '../visible-text.ts';
import { type Person, personName, personsOf } from './person.ts';
import styles from './support.module.css';

const cx = classes(styles);
/** Users that are named; a search that finds more is made narrower first. */
const NAMED = 5;

type PersonBarProps = Readonly<{
  sessions: readonly SessionSummary[];
  /** the search has not ended: not all of a person's sessions are known */
  searching: boolean;
  writable: boolean;
  onEnd: (person: Person) => void;
}>;

/** Whose sessions a search has found, how many each, and what can be done with all of a person's. */
export function PersonBar({ sessions, searching, writable, onEnd }: PersonBarProps) {
  const { t } = useTranslation();
  const persons = personsOf(sessions);
  if (persons.length === 0) return null;
  return (
    <section className={cx('persons')} aria-label={t('support.found')}>
      {persons.slice(0, NAMED).map((person) => {
        const name = plainText(personName(person.user));
        return (
          <div key={person.user.id} className={cx('person')}>
            <strong>
              <SafeText text={personName(person.user)} limit={80} />
            </strong>
            <span className={cx('muted')}>{t('support.sessions', { count: person.sessions.length })}</span>
            {writable ? (
              <Button
                size="small"
                look="danger-quiet"
                icon={<UserX />}
                disabled={searching}
                aria-label={t('support.endOf', { name })}
                onClick={() => onEnd(person)}
              >
                {t('support.end')}
              </Button>
            ) : null}
          </div>
        );
      })}
      {persons.length > NAMED ? <p className={cx('muted')}>{t('support.morePersons', { count: persons.length - NAMED })}</p> : null}
    </section>
  );
}
