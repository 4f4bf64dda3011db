import { useState } from 'react';
import type { DocumentView, Edit, ErrorView, SetExpiry } from '../../preload/api.ts';
import { asCallError, call } from '../client.ts';

export type DocumentEditing = Readonly<{
  /** false where the edit was refused; `error` says why */
  edit: (edit: Edit) => Promise<boolean>;
  setExpiry: (expiry: SetExpiry) => Promise<boolean>;
  error: ErrorView | null;
  clearError: () => void;
}>;

type Target = Readonly<{
  document: DocumentView;
  connection: string | null;
  profile?: string;
  onEdit: (document: DocumentView, edit: Edit) => void;
  onExpiry?: (document: DocumentView, expiry: SetExpiry) => void;
}>;

/** Edits a document where its codec is: in the connection's process, or the Cookie Lab's. */
export function useDocumentEdit({ document, connection, profile, onEdit, onExpiry }: Target): DocumentEditing {
  const [error, setError] = useState<ErrorView | null>(null);
  const run = async (work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      setError(null);
      return true;
    } catch (thrown) {
      const { code, message, hint } = asCallError(thrown);
      setError({ code, message, ...(hint === undefined ? {} : { hint }) });
      return false;
    }
  };
  return {
    error,
    clearError: () => setError(null),
    edit: (edit) =>
      run(async () => onEdit(await call('document.edit', { connection, draft: document.draft, edit: mutableEdit(edit) }), edit)),
    setExpiry: (expiry) =>
      run(async () =>
        onExpiry?.(
          await call('document.set_expiry', { connection, draft: document.draft, expiry, ...(profile === undefined ? {} : { profile }) }),
          expiry,
        ),
      ),
  };
}

/** The contract's input has plain arrays where the document's edit has readonly ones. */
function mutableEdit(edit: Edit) {
  return 'path' in edit ? { ...edit, path: [...edit.path] } : edit;
}
