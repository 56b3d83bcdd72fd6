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
    header: 'Action and resource',
    cell: (row) => (
      <span
        className={`${classes.mono} ${classes.wide}`}
        title={`${row.action}${row.resource ? ` → ${row.resource}` : ''}`}
      >
        {row.action}
        {row.resource ? <span className={classes.sub}>{row.resource}</span> : null}
      </span>
    ),
  },
  {
    key: 'class',
    header: 'Class',
    width: 150,
    cell: (row) => (
      <span className={classes.pair}>
        <Badge tone={TONE[row.class] ?? 'quiet'}>{row.class}</Badge>
        {row.outcome === 'failure' ? <Badge tone="red">failure</Badge> : null}
        {row.beyondApproval ? <Badge tone="red">beyond approval</Badge> : null}
      </span>
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
      maxHeight={520}
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
