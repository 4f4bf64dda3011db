import { PencilLine, Plus, TextCursorInput, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentView, Edit } from '../../preload/api.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { ErrorNote, Note } from '../ui/states.tsx';
import { NodeDetails } from './node-details.tsx';
import { nodeAt } from './replay.ts';
import styles from './tree.module.css';
import { isMapping, isRemovable, type TreeRow, takesChildren } from './tree-rows.ts';
import { useDocumentEdit } from './use-document-edit.ts';
import type { EditorResult } from './value-editor.tsx';
import { ValueTree } from './value-tree.tsx';

const cx = classes(styles);

/** The line that is being changed; `add` to the root has no line. */
export type Editing =
  | Readonly<{ kind: 'set' | 'rename'; id: string; row: TreeRow }>
  | Readonly<{ kind: 'add'; id: string; row: TreeRow | null }>;

type DataEditorProps = Readonly<{
  label: string;
  document: DocumentView;
  /** null: the Cookie Lab's own process */
  connection: string | null;
  editable: boolean;
  onEdit: (document: DocumentView, edit: Edit) => void;
}>;

function editOf(editing: Editing, { key, value }: EditorResult): Edit | null {
  const path = editing.row?.path ?? [];
  if (editing.kind === 'rename') return key ? { op: 'rename', path, key } : null;
  if (!value) return null;
  if (editing.kind === 'set') return { op: 'set', path, value };
  return { op: 'add', path, value, ...(key ? { key } : {}) };
}

/** A document as a tree that can be changed: the tree, what the chosen line is, and what can be done with it. */
export function DataEditor({ label, document, connection, editable, onEdit }: DataEditorProps) {
  const { t } = useTranslation();
  const { edit, error, clearError } = useDocumentEdit({ document, connection, onEdit });
  const [current, setCurrent] = useState<TreeRow | null>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [revealed, setRevealed] = useState<ReadonlySet<string>>(new Set());
  // The chosen line as it is in the document of now; edits may have moved or removed it.
  const node = current ? nodeAt(document.root, current.path) : undefined;
  const shown = current && node ? { ...current, node } : null;
  const begin = (next: Editing | null) => {
    clearError();
    setEditing(next);
  };
  const save = async (open: Editing, result: EditorResult) => {
    const change = editOf(open, result);
    if (change && (await edit(change))) setEditing(null);
  };
  const remove = (row: TreeRow) => void edit({ op: 'remove', path: row.path });
  const canAdd = editable && (takesChildren(document.root) || (shown !== null && takesChildren(shown.node)));
  return (
    <div className={cx('editor-pane')}>
      {document.warnings.map((warning) => (
        <Note key={warning.code + warning.message} tone={warning.code === 'odd' ? 'neutral' : 'warning'}>
          <span lang="en">{warning.message}</span>
        </Note>
      ))}
      {error ? <ErrorNote error={error} /> : null}
      <ValueTree
        label={label}
        document={document}
        editable={editable}
        current={current?.id ?? null}
        onCurrent={setCurrent}
        editing={editing}
        onEditing={begin}
        onRemove={remove}
        onSave={(open, result) => void save(open, result)}
        revealed={revealed}
        onReveal={(id) => setRevealed((before) => new Set(before).add(id))}
      />
      {editable ? (
        <div role="toolbar" aria-label={t('tree.actions')} className={cx('actions')}>
          <Button
            size="small"
            icon={<Plus />}
            disabled={!canAdd}
            onClick={() =>
              begin(shown && takesChildren(shown.node) ? { kind: 'add', id: shown.id, row: shown } : { kind: 'add', id: '', row: null })
            }
          >
            {t('tree.add')}
          </Button>
          <Button
            size="small"
            icon={<PencilLine />}
            disabled={!shown?.node.editable}
            onClick={() => shown && begin({ kind: 'set', id: shown.id, row: shown })}
          >
            {t('tree.edit')}
          </Button>
          <Button
            size="small"
            icon={<TextCursorInput />}
            disabled={!shown || !isMapping(shown.parent)}
            onClick={() => shown && begin({ kind: 'rename', id: shown.id, row: shown })}
          >
            {t('tree.rename')}
          </Button>
          <Button
            size="small"
            look="danger-quiet"
            icon={<Trash2 />}
            disabled={!shown || !isRemovable(shown)}
            onClick={() => shown && remove(shown)}
          >
            {t('tree.remove')}
          </Button>
        </div>
      ) : null}
      {shown ? (
        <NodeDetails
          row={shown}
          revealed={revealed.has(shown.id)}
          onReveal={() => setRevealed((before) => new Set(before).add(shown.id))}
        />
      ) : null}
    </div>
  );
}
