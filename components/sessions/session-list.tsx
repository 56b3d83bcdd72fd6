'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { useBulkDialog } from '@/components/revocations/dialog-host';
import { SelectionBar } from '@/components/revocations/selection-bar';
import { TerminateButton } from '@/components/revocations/terminate-button';
import { runHref } from '@/components/runs/run-words';
import { Lifetime, TrustAge, Unknown } from '@/components/sessions/session-times';
import { DARK_WHY, ENDED_WORDS, OBSERVED_WORDS, STALE_WHY } from '@/components/sessions/session-words';
import classes from '@/components/sessions/sessions.module.css';
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
import type { RevocationActions } from '@/lib/revocations/actions-model';
import { OBSERVED_BY, SESSION_KINDS, SESSION_STATES, type SessionRow } from '@/lib/sessions/model';
import type { Summary } from '@/lib/shell/model';

const KEYS = [
  'q',
  'live',
  'state',
  'source',
  'observedBy',
  'kind',
  'abandoned',
  'dark',
  'stale',
  'run',
  'lane',
  'identityId',
  'workflowId',
  'connectorId',
  'from',
  'to',
] as const;

interface SessionListProps {
  initial: Page<SessionRow> | undefined;
  actions: RevocationActions;
}

/** Every session Braid has seen, the newest first: how long it has lived, how old the trust in it is, what it may do. */
export function SessionList({ initial, actions }: SessionListProps) {
  const [filters] = useFilters(KEYS);
  const list = useInfiniteApi<SessionRow>('/sessions', filters, initial);
  const { data: summary } = useApi<Summary>('/summary');
  const may = useMay('session.terminate');
  const filtered = Object.values(filters).some(Boolean);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const openMany = useBulkDialog();
  // One that has ended since it was chosen is told as left out, not dropped silently.
  const ids = [...chosen].slice(0, 200);
  return (
    <>
      <PageHeader
        title={sentence(summary)}
        sub="A session that ended stays here: who ended it, why and when. What no system tells is shown as unknown."
        actions={
          <Button component={Link} href="/sessions/runs">
            Runs
          </Button>
        }
      />
      <FilterBar
        nothing={list.empty}
        search="Label, identity, address or key"
        selects={[
          {
            key: 'live',
            label: 'Live now',
            options: [
              { value: 'true', label: 'live now' },
              { value: 'false', label: 'over' },
            ],
          },
          { key: 'state', label: 'State', options: SESSION_STATES },
          { key: 'source', label: 'System', options: SOURCES.map((value) => ({ value, label: systemName(value) })) },
          { key: 'observedBy', label: 'Observed by', options: OBSERVED_BY },
          { key: 'kind', label: 'Kind', options: SESSION_KINDS },
          { key: 'abandoned', label: 'Abandoned', options: [{ value: 'true', label: 'left open' }] },
          { key: 'dark', label: 'Dark', options: [{ value: 'true', label: 'told of nowhere' }] },
          { key: 'stale', label: 'Stale', options: [{ value: 'true', label: 'not confirmed' }] },
        ]}
        also={['run', 'lane', 'identityId', 'workflowId', 'connectorId', 'from', 'to']}
      />
      <PartOf run={filters.run} lane={filters.lane} identityId={filters.identityId} />
      <SelectionBar count={ids.length} onClear={() => setChosen(new Set())}>
        <Button
          size="xs"
          color="red"
          variant="filled"
          onClick={() =>
            openMany({
              actions,
              subject: { kind: 'terminate', sessionIds: ids },
              name: `${ids.length} ${plural(ids.length, 'session')}`,
              onBegun: () => setChosen(new Set()),
            })
          }
        >
          End {ids.length} {plural(ids.length, 'session')}…
        </Button>
      </SelectionBar>
      <Panel flush>
        <DataList
          caption="Sessions, newest first"
          list={list}
          columns={columns(actions, may).filter(({ key }) => told(key, list.rows))}
          rowKey={(row) => row.id}
          rowHref={(row) => `/sessions/${row.id}`}
          choose={
            may
              ? {
                  chosen,
                  onChange: setChosen,
                  can: (row) => row.endedAt === null,
                  label: (row) => `Choose session ${row.label} of ${row.identityName}`,
                }
              : undefined
          }
          empty={
            filtered ? (
              <EmptyState title="No session matches these filters" />
            ) : (
              <EmptyState title="No session has been seen yet" actions={<WaysIn />}>
                Sessions appear here as systems list them, as logs are imported, and as callers of the decision point
                name them.
              </EmptyState>
            )
          }
        />
      </Panel>
    </>
  );
}

type Whole = Partial<Record<'run' | 'lane' | 'identityId', string | null>>;

/** What the rows are parts of, where a link led here. */
function PartOf({ run, lane, identityId }: Whole) {
  if (!run && !(lane && identityId)) return null;
  return (
    <p className={classes.why}>
      {run ? (
        <>
          Parts of the run <Link href={runHref(run)}>{shortened(run, 60)}</Link>
        </>
      ) : (
        <>
          Of one lane of <Link href={`/identities/${identityId}?tab=lanes`}>its identity</Link>
        </>
      )}
    </p>
  );
}

function sentence(summary: Summary | undefined): string {
  if (!summary) return 'Sessions';
  if (summary.liveSessions === 0) return 'No session is live.';
  return `${summary.liveSessions} ${plural(summary.liveSessions, 'session is', 'sessions are')} live now.`;
}

/** A column that would say "unknown" all the way down is left out; each session's page says it. */
const told = (key: string, rows: SessionRow[]): boolean =>
  (key !== 'scope' && key !== 'consent') || rows.some((row) => row[key] !== null);

const columns = (actions: RevocationActions, may: boolean): Column<SessionRow>[] => [
  { key: 'session', header: 'Session', cell: (row) => <Label row={row} /> },
  { key: 'identity', header: 'Identity', cell: (row) => <Identity row={row} /> },
  {
    key: 'state',
    header: 'State',
    width: 130,
    cell: (row) => (
      <>
        <StateBadge state={row.state} title={row.endReason ?? undefined} />
        {row.dark && !row.endedAt ? (
          <Badge tone="red" title={DARK_WHY}>
            dark
          </Badge>
        ) : null}
        {row.stale ? (
          <Badge tone="amber" title={STALE_WHY}>
            stale
          </Badge>
        ) : null}
        {row.abandonedAt ? <Badge tone="amber">abandoned</Badge> : null}
        {row.endedBy ? <span className={classes.sub}>{ENDED_WORDS[row.endedBy]}</span> : null}
      </>
    ),
  },
  {
    key: 'observed',
    header: 'Observed',
    width: 100,
    narrow: 'left out',
    cell: (row) => <Badge title={OBSERVED_WORDS[row.observedBy].why}>{OBSERVED_WORDS[row.observedBy].word}</Badge>,
  },
  { key: 'started', header: 'Started', width: 110, align: 'right', cell: (row) => <When at={row.startedAt} /> },
  { key: 'lifetime', header: 'Lifetime', width: 90, align: 'right', cell: (row) => <Lifetime session={row} /> },
  { key: 'trust', header: 'Trust age', width: 90, align: 'right', cell: (row) => <TrustAge session={row} /> },
  {
    key: 'scope',
    header: 'Scope',
    width: 120,
    narrow: 'left out',
    cell: (row) =>
      row.scope ? (
        <span className={classes.mono} title={row.scope}>
          {shortened(row.scope, 22)}
        </span>
      ) : (
        <Unknown />
      ),
  },
  {
    key: 'consent',
    header: 'Consent',
    width: 90,
    narrow: 'left out',
    cell: (row) => (row.consent ? (row.consent.by ?? row.consent.id ?? 'given') : <Unknown />),
  },
  { key: 'events', header: 'Events', width: 80, align: 'right', cell: (row) => <Events row={row} /> },
  {
    key: 'end',
    header: '',
    width: 44,
    cell: (row) => (row.endedAt ? null : <TerminateButton compact actions={actions} may={may} sessions={[row]} />),
  },
];

function Label({ row }: { row: SessionRow }) {
  const where = [systemName(row.source), row.network, row.region].filter(Boolean).join(' · ');
  return (
    <span className={classes.label}>
      {shortened(row.label, 48)}
      <span className={classes.sub}>{where}</span>
    </span>
  );
}

const Identity = ({ row }: { row: SessionRow }) => (
  <Link href={`/identities/${row.identityId}`} className={classes.quietLink} title={row.identityName} prefetch={false}>
    <span className={`${classes.mono} ${classes.cut}`}>{shortened(row.identityName, 26)}</span>
  </Link>
);

function Events({ row }: { row: SessionRow }) {
  const split = [row.readCount ? `${row.readCount} read` : '', row.changeCount ? `${row.changeCount} change` : ''];
  return (
    <span className={classes.number} title={split.filter(Boolean).join(', ') || undefined}>
      {row.eventCount}
    </span>
  );
}
