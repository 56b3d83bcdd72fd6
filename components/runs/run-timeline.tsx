'use client';

import Link from 'next/link';
import classes from '@/components/sessions/sessions.module.css';
import { systemName } from '@/components/sessions/system-name';
import { Badge } from '@/components/ui/badge';
import { apiUrl } from '@/components/ui/call-api';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { shortened } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { Page } from '@/lib/http/model';
import type { Run, RunMoment } from '@/lib/sessions/run-model';

const columns = (labels: Map<string, string>): Column<RunMoment>[] => [
  { key: 'at', header: 'Time', width: 170, cell: (row) => <When at={row.at} show="absolute" /> },
  {
    key: 'action',
    header: 'Action and resource',
    cell: (row) => (
      <span className={classes.mono} title={`${row.action}${row.resource ? ` → ${row.resource}` : ''}`}>
        {row.action}
        {row.resource ? <span className={classes.sub}>{shortened(row.resource, 60)}</span> : null}
      </span>
    ),
  },
  {
    key: 'session',
    header: 'Session',
    cell: (row) => (
      <>
        <Link href={`/sessions/${row.sessionId}`} className={classes.quietLink} prefetch={false}>
          {shortened(labels.get(row.sessionId) ?? 'session', 34)}
        </Link>
        <span className={classes.sub}>{systemName(row.source)}</span>
      </>
    ),
  },
  {
    key: 'class',
    header: 'Class',
    width: 120,
    cell: (row) => (
      <span className={classes.pair}>
        <Badge>{row.class}</Badge>
        {row.outcome === 'failure' ? <Badge tone="red">failure</Badge> : null}
      </span>
    ),
  },
];

/** What all parts of a run did, in one order of time. */
export function RunTimeline({ path, run, initial }: { path: string; run: Run; initial: Page<RunMoment> }) {
  const list = useInfiniteApi<RunMoment>(path, {}, initial);
  return (
    <Panel
      title="What it did, in one order of time"
      note={
        <>
          newest first ·{' '}
          <a href={apiUrl('/events', { run: run.run, format: 'csv' })} download>
            CSV
          </a>{' '}
          ·{' '}
          <a href={apiUrl('/events', { run: run.run, format: 'ocsf' })} download>
            OCSF
          </a>
        </>
      }
      flush
    >
      <DataList
        caption="Events of all its parts, newest first"
        list={list}
        columns={columns(new Map(run.parts.map((part) => [part.id, part.label])))}
        rowKey={(row) => row.id}
        empty={<EmptyState title="No event of its parts is stored" />}
      />
    </Panel>
  );
}
