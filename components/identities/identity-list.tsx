'use client';

import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import classes from '@/components/identities/list.module.css';
import { useBulkDialog } from '@/components/revocations/dialog-host';
import { SelectionBar } from '@/components/revocations/selection-bar';
import { SOURCES, systemName } from '@/components/sessions/system-name';
import { useMay } from '@/components/shell/operator-context';
import { Badge } from '@/components/ui/badge';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { shortened } from '@/components/ui/identifier';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { WaysIn } from '@/components/ui/ways-in';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { Page } from '@/lib/http/model';
import { kindText } from '@/lib/identities/format';
import { IDENTITY_KINDS, IDENTITY_STATES, type IdentityRow } from '@/lib/identities/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { Summary } from '@/lib/shell/model';

const SORTS = [
  { value: 'live', label: 'Most live first' },
  { value: 'lastSeen', label: 'Last seen first' },
  { value: 'name', label: 'By name' },
];
const KEYS = [
  'q',
  'kind',
  'state',
  'source',
  'environment',
  'owner',
  'live',
  'overLimit',
  'purposeOver',
  'managed',
  'protected',
  'connectorId',
  'workflowId',
  'sort',
] as const;

const above = (row: IdentityRow): boolean => row.concurrencyLimit !== null && row.liveSessions > row.concurrencyLimit;

function Name({ row }: { row: IdentityRow }) {
  return (
    <span className={classes.listName}>
      <span className={classes.mono}>{shortened(row.name, 44)}</span>
      <span className={classes.listSub}>
        {kindText(row.kind)}
        {row.environment ? ` · ${row.environment}` : ''}
        {row.sources.length > 0 ? ` · ${row.sources.map(systemName).join(', ')}` : ''}
      </span>
    </span>
  );
}

function Live({ row }: { row: IdentityRow }) {
  return (
    <span data-above={above(row) || undefined} className={classes.count}>
      <b>{row.liveSessions}</b>
      {row.concurrencyLimit === null ? null : <span> / {row.concurrencyLimit}</span>}
      {above(row) ? <span className={classes.hidden}> above its limit</span> : null}
    </span>
  );
}

function Visibility({ row }: { row: IdentityRow }) {
  if (row.visibility === null) return <span className={classes.dim}>–</span>;
  return (
    <span
      className={classes.pips}
      role="img"
      aria-label={`${row.visibility} of 6`}
      title={`${row.visibility} of 6 tests`}
    >
      {[1, 2, 3, 4, 5, 6].map((pip) => (
        <span key={pip} data-on={pip <= (row.visibility ?? 0) || undefined} />
      ))}
    </span>
  );
}

const COLUMNS: Column<IdentityRow>[] = [
  { key: 'name', header: 'Identity', cell: (row) => <Name row={row} /> },
  {
    key: 'state',
    header: 'State',
    width: 120,
    cell: (row) => (
      <span className={classes.badges}>
        <StateBadge state={row.state} />
        {row.protected ? <Badge title="Never revoked by Braid">protected</Badge> : null}
        {row.managed ? null : <Badge title="Seen only as a subject of the decision API">unmanaged</Badge>}
      </span>
    ),
  },
  { key: 'live', header: 'Live / limit', align: 'right', width: 100, cell: (row) => <Live row={row} /> },
  { key: 'peak', header: 'Peak', align: 'right', width: 70, cell: (row) => row.peakSessions, narrow: 'left out' },
  {
    key: 'sessions',
    header: 'Sessions',
    align: 'right',
    width: 90,
    narrow: 'left out',
    cell: (row) => row.sessionCount.toLocaleString('en').replaceAll(',', '\u202f'),
  },
  {
    key: 'owner',
    header: 'Owner',
    width: 150,
    cell: (row) => row.owner ?? <span className={classes.amber}>nobody</span>,
  },
  { key: 'visibility', header: 'Visibility', width: 90, cell: (row) => <Visibility row={row} /> },
  {
    key: 'seen',
    header: 'Last seen',
    align: 'right',
    width: 120,
    cell: (row) => <When at={row.lastSeenAt} never="never" />,
  },
];

interface IdentityListProps {
  initial: Page<IdentityRow> | undefined;
  actions: RevocationActions;
}

/** Every identity Braid has seen, those with most live sessions first. */
export function IdentityList({ initial, actions }: IdentityListProps) {
  const [filters, setFilters] = useFilters(KEYS);
  const list = useInfiniteApi<IdentityRow>('/identities', filters, initial);
  const { data: summary } = useApi<Summary>('/summary');
  const filtered = KEYS.some((key) => key !== 'sort' && filters[key]);
  const overs = list.rows.filter(above).length;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const mayRevoke = useMay('identity.revoke');
  const openMany = useBulkDialog();
  const identityIds = [...chosen].slice(0, 200);
  const count = identityIds.length;
  const name = `${count} ${plural(count, 'identity', 'identities')}`;
  const ask = (kind: 'revoke' | 'pause' | 'resume' | 'restore') => () =>
    openMany({ actions, subject: { kind, identityIds }, name, onBegun: () => setChosen(new Set()) });
  return (
    <>
      <PageHeader
        title={sentence(summary, overs)}
        sub="Service accounts, keys, workloads, apps, agents and pipelines, wherever they were seen: one row for each, however many sessions it has."
        actions={
          <Select
            aria-label="Order"
            data={SORTS}
            value={filters.sort ?? 'live'}
            onChange={(value) => void setFilters({ sort: value === 'live' ? null : value })}
            allowDeselect={false}
            w={160}
          />
        }
      />
      <FilterBar
        nothing={list.empty}
        search="Name or identifier"
        selects={[
          { key: 'kind', label: 'Kind', options: IDENTITY_KINDS.map((value) => ({ value, label: kindText(value) })) },
          { key: 'state', label: 'State', options: IDENTITY_STATES },
          { key: 'source', label: 'System', options: SOURCES.map((value) => ({ value, label: systemName(value) })) },
          { key: 'owner', label: 'Owner', options: [{ value: 'none', label: 'nobody' }] },
          {
            key: 'live',
            label: 'Live now',
            options: [
              { value: 'true', label: 'live now' },
              { value: 'false', label: 'not live' },
            ],
          },
          { key: 'overLimit', label: 'Limit', options: [{ value: 'true', label: 'above its limit' }] },
          { key: 'purposeOver', label: 'Purpose', options: [{ value: 'true', label: 'over' }] },
        ]}
        also={['environment', 'managed', 'protected', 'connectorId', 'workflowId']}
      />
      <SelectionBar count={count} onClear={() => setChosen(new Set())}>
        <Button size="xs" onClick={ask('resume')}>
          Resume…
        </Button>
        <Button size="xs" onClick={ask('restore')}>
          Restore…
        </Button>
        <Button size="xs" onClick={ask('pause')}>
          Pause…
        </Button>
        <Button size="xs" color="red" variant="filled" onClick={ask('revoke')}>
          Revoke {name}…
        </Button>
      </SelectionBar>
      <Panel flush>
        <DataList
          caption="Identities"
          list={list}
          columns={COLUMNS}
          rowKey={(row) => row.id}
          rowHref={(row) => `/identities/${row.id}`}
          choose={
            mayRevoke
              ? { chosen, onChange: setChosen, can: () => true, label: (row) => `Choose identity ${row.name}` }
              : undefined
          }
          empty={filtered ? <EmptyState title="No identity matches these filters" /> : <Nothing />}
        />
      </Panel>
    </>
  );
}

const Nothing = () => (
  <EmptyState title="No identity has been seen yet" actions={<WaysIn />}>
    Connect a system, import a log, or ask the decision point: identities appear here as they are found.
  </EmptyState>
);

function sentence(summary: Summary | undefined, overs: number): string {
  if (!summary) return 'Identities';
  const { identities, liveSessions } = summary;
  if (identities === 0) return 'No identity has been seen yet.';
  const live = `${liveSessions} ${plural(liveSessions, 'session is', 'sessions are')} live`;
  const beyond = overs > 0 ? `; ${overs} ${plural(overs, 'identity is', 'identities are')} above the limit` : '';
  return `${identities} ${plural(identities, 'identity', 'identities')} known, ${live}${beyond}.`;
}
