import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApplyResult, ConnectionView, Preview } from '../../preload/api.ts';
import { useUndoActivity } from '../activity/use-undo.tsx';
import { asCallError } from '../client.ts';
import { placeOf } from '../connections/place.ts';
import { discardDraft, type SessionDraft, setDraftExpiry } from '../drafts.ts';
import { useFormat } from '../format.ts';
import { useApply, usePreview } from '../queries.ts';
import { ExpiryDetails, useExpiryWords } from '../sessions/expiry-text.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { TypedName } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Loading } from '../ui/progress.tsx';
import { Statements } from '../ui/statements.tsx';
import { ErrorNote, ErrorState, Note } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import { useNotify } from '../ui/toasts.tsx';
import { maskKey, plainText } from '../visible-text.ts';
import { type Change, changeOf } from './change.ts';
import { ConflictView } from './conflict-view.tsx';
import { Differences } from './differences.tsx';
import styles from './session.module.css';

const cx = classes(styles);

type Conflict = Extract<ApplyResult, { outcome: 'conflict' }>;
type ReviewDialogProps = Readonly<{ connection: ConnectionView; draft: SessionDraft; draftKey: string; onClose: () => void }>;

/** Differences, exact statements and both expiries before anything is written; then Apply, and both versions on conflict. */
export function ReviewDialog({ connection, draft, draftKey, onClose }: ReviewDialogProps) {
  const { t } = useTranslation();
  const notify = useNotify();
  const undo = useUndoActivity();
  const apply = useApply();
  const [typed, setTyped] = useState('');
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const { profile } = connection.profile;
  const { session_key } = draft.base.summary;
  const change = changeOf(connection.connection, draft);
  const preview = usePreview(change);
  const production = profile.environment === 'production';
  const ready = preview.data !== undefined && !preview.isPlaceholderData && (!production || typed === profile.name);

  const send = async (next: Change) => {
    const confirmation = production ? { confirmation: { profileName: typed } } : {};
    const result = await apply.mutateAsync({ ...next, ...confirmation }).catch(() => null);
    if (!result) return;
    if (result.outcome === 'conflict') return setConflict(result);
    discardDraft(draftKey);
    onClose();
    notify({
      tone: 'ok',
      title: t('review.applied', { key: plainText(maskKey(session_key)) }),
      action: { label: t('activity.undo'), run: () => undo(result.activity) },
    });
  };
  if (conflict) {
    return (
      <ConflictView
        connection={connection}
        draft={draft}
        draftKey={draftKey}
        conflict={conflict}
        busy={apply.isPending}
        onApply={(next) => void send(next)}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog
      title={t('review.title')}
      description={
        <>
          <code>{maskKey(session_key)}</code> · {profile.name} · <SafeText text={placeOf(profile)} limit={200} />
        </>
      }
      onClose={onClose}
      alert
      footer={
        <>
          <Button onClick={onClose}>{t('review.back')}</Button>
          <Button look="primary" disabled={!ready} busy={apply.isPending} onClick={() => void send(change)}>
            {t('review.apply')}
          </Button>
        </>
      }
    >
      <div className={cx('review')}>
        {apply.error ? <ErrorNote error={asCallError(apply.error)} /> : null}
        {preview.error ? <ErrorState error={preview.error} onRetry={() => void preview.refetch()} /> : null}
        {preview.isPending ? <Loading label={t('review.loading')} /> : null}
        {preview.data ? (
          <PreviewBody preview={preview.data} expiry={draft.expiry} onExpiry={(expiry) => setDraftExpiry(draftKey, draft.base, expiry)} />
        ) : null}
        {production ? <TypedName name={profile.name} value={typed} onChange={setTyped} /> : null}
      </div>
    </Dialog>
  );
}

type PreviewBodyProps = Readonly<{ preview: Preview; expiry: 'keep' | 'renew'; onExpiry: (expiry: 'keep' | 'renew') => void }>;

function PreviewBody({ preview, expiry, onExpiry }: PreviewBodyProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useExpiryWords();
  return (
    <>
      <Differences label={t('review.differences')} differences={preview.differences} />
      <section aria-label={t('review.expiry')} className={cx('card')}>
        <h3>{t('review.expiry')}</h3>
        <RadioGroup
          aria-label={t('review.expiry')}
          className={cx('inline-radios')}
          value={expiry}
          onValueChange={(next: 'keep' | 'renew') => onExpiry(next)}
        >
          {(['keep', 'renew'] as const).map((option) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: Base UI's radio inside is the control
            <label key={option} className={cx('inline-radio')}>
              <Radio.Root value={option} className={cx('radio')}>
                <Radio.Indicator className={cx('radio-dot')} />
              </Radio.Root>
              {t(`review.${option}`)}
            </label>
          ))}
        </RadioGroup>
        <div className={cx('before-after')}>
          <div>
            <span className={cx('muted')}>{t('review.before')}</span>
            <strong>{words(preview.expiry.before)}</strong>
            <ExpiryDetails expiry={preview.expiry.before} />
          </div>
          <div>
            <span className={cx('muted')}>{t('review.after')}</span>
            <strong>{words(preview.expiry.after)}</strong>
            <ExpiryDetails expiry={preview.expiry.after} />
          </div>
        </div>
        <p className={cx('muted')}>
          {t('review.size', { before: format.bytes(preview.size.before), after: format.bytes(preview.size.after) })}
        </p>
      </section>
      {preview.notes.map((note) => (
        <Note key={note}>
          <span lang="en">{note}</span>
        </Note>
      ))}
      <Statements statements={preview.statements} django={preview.django} />
    </>
  );
}
