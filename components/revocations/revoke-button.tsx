'use client';

import { Button, Tooltip } from '@mantine/core';
import { useRevocationDialog } from '@/components/revocations/dialog-host';
import type { RevocationActions } from '@/lib/revocations/actions-model';

export interface IdentityButtonProps {
  actions: RevocationActions;
  identity: { id: string; name: string; state: string; protected: boolean };
  /** May the operator do this? false draws nothing; the verb checks again. */
  may: boolean;
  size?: 'xs' | 'sm';
  /** Beside another red button: drawn as an outline. */
  beside?: boolean;
  /** Of a revoked one whose access came back: revokes it once more instead of restoring it. */
  again?: boolean;
}

/** Revokes an identity's access, or restores that of a revoked one. */
export function RevokeButton({
  actions,
  identity,
  may,
  size = 'sm',
  beside = false,
  again = false,
}: IdentityButtonProps) {
  const open = useRevocationDialog();
  if (!may) return null;
  const revoked = identity.state === 'revoked' && !again;
  const kind = revoked ? 'restore' : 'revoke';
  const button = (
    <Button
      size={size}
      variant={revoked ? 'default' : beside ? 'outline' : 'filled'}
      color={revoked ? undefined : 'red'}
      disabled={identity.protected}
      onClick={() => open({ actions, subject: { kind, identityId: identity.id }, name: identity.name })}
    >
      {revoked ? 'Restore…' : identity.state === 'revoked' ? 'Revoke again…' : 'Revoke access…'}
    </Button>
  );
  if (!identity.protected) return button;
  return (
    <Tooltip label="Protected: superusers, replication and Braid’s own roles are never ended by Braid">
      <span>{button}</span>
    </Tooltip>
  );
}
