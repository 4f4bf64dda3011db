import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApplyResult, ConnectionView, DocumentView, Edit, ErrorView, SessionView } from '../../preload/api.ts';
import { asCallError, call } from '../client.ts';
import { discardDraft, draftDocument, type SessionDraft } from '../drafts.ts';
import { refreshSessions } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorNote, Note } from '../ui/states.tsx';
import type { Change } from './change.ts';
import { Differences } from './differences.tsx';
import { rebaseEdit } from './replay.ts';
import styles from './session.module.css';
import { TextTab } from './text-tab.tsx';

const cx = classes(styles);

type ConflictViewProps = Readonly<{
  connection: ConnectionView;
  draft: SessionDraft;
  draftKey: string;
  conflict: Extract<ApplyResult, { outcome: 'conflict' }>;
  busy: boolean;
  onApply: (change: Change) => void;
  onClose: () => void;
}>;

class NotReplayable extends Error {}

/** The same edits done on their version. @throws NotReplayable where what was changed is not there any more */
async function replay(connection: ConnectionView, draft: SessionDraft, theirs: SessionView): Promise<DocumentView> {
  let document = theirs.document;
  if (!document || !draft.complete) throw new NotReplayable();
  for (const { edit } of draft.steps) {
    if (edit.op === 'set_expiry') {
      document = await call('document.set_expiry', {
        connection: connection.connection,
        profile: connection.profile.profile.id,
        draft: document.draft,
        expiry: edit.expiry,
      });
      continue;
    }
    const again: Edit | null = rebaseEdit(document.root, edit);
    if (!again || !('path' in again)) throw new NotReplayable();
    document = await call('document.edit', {
      connection: connection.connection,
      draft: document.draft,
      edit: { ...again, path: [...again.path] },
    });
  }
  return document;
}

/** Somebody else wrote the session meanwhile: both versions side by side, and what can be done. */
export function ConflictView({ connection, draft, draftKey, conflict, busy, onApply, onClose }: ConflictViewProps) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [error, setError] = useState<ErrorView | 'not-replayable' | null>(null);
  const [textShown, setTextShown] = useState(false);
  const guard = { shown: textShown, onShow: () => setTextShown(true) };
  const { theirs } = conflict;
  const mine = draftDocument(draft, draft.base);
  const takeTheirs = () => {
    discardDraft(draftKey);
    onClose();
    void refreshSessions(cache, connection.connection);
  };
  const change = (document: DocumentView, revision: string): Change => ({
    connection: connection.connection,
    session_key: draft.base.summary.session_key,
    revision,
    draft: document.draft,
    expiry: draft.expiry,
  });
  const reapply = async () => {
    if (!theirs) return;
    try {
      onApply(change(await replay(connection, draft, theirs), theirs.revision));
    } catch (thrown) {
      setError(thrown instanceof NotReplayable ? 'not-replayable' : asCallError(thrown));
    }
  };
  return (
    <Dialog
      title={t('conflict.title')}
      description={t(theirs ? 'conflict.text' : 'conflict.deleted')}
      onClose={onClose}
      size="large"
      alert
      footer={
        <>
          <Button onClick={onClose}>{t('review.back')}</Button>
          <Button onClick={takeTheirs}>{t('conflict.theirs')}</Button>
          {theirs && mine ? (
            <>
              <Button look="danger-quiet" busy={busy} onClick={() => onApply(change(mine, theirs.revision))}>
                {t('conflict.overwrite')}
              </Button>
              <Button look="primary" busy={busy} onClick={() => void reapply()}>
                {t('conflict.reapply')}
              </Button>
            </>
          ) : null}
        </>
      }
    >
      <div className={cx('review')}>
        {error === 'not-replayable' ? <Note tone="warning">{t('conflict.notReplayable')}</Note> : null}
        {error !== null && error !== 'not-replayable' ? <ErrorNote error={error} /> : null}
        <Differences
          label={t('conflict.differences')}
          differences={conflict.differences}
          beforeLabel={t('conflict.theirsShort')}
          afterLabel={t('conflict.mineShort')}
        />
        <div className={cx('sides')}>
          <section aria-label={t('conflict.theirsShort')} className={cx('side')}>
            <h3>{t('conflict.theirsShort')}</h3>
            {theirs?.document ? (
              <TextTab
                label={t('conflict.theirsShort')}
                document={theirs.document}
                connection={null}
                editable={false}
                guard={guard}
                onEdit={() => undefined}
              />
            ) : (
              <p className={cx('muted')}>{t('conflict.nothing')}</p>
            )}
          </section>
          <section aria-label={t('conflict.mineShort')} className={cx('side')}>
            <h3>{t('conflict.mineShort')}</h3>
            {mine ? (
              <TextTab
                label={t('conflict.mineShort')}
                document={mine}
                connection={null}
                editable={false}
                guard={guard}
                onEdit={() => undefined}
              />
            ) : null}
          </section>
        </div>
      </div>
    </Dialog>
  );
}
