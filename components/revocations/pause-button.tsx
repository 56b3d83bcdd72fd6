'use client';

import { Button } from '@mantine/core';
import { useRevocationDialog } from '@/components/revocations/dialog-host';
import type { IdentityButtonProps } from '@/components/revocations/revoke-button';

/** Pauses an identity, or resumes a paused one. Draws nothing for a revoked one: there is nothing left to pause. */
export function PauseButton({ actions, identity, may, size = 'sm' }: IdentityButtonProps) {
  const open = useRevocationDialog();
  if (!may || identity.protected || identity.state === 'revoked') return null;
  const kind = identity.state === 'paused' ? 'resume' : 'pause';
  return (
    <Button
      size={size}
      onClick={() => open({ actions, subject: { kind, identityId: identity.id }, name: identity.name })}
    >
      {kind === 'resume' ? 'Resume…' : 'Pause…'}
    </Button>
  );
}
