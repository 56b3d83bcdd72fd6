'use client';

import { grouped } from '@/components/intake/intake-words';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { Page } from '@/lib/http/model';
import { bytesText } from '@/lib/platform/size-format';
import { BATCH_STATES, type BatchRow } from '@/lib/sessions/inbox-model';

const KEYS = ['state', 'refused', 'connectorId'] as const;

/** Batches that were sent or pulled in the last week. */
export function BatchList({ initial }: { initial: Page<BatchRow> }) {
  const [filters] = useFilters(KEYS);
  const list = useInfiniteApi<BatchRow>('/event-batches', filters, initial);
  const filtered = Object.values(filters).some(Boolean);
  return (
    <Panel id="batches" title="Batches" note="of the last week, newest first" flush>
      <div style={{ padding: '12px 16px 0' }}>
        <FilterBar
          selects={[
            { key: 'state', label: 'State', options: BATCH_STATES },
            { key: 'refused', label: 'Refused', options: [{ value: 'true', label: 'with refused records' }] },
          ]}
          also={['connectorId']}
        />
      </div>
      <DataList
        caption="Batches of events, newest first"
        list={list}
        rowKey={(row) => row.id}
        rowHref={(row) => `/intake/batches/${row.id}`}
        empty={
          filtered ? (
            <EmptyState title="No batch matches these filters" />
          ) : (
            <EmptyState title="Nothing was sent or pulled in the last week">
              Send events to <code>POST /v1/events</code> of the decision point with a token that may ingest; those of a
              source of your own with <code>?format=generic&amp;mapping=…</code>.
            </EmptyState>
          )
        }
        columns={[
          { key: 'at', header: 'Came', cell: (row) => <When at={row.receivedAt} />, width: 120 },
          {
            key: 'from',
            header: 'From',
            cell: (row) => (row.connectorId ? `${row.actorName}, pulled` : row.actorName),
          },
          {
            key: 'format',
            header: 'Read as',
            cell: (row) => row.mapping ?? row.result?.format ?? row.format,
            width: 140,
          },
          { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.state} />, width: 100 },
          { key: 'bytes', header: 'Size', align: 'right', cell: (row) => bytesText(row.bytes), width: 90 },
          { key: 'events', header: 'New events', align: 'right', cell: (row) => numberOf(row, 'events'), width: 100 },
          { key: 'known', header: 'Known', align: 'right', cell: (row) => numberOf(row, 'duplicates'), width: 80 },
          { key: 'skipped', header: 'No fact', align: 'right', cell: (row) => numberOf(row, 'skipped'), width: 80 },
          {
            key: 'refused',
            header: 'Refused',
            align: 'right',
            cell: (row) => numberOf(row, 'rejectedTotal'),
            width: 90,
          },
        ]}
      />
    </Panel>
  );
}

const numberOf = (row: BatchRow, key: 'events' | 'duplicates' | 'skipped' | 'rejectedTotal'): string =>
  row.result ? grouped(row.result[key]) : '–';
