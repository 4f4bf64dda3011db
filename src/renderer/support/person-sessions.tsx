import { useTranslation } from 'react-i18next';
import type { SessionSummary } from '../../preload/api.ts';
import { parseTime, useFormat } from '../format.ts';
import { useNow } from '../now.ts';
import { ExpiryText } from '../sessions/expiry-text.tsx';
import { AgreementBadge, StateBadge } from '../sessions/state-badge.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { SafeText } from '../ui/text.tsx';
import { Tip } from '../ui/tip.tsx';
import { maskKey, plainText } from '../visible-text.ts';
import type { Contents } from './person.ts';
import styles from './support.module.css';

const cx = classes(styles);
/** Rows that are listed one by one; what is chosen holds for all. */
const LISTED = 200;

type PersonSessionsProps = Readonly<{
  sessions: readonly SessionSummary[];
  contents: ReadonlyMap<string, Contents>;
  /** keys of those that are to end */
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}>;

/** One person's sessions with what tells them apart, each with the box that says whether it ends. */
export function PersonSessions({ sessions, contents, chosen, onChoose }: PersonSessionsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const extra = [...new Set(sessions.slice(0, LISTED).flatMap(({ columns }) => Object.keys(columns ?? {})))];
  const toggle = (key: string) => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    onChoose(next);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
    <section className={cx('scroller')} aria-label={t('support.list')} tabIndex={0}>
      <table className={cx('table')}>
        <thead>
          <tr>
            {[t('support.ends'), t('column.session_key'), t('column.state'), t('support.written'), t('column.expires')].map((header) => (
              <th key={header} scope="col">
                {header}
              </th>
            ))}
            {extra.map((name) => (
              <th key={name} scope="col">
                <SafeText text={name} limit={40} />
              </th>
            ))}
            <th scope="col">{t('support.holds')}</th>
            <th scope="col" className={cx('end')}>
              {t('column.size')}
            </th>
            <th scope="col">
              <span className="visually-hidden">{t('support.keepOnly')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.slice(0, LISTED).map((session) => {
            const { session_key } = session;
            const name = plainText(maskKey(session_key));
            return (
              <tr key={session_key} className={cx(chosen.has(session_key) && 'ending')}>
                <td>
                  <input
                    type="checkbox"
                    aria-label={t('support.endOne', { key: name })}
                    checked={chosen.has(session_key)}
                    onChange={() => toggle(session_key)}
                  />
                </td>
                <th scope="row" className={cx('key')}>
                  {name}
                </th>
                <td>
                  <StateBadge state={session.state} />
                  {session.agreement ? <AgreementBadge agreement={session.agreement} named /> : null}
                </td>
                <td>
                  <Written at={session.written} />
                </td>
                <td>
                  <ExpiryText expiry={session.expiry} />
                </td>
                {extra.map((column) => (
                  <td key={column}>
                    <SafeText text={session.columns?.[column] ?? ''} limit={120} />
                  </td>
                ))}
                <td>
                  <Holds contents={contents.get(session_key)} />
                </td>
                <td className={cx('end')}>{format.bytes(session.size)}</td>
                <td className={cx('end')}>
                  <Button
                    size="small"
                    look="quiet"
                    aria-label={t('support.keepOnlyOne', { key: name })}
                    onClick={() => onChoose(new Set(sessions.map((one) => one.session_key).filter((key) => key !== session_key)))}
                  >
                    {t('support.keepOnly')}
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {sessions.length > LISTED ? <p className={cx('muted')}>{t('support.moreSessions', { count: sessions.length - LISTED })}</p> : null}
    </section>
  );
}

function Written({ at }: Readonly<{ at: string | undefined }>) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const moment = parseTime(at ?? null);
  if (moment === null) return <span className={cx('muted')}>{t('common.unknown')}</span>;
  return (
    <Tip
      text={
        <span className={cx('lines')}>
          <span>{format.local(moment)}</span>
          <span>{format.utc(moment)}</span>
        </span>
      }
    >
      <span>{format.relative(moment, now)}</span>
    </Tip>
  );
}

function Holds({ contents }: Readonly<{ contents: Contents | undefined }>) {
  if (!contents) return <span className={cx('muted')}>–</span>;
  const parts = [...contents.names, ...(contents.language === null ? [] : [contents.language])];
  return <SafeText text={parts.length === 0 ? '–' : parts.join(', ')} limit={80} />;
}
