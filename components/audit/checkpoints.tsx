'use client';

import { AuditDrawer } from '@/components/audit/audit-drawer';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Identifier } from '@/components/ui/identifier';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { CheckpointRow } from '@/lib/decisions/checkpoint/model';

const REASONS: Record<CheckpointRow['reason'], string> = {
  schedule: 'on schedule',
  drop: 'before a day was dropped',
  request: 'asked for',
};

const columns: Column<CheckpointRow>[] = [
  { key: 'seq', header: 'No.', align: 'right', width: 64, cell: (row) => row.seq },
  { key: 'at', header: 'Signed', cell: (row) => <When at={row.at} show="absolute" /> },
  { key: 'reason', header: 'Why', cell: (row) => REASONS[row.reason] },
  { key: 'records', header: 'Records', align: 'right', cell: (row) => row.records },
  { key: 'writers', header: 'Chains', align: 'right', cell: (row) => row.writers },
  { key: 'root', header: 'Root', cell: (row) => <Identifier value={row.root} max={15} /> },
];

/** All signed checkpoints, newest first. */
export function Checkpoints() {
  return (
    <AuditDrawer label="all checkpoints" title="Signed checkpoints">
      <CheckpointList />
    </AuditDrawer>
  );
}

function CheckpointList() {
  const list = useInfiniteApi<CheckpointRow>('/audit/checkpoints', {});
  return (
    <DataList
      caption="Signed checkpoints"
      list={list}
      rowKey={(row) => row.seq}
      columns={columns}
      empty={<EmptyState title="None was signed yet">The batch worker signs one every ten minutes.</EmptyState>}
    />
  );
}
