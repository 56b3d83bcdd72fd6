'use client';

import { Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { RevocationDialog } from '@/components/revocations/revocation-dialog';
import type { RevocationActions } from '@/lib/revocations/model';

export interface IdentityButtonProps {
  actions: RevocationActions;
  identity: { id: string; name: string; state: string; protected: boolean };
  /** May the operator do this? false draws nothing; the verb checks again. */
  may: boolean;
  size?: 'xs' | 'sm';
}

/** Revokes an identity's access, or restores that of a revoked one. */
export function RevokeButton({ actions, identity, may, size = 'sm' }: IdentityButtonProps) {
  const [opened, setOpened] = useState(false);
  // The kind is held while the dialog is open: the state it was opened for changes under it.
  const [kind, setKind] = useState<'revoke' | 'restore'>('revoke');
  if (!may) return null;
  const revoked = identity.state === 'revoked';
  const button = (
    <Button
      size={size}
      variant={revoked ? 'default' : 'filled'}
      color={revoked ? undefined : 'red'}
      disabled={identity.protected}
      onClick={() => {
        setKind(revoked ? 'restore' : 'revoke');
        setOpened(true);
      }}
    >
      {revoked ? 'Restore…' : 'Revoke access…'}
    </Button>
  );
  return (
    <>
      {identity.protected ? (
        <Tooltip label="Protected: superusers, replication and Braid’s own roles are never ended by Braid">
          <span>{button}</span>
        </Tooltip>
      ) : (
        button
      )}
      <RevocationDialog
        opened={opened}
        onClose={() => setOpened(false)}
        actions={actions}
        subject={{ kind, identityId: identity.id }}
        name={identity.name}
      />
    </>
  );
}
