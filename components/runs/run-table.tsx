import type { ReactNode } from 'react';
import { runHref, whoText } from '@/components/runs/run-words';
import classes from '@/components/sessions/sessions.module.css';
import { systemName } from '@/components/sessions/system-name';
import { type Column, DataList } from '@/components/ui/data-list';
import { shortened } from '@/components/ui/identifier';
import { StateBadge } from '@/components/ui/state-badge';
import type { InfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { RunRow } from '@/lib/sessions/run-model';

const COLUMNS: Column<RunRow>[] = [
  {
    key: 'run',
    header: 'Run',
    cell: (row) => (
      <span className={classes.mono} title={row.run}>
        {shortened(row.run, 44)}
      </span>
    ),
  },
  {
    key: 'who',
    header: 'Identities',
    cell: (row) =>
      whoText(
        row.identities.map((one) => shortened(one.name, 26)),
        row.identitiesTotal,
      ),
  },
  { key: 'systems', header: 'Systems', cell: (row) => row.sources.map(systemName).join(', '), narrow: 'left out' },
  {
    key: 'parts',
    header: 'Sessions',
    width: 110,
    cell: (row) => (
      <span className={classes.number}>
        {row.parts} {row.live > 0 ? `(${row.live} live)` : ''}
      </span>
    ),
  },
  { key: 'state', header: 'State', width: 90, cell: (row) => <StateBadge state={row.live > 0 ? 'live' : 'ended'} /> },
  {
    key: 'events',
    header: 'Events',
    width: 80,
    align: 'right',
    cell: (row) => <span className={classes.number}>{row.events}</span>,
  },
  { key: 'began', header: 'Began', width: 110, align: 'right', cell: (row) => <When at={row.startedAt} /> },
  { key: 'last', header: 'Last sign', width: 110, align: 'right', cell: (row) => <When at={row.lastEventAt} /> },
];

/** Runs as rows; each leads to its page. */
export const RunTable = ({ list, empty }: { list: InfiniteApi<RunRow>; empty: ReactNode }) => (
  <DataList
    caption="Runs, newest first"
    list={list}
    columns={COLUMNS}
    rowKey={(row) => row.run}
    rowHref={(row) => runHref(row.run)}
    empty={empty}
  />
);
