import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SerializerName, ValueNode } from '../../preload/api.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Select } from '../ui/select.tsx';
import type { Editing } from './data-editor.tsx';
import { editorStart, keyTypes, type NewType, type NewValue, newTypes } from './new-value.ts';
import styles from './tree.module.css';
import { isMapping } from './tree-rows.ts';

const cx = classes(styles);

export type EditorResult = Readonly<{ key?: NewValue; value?: NewValue }>;

type ValueEditorProps = Readonly<{
  editing: Editing;
  root: ValueNode;
  serializer: SerializerName;
  onSave: (result: EditorResult) => void;
  onCancel: () => void;
}>;

/** The inline form of a line: a value by type, a key, or both. Enter saves, Escape leaves. */
export function ValueEditor({ editing, root, serializer, onSave, onCancel }: ValueEditorProps) {
  const { t } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  const withValue = editing.kind !== 'rename';
  const withKey = editing.kind === 'rename' || (editing.kind === 'add' && isMapping(editing.row?.node.type ?? root.type));
  const oldKey = editing.kind === 'rename' ? editing.row.key : null;
  const [key, setKey] = useState<NewValue>({
    type: keyTypes(serializer).find((type) => type === oldKey?.type) ?? 'str',
    text: oldKey?.text ?? '',
  });
  const [value, setValue] = useState<NewValue>(() =>
    editing.kind === 'set' ? editorStart(editing.row.node, serializer) : { type: 'str', text: '' },
  );
  useEffect(() => {
    const field = form.current?.querySelector<HTMLInputElement | HTMLTextAreaElement>('input[type="text"], textarea');
    field?.focus();
    field?.select();
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave({ ...(withKey ? { key } : {}), ...(withValue ? { value } : {}) });
  };
  const keyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    // keys of an open list bubble here through React, though the list is elsewhere in the document
    if (!(event.target instanceof Node) || !event.currentTarget.contains(event.target)) return;
    if (event.key === 'Escape') onCancel();
    const newline = event.target instanceof HTMLTextAreaElement && (event.shiftKey || event.altKey);
    if (event.key === 'Enter' && !newline && event.target instanceof Element && event.target.matches('input, textarea')) {
      submit(event);
    }
  };
  const types = (list: readonly NewType[]) => list.map((type) => ({ value: type, label: type === 'json' ? 'JSON' : type }));
  return (
    <form ref={form} className={cx('editor')} onSubmit={submit} onKeyDown={keyDown} aria-label={t(`tree.form.${editing.kind}`)}>
      {withKey ? (
        <div className={cx('editor-line')}>
          {keyTypes(serializer).length > 1 ? (
            <Select<NewType>
              compact
              mono
              label={t('tree.keyType')}
              value={key.type}
              onChange={(type) => setKey({ ...key, type })}
              items={types(keyTypes(serializer))}
            />
          ) : null}
          <input
            type="text"
            className={cx('editor-input')}
            aria-label={t('tree.key')}
            placeholder={t('tree.key')}
            value={key.text}
            spellCheck={false}
            onChange={(event) => setKey({ ...key, text: event.target.value })}
          />
        </div>
      ) : null}
      {withValue ? (
        <div className={cx('editor-line')}>
          <Select<NewType>
            compact
            mono
            label={t('tree.type')}
            value={value.type}
            onChange={(type) => setValue({ type, text: startText(type, value.text) })}
            items={types(newTypes(serializer))}
          />
          <ValueInput value={value} onChange={(text) => setValue({ ...value, text })} />
        </div>
      ) : null}
      <div className={cx('editor-line', 'editor-actions')}>
        <span className={cx('editor-hint')}>{withValue ? t(`tree.hint.${value.type}`) : null}</span>
        <Button size="small" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
        <Button size="small" look="primary" type="submit">
          {t(editing.kind === 'add' ? 'common.add' : 'tree.save')}
        </Button>
      </div>
    </form>
  );
}

function startText(type: NewType, text: string): string {
  if (type === 'bool') return text === 'False' ? 'False' : 'True';
  return type === 'NoneType' ? '' : text;
}

type ValueInputProps = Readonly<{ value: NewValue; onChange: (text: string) => void }>;

function ValueInput({ value, onChange }: ValueInputProps) {
  const { t } = useTranslation();
  if (value.type === 'NoneType') return <span className={cx('editor-none')}>None</span>;
  if (value.type === 'bool') {
    return (
      <Select
        compact
        mono
        label={t('tree.value')}
        value={value.text === 'False' ? 'False' : 'True'}
        onChange={onChange}
        items={[
          { value: 'True', label: 'True' },
          { value: 'False', label: 'False' },
        ]}
      />
    );
  }
  const common = { 'aria-label': t('tree.value'), value: value.text, spellCheck: false, className: cx('editor-input') };
  if (value.type === 'str' || value.type === 'json' || value.type === 'bytes' || value.type === 'tuple') {
    return (
      <textarea
        {...common}
        rows={value.text.includes('\n') || value.text.length > 80 ? 2 : 1}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  return <input type="text" {...common} onChange={(event) => onChange(event.target.value)} />;
}
