'use client';

import { grouped, spanText } from '@/components/intake/intake-words';
import { Badge } from '@/components/ui/badge';
import { useNow } from '@/components/ui/browser-clock';
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

const WHAT = { events: 'Audit log', changes: 'Changes of identities' } as const;
const HELD = { limited: 'asked for patience', inbox_full: 'inbox full', failing: 'failing' } as const;
/** A system that has not answered for so long is not followed any more, seconds. */
const QUIET_SECS = 120;

function Standing({ row: { connector, pull } }: { row: Row }) {
  if (connector.state === 'disabled') return <Badge>disabled</Badge>;
  if (pull.heldFor)
    return (
      <Badge tone={pull.heldFor === 'failing' ? 'red' : 'amber'} title={pull.heldReason ?? undefined}>
        {HELD[pull.heldFor]}
      </Badge>
    );
  if (pull.ageSecs === null || pull.ageSecs > QUIET_SECS) return <Badge tone="amber">no answer lately</Badge>;
  return pull.behind ? <Badge tone="blue">catching up</Badge> : <Badge tone="green">up to date</Badge>;
}

/** How far what Braid has lies behind what its system has. */
function Lag({ pull }: { pull: Pull }) {
  const now = useNow();
  if (!pull.answeredAt) return 'not known';
  if (!pull.behind) return pull.ageSecs === null ? 'not known' : `up to ${spanText(pull.ageSecs)}`;
  if (!pull.eventAt || now === null) return 'more waits there';
  return `${spanText(Math.max(0, Math.round((now - Date.parse(pull.eventAt)) / 1000)))} of log`;
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
          { key: 'what', header: 'What', cell: ({ pull }) => WHAT[pull.what], width: 170 },
          {
            key: 'state',
            header: 'State',
            cell: (row) => (
              <>
                <Standing row={row} />
                {row.pull.heldReason ? <div style={{ maxWidth: '46ch' }}>{row.pull.heldReason}</div> : null}
                {row.pull.heldUntil ? (
                  <div>
                    asked again <When at={row.pull.heldUntil} />
                  </div>
                ) : null}
              </>
            ),
          },
          { key: 'lag', header: 'Behind', cell: ({ pull }) => <Lag pull={pull} />, width: 130 },
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
