import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../preload/api.ts';
import { asCallError } from '../client.ts';
import { placeOf } from '../connections/place.ts';
import { toLocalInput } from '../format.ts';
import { useContents, useDeletePreview } from '../queries.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { TypedName } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Statements } from '../ui/statements.tsx';
import { ErrorNote, Note } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import { plainText } from '../visible-text.ts';
import { endSessions } from './end-sessions.ts';
import { EndedDialog } from './ended-dialog.tsx';
import { type Person, personName, writtenBefore } from './person.ts';
import { PersonSessions } from './person-sessions.tsx';
import styles from './support.module.css';

const cx = classes(styles);

/** Keys that a preview takes; Django code is shown only where it names all. */
const PREVIEWED = 200;

type EndSessionsDialogProps = Readonly<{
  connection: ConnectionView;
  person: Person;
  /** the search was stopped before its end */
  partial: boolean;
  onClose: () => void;
}>;

/** Which of a person's sessions end, what will run, and then the proof that it did. */
export function EndSessionsDialog({ connection, person, partial, onClose }: EndSessionsDialogProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const cancel = useRef<HTMLButtonElement>(null);
  const { profile } = connection.profile;
  const { user, sessions } = person;
  const keys = sessions.map(({ session_key }) => session_key);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(keys));
  const [typed, setTyped] = useState('');
  const contents = useContents(connection.connection, keys);
  const ended = keys.filter((key) => chosen.has(key));
  const kept = keys.filter((key) => !chosen.has(key));
  const production = profile.environment === 'production';
  const run = useMutation({
    mutationFn: () => endSessions({ connection, user, ended, kept, confirmation: production ? { profileName: typed } : null }),
  });
  const choose = (next: ReadonlySet<string>) => {
    setChosen(next);
    announce(t('support.verb', { count: next.size, total: keys.length }));
  };
  if (run.data) return <EndedDialog connection={connection} ended={run.data} onClose={onClose} />;
  const name = personName(user);
  return (
    <Dialog
      title={t('support.title', { name: plainText(name) })}
      description={t('support.text')}
      onClose={onClose}
      alert
      size="large"
      focus={cancel}
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            look="danger"
            busy={run.isPending}
            disabled={ended.length === 0 || (production && typed !== profile.name)}
            onClick={() => run.mutate()}
          >
            {t('support.verb', { count: ended.length, total: keys.length })}
          </Button>
        </>
      }
    >
      <div className={cx('body')}>
        <p className={cx('muted')}>
          {profile.name} · {profile.SESSION_ENGINE} · <SafeText text={placeOf(profile)} limit={200} />
        </p>
        {run.error ? <ErrorNote error={asCallError(run.error)} /> : null}
        {partial ? <Note tone="warning">{t('support.partial')}</Note> : null}
        <Choices person={person} onChoose={choose} />
        <PersonSessions sessions={sessions} contents={contents.data ?? new Map()} chosen={chosen} onChoose={choose} />
        {production ? <TypedName name={profile.name} value={typed} onChange={setTyped} /> : null}
        {ended.length > 0 ? <WhatRuns connection={connection.connection} ended={ended} /> : null}
      </div>
    </Dialog>
  );
}

type ChoicesProps = Readonly<{ person: Person; onChoose: (chosen: ReadonlySet<string>) => void }>;

/** All, none, or those last written before a moment: boxes are ticked for many at once. */
function Choices({ person: { sessions }, onChoose }: ChoicesProps) {
  const { t } = useTranslation();
  const [before, setBefore] = useState(() => toLocalInput(Date.now() - 3_600_000));
  const moment = Date.parse(before);
  const unknown = sessions.filter(({ written }) => written === undefined).length;
  const select = (list: typeof sessions) => onChoose(new Set(list.map(({ session_key }) => session_key)));
  return (
    <div className={cx('choices')}>
      <Button size="small" onClick={() => select(sessions)}>
        {t('support.all')}
      </Button>
      <Button size="small" onClick={() => select([])}>
        {t('support.none')}
      </Button>
      <Field
        className={cx('before')}
        label={t('support.before')}
        help={unknown > 0 ? `${t('support.beforeHelp')} ${t('support.unknownWritten', { count: unknown })}` : t('support.beforeHelp')}
      >
        <TextInput type="datetime-local" step={1} value={before} onChange={setBefore} />
      </Field>
      <Button size="small" disabled={Number.isNaN(moment)} onClick={() => select(writtenBefore(sessions, moment))}>
        {t('support.tick')}
      </Button>
    </div>
  );
}

function WhatRuns({ connection, ended }: Readonly<{ connection: string; ended: readonly string[] }>) {
  const preview = useDeletePreview(connection, ended);
  if (preview.error) return <ErrorNote error={asCallError(preview.error)} />;
  return preview.data ? (
    <Statements statements={preview.data.statements} django={ended.length <= PREVIEWED ? preview.data.django : undefined} />
  ) : null;
}
