'use client';

import { Button } from '@mantine/core';
import { useState } from 'react';
import { RevocationDialog } from '@/components/revocations/revocation-dialog';
import type { IdentityButtonProps } from '@/components/revocations/revoke-button';

/** Pauses an identity, or resumes a paused one. Draws nothing for a revoked one: there is nothing left to pause. */
export function PauseButton({ actions, identity, may, size = 'sm' }: IdentityButtonProps) {
  const [opened, setOpened] = useState(false);
  const [kind, setKind] = useState<'pause' | 'resume'>('pause');
  if (!may || identity.protected || (identity.state === 'revoked' && !opened)) return null;
  const paused = identity.state === 'paused';
  return (
    <>
      <Button
        size={size}
        onClick={() => {
          setKind(paused ? 'resume' : 'pause');
          setOpened(true);
        }}
      >
        {paused ? 'Resume…' : 'Pause…'}
      </Button>
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
