import { SearchX } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView, DocumentView, Edit, SessionView } from '../../preload/api.ts';
import { addEdit, addExpiry, discardDraft, draftDocument, draftKey, setDraftExpiry, undoStep, useDraft } from '../drafts.ts';
import { useSession } from '../queries.ts';
import { useDelete } from '../sessions/use-delete.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Loading } from '../ui/progress.tsx';
import { EmptyState, ErrorNote, ErrorState, Note } from '../ui/states.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { maskKey, plainText } from '../visible-text.ts';
import { CycleKeyDialog } from './cycle-key-dialog.tsx';
import { DataEditor } from './data-editor.tsx';
import { DraftBar } from './draft-bar.tsx';
import { ExpiryTab } from './expiry-tab.tsx';
import { FlushDialog } from './flush-dialog.tsx';
import { ReviewDialog } from './review-dialog.tsx';
import styles from './session.module.css';
import { SessionHeader } from './session-header.tsx';
import { StoredTab } from './stored-tab.tsx';
import { TextTab } from './text-tab.tsx';
import { TwinTab } from './twin-tab.tsx';

const cx = classes(styles);

type SessionPaneProps = Readonly<{
  connection: ConnectionView;
  session_key: string;
  every: number | null;
  onClose: () => void;
  /** another key to show: after cycle_key */
  onGoTo: (session_key: string) => void;
}>;

export function SessionPane(props: SessionPaneProps) {
  const { connection, session_key, every, onClose } = props;
  const { t } = useTranslation();
  const session = useSession(connection.connection, session_key, every);
  if (session.isPending) return <Loading label={t('session.loading')} />;
  if (session.error) {
    return (
      <ErrorState error={session.error} onRetry={() => void session.refetch()}>
        <Button onClick={onClose}>{t('common.close')}</Button>
      </ErrorState>
    );
  }
  if (session.data === null) {
    return (
      <EmptyState icon={<SearchX />} title={t('session.gone')} text={t('session.goneText', { key: plainText(maskKey(session_key)) })}>
        <Button onClick={() => void session.refetch()}>{t('common.retry')}</Button>
        <Button onClick={onClose}>{t('common.close')}</Button>
      </EmptyState>
    );
  }
  return <LoadedSession {...props} session={session.data} />;
}

type LoadedSessionProps = SessionPaneProps & Readonly<{ session: SessionView }>;

function LoadedSession({ connection, session, onClose, onGoTo }: LoadedSessionProps) {
  const { t } = useTranslation();
  const { profile } = connection.profile;
  const { session_key } = session.summary;
  const key = draftKey(profile.id, session_key);
  const draft = useDraft(key);
  const [tab, setTab] = useState(session.document ? 'data' : 'stored');
  const [textShown, setTextShown] = useState(false);
  const [dialog, setDialog] = useState<'review' | 'cycle_key' | 'flush' | null>(null);
  const remove = useDelete(connection);
  const document = draftDocument(draft, session);
  const editable = connection.capabilities.write && document !== null;
  const stale = draft !== null && draft.base.revision !== session.revision;
  const onEdit = (next: DocumentView, edit: Edit) => addEdit(key, session, edit, next);
  const closeDialog = () => setDialog(null);

  const removeThis = async () => {
    if (!(await remove([session_key]))) return;
    discardDraft(key);
    onClose();
  };
  const keyDown = (event: KeyboardEvent) => {
    // keys in dialogs bubble here through React, too: they are not of the pane
    const here = event.target instanceof Node && event.currentTarget.contains(event.target);
    if (!here || !(event.ctrlKey || event.metaKey) || !draft) return;
    const inText = event.target instanceof Element && event.target.closest('input, textarea, [data-text-editor]') !== null;
    if (event.key.toLowerCase() === 's') {
      event.preventDefault();
      setDialog('review');
    } else if (event.key.toLowerCase() === 'z' && !inText) {
      event.preventDefault();
      undoStep(key);
    }
  };
  const tabs = [
    ...(document
      ? [
          {
            value: 'data',
            label: t('session.data'),
            content: (
              <DataEditor
                label={t('session.data')}
                document={document}
                connection={connection.connection}
                editable={editable}
                onEdit={onEdit}
              />
            ),
          },
          {
            value: 'text',
            label: t('session.text'),
            content: (
              <TextTab
                label={t('session.text')}
                document={document}
                connection={connection.connection}
                editable={editable}
                onEdit={onEdit}
                guard={{ shown: textShown, onShow: () => setTextShown(true) }}
              />
            ),
          },
          {
            value: 'expiry',
            label: t('session.expiry'),
            content: (
              <ExpiryTab
                summary={session.summary}
                profile={profile}
                document={document}
                connection={connection.connection}
                editable={editable && connection.capabilities.setExpiry}
                onExpiry={(next, expiry) => addExpiry(key, session, expiry, next)}
                onRenew={() => {
                  setDraftExpiry(key, session, 'renew');
                  setDialog('review');
                }}
              />
            ),
          },
        ]
      : []),
    { value: 'stored', label: t('session.stored'), content: <StoredTab session={session} /> },
    ...(session.twin ? [{ value: 'twin', label: t('session.twin'), content: <TwinTab session={session} twin={session.twin} /> }] : []),
  ];

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole pane
    <div className={cx('pane')} onKeyDown={keyDown}>
      <SessionHeader
        connection={connection}
        session={session}
        document={document}
        onClose={onClose}
        onDelete={() => void removeThis()}
        onCycleKey={() => setDialog('cycle_key')}
        onFlush={() => setDialog('flush')}
      />
      {session.summary.problem ? <ErrorNote error={session.summary.problem} /> : null}
      {stale ? <Note tone="warning">{t('session.stale')}</Note> : null}
      <Tabs label={t('session.views')} value={tabs.some(({ value }) => value === tab) ? tab : 'stored'} onChange={setTab} tabs={tabs} />
      {draft ? (
        <DraftBar
          connection={connection.connection}
          draft={draft}
          onDiscard={() => discardDraft(key)}
          onUndo={() => undoStep(key)}
          onReview={() => setDialog('review')}
        />
      ) : null}
      {dialog === 'review' && draft ? <ReviewDialog connection={connection} draft={draft} draftKey={key} onClose={closeDialog} /> : null}
      {dialog === 'cycle_key' ? <CycleKeyDialog connection={connection} session={session} onClose={closeDialog} onDone={onGoTo} /> : null}
      {dialog === 'flush' ? <FlushDialog connection={connection} session_key={session_key} onClose={closeDialog} onDone={onClose} /> : null}
    </div>
  );
}
