import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportedProfile, ProfileView, SecretName } from '../../preload/api.ts';
import { asCallError, call } from '../client.ts';
import { useInfo, useProfiles, useSaveProfile } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorNote, Note } from '../ui/states.tsx';
import { useDispatch } from '../workspace.tsx';
import type { FormValues } from './field-spec.ts';
import { ImportPanel } from './import-panel.tsx';
import { ProfileField } from './profile-field.tsx';
import { shownSections } from './profile-fields.ts';
import styles from './profile-form.module.css';
import { type FieldProblem, formValues, parseProfile, secretsInput, withImported } from './profile-values.ts';
import { TestPanel } from './test-panel.tsx';
import { useConnectionTest } from './use-connection-test.ts';

const cx = classes(styles);

type ProfileFormProps = Readonly<{ view: ProfileView | null; begin: 'project' | undefined; onClose: () => void }>;

/** New or changed profile: Django's settings by their own names, checked by the schema that main uses too. */
export function ProfileForm({ view, begin, onClose: close }: ProfileFormProps) {
  const { t } = useTranslation();
  const dispatch = useDispatch();
  const info = useInfo();
  const profiles = useProfiles();
  const save = useSaveProfile();
  const [id] = useState(() => view?.profile.id ?? crypto.randomUUID());
  const [values, setValues] = useState<FormValues>(() => formValues(view?.profile ?? null));
  const [typed, setTyped] = useState<Readonly<Partial<Record<SecretName, string>>>>({});
  const [removed, setRemoved] = useState<ReadonlySet<SecretName>>(new Set());
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [imports, setImports] = useState<readonly ImportedProfile[]>([]);
  const { state: tested, start: startTest, stop: stopTest } = useConnectionTest();
  const imported = imports.map(({ token }) => token).slice(-16);
  const form = useRef<HTMLFormElement>(null);
  const sections = shownSections(values);
  const shownProblems = problems.filter((problem) =>
    sections.some((section) => section.fields.some((field) => field.path === problem.path)),
  );

  const onClose = () => {
    if (imported.length > 0) void call('profiles.discard', { imported }).catch(() => undefined);
    close();
  };
  /** The form as a profile, or the focus in the first field that is refused. */
  const parse = (entered: FormValues) => {
    const parsed = parseProfile(id, entered);
    setProblems(parsed.ok ? [] : parsed.problems);
    if (parsed.ok) return parsed.profile;
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('input[data-invalid], textarea[data-invalid]')?.focus());
    return null;
  };
  const submit = async (open: boolean) => {
    const profile = parse(values);
    if (profile === null) return;
    const saved = await save.mutateAsync({ profile, secrets: secretsInput(typed, removed), imported }).catch(() => null);
    if (!saved) return;
    close();
    if (open) dispatch({ type: 'show', screen: { name: 'profile', profile: saved.profile.id } });
  };
  const test = () => {
    // A profile that is only tested needs no name yet.
    const profile = parse({ ...values, name: String(values['name']).trim() || '?' });
    if (profile !== null) void startTest({ profile, secrets: secretsInput(typed, removed), imported });
  };
  const receive = (found: ImportedProfile) => {
    setImports((before) => [...before, found]);
    setValues((before) => withImported(before, found.fields));
    setProblems([]);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit(true);
  };
  const change = (path: string, value: string | boolean) => {
    setValues((before) => ({ ...before, [path]: value }));
    setProblems((before) => before.filter((problem) => problem.path !== path));
  };
  const groups = [...new Set((profiles.data ?? []).map((other) => other.profile.group).filter((group) => group !== ''))];

  return (
    <Dialog
      title={view ? t('profileForm.editTitle', { name: view.profile.name }) : t('profileForm.newTitle')}
      onClose={onClose}
      size="large"
      alert
      footer={
        <>
          {shownProblems.length > 0 ? (
            <span role="status" className={cx('problems')}>
              {t('profileForm.invalid', { count: shownProblems.length })}
            </span>
          ) : null}
          <Button onClick={test} busy={tested?.running ?? false}>
            {t('testing.button')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button onClick={() => void submit(false)} busy={save.isPending}>
            {t('profileForm.save')}
          </Button>
          <Button look="primary" type="submit" form="profile-form" busy={save.isPending}>
            {t('profileForm.saveAndOpen')}
          </Button>
        </>
      }
    >
      <div className={cx('columns')}>
        <nav className={cx('sections')} aria-label={t('profileForm.sections')}>
          {sections.map((section) => {
            const bad = problems.some((problem) => section.fields.some((field) => field.path === problem.path));
            return (
              <button
                key={section.id}
                type="button"
                className={cx('section-link', bad && 'bad')}
                onClick={() => document.getElementById(`section-${section.id}`)?.scrollIntoView({ block: 'start' })}
              >
                {t(`profileForm.${section.id}`)}
                {bad ? <span aria-hidden="true"> •</span> : null}
              </button>
            );
          })}
        </nav>
        <form id="profile-form" ref={form} className={cx('form')} onSubmit={onSubmit} noValidate>
          <ImportPanel begin={begin} onImport={receive} />
          {tested ? <TestPanel state={tested} onStop={stopTest} /> : null}
          {save.error ? <ErrorNote error={asCallError(save.error)} /> : null}
          {sections.map((section) => (
            <fieldset key={section.id} id={`section-${section.id}`} className={cx('section')}>
              <legend className={cx('legend')}>{t(`profileForm.${section.id}`)}</legend>
              {section.id === 'signing' ? (
                <Note>{info.data?.secrets.keeping === 'memory' ? t('profileForm.inMemory') : t('profileForm.inKeychain')}</Note>
              ) : null}
              <div className={cx('grid')}>
                {section.fields.map((field) => (
                  <ProfileField
                    key={`${field.path} ${field.help}`}
                    field={field}
                    values={values}
                    problem={problems.find((problem) => problem.path === field.path)}
                    groups={groups}
                    stored={field.kind === 'secret' ? (view?.secrets[field.secret] ?? 0) : 0}
                    found={field.kind === 'secret' && imports.some(({ secrets }) => (secrets[field.secret] ?? 0) > 0)}
                    typed={field.kind === 'secret' ? (typed[field.secret] ?? '') : ''}
                    removed={field.kind === 'secret' && removed.has(field.secret)}
                    onChange={change}
                    onType={(secret, text) => setTyped((before) => ({ ...before, [secret]: text }))}
                    onRemove={(secret, remove) =>
                      setRemoved((before) => {
                        const next = new Set(before);
                        if (remove) next.add(secret);
                        else next.delete(secret);
                        return next;
                      })
                    }
                  />
                ))}
              </div>
            </fieldset>
          ))}
        </form>
      </div>
    </Dialog>
  );
}
