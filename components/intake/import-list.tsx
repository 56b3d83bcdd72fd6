'use client';

import { grouped } from '@/components/intake/intake-words';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { shortened } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { Page } from '@/lib/http/model';
import type { ImportResult, ImportRow } from '@/lib/sessions/import-model';

const numberOf = (row: ImportRow, key: keyof ImportResult & ('events' | 'rejectedTotal' | 'sessions' | 'findings')) =>
  row.result ? grouped(row.result[key]) : '–';

/** Logs that were uploaded here or read on the command line. */
export function ImportList({ initial }: { initial: Page<ImportRow> }) {
  const list = useInfiniteApi<ImportRow>('/imports', {}, initial);
  return (
    <Panel id="imports" title="Imports" note="uploaded here, or read by braid import" flush>
      <DataList
        caption="Imports, newest first"
        list={list}
        rowKey={(row) => row.id}
        rowHref={(row) => `/intake/imports/${row.id}`}
        empty={
          <EmptyState title="No log was imported yet">
            Import one here, or with <code>braid import auto ./logs</code>; one of a source of your own with{' '}
            <code>braid import generic --mapping mapping.yaml ./logs</code>.
          </EmptyState>
        }
        columns={[
          { key: 'name', header: 'Log', cell: (row) => shortened(row.name, 60) },
          { key: 'format', header: 'Read as', cell: (row) => row.result?.format ?? row.format, width: 140 },
          { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.state} />, width: 100 },
          { key: 'events', header: 'New events', align: 'right', cell: (row) => numberOf(row, 'events'), width: 100 },
          {
            key: 'refused',
            header: 'Refused',
            align: 'right',
            cell: (row) => numberOf(row, 'rejectedTotal'),
            width: 90,
          },
          { key: 'sessions', header: 'Sessions', align: 'right', cell: (row) => numberOf(row, 'sessions'), width: 90 },
          { key: 'findings', header: 'Findings', align: 'right', cell: (row) => numberOf(row, 'findings'), width: 90 },
          {
            key: 'secs',
            narrow: 'left out',
            header: 'Took',
            align: 'right',
            cell: (row) => (row.result ? `${row.result.seconds.toFixed(1)} s` : '–'),
            width: 80,
          },
          { key: 'by', header: 'By', cell: (row) => row.actorName, width: 150, narrow: 'left out' },
          { key: 'at', header: 'When', cell: (row) => <When at={row.createdAt} />, width: 120 },
        ]}
      />
    </Panel>
  );
}
