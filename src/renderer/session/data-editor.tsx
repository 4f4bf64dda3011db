import { PencilLine, Plus, TextCursorInput, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentView, Edit, ValueNode } from '../../preload/api.ts';
import { useSentences } from '../i18n/sentences.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { ErrorNote, Note } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import { NodeDetails } from './node-details.tsx';
import styles from './tree.module.css';
import { isMapping, isRemovable, itemId, keyId, type TreeRow, takesChildren, treeRows } from './tree-rows.ts';
import { useDocumentEdit } from './use-document-edit.ts';
import type { EditorResult } from './value-editor.tsx';
import { ValueTree } from './value-tree.tsx';

const cx = classes(styles);

/** The line that is being changed; `add` to the root has no line. */
export type Editing =
  | Readonly<{ kind: 'set' | 'rename'; id: string; row: TreeRow }>
  | Readonly<{ kind: 'add'; id: string; row: TreeRow | null }>;

function toggledWith(toggled: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(toggled);
  if (!next.delete(id)) next.add(id);
  return next;
}

type DataEditorProps = Readonly<{
  label: string;
  document: DocumentView;
  /** null: the Cookie Lab's own process */
  connection: string | null;
  editable: boolean;
  onEdit: (document: DocumentView, edit: Edit) => void;
}>;

/** What was entered as an edit of the document of now, in which lines may have moved since the editor was opened. */
function editOf(editing: Editing, { key, value }: EditorResult, rows: readonly TreeRow[]): Edit | null {
  const path = editing.row === null ? [] : rows.find((row) => row.id === editing.id)?.path;
  if (!path) return null;
  if (editing.kind === 'rename') return key ? { op: 'rename', path, key } : null;
  if (!value) return null;
  if (editing.kind === 'set') return { op: 'set', path, value };
  return { op: 'add', path, value, ...(key ? { key } : {}) };
}

/** The line that an edit leads to. */
function lineAfter(editing: Editing, { key }: EditorResult, root: ValueNode): string {
  if (editing.kind === 'set') return editing.id;
  const container = editing.kind === 'add' ? editing.id : editing.id.slice(0, editing.id.lastIndexOf('\u0000'));
  if (key) return keyId(container, key);
  return itemId(container, (editing.row?.node ?? root).children?.length ?? 0);
}

/** A document as a tree that can be changed: the tree, what the chosen line is, and what can be done with it. */
export function DataEditor({ label, document, connection, editable, onEdit }: DataEditorProps) {
  const { t } = useTranslation();
  const say = useSentences();
  const { edit, error, clearError } = useDocumentEdit({ document, connection, onEdit });
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [revealed, setRevealed] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => treeRows(document.root, toggled), [document.root, toggled]);
  const shown = rows.find((row) => row.id === current) ?? null;
  const begin = (next: Editing | null) => {
    clearError();
    setEditing(next);
  };
  const save = async (open: Editing, result: EditorResult) => {
    const change = editOf(open, result, rows);
    if (!change || !(await edit(change))) return;
    setEditing(null);
    setCurrent(lineAfter(open, result, document.root));
  };
  const remove = async (row: TreeRow) => {
    const place = rows.indexOf(row);
    const next = rows.find((other, at) => at > place && other.level <= row.level) ?? rows[place - 1];
    if (await edit({ op: 'remove', path: row.path })) setCurrent(next?.id ?? null);
  };
  const canAdd = editable && (takesChildren(document.root) || (shown !== null && takesChildren(shown.node)));
  return (
    <div className={cx('editor-pane')}>
      {document.warnings.map((warning) => (
        <Note key={warning.says.message} tone={warning.code === 'odd' ? 'neutral' : 'warning'}>
          <SafeText text={say(warning.says)} limit={4000} />
        </Note>
      ))}
      {error ? <ErrorNote error={error} /> : null}
      <ValueTree
        label={label}
        document={document}
        rows={rows}
        editable={editable}
        current={current}
        onCurrent={(row) => setCurrent(row.id)}
        onToggle={(row) => setToggled((before) => toggledWith(before, row.id))}
        editing={editing}
        onEditing={begin}
        onRemove={(row) => void remove(row)}
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
            onClick={() => shown && void remove(shown)}
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
