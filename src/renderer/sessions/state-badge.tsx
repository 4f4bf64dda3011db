import { CircleCheck, CircleX, Clock, ShieldQuestion } from 'lucide-react';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import type { SessionState, SessionSummary } from '../../preload/api.ts';
import { Badge, type BadgeTone } from '../ui/badge.tsx';

const STATES: Readonly<Record<SessionState, Readonly<{ tone: BadgeTone; icon: ComponentType<{ 'aria-hidden': 'true' }> }>>> = {
  live: { tone: 'ok', icon: CircleCheck },
  expired: { tone: 'neutral', icon: Clock },
  corrupt: { tone: 'danger', icon: CircleX },
  unsigned: { tone: 'warning', icon: ShieldQuestion },
};

export function StateBadge({ state }: Readonly<{ state: SessionState }>) {
  const { t } = useTranslation();
  const { tone, icon: Icon } = STATES[state];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden="true" />}>
      {t(`state.${state}`)}
    </Badge>
  );
}

const AGREEMENT: Readonly<Record<NonNullable<SessionSummary['agreement']>, BadgeTone>> = {
  equal: 'ok',
  'database only': 'neutral',
  'cache only': 'warning',
  different: 'danger',
  'cache unavailable': 'warning',
};

/** cached_db: whether database and cache say the same. */
export function AgreementBadge({ agreement, named }: Readonly<{ agreement: NonNullable<SessionSummary['agreement']>; named?: boolean }>) {
  const { t } = useTranslation();
  return (
    <Badge tone={AGREEMENT[agreement]}>
      {named ? `${t('column.agreement')}: ` : null}
      {t(`agreement.${agreement}`)}
    </Badge>
  );
}
