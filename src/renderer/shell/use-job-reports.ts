import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useUndoActivity } from '../activity/use-undo.tsx';
import { followJobs, type JobRecord, jobs } from '../jobs.ts';
import { refreshAfterWrite } from '../queries.ts';
import { jobReport } from '../sessions/job-report.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { useNotify } from '../ui/toasts.tsx';

/** What a job did to the sessions that a search has found: deleted ones leave the list, others are looked for again. */
function updateHits({ view, input }: JobRecord): void {
  if (input?.kind !== 'delete' || view.state !== 'done') {
    jobs.again(view.connection);
    return;
  }
  const failed = new Set(view.failures.map((failure) => failure.session_key));
  jobs.removeHits(view.connection, new Set(input.session_keys.filter((key) => !failed.has(key))));
}

/** Follows all jobs, says how each one ended, and offers Undo where it wrote. */
export function useJobReports(): void {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const notify = useNotify();
  const announce = useAnnounce();
  const undo = useUndoActivity();

  useEffect(() => followJobs(), []);
  useEffect(
    () =>
      jobs.onEnd((record) => {
        const report = jobReport(record, t);
        if (record.view.kind === 'find' || (record.input && 'dryRun' in record.input && record.input.dryRun)) {
          announce(report.title);
          return;
        }
        updateHits(record);
        // The dialog of clear_expired shows how it ended; the others are done with, and may hold a million keys.
        if (record.view.kind !== 'clear_expired') jobs.forget(record.view.job);
        refreshAfterWrite(cache, record.view.connection);
        const { activity } = record.view;
        notify({
          ...report,
          ...(activity && record.view.changed > 0 ? { action: { label: t('activity.undo'), run: () => undo(activity) } } : {}),
        });
      }),
    [t, cache, notify, announce, undo],
  );
}
