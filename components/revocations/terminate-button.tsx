'use client';

import { ActionIcon, Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useRevocationDialog } from '@/components/revocations/dialog-host';
import type { RevocationActions } from '@/lib/revocations/actions-model';

interface TerminateButtonProps {
  actions: RevocationActions;
  sessions: { id: string; label: string; identityName: string }[];
  may: boolean;
  size?: 'xs' | 'sm';
  /** An icon, for rows. */
  compact?: boolean;
  /** Says which session, where a page has several of these buttons. */
  named?: boolean;
}

const MOST = 200; // sessions one revocation takes

/** Ends one session or several of one identity. */
export function TerminateButton({
  actions,
  sessions,
  may,
  size = 'sm',
  compact = false,
  named = false,
}: TerminateButtonProps) {
  const ask = useRevocationDialog();
  const [only] = sessions;
  if (!may || !only) return null;
  const name = sessions.length === 1 ? only.label : `${sessions.length} sessions of ${only.identityName}`;
  const sessionIds = sessions.map((session) => session.id).slice(0, MOST);
  const open = () => ask({ actions, subject: { kind: 'terminate', sessionIds }, name });
  const one = named ? `End ${only.label}…` : 'End session…';
  const words = sessions.length === 1 ? one : `End ${sessions.length} sessions…`;
  return compact ? (
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
    <Button size={size} color="red" variant="outline" onClick={open} maw="100%">
      {words}
    </Button>
  );
}
