'use client';

import { countAt, type Lane, stepsIn } from '@/components/identities/lanes-geometry';
import { type Column, DataList } from '@/components/ui/data-list';
import { SessionName } from '@/components/ui/session-colours';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import type { Concurrency } from '@/lib/sessions/model';

interface ConcurrencyTableProps {
  data: Concurrency;
  lanes: Lane[];
  chosen: ReadonlySet<string>;
  choose: (id: string, chosen: boolean) => void;
}

const refused = (lane: Lane): number => lane.marks.filter((mark) => mark.verdict && mark.verdict !== 'allow').length;

/** The graph as rows, for those who don't see it or want to copy it. */
export function ConcurrencyTable({ data, lanes, chosen, choose }: ConcurrencyTableProps) {
  const steps = stepsIn(data.steps, { from: Date.parse(data.from), to: Date.parse(data.to) });
  const columns: Column<Lane>[] = [
    { key: 'session', header: 'Session', cell: (lane) => <SessionName id={lane.id} label={lane.label} /> },
    {
      key: 'state',
      header: 'State',
      cell: (lane) => <StateBadge state={lane.state} title={lane.endReason ?? undefined} />,
    },
    { key: 'from', header: 'From', cell: (lane) => <When at={lane.startedAt} show="absolute" /> },
    { key: 'to', header: 'To', cell: (lane) => <When at={lane.endedAt} show="absolute" never="live" /> },
    {
      key: 'beside',
      header: 'At once as it began',
      align: 'right',
      cell: (lane) => countAt(steps, Math.max(Date.parse(lane.startedAt), Date.parse(data.from))),
    },
    { key: 'place', header: 'Place', cell: (lane) => lane.region ?? lane.network ?? <span>unknown</span> },
    { key: 'refused', header: 'Not allowed', align: 'right', cell: refused },
    {
      key: 'choose',
      header: 'Choose',
      cell: (lane) => (
        <input
          type="checkbox"
          aria-label={`Choose session ${lane.label}`}
          checked={chosen.has(lane.id)}
          disabled={lane.endedAt !== null}
          onChange={(event) => choose(lane.id, event.currentTarget.checked)}
        />
      ),
    },
  ];
  return (
    <DataList
      caption="Sessions at once"
      rows={lanes}
      columns={columns}
      rowKey={(lane) => lane.id}
      rowHref={(lane) => `/sessions/${lane.id}`}
      empty={null}
      maxHeight={560}
    />
  );
}
