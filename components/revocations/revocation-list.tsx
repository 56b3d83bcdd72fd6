'use client';

import { Text } from '@mantine/core';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { ActionProgress } from '@/components/revocations/action-progress';
import classes from '@/components/revocations/revocations.module.css';
import { TimesPanel } from '@/components/revocations/times-panel';
import { type Column, DataList } from '@/components/ui/data-list';
import { duration } from '@/components/ui/dates';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { shortened } from '@/components/ui/identifier';
import { Loading } from '@/components/ui/loading';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { Stat } from '@/components/ui/stat';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { Page } from '@/lib/http/model';
import type { Progress } from '@/lib/revocations/bulk-model';
import { KIND_WORDS, reasonWords, systemName, verifiedMs } from '@/lib/revocations/format';
import { RECORDED_KINDS, REVOCATION_STATES, type RevocationRow, type RevocationSummary } from '@/lib/revocations/model';
import type { Times } from '@/lib/revocations/times/model';

const systems = (row: RevocationRow): string =>
  [...new Set(row.steps.filter((step) => step.verb !== 'regrowth').map((step) => systemName(step.system)))].join(', ');

const columns: Column<RevocationRow>[] = [
  { key: 'identity', header: 'Identity', cell: (row) => <span className="mono">{row.identityName}</span> },
  {
    key: 'kind',
    header: 'What',
    cell: (row) =>
      row.kind === 'terminate' && row.sessionIds.length > 1
        ? `${row.sessionIds.length} sessions ended`
        : `${row.drill ? 'Drill: ' : ''}${KIND_WORDS[row.kind]}`,
  },
  { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.state} /> },
  { key: 'systems', header: 'Where', cell: systems },
  { key: 'reason', header: 'Why', cell: (row) => shortened(row.reason || reasonWords(row.reasonCode), 80) },
  { key: 'by', header: 'By', cell: (row) => row.actorName },
  { key: 'at', header: 'Requested', cell: (row) => <When at={row.requestedAt} /> },
  {
    key: 'took',
    header: 'To verified',
    align: 'right',
    cell: (row) => {
      const took = verifiedMs(row);
      return took === null ? '–' : duration(took);
    },
  },
];

function title(now: RevocationSummary): string {
  if (!now.total) return 'No access has been ended yet.';
  const times = now.clickToVerifiedMs;
  const took = times
    ? `Ending access takes ${duration(times.p50)} from click to proof`
    : 'No revocation has been proven yet';
  const waiting = now.unfinished
    ? `; ${now.unfinished} ${now.unfinished === 1 ? 'is' : 'are'} not finished.`
    : '; nothing is unfinished.';
  return `${took}${waiting}`;
}

/** One action over many, as long as it is on its way and after. */
function OneAction({ actionId }: { actionId: string }) {
  const { data, error } = useApi<Progress>('/revocations/progress', { actionId }, { everyMs: 1_000 });
  return (
    <div className={classes.oneAction}>
      <Panel title="One action">
        {data?.total ? (
          <ActionProgress progress={data} />
        ) : data ? (
          data.leftOut?.length ? (
            'Nothing was done: everything was left out.'
          ) : (
            <>
              Nothing was begun under this link. <Link href="/revocations">All revocations</Link>
            </>
          )
        ) : error && error.status >= 400 && error.status < 500 ? (
          <>
            There is no such action: <code>{shortened(actionId, 40)}</code>.{' '}
            <Link href="/revocations">All revocations</Link>
          </>
        ) : error ? (
          error.message
        ) : (
          <Loading rows={1} />
        )}
        {data?.leftOut?.length ? <LeftOut rows={data.leftOut} /> : null}
      </Panel>
    </div>
  );
}

const LeftOut = ({ rows }: { rows: NonNullable<Progress['leftOut']> }) => (
  <DataList
    caption="What it left out"
    rows={rows}
    rowKey={(row) => row.id}
    rowHref={(row) => `/${row.session ? 'sessions' : 'identities'}/${row.id}`}
    maxHeight={220}
    empty={null}
    columns={[
      { key: 'name', header: `Left out: ${rows.length}`, cell: (row) => <span className="mono">{row.name}</span> },
      { key: 'why', header: 'Why', cell: (row) => row.why },
    ]}
  />
);

interface RevocationListProps {
  initial: Page<RevocationRow> | undefined;
  summary: RevocationSummary;
  /** What waits for somebody, above the list. */
  waiting?: ReactNode;
  times: Times;
  setTarget: (input: { ms: number }) => Promise<{ error?: { message: string } }>;
}

/** Without a choice drills are left out. */
const DRILLS = [
  { value: 'too', label: 'with drills' },
  { value: 'only', label: 'only drills' },
];

export function RevocationList({ initial, summary, waiting, times: measured, setTarget }: RevocationListProps) {
  const [filters] = useFilters([
    'q',
    'kind',
    'state',
    'identityId',
    'sessionId',
    'connectorId',
    'actionId',
    'missed',
    'drills',
  ]);
  const { data: all = measured } = useApi<Times>('/revocations/times', {}, { initialData: measured });
  const list = useInfiniteApi<RevocationRow>('/revocations', filters, initial);
  const { data: now = summary } = useApi<RevocationSummary>('/revocations/summary', {}, { initialData: summary });
  const times = now.clickToVerifiedMs;
  return (
    <>
      <PageHeader
        title={title(now)}
        sub="Every ended, paused and restored access, with the proof of it. Ended sessions are never deleted."
      />
      {waiting}
      <div className={classes.stats}>
        <Stat
          label="Click to verified, median"
          value={times ? duration(times.p50) : '–'}
          sub={times ? `${times.count} in 90 days` : 'none yet'}
        />
        <Stat
          label="Click to verified, p95"
          value={times ? duration(times.p95) : '–'}
          sub={
            all.total
              ? `${all.missed} of ${all.total} missed the target of ${duration(all.targetMs)}`
              : `the target is ${duration(all.targetMs)}`
          }
          tone={times && times.p95 > all.targetMs ? 'amber' : undefined}
          href="/revocations?missed=true"
        />
        <Stat
          label="Not finished"
          value={now.unfinished}
          tone={now.unfinished ? 'amber' : undefined}
          sub={now.residual ? `${now.residual} with residuals` : 'no residuals'}
        />
        <Stat
          label="Came back"
          value={now.regrown}
          tone={now.regrown ? 'red' : undefined}
          sub="watched for 24 h"
          href="/revocations?state=regrown"
        />
      </div>
      <FilterBar
        search="Identity, reason or who"
        selects={[
          { key: 'kind', label: 'What', options: [...RECORDED_KINDS] },
          { key: 'state', label: 'State', options: [...REVOCATION_STATES, 'regrown'] },
          { key: 'drills', label: 'Drills', options: DRILLS },
        ]}
        also={['identityId', 'sessionId', 'connectorId', 'actionId', 'missed']}
      />
      {filters.actionId ? <OneAction actionId={filters.actionId} /> : null}
      <Panel flush>
        <DataList
          caption="Revocations"
          list={list}
          columns={columns}
          rowKey={(row) => row.id}
          rowHref={(row) => `/revocations/${row.id}`}
          empty={
            Object.values(filters).some(Boolean) ? (
              <EmptyState title="No revocation matches these filters" />
            ) : (
              <EmptyState title="Nothing here">
                <Text size="sm">
                  End a session from its row, or revoke an identity on its page: it appears here with every step until
                  it is proven.
                </Text>
              </EmptyState>
            )
          }
        />
      </Panel>
      <TimesPanel times={all} setTarget={setTarget} />
    </>
  );
}
