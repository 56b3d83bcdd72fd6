'use client';

import Link from 'next/link';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Loading } from '@/components/ui/loading';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import type { Passed } from '@/lib/decisions/passed-model';
import { amountText, plural } from '@/lib/exposures/format';

type Row = Passed['sessions'][number];

const worthText = (worth: Passed['worth']): string =>
  worth.map((one) => amountText(one.amount, one.scale, one.unit)).join(', ') || '–';

const COLUMNS: Column<Row>[] = [
  { key: 'session', header: 'Session', cell: (row) => row.label || 'unnamed' },
  { key: 'allowed', header: 'Allowed', align: 'right', cell: (row) => amountText(String(row.allowed)) },
  { key: 'worth', header: 'Worth', align: 'right', cell: (row) => worthText(row.worth) },
  {
    key: 'back',
    header: 'Given back',
    align: 'right',
    cell: (row) => amountText(String(row.givenBack)),
    narrow: 'left out',
  },
  { key: 'stopped', header: 'Stopped', align: 'right', cell: (row) => amountText(String(row.stopped)) },
];

const MOST_MS = 7 * 86_400_000;

interface PassedPanelProps {
  identityId: string;
  /** Its first and last sign. */
  from: string;
  to: string;
  /** When its sessions began: what they did before the first sign belongs to it, up to a week back. */
  began: readonly (string | null)[];
}

/** What an identity was allowed from the begin of the sessions involved to the last sign: the loss, if this was an incident. */
export function PassedPanel({ identityId, from: first, to, began }: PassedPanelProps) {
  const starts = [first, ...began].flatMap((at) => (at ? [Date.parse(at)] : []));
  const from = new Date(Math.max(Math.min(...starts), Date.parse(first) - MOST_MS)).toISOString();
  // A finding of one instant has a minute: what is decided within it belongs to it.
  const end = new Date(Math.max(Date.parse(to), Date.parse(from) + 60_000)).toISOString();
  const { data, error } = useApi<Passed>(`/identities/${identityId}/passed`, { from, to: end });
  const rows = `/decisions?${new URLSearchParams({ identityId, from, to: end })}`;
  return (
    <Panel
      title="What passed while its sessions lived"
      note={<Link href={rows}>{data ? said(data) : 'its decisions'}</Link>}
      flush
    >
      {error ? <ErrorState message={error.message} requestId={error.requestId} /> : null}
      {!data && !error ? <Loading /> : null}
      {data ? (
        <DataList
          caption="What passed, by session"
          columns={COLUMNS}
          rowKey={(row) => row.sessionId ?? 'none'}
          rowHref={(row) => `${rows}${row.sessionId ? `&sessionId=${row.sessionId}` : ''}`}
          rows={data.sessions}
          empty={
            <EmptyState title="It asked Braid for nothing in this time">
              What it did elsewhere stands in the events of its sessions.
            </EmptyState>
          }
        />
      ) : null}
    </Panel>
  );
}

const said = ({ allowed, worth, stopped, sessionsTotal }: Passed): string =>
  `${amountText(String(allowed))} allowed${worth.length ? `, worth ${worthText(worth)}` : ''}, in ${sessionsTotal} ${plural(sessionsTotal, 'session')}; ${amountText(String(stopped))} stopped`;
