import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { asCallError, call } from '../client.ts';
import { useUndo } from '../queries.ts';
import { type Confirmation, useConfirm } from '../ui/confirm.tsx';
import { useNotify } from '../ui/toasts.tsx';
import { maskKey, sentences } from '../visible-text.ts';

/** Entries looked through for the one to undo: it is as a rule the last one. */
const RECENT = 500;

/** Restores what an entry of Activity wrote over. What was written since is only overwritten when that is asked for. */
export function useUndoActivity(): (id: string) => void {
  const { t } = useTranslation();
  const notify = useNotify();
  const confirm = useConfirm();
  const { mutateAsync } = useUndo();
  return useCallback(
    (id: string) => {
      /** Production profiles want their name typed before anything is written, Undo included. */
      const askName = async (force: boolean): Promise<void> => {
        const entry = (await call('activity.list', { limit: RECENT })).find((candidate) => candidate.id === id);
        if (!entry) return;
        const answer = await confirm({
          title: t('activity.undoTitle', { count: entry.count }),
          text: t('activity.undoText'),
          verb: t('activity.undo'),
          lines: [
            { label: t('confirm.profile'), value: entry.profile.name },
            { label: t('confirm.where'), value: entry.place },
          ],
          profile: { name: entry.profile.name, environment: 'production' },
        });
        if (answer?.confirmation) await run(force, answer.confirmation);
      };
      const run = async (force: boolean, confirmation?: Confirmation): Promise<void> => {
        const result = await mutateAsync({ id, force, ...(confirmation ? { confirmation } : {}) });
        if (result.conflicts.length === 0 || force) {
          notify({ tone: 'ok', title: t('activity.restored', { count: result.restored }) });
          return;
        }
        const answer = await confirm({
          title: t('activity.conflictTitle', { count: result.conflicts.length }),
          text: t('activity.conflictText'),
          verb: t('activity.force', { count: result.conflicts.length }),
          lines: [
            { label: t('confirm.profile'), value: result.entry.profile.name },
            { label: t('confirm.where'), value: result.entry.place },
            { label: t('activity.keys'), value: result.conflicts.slice(0, 10).map(maskKey).join(', ') },
          ],
          profile: null,
        });
        if (answer) await run(true, confirmation);
      };
      const failed = (thrown: unknown): void => {
        const error = asCallError(thrown);
        notify({ tone: 'danger', title: t(`errors.${error.code}`), text: sentences(error.message, error.hint) });
      };
      run(false).catch((thrown: unknown) => {
        if (asCallError(thrown).code === 'NotConfirmed') askName(false).catch(failed);
        else failed(thrown);
      });
    },
    [t, notify, confirm, mutateAsync],
  );
}
