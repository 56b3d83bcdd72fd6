import { DataList } from '@/components/ui/data-list';
import { shortened } from '@/components/ui/identifier';
import { StateBadge } from '@/components/ui/state-badge';
import type { BulkResult, BulkRow } from '@/lib/revocations/bulk-model';

/** Every row that was chosen: taken or left out, and why; those left out first, as they are what one did not expect. */
export function BulkRows({ rows, kind }: { rows: BulkRow[]; kind: BulkResult['kind'] }) {
  const sessions = kind === 'terminate';
  const sorted = [...rows].sort((a, b) => Number(a.eligible) - Number(b.eligible));
  return (
    <DataList
      caption="What it takes and what it leaves out"
      rows={sorted}
      rowKey={(row) => row.id}
      maxHeight={260}
      empty={null}
      columns={[
        {
          key: 'name',
          header: sessions ? 'Session' : 'Identity',
          cell: (row) => <span className="mono">{shortened(row.name, 36)}</span>,
        },
        ...(sessions
          ? [{ key: 'identity', header: 'Identity', cell: (row: BulkRow) => shortened(row.identityName, 26) }]
          : [
              { key: 'live', header: 'Live', align: 'right' as const, width: 60, cell: (row: BulkRow) => row.sessions },
            ]),
        {
          key: 'systems',
          header: 'Ended in',
          cell: (row) => (row.eligible ? row.systems.join(', ') || 'decision point only' : '–'),
        },
        {
          key: 'takes',
          header: '',
          cell: (row) =>
            row.eligible ? (
              <span title={row.limits ?? undefined}>
                {row.limits ? `taken. ${shortened(row.limits, 60)}` : 'taken'}
              </span>
            ) : (
              <>
                <StateBadge state="skipped" /> {row.why}
              </>
            ),
        },
      ]}
    />
  );
}
