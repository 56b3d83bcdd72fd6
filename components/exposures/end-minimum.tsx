'use client';

import { Button } from '@mantine/core';
import { useBulkDialog, useRevocationDialog } from '@/components/revocations/dialog-host';
import { useMay } from '@/components/shell/operator-context';
import { plural } from '@/lib/exposures/format';
import type { RevocationActions } from '@/lib/revocations/actions-model';

interface EndMinimumProps {
  /** Of the sessions. */
  ids: string[];
  /** Of the first. */
  label: string;
  /** Those that give back what the ended sessions hold. */
  actions: RevocationActions;
  size?: 'xs' | 'sm';
}

/** Ends the fewest sessions that make room, in one act, after its dialog. */
export function EndMinimum({ ids, label, actions, size = 'sm' }: EndMinimumProps) {
  const open = useRevocationDialog();
  const openMany = useBulkDialog();
  if (!useMay('session.terminate') || ids.length === 0) return null;
  return (
    <div>
      <Button
        size={size}
        onClick={() => {
          const subject = { kind: 'terminate' as const, sessionIds: ids.slice(0, 200) };
          if (ids.length === 1) open({ actions, subject, name: label });
          else openMany({ actions, subject, name: `the minimum set of ${ids.length} sessions` });
        }}
      >
        End the minimum set ({ids.length} {plural(ids.length, 'session')})…
      </Button>
    </div>
  );
}
