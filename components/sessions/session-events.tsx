'use client';

import classes from '@/components/sessions/sessions.module.css';
import { Badge, type Tone } from '@/components/ui/badge';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { Page } from '@/lib/http/model';
import type { SessionDetail, SessionEventRow } from '@/lib/sessions/model';

const TONE: Record<string, Tone> = { change: 'amber', export: 'amber', approval: 'blue' };

const COLUMNS: Column<SessionEventRow>[] = [
  { key: 'at', header: 'Time', width: 170, cell: (row) => <When at={row.at} show="absolute" /> },
  {
    key: 'action',
    header: 'Action',
    cell: (row) => (
      <span className={`${classes.mono} ${classes.cut}`} title={row.action}>
        {row.action}
      </span>
    ),
  },
  {
    key: 'class',
    header: 'Class',
    width: 90,
    cell: (row) => <Badge tone={TONE[row.class] ?? 'quiet'}>{row.class}</Badge>,
  },
  {
    key: 'outcome',
    header: 'Outcome',
    width: 90,
    cell: (row) =>
      row.outcome === 'failure' ? <Badge tone="red">failure</Badge> : <span className={classes.dim}>success</span>,
  },
  {
    key: 'resource',
    header: 'Resource',
    cell: (row) =>
      row.resource ? (
        <span className={`${classes.mono} ${classes.cut}`} title={row.resource}>
          {row.resource}
        </span>
      ) : (
        <span className={classes.dim}>–</span>
      ),
  },
  {
    key: 'from',
    header: 'From',
    cell: (row) => (
      <span className={classes.from} title={row.agent ?? undefined}>
        {row.network ?? 'unknown'}
        {row.region ? ` · ${row.region}` : ''}
        {row.agent ? <span className={classes.sub}>{row.agent}</span> : null}
      </span>
    ),
  },
];

/** What a session did after it was authenticated, newest first. */
export function SessionEvents({ session, initial }: { session: SessionDetail; initial: Page<SessionEventRow> }) {
  const list = useInfiniteApi<SessionEventRow>(`/sessions/${session.id}/events`, {}, initial);
  return (
    <DataList
      caption="Events of this session, newest first"
      list={list}
      columns={COLUMNS}
      rowKey={(row) => row.id}
      empty={
        <EmptyState title="No event of this session is stored">
          {session.observedBy === 'native'
            ? 'The system lists the session, but no log of what it does is read.'
            : 'What it did is known from decisions only.'}
        </EmptyState>
      }
    />
  );
}
