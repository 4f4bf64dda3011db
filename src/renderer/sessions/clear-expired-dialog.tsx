import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../preload/api.ts';
import { asCallError, type CallError } from '../client.ts';
import { placeOf } from '../connections/place.ts';
import { useFormat } from '../format.ts';
import { isRunning, jobs, useJob } from '../jobs.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { TypedName } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorNote, Note } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import { jobReport } from './job-report.ts';
import { JobStrip } from './job-strip.tsx';
import styles from './sessions.module.css';

const cx = classes(styles);

type ClearExpiredDialogProps = Readonly<{ connection: ConnectionView; onClose: () => void }>;

/** Counts first, then runs in batches with progress and Stop, then says what it did. */
export function ClearExpiredDialog({ connection, onClose }: ClearExpiredDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const announce = useAnnounce();
  const { profile } = connection.profile;
  const cancel = useRef<HTMLButtonElement>(null);
  const [counting, setCounting] = useState<string | null>(null);
  const [clearing, setClearing] = useState<string | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const [typed, setTyped] = useState('');
  const count = useJob(counting);
  const clear = useJob(clearing);
  const production = profile.environment === 'production';
  const { clearExpired } = connection.capabilities;

  useEffect(() => {
    let ended = false;
    let id: string | null = null;
    jobs.start(connection.connection, { kind: 'clear_expired', dryRun: true }).then(
      (job) => {
        id = job;
        if (ended) void jobs.stop(job).catch(() => undefined);
        else setCounting(job);
      },
      (thrown: unknown) => setError(asCallError(thrown)),
    );
    return () => {
      ended = true;
      const view = id === null ? undefined : jobs.records().get(id)?.view;
      if (view && isRunning(view)) void jobs.stop(view.job).catch(() => undefined);
    };
  }, [connection.connection]);

  const start = async () => {
    setError(null);
    try {
      const confirmation = production ? { confirmation: { profileName: typed } } : {};
      setClearing(await jobs.start(connection.connection, { kind: 'clear_expired', dryRun: false, ...confirmation }));
      announce(t('clear.started'));
    } catch (thrown) {
      setError(asCallError(thrown));
    }
  };
  const found = count && !isRunning(count.view) && count.view.state === 'done' ? count.view.found : null;
  const running = clear !== null && isRunning(clear.view);
  const report = clear && !running ? jobReport(clear, t) : null;
  const failure = clear?.view.error ?? count?.view.error;

  return (
    <Dialog
      title={t('clear.title')}
      description={t(clearExpired === 'no-ttl' ? 'clear.textTtl' : 'clear.text')}
      onClose={onClose}
      size="small"
      alert
      focus={cancel}
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            {t(report ? 'common.close' : running ? 'clear.background' : 'common.cancel')}
          </Button>
          {clear ? null : (
            <Button look="danger" disabled={!found || (production && typed !== profile.name)} onClick={() => void start()}>
              {found === null ? t('clear.verbUnknown') : t('clear.verb', { count: found, shown: format.number(found) })}
            </Button>
          )}
        </>
      }
    >
      <div className={cx('clear')}>
        <p className={cx('muted')}>
          <SafeText text={placeOf(profile)} />
        </p>
        {error ? <ErrorNote error={error} /> : null}
        {failure && !error ? <ErrorNote error={failure} /> : null}
        {count && isRunning(count.view) ? <JobStrip view={count.view} /> : null}
        {found !== null && !clear ? (
          <Note tone={found === 0 ? 'ok' : 'neutral'}>
            <strong>{t('clear.found', { count: found, shown: format.number(found) })}</strong> {found > 0 ? t('clear.batches') : null}
          </Note>
        ) : null}
        {clear ? <JobStrip view={clear.view} /> : null}
        {report ? (
          <Note tone={report.tone === 'info' ? 'neutral' : report.tone}>
            <strong>{report.title}</strong> {report.text}
          </Note>
        ) : null}
        {production && !clear && found ? <TypedName name={profile.name} value={typed} onChange={setTyped} /> : null}
      </div>
    </Dialog>
  );
}
