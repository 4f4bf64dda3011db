import { useQueryClient } from '@tanstack/react-query';
import { Unplug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { closeConnection, useConnection, useProfiles } from '../queries.ts';
import { SessionsScreen } from '../sessions/sessions-screen.tsx';
import { Button } from '../ui/button.tsx';
import { Loading } from '../ui/progress.tsx';
import { EmptyState, ErrorState } from '../ui/states.tsx';
import { plainText, sentences } from '../visible-text.ts';
import { useDispatch, useWorkspace } from '../workspace.tsx';

type ProfileScreenProps = Readonly<{ profile: string; active: boolean }>;

/** Opens a profile's connection; then its sessions, or why they cannot be shown. */
export function ProfileScreen({ profile, active }: ProfileScreenProps) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const dispatch = useDispatch();
  const { ended } = useWorkspace();
  const connection = useConnection(profile);
  const profiles = useProfiles();
  const view = profiles.data?.find((candidate) => candidate.profile.id === profile);
  const lost = connection.data ? ended[connection.data.connection] : undefined;

  const reconnect = async () => {
    await closeConnection(cache, profile).catch(() => undefined);
    await connection.refetch();
  };
  const edit = view && !view.demo && (
    <Button onClick={() => dispatch({ type: 'dialog', dialog: { name: 'profile', view } })}>{t('sessions.editProfile')}</Button>
  );
  const heading = <h1 className="visually-hidden">{plainText(view?.profile.name ?? '')}</h1>;
  if (connection.isPending) {
    return (
      <>
        {heading}
        <Loading label={t('sessions.connecting')} />
      </>
    );
  }
  if (connection.error) {
    return (
      <>
        {heading}
        <ErrorState error={connection.error} onRetry={() => void connection.refetch()}>
          {edit}
        </ErrorState>
      </>
    );
  }
  if (lost) {
    return (
      <>
        {heading}
        <EmptyState icon={<Unplug />} title={t('sessions.ended')} text={<span lang="en">{sentences(lost.message, lost.hint)}</span>}>
          <Button look="primary" onClick={() => void reconnect()}>
            {t('sessions.reconnect')}
          </Button>
          {edit}
        </EmptyState>
      </>
    );
  }
  return <SessionsScreen key={connection.data.connection} connection={connection.data} active={active} />;
}
