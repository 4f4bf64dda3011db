import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../preload/api.ts';
import { asCallError, call } from '../client.ts';
import { placeOf } from '../connections/place.ts';
import { jobs } from '../jobs.ts';
import { useConfirm } from '../ui/confirm.tsx';
import { useNotify } from '../ui/toasts.tsx';
import { maskKey, sentences } from '../visible-text.ts';

/** Statements shown before a deletion; the preview of more would only repeat them. */
const PREVIEWED = 200;

async function previewDelete(connection: string, session_keys: readonly string[]) {
  const { statements, django } = await call('sessions.delete_preview', { connection, session_keys: session_keys.slice(0, PREVIEWED) });
  // Django code names its keys in one list: it is shown only where it names all.
  return { statements, django: session_keys.length <= PREVIEWED ? django : undefined };
}

/** Deletes sessions: one dialog that names object, count, place and consequence; for a single one in development, Undo instead. */
export function useDelete(connection: ConnectionView): (session_keys: readonly string[]) => Promise<boolean> {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const notify = useNotify();
  return useCallback(
    async (session_keys) => {
      const { profile } = connection.profile;
      const count = session_keys.length;
      const [first = ''] = session_keys;
      try {
        const quiet = count === 1 && profile.environment === 'development';
        const answer = quiet
          ? {}
          : await confirm({
              title: t('delete.title', { count, key: maskKey(first) }),
              text: t('delete.text', { count }),
              verb: t('delete.verb', { count }),
              lines: [
                { label: t('confirm.profile'), value: profile.name },
                { label: t('confirm.where'), value: placeOf(profile) },
              ],
              profile,
              ...(await previewDelete(connection.connection, session_keys)),
            });
        if (!answer) return false;
        await jobs.start(connection.connection, { kind: 'delete', session_keys: [...session_keys], ...answer });
        return true;
      } catch (thrown) {
        const error = asCallError(thrown);
        notify({ tone: 'danger', title: t(`errors.${error.code}`), text: sentences(error.message, error.hint) });
        return false;
      }
    },
    [connection, confirm, notify, t],
  );
}
