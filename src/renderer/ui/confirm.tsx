import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Profile, Statement } from '../../preload/api.ts';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import styles from './confirm.module.css';
import { Dialog } from './dialog.tsx';
import { Field, TextInput } from './field.tsx';
import { Statements } from './statements.tsx';
import { SafeText } from './text.tsx';

const cx = classes(styles);

export type Confirmation = Readonly<{ profileName: string }>;
export type Answer = Readonly<{ confirmation?: Confirmation }>;

export type ConfirmRequest = Readonly<{
  /** names object and count */
  title: string;
  /** the consequence */
  text: ReactNode;
  /** what the button does, with its number */
  verb: string;
  /** count, host or file */
  lines: readonly Readonly<{ label: string; value: string }>[];
  /** of the store; null where no store is touched. Production asks for its name. */
  profile: Pick<Profile, 'name' | 'environment'> | null;
  statements?: readonly Statement[];
  django?: Statement | undefined;
}>;

type Ask = (request: ConfirmRequest) => Promise<Answer | null>;
type Pending = Readonly<{ request: ConfirmRequest; resolve: (answer: Answer | null) => void }>;

const ConfirmContext = createContext<Ask>(() => Promise.resolve(null));

/** Asks before something destructive; null means it was canceled. */
export function useConfirm(): Ask {
  return useContext(ConfirmContext);
}

export function ConfirmProvider({ children }: Readonly<{ children: ReactNode }>) {
  const [pending, setPending] = useState<Pending | null>(null);
  const ask = useCallback<Ask>((request) => new Promise((resolve) => setPending({ request, resolve })), []);
  const answer = (value: Answer | null) => {
    pending?.resolve(value);
    setPending(null);
  };
  return (
    <ConfirmContext value={ask}>
      {children}
      {pending ? <ConfirmDialog request={pending.request} onAnswer={answer} /> : null}
    </ConfirmContext>
  );
}

type ConfirmDialogProps = Readonly<{ request: ConfirmRequest; onAnswer: (answer: Answer | null) => void }>;

function ConfirmDialog({ request, onAnswer }: ConfirmDialogProps) {
  const { t } = useTranslation();
  const cancel = useRef<HTMLButtonElement>(null);
  const [typed, setTyped] = useState('');
  const { profile } = request;
  const production = profile?.environment === 'production';
  const ready = !production || typed === profile.name;
  const accept = () => ready && onAnswer(production ? { confirmation: { profileName: typed } } : {});
  return (
    <Dialog
      title={request.title}
      description={request.text}
      onClose={() => onAnswer(null)}
      size="small"
      alert
      focus={cancel}
      footer={
        <>
          <Button ref={cancel} onClick={() => onAnswer(null)}>
            {t('common.cancel')}
          </Button>
          <Button look="danger" disabled={!ready} onClick={accept}>
            {request.verb}
          </Button>
        </>
      }
    >
      <dl className={cx('lines')}>
        {request.lines
          .filter((line) => line.value !== '')
          .map((line) => (
            <div key={line.label} className={cx('line')}>
              <dt>{line.label}</dt>
              <dd>
                <SafeText text={line.value} />
              </dd>
            </div>
          ))}
      </dl>
      {request.statements ? <Statements statements={request.statements} django={request.django} /> : null}
      {production ? <TypedName name={profile.name} value={typed} onChange={setTyped} onEnter={accept} /> : null}
    </Dialog>
  );
}

type TypedNameProps = Readonly<{ name: string; value: string; onChange: (value: string) => void; onEnter?: () => void }>;

/** The field of production profiles: their name has to be typed. */
export function TypedName({ name, value, onChange, onEnter }: TypedNameProps) {
  const { t } = useTranslation();
  return (
    <Field
      label={t('confirm.typeName')}
      help={
        <>
          {t('confirm.typeNameHelp')}{' '}
          <strong>
            <SafeText text={name} />
          </strong>
        </>
      }
    >
      <TextInput value={value} onChange={onChange} onKeyDown={(event) => event.key === 'Enter' && onEnter?.()} />
    </Field>
  );
}
