'use client';

import Link from 'next/link';
import { PULLED, PullLag, PullStanding } from '@/components/intake/pull-standing';
import { SystemNumbers } from '@/components/ui/system-card';
import type { ConnectorRow } from '@/lib/connectors/model';

/** How far the system's audit log, and the changes of its identities, have been taken over, and why they stand still. */
export function ConnectorPulls({ row }: { row: ConnectorRow }) {
  if (row.pulls.length === 0) return null;
  return (
    <SystemNumbers
      label={`Pulled from ${row.name}`}
      numbers={row.pulls.map((pull) => ({
        key: pull.what,
        term:
          pull.what === 'events' ? (
            <Link href={`/intake?connectorId=${row.id}#batches`}>{PULLED.events}</Link>
          ) : (
            PULLED.changes
          ),
        value: (
          <>
            <PullStanding pull={pull} disabled={row.state === 'disabled'} />
            <div>
              behind: <PullLag pull={pull} />
            </div>
          </>
        ),
      }))}
    />
  );
}
