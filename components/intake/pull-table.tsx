'use client';

import { grouped } from '@/components/intake/intake-words';
import { PULLED, PullLag, PullStanding } from '@/components/intake/pull-standing';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { ConnectorRow } from '@/lib/connectors/model';
import type { Pull } from '@/lib/connectors/pull-model';

interface Row {
  connector: ConnectorRow;
  pull: Pull;
}

/** What is pulled from each system: how far it has come, and why it stands. */
export function PullTable({ initial }: { initial: { items: ConnectorRow[]; nextCursor: null } }) {
  const { data = initial } = useApi<typeof initial>('/connectors', {}, { initialData: initial, everyMs: 5_000 });
  const rows = data.items.flatMap((connector) => connector.pulls.map((pull): Row => ({ connector, pull })));
  return (
    <Panel title="Pulled from systems" note="each with a cursor that moves only with what was stored" flush>
      <DataList
        caption="What is pulled from connected systems"
        rows={rows}
        rowKey={({ connector, pull }) => `${connector.id} ${pull.what}`}
        rowHref={({ connector, pull }) =>
          pull.what === 'events' ? `/intake?connectorId=${connector.id}#batches` : `/connectors/${connector.id}`
        }
        empty={
          <EmptyState title="No system’s log is pulled">
            A connected system that hands over its audit log, or what changed among its identities, stands here with how
            far it has been read.
          </EmptyState>
        }
        columns={[
          { key: 'system', header: 'System', cell: ({ connector }) => connector.name },
          { key: 'what', header: 'What', cell: ({ pull }) => PULLED[pull.what], width: 170 },
          {
            key: 'state',
            header: 'State',
            cell: ({ connector, pull }) => <PullStanding pull={pull} disabled={connector.state === 'disabled'} />,
          },
          { key: 'lag', header: 'Behind', cell: ({ pull }) => <PullLag pull={pull} />, width: 130 },
          { key: 'event', header: 'Newest event', cell: ({ pull }) => <When at={pull.eventAt} />, width: 130 },
          { key: 'cursor', header: 'Cursor moved', cell: ({ pull }) => <When at={pull.movedAt} />, width: 130 },
          {
            key: 'age',
            header: 'Answered',
            cell: ({ pull }) => <When at={pull.answeredAt} never="never" />,
            width: 120,
          },
          { key: 'taken', header: 'Taken over', align: 'right', cell: ({ pull }) => grouped(pull.taken), width: 110 },
        ]}
      />
    </Panel>
  );
}
