import { useTranslation } from 'react-i18next';
import type { CookieReading } from '../../preload/api.ts';
import { parseTime, useFormat } from '../format.ts';
import { useSentences } from '../i18n/sentences.ts';
import { useProfiles } from '../queries.ts';
import { DecodesVerdict, SignatureVerdict, Verdict } from '../session/verdicts.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Parts } from '../ui/parts.tsx';
import { CopyButton, SafeText } from '../ui/text.tsx';
import { useDispatch } from '../workspace.tsx';
import styles from './cookie-lab.module.css';
import { LabDocument } from './lab-document.tsx';
import type { LabKeysValues } from './lab-keys.ts';

const cx = classes(styles);

type ReadingProps = Readonly<{ reading: CookieReading; keys: LabKeysValues; first: boolean }>;

/** One value of what was pasted: what it is, its parts, two verdicts, its age, and what it says. */
export function Reading({ reading, keys, first }: ReadingProps) {
  const { t } = useTranslation();
  const say = useSentences();
  const { kind, document } = reading;
  const signable = kind === 'signed_cookie_session' || kind === 'session_data' || kind === 'signing';
  return (
    <article className={cx('reading')} aria-label={t(`kind.${kind}`)}>
      <header className={cx('reading-head')}>
        <h2 className={cx('kind')}>{t(`kind.${kind}`)}</h2>
        <Badge tone={reading.confidence === 'certain' ? 'ok' : 'neutral'}>{t(`confidence.${reading.confidence}`)}</Badge>
        {reading.name === null ? null : (
          <code className={cx('cookie-name')}>
            <SafeText text={reading.name} limit={120} />
          </code>
        )}
        <span className={cx('spacer')} />
        <CopyButton text={reading.value} label={t('lab.copyValue')} />
      </header>
      <p className={cx('muted')}>
        <SafeText text={say(reading.reason)} limit={2000} />
      </p>
      <Parts label={t('lab.parts')} parts={reading.parts} />
      {kind === 'session_key' ? <LookUp session_key={reading.value} /> : null}
      {kind === 'session_key' || kind === 'unknown' ? null : (
        <div className={cx('verdicts')}>
          <DecodesVerdict error={reading.decodes.ok ? undefined : (reading.decodes.error ?? UNREADABLE)} />
          <SignatureVerdict signature={reading.signature} />
          <AgeVerdict age={reading.age} />
        </div>
      )}
      {reading.facts.length > 0 ? (
        <ul className={cx('facts')} aria-label={t('lab.facts')}>
          {reading.facts.map((fact) => (
            <li key={fact.message}>
              <SafeText text={say(fact)} limit={2000} />
            </li>
          ))}
        </ul>
      ) : null}
      <Tried tried={reading.tried} />
      {document ? (
        <LabDocument
          key={document.draft.payload}
          document={document}
          keys={keys}
          kind={signable ? kind : null}
          compressed={reading.signature.compressed}
          algorithm={reading.signature.algorithm}
          open={first}
        />
      ) : null}
    </article>
  );
}

const UNREADABLE = { code: 'Corrupt', message: '' } as const;

function AgeVerdict({ age }: Readonly<{ age: CookieReading['age'] }>) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!age) return null;
  const at = parseTime(age.expires);
  return (
    <Verdict label={t('lab.age')} ok={!age.expired} title={t(age.expired ? 'lab.tooOld' : 'lab.inTime')}>
      <p className={cx('muted')}>
        {t('lab.ageText', { age: format.duration(age.seconds), limit: format.duration(age.max_age) })}{' '}
        {at === null ? null : `${t(age.expired ? 'lab.ended' : 'lab.ends')} ${format.local(at)} (${format.utc(at)})`}
      </p>
    </Verdict>
  );
}

/** A bare session key says nothing by itself: it is looked up in a profile. */
function LookUp({ session_key }: Readonly<{ session_key: string }>) {
  const { t } = useTranslation();
  const dispatch = useDispatch();
  const profiles = useProfiles();
  const choices = (profiles.data ?? []).filter((view) => view.profile.SESSION_ENGINE !== 'signed_cookies');
  return (
    <div className={cx('look-up')}>
      <p>{choices.length > 0 ? t('lab.lookUpText') : t('lab.lookUpNone')}</p>
      <div className={cx('look-up-buttons')}>
        {choices.map(({ profile }) => (
          <Button key={profile.id} look="primary" onClick={() => dispatch({ type: 'go-to', profile: profile.id, session_key })}>
            {t('lab.lookUp', { name: profile.name })}
          </Button>
        ))}
      </div>
    </div>
  );
}

function Tried({ tried }: Readonly<{ tried: CookieReading['tried'] }>) {
  const { t } = useTranslation();
  if (tried.length === 0) return null;
  return (
    <details className={cx('more')}>
      <summary>{t('lab.tried', { count: tried.length })}</summary>
      <ul className={cx('tried')}>
        {tried.map((attempt) => (
          <li key={`${attempt.key} ${attempt.salt} ${attempt.algorithm}`}>
            <Badge tone={attempt.matched ? 'ok' : 'neutral'}>{t(attempt.matched ? 'lab.matched' : 'lab.notMatched')}</Badge>{' '}
            <code>
              {attempt.key === 0 ? 'SECRET_KEY' : `SECRET_KEY_FALLBACKS[${attempt.key - 1}]`} · <SafeText text={attempt.salt} limit={200} />{' '}
              · {attempt.algorithm}
            </code>
          </li>
        ))}
      </ul>
    </details>
  );
}
