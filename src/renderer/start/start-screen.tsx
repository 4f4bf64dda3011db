import { ClipboardPaste, Database, FlaskConical } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asCallError } from '../client.ts';
import { placeOf } from '../connections/place.ts';
import { ColourDot, EnvironmentBadge } from '../connections/profile-badges.tsx';
import { useDemo, useProfiles } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Field, TextArea } from '../ui/field.tsx';
import { ErrorNote } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import { useDispatch } from '../workspace.tsx';
import styles from './start-screen.module.css';

const cx = classes(styles);
const RECENT = 6;

/** Three doors: paste a cookie, open the demo, connect. */
export function StartScreen() {
  const { t } = useTranslation();
  const dispatch = useDispatch();
  const demo = useDemo();
  const profiles = useProfiles();
  const [text, setText] = useState('');

  // Ctrl+V anywhere on this screen, not only in the field.
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (event.target instanceof Element && event.target.closest('input, textarea, [role="dialog"]')) return;
      const pasted = event.clipboardData?.getData('text/plain') ?? '';
      if (pasted.trim() === '') return;
      // The Cookie Lab's field takes the focus at once, and would be given the text a second time.
      event.preventDefault();
      dispatch({ type: 'paste', text: pasted });
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [dispatch]);

  const inspect = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') dispatch({ type: 'paste', text });
  };
  const openDemo = () =>
    demo.mutate('open', { onSuccess: (view) => dispatch({ type: 'show', screen: { name: 'profile', profile: view.profile.id } }) });
  const recent = (profiles.data ?? []).filter((view) => !view.demo).slice(0, RECENT);

  return (
    <div className={cx('screen')}>
      <header className={cx('header')}>
        <h1>{t('start.title')}</h1>
        <p className={cx('tagline')}>{t('start.tagline')}</p>
      </header>
      <div className={cx('doors')}>
        <Door icon={<ClipboardPaste />} title={t('start.pasteTitle')} text={t('start.pasteText')} wide>
          <form onSubmit={inspect} className={cx('paste')}>
            <Field label={t('start.pasteLabel')} help={t('start.pasteHint')}>
              <TextArea
                value={text}
                onChange={setText}
                rows={3}
                placeholder={t('start.pastePlaceholder')}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && !event.shiftKey) inspect(event);
                }}
                onPaste={(event) => {
                  const pasted = event.clipboardData.getData('text/plain');
                  if (text !== '' || pasted.trim() === '') return;
                  event.preventDefault();
                  dispatch({ type: 'paste', text: pasted });
                }}
              />
            </Field>
            <div>
              <Button look="primary" size="large" type="submit" disabled={text.trim() === ''}>
                {t('start.pasteButton')}
              </Button>
            </div>
          </form>
        </Door>
        <Door icon={<FlaskConical />} title={t('start.demoTitle')} text={t('start.demoText')}>
          {demo.error ? <ErrorNote error={asCallError(demo.error)} /> : null}
          <div>
            <Button size="large" onClick={openDemo} busy={demo.isPending}>
              {t('start.demoButton')}
            </Button>
          </div>
        </Door>
        <Door icon={<Database />} title={t('start.connectTitle')} text={t('start.connectText')}>
          <div>
            <Button size="large" onClick={() => dispatch({ type: 'dialog', dialog: { name: 'profile', view: null } })}>
              {t('start.connectButton')}
            </Button>{' '}
            <Button size="large" onClick={() => dispatch({ type: 'dialog', dialog: { name: 'profile', view: null, begin: 'project' } })}>
              {t('start.projectButton')}
            </Button>
          </div>
          {recent.length > 0 ? (
            <ul className={cx('recent')} aria-label={t('start.recent')}>
              {recent.map(({ profile }) => (
                <li key={profile.id}>
                  <button
                    type="button"
                    className={cx('recent-button')}
                    onClick={() => dispatch({ type: 'show', screen: { name: 'profile', profile: profile.id } })}
                  >
                    <ColourDot colour={profile.colour} />
                    <span className={cx('recent-name')}>
                      <SafeText text={profile.name} limit={80} />
                    </span>
                    <span className={cx('recent-place')}>
                      <SafeText text={placeOf(profile)} limit={120} />
                    </span>
                    <EnvironmentBadge environment={profile.environment} />
                  </button>
                </li>
              ))}
            </ul>
          ) : null}
        </Door>
      </div>
    </div>
  );
}

type DoorProps = Readonly<{ icon: ReactNode; title: string; text: string; wide?: boolean; children: ReactNode }>;

function Door({ icon, title, text, wide, children }: DoorProps) {
  return (
    <section className={cx('door', wide && 'wide')} aria-label={title}>
      <div className={cx('door-head')}>
        <span aria-hidden="true" className={cx('door-icon')}>
          {icon}
        </span>
        <h2>{title}</h2>
      </div>
      <p className={cx('door-text')}>{text}</p>
      {children}
    </section>
  );
}
