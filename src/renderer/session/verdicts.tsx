import { CircleCheck, CircleHelp, CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AcceptanceView, ErrorView, SignatureView } from '../../preload/api.ts';
import { parseTime, useFormat } from '../format.ts';
import { useSentences } from '../i18n/sentences.ts';
import { classes } from '../ui/classes.ts';
import { sentences } from '../visible-text.ts';
import styles from './verdicts.module.css';

const cx = classes(styles);

type VerdictProps = Readonly<{ label: string; ok: boolean | null; title: string; children?: ReactNode }>;

/** One verdict: yes, no or not known, in words and with an icon. */
export function Verdict({ label, ok, title, children }: VerdictProps) {
  const Icon = ok === null ? CircleHelp : ok ? CircleCheck : CircleX;
  return (
    <section className={cx('verdict', ok === null ? 'open' : ok ? 'good' : 'bad')} aria-label={label}>
      <Icon aria-hidden="true" className={cx('verdict-icon')} />
      <div className={cx('verdict-body')}>
        <span className={cx('verdict-label')}>{label}</span>
        <h3>{title}</h3>
        {children}
      </div>
    </section>
  );
}

/** Does it decode? */
export function DecodesVerdict({ error }: Readonly<{ error: ErrorView | undefined }>) {
  const { t } = useTranslation();
  return (
    <Verdict label={t('verdict.decodes')} ok={!error} title={error ? t(`errors.${error.code}`) : t('verdict.decodesYes')}>
      {error ? (
        <p className={cx('muted')} lang="en">
          {sentences(error.message, error.hint)}
        </p>
      ) : null}
    </Verdict>
  );
}

/** Does its signature hold, and by which key? */
export function SignatureVerdict({ signature }: Readonly<{ signature: SignatureView }>) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useSentences();
  const { key, salt, algorithm, verified } = signature;
  const at = parseTime(signature.timestamp);
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('verdict.key'), key === null ? null : key === 0 ? 'SECRET_KEY' : `SECRET_KEY_FALLBACKS[${key - 1}]`],
    [t('verdict.salt'), salt],
    [t('verdict.algorithm'), algorithm],
    [t('verdict.signed'), at === null ? null : `${format.local(at)} (${format.utc(at)})`],
    [t('verdict.format'), t(`verdict.formats.${signature.format}`)],
    [t('verdict.compressed'), signature.compressed ? t('common.yes') : t('common.no')],
  ];
  return (
    <Verdict label={t('verdict.signature')} ok={verified} title={t(`signatureReason.${signature.reason}`)}>
      <p className={cx('muted')}>{say(...signature.findings, signature.hint)}</p>
      <dl className={cx('facts')}>
        {facts
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </Verdict>
  );
}

const ACCEPTED: Readonly<Record<AcceptanceView['verdict'], boolean | null>> = {
  accepted: true,
  'accepted by a fallback key': true,
  'logged out at the next request': false,
  anonymous: true,
  'empty session': false,
  unknown: null,
};

/** Would Django accept this? */
export function AcceptanceVerdict({ acceptance }: Readonly<{ acceptance: AcceptanceView }>) {
  const { t } = useTranslation();
  const say = useSentences();
  return (
    <Verdict label={t('verdict.acceptance')} ok={ACCEPTED[acceptance.verdict]} title={t(`acceptance.${acceptance.verdict}`)}>
      <ul className={cx('reasons')}>
        {acceptance.reasons.map((reason) => {
          const Icon = reason.ok === null ? CircleHelp : reason.ok ? CircleCheck : CircleX;
          return (
            <li key={reason.code + reason.message} className={cx('reason')}>
              <Icon
                role="img"
                aria-label={t(reason.ok === null ? 'common.unknown' : reason.ok ? 'common.yes' : 'common.no')}
                className={cx(reason.ok === null ? 'open-text' : reason.ok ? 'good-text' : 'bad-text')}
              />
              <span>{say(reason)}</span>
            </li>
          );
        })}
      </ul>
    </Verdict>
  );
}
