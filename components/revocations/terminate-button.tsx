'use client';

import { ActionIcon, Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useState } from 'react';
import { RevocationDialog } from '@/components/revocations/revocation-dialog';
import type { RevocationActions } from '@/lib/revocations/model';

interface TerminateButtonProps {
  actions: RevocationActions;
  sessions: { id: string; label: string; identityName: string }[];
  may: boolean;
  size?: 'xs' | 'sm';
  /** An icon, for rows. */
  compact?: boolean;
}

/** Ends one session or several of one identity. */
export function TerminateButton({ actions, sessions, may, size = 'sm', compact = false }: TerminateButtonProps) {
  const [held, setHeld] = useState<TerminateButtonProps['sessions']>();
  const [opened, setOpened] = useState(false);
  const shown = held ?? sessions;
  const [only] = shown;
  if (!may || !only) return null;
  const open = () => {
    setHeld(sessions);
    setOpened(true);
  };
  const name = shown.length === 1 ? only.label : `${shown.length} sessions of ${only.identityName}`;
  return (
    <>
      {compact ? (
        <ActionIcon
          variant="subtle"
          color="red"
          aria-label={`End session ${only.label}`}
          title="End session…"
          onClick={open}
        >
          <IconPlugConnectedX size={16} />
        </ActionIcon>
      ) : (
        <Button size={size} color="red" variant="outline" onClick={open}>
          {sessions.length === 1 ? 'End session…' : `End ${sessions.length} sessions…`}
        </Button>
      )}
      <RevocationDialog
        opened={opened}
        onClose={() => setOpened(false)}
        actions={actions}
        subject={{ kind: 'terminate', sessionIds: shown.map((session) => session.id).slice(0, 200) }}
        name={name}
      />
    </>
  );
}
