'use client';

import { AuditDrawer } from '@/components/audit/audit-drawer';
import { Badge } from '@/components/ui/badge';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import { provenTone, provenWords } from '@/lib/decisions/verify/format';
import type { VerificationRun } from '@/lib/decisions/verify/runs-model';

const columns: Column<VerificationRun>[] = [
  { key: 'startedAt', header: 'Begun', cell: (row) => <When at={row.startedAt} show="absolute" /> },
  { key: 'actor', header: 'By', cell: (row) => row.actorName },
  {
    key: 'state',
    header: 'Found',
    cell: (row) => (
      <Badge tone={row.state === 'running' ? 'blue' : provenTone(row)}>
        {row.state === 'running' ? 'Running' : provenWords(row)}
      </Badge>
    ),
  },
  { key: 'decisions', header: 'Decisions', align: 'right', cell: (row) => row.result?.decisions ?? '–' },
  { key: 'problems', header: 'Problems', align: 'right', cell: (row) => row.result?.problemsTotal ?? '–' },
  {
    key: 'seconds',
    header: 'Took',
    align: 'right',
    cell: (row) => (row.result ? `${row.result.seconds.toFixed(1)} s` : '–'),
  },
];

/** All runs of the proof, newest first. */
export function ProofRuns() {
  return (
    <AuditDrawer label="all runs" title="Runs of the proof">
      <RunList />
    </AuditDrawer>
  );
}

function RunList() {
  const list = useInfiniteApi<VerificationRun>('/audit/verifications', {});
  return (
    <DataList
      caption="Runs of the proof"
      list={list}
      rowKey={(row) => row.id}
      columns={columns}
      empty={<EmptyState title="It was not run yet">It runs every night at 02:15 UTC.</EmptyState>}
    />
  );
}
