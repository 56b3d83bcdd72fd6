'use client';

import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';
import { AskToAct } from '@/components/grants/ask-to-act';
import classes from '@/components/identities/identities.module.css';
import { StartButton } from '@/components/playbooks/start-button';
import { PauseButton } from '@/components/revocations/pause-button';
import { RevokeButton } from '@/components/revocations/revoke-button';
import { RotateButton } from '@/components/revocations/rotate-button';
import { systemName } from '@/components/sessions/system-name';
import { useMay } from '@/components/shell/operator-context';
import { Badge } from '@/components/ui/badge';
import { PageHeader } from '@/components/ui/page-header';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import { identitySentence, kindText } from '@/lib/identities/format';
import type { IdentityDetail } from '@/lib/identities/model';
import type { Newest } from '@/lib/identities/standing-model';
import type { StartPlaybook } from '@/lib/playbooks/actions-model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import { KIND_WORDS } from '@/lib/revocations/format';
import type { Unproven } from '@/lib/revocations/unproven/model';

interface IdentityHeaderProps {
  identity: IdentityDetail;
  newest: Newest | null;
  unproven: Unproven | null;
  /** When the figures were read. */
  nowMs: number;
  actions: RevocationActions;
  startPlaybook: StartPlaybook;
}

export function IdentityHeader({ identity, newest, unproven, nowMs, actions, startPlaybook }: IdentityHeaderProps) {
  const revoke = useMay(identity.state === 'revoked' ? 'identity.restore' : 'identity.revoke');
  const rotate = useMay('identity.rotate');
  const pause = useMay('identity.pause');
  return (
    <PageHeader
      title={
        <>
          <span className={classes.mono}>{identity.name}</span> {identitySentence(identity, newest, nowMs, unproven)}
        </>
      }
      sub={<Meta identity={identity} unproven={unproven} />}
      actions={
        <>
          <StartButton identityId={identity.id} start={startPlaybook} />
          <AskToAct type="identity" id={identity.id} />
          <RotateButton actions={actions} identity={identity} may={rotate} />
          <PauseButton actions={actions} identity={identity} may={pause} />
          <RevokeButton actions={actions} identity={identity} may={revoke} />
        </>
      }
    />
  );
}

function Meta({ identity, unproven }: Pick<IdentityHeaderProps, 'identity' | 'unproven'>) {
  const parts: ReactNode[] = [<Systems key="systems" identity={identity} />, <Owner key="owner" identity={identity} />];
  if (identity.workflows.length > 0)
    parts.push(
      <span key="workflow">
        workflow{' '}
        {identity.workflows.map((workflow, at) => (
          <Fragment key={workflow.id}>
            {at > 0 ? ', ' : null}
            <Link href={`/workflows/${workflow.id}`}>{workflow.name}</Link>
          </Fragment>
        ))}
      </span>,
    );
  if (identity.purpose) parts.push(<span key="purpose">{identity.purpose}</span>);
  return (
    <>
      <span className={classes.meta}>
        <Badge>{kindText(identity.kind)}</Badge>
        {identity.environment ? <Badge>{identity.environment}</Badge> : null}
        <StateBadge state={identity.state} title={identity.stateReason ?? undefined} />
        {identity.managed ? null : (
          <Badge tone="amber" title="Only named by callers of the decision API: no system or log knows it">
            unmanaged
          </Badge>
        )}
        {identity.protected ? (
          <Badge title="Never revoked by Braid: superusers, replication, Braid’s own roles">protected</Badge>
        ) : null}
      </span>
      <span className={classes.facts}>
        {parts.map((part, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts never change their order
          <Fragment key={at}>
            {at > 0 ? <span aria-hidden> · </span> : null}
            {part}
          </Fragment>
        ))}
        {identity.state !== 'active' && identity.stateChangedBy ? (
          <span>
            {' '}
            · {identity.state} by {identity.stateChangedBy} <When at={identity.stateChangedAt} />
            {identity.stateReason ? `: ${identity.stateReason}` : ''}
          </span>
        ) : null}
        {unproven ? (
          <span>
            {' '}
            · <Link href={`/revocations/${unproven.revocationId}`}>{KIND_WORDS[unproven.kind]}</Link>{' '}
            <StateBadge state={unproven.state} />
          </span>
        ) : null}
      </span>
    </>
  );
}

function Systems({ identity }: { identity: IdentityDetail }) {
  const known = new Set(identity.systems.map((system) => system.vendor));
  const others = identity.sources.filter((source) => !known.has(source) && source !== 'pdp');
  if (identity.systems.length + others.length === 0) return <span>in no connected system</span>;
  return (
    <span>
      {identity.systems.map((system, at) => (
        <Fragment key={system.connectorId}>
          {at > 0 ? ', ' : null}
          {systemName(system.vendor)} · <Link href={`/connectors#${system.connectorId}`}>{system.name}</Link>
        </Fragment>
      ))}
      {others.length > 0 ? `${identity.systems.length > 0 ? ', ' : ''}${others.map(systemName).join(', ')}` : null}
    </span>
  );
}

function Owner({ identity }: { identity: IdentityDetail }) {
  if (!identity.owner) return <span>no owner</span>;
  return (
    <span>
      owner <strong>{identity.owner}</strong>{' '}
      {identity.ownerAttestedAt ? (
        <>
          (attested <When at={identity.ownerAttestedAt} />)
        </>
      ) : (
        '(not attested)'
      )}
    </span>
  );
}
