'use client';

import Link from 'next/link';
import classes from '@/components/connectors/connectors.module.css';
import { PULLED, PullLag, PullStanding } from '@/components/intake/pull-standing';
import type { ConnectorRow } from '@/lib/connectors/model';

/** How far the system's audit log, and the changes of its identities, have been taken over, and why they stand still. */
export function ConnectorPulls({ row }: { row: ConnectorRow }) {
  if (row.pulls.length === 0) return null;
  return (
    <dl className={classes.numbers} aria-label={`Pulled from ${row.name}`}>
      {row.pulls.map((pull) => (
        <div key={pull.what}>
          <dt>
            {pull.what === 'events' ? (
              <Link href={`/intake?connectorId=${row.id}#batches`}>{PULLED.events}</Link>
            ) : (
              PULLED.changes
            )}
          </dt>
          <dd data-small>
            <PullStanding pull={pull} disabled={row.state === 'disabled'} />
            <div>
              behind: <PullLag pull={pull} />
            </div>
          </dd>
        </div>
      ))}
    </dl>
  );
}
