import { EyeOff } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentView, Edit, ValueNode } from '../../preload/api.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Loading } from '../ui/progress.tsx';
import { EmptyState, ErrorNote, Note } from '../ui/states.tsx';
import { isSensitive } from './facts.ts';
import styles from './session.module.css';
import { useDocumentEdit } from './use-document-edit.ts';

const cx = classes(styles);
// CodeMirror is a third of the window's code, and the first screen does not need it.
const CodeEditor = lazy(async () => ({ default: (await import('../ui/code-editor.tsx')).CodeEditor }));
/** Milliseconds of rest after typing before the text goes into the draft. */
const REST = 400;

type TextTabProps = Readonly<{
  label: string;
  document: DocumentView;
  connection: string | null;
  editable: boolean;
  onEdit: (document: DocumentView, edit: Edit) => void;
  /** whether the text may be shown although masked values are readable in it; without one it is asked for here */
  guard?: Readonly<{ shown: boolean; onShow: () => void }>;
}>;

function hasSensitive(node: ValueNode, names: readonly string[] = []): boolean {
  if (!node.children) return isSensitive(names, node);
  return node.children.some((child) => hasSensitive(child.value, child.key?.text === undefined ? names : [...names, child.key.text]));
}

/** The whole document as text; JSON can be edited. The same draft as the tree's. */
export function TextTab({ label, document, connection, editable, onEdit, guard }: TextTabProps) {
  const { t } = useTranslation();
  // The payload that came of the text itself: it does not replace what was typed.
  const own = useRef<string>(document.draft.payload);
  const { edit, error, clearError } = useDocumentEdit({
    document,
    connection,
    onEdit: (next, change) => {
      own.current = next.draft.payload;
      onEdit(next, change);
    },
  });
  const [asked, setAsked] = useState(false);
  const shown = guard?.shown ?? asked;
  const [text, setText] = useState(document.text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // What was typed and is not in the draft yet.
  const waiting = useRef<string | null>(null);
  const canEdit = editable && document.textEditable;

  useEffect(() => {
    if (document.draft.payload === own.current) return;
    own.current = document.draft.payload;
    setText(document.text);
  }, [document]);

  const apply = useRef<() => void>(() => undefined);
  apply.current = async () => {
    clearTimeout(timer.current);
    const typed = waiting.current;
    waiting.current = null;
    if (typed === null) return;
    if (typed === document.text) return clearError();
    await edit({ op: 'text', text: typed });
  };
  // Whoever goes to another tab or session right after typing keeps the last words, too.
  useEffect(() => () => apply.current(), []);
  const change = (typed: string) => {
    setText(typed);
    waiting.current = typed;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => apply.current(), REST);
  };

  if (!shown && hasSensitive(document.root)) {
    return (
      <EmptyState icon={<EyeOff />} title={t('text.masked')} text={t('text.maskedText')}>
        <Button look="primary" onClick={() => (guard ? guard.onShow() : setAsked(true))}>
          {t('text.show')}
        </Button>
      </EmptyState>
    );
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the focus that leaves the editor in it
    <div className={cx('tab')} onBlur={() => apply.current()}>
      {error ? <ErrorNote error={error} /> : null}
      {document.textEditable ? null : <Note>{t('text.readOnly', { serializer: document.draft.serializer })}</Note>}
      <Suspense fallback={<Loading label={t('common.loading')} />}>
        <CodeEditor label={label} value={text} json={document.draft.serializer === 'json'} readOnly={!canEdit} onChange={change} />
      </Suspense>
    </div>
  );
}
