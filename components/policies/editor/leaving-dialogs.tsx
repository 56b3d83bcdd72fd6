'use client';

import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { ActionError } from '@/lib/http/model';

interface DiscardDialogProps {
  opened: boolean;
  onClose: () => void;
  name: string;
  discard: () => Promise<{ error?: ActionError }>;
}

export function DiscardDialog({ opened, onClose, name, discard }: DiscardDialogProps) {
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Discard the draft of ${name}`}
      confirm="Discard draft"
      onConfirm={discard}
    >
      What is written there is gone for everybody. What is active stays as it is.
    </ConfirmDialog>
  );
}

interface LeaveDialogProps {
  /** Where a link wanted to go; null: nowhere. */
  wanted: string | null;
  onStay: () => void;
  onLeave: (to: string) => void;
}

export function LeaveDialog({ wanted, onStay, onLeave }: LeaveDialogProps) {
  return (
    <ConfirmDialog
      opened={wanted !== null}
      onClose={onStay}
      title="Leave without saving?"
      confirm="Leave and lose the changes"
      onConfirm={async () => {
        onLeave(wanted ?? '/policies');
        return {};
      }}
    >
      What you changed since the last save is not kept. Save the draft to go on later.
    </ConfirmDialog>
  );
}
