'use client';

import { Button } from '@mantine/core';
import classes from '@/components/exposures/minimum.module.css';
import { useBulkDialog, useRevocationDialog } from '@/components/revocations/dialog-host';
import { useMay } from '@/components/shell/operator-context';
import { plural } from '@/lib/exposures/format';
import type { MinimumSet } from '@/lib/replay/minimum-set-model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

interface EndMinimumProps {
  found: MinimumSet;
  /** Those that give back what the ended sessions hold. */
  actions: RevocationActions;
  size?: 'xs' | 'sm';
}

const MOST = 200;

/** Ends the fewest sessions that make room in one act, or all that have a part in it beside them, after its dialog. */
export function EndMinimum({ found, actions, size = 'sm' }: EndMinimumProps) {
  const open = useRevocationDialog();
  const openMany = useBulkDialog();
  const may = useMay('session.terminate');
  const minimum = found.minimum ?? [];
  const all = found.sessions.map((one) => one.sessionId);
  if (!may || minimum.length === 0) return null;
  const end = (ids: string[], name: string) => {
    const subject = { kind: 'terminate' as const, sessionIds: ids.slice(0, MOST) };
    const label = found.sessions.find((one) => one.sessionId === ids[0])?.label ?? 'a session';
    if (ids.length === 1) open({ actions, subject, name: label });
    else openMany({ actions, subject, name });
  };
  return (
    <div className={classes.buttons}>
      <Button size={size} onClick={() => end(minimum, `the minimum set of ${minimum.length} sessions`)}>
        End the minimum set ({minimum.length} {plural(minimum.length, 'session')})…
      </Button>
      {all.length > minimum.length ? (
        <Button
          size={size}
          variant="default"
          onClick={() => end(all, `all ${all.length} sessions that have a part in it`)}
        >
          End all ({Math.min(all.length, MOST)})…
        </Button>
      ) : null}
    </div>
  );
}
