'use client';

import { Button } from '@mantine/core';
import { useRevocationDialog } from '@/components/revocations/dialog-host';
import type { IdentityButtonProps } from '@/components/revocations/revoke-button';

/** Gives an active identity another secret. Draws nothing for one that is shut: opening it may give the old one back. */
export function RotateButton({ actions, identity, may, size = 'sm' }: IdentityButtonProps) {
  const open = useRevocationDialog();
  if (!may || identity.protected || identity.state !== 'active') return null;
  return (
    <Button
      size={size}
      onClick={() => open({ actions, subject: { kind: 'rotate', identityId: identity.id }, name: identity.name })}
    >
      Rotate secret…
    </Button>
  );
}
