'use client';

import Link from 'next/link';
import classes from '@/components/signals/signals.module.css';
import { Badge, type Tone } from '@/components/ui/badge';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { Identifier } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { Page } from '@/lib/http/model';
import { shortName } from '@/lib/signals/event-model';
import { IN_STATES, type InState, type ReceivedRow, type SourceRow } from '@/lib/signals/model';

const WORDS: Record<InState, [string, Tone]> = {
  received: ['waiting', 'blue'],
  acted: ['acted upon', 'green'],
  noted: ['noted', 'quiet'],
  unmatched: ['means nobody here', 'amber'],
  ambiguous: ['not clear who is meant', 'amber'],
  ignored: ['not understood', 'quiet'],
  refused: ['refused', 'red'],
  failed: ['failed', 'red'],
};

function What({ row }: { row: ReceivedRow }) {
  return (
    <>
      {row.event ? shortName(row.event) : 'unreadable'}
      {row.subject ? <div className={classes.dim}>{row.subject}</div> : null}
    </>
  );
}

function Outcome({ row }: { row: ReceivedRow }) {
  return (
    <div className={classes.outcome}>
      {row.outcome}
      {row.reason ? <div className={classes.dim}>It says: {row.reason}</div> : null}
      {row.identities.length + row.revocationIds.length > 0 ? (
        <div className={classes.dim}>
          {row.identities.map(({ id, name }) => (
            <span key={id}>
              <Link href={`/identities/${id}`}>{name}</Link>{' '}
            </span>
          ))}
          {row.revocationIds.map((id) => (
            <span key={id}>
              · <Link href={`/revocations/${id}`}>proof</Link>{' '}
            </span>
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** Every signal that came in: what it did, or why nothing. */
export function ReceivedList({ initial, sources }: { initial: Page<ReceivedRow>; sources: SourceRow[] }) {
  const [filters] = useFilters(['state', 'sourceId', 'id']);
  const list = useInfiniteApi<ReceivedRow>('/signals/received', filters, initial);
  return (
    <Panel id="received" title="Signals that came in" note="Kept for 90 days" flush>
      <div style={{ padding: '0 16px' }}>
        <FilterBar
          also={['id']}
          selects={[
            { key: 'state', label: 'Outcome', options: IN_STATES.map((value) => ({ value, label: WORDS[value][0] })) },
            { key: 'sourceId', label: 'From', options: sources.map(({ id, name }) => ({ value: id, label: name })) },
          ]}
        />
      </div>
      <DataList
        caption="Signals that came in"
        list={list}
        rowKey={(row) => row.id}
        empty={
          <EmptyState title={filters.state || filters.sourceId || filters.id ? 'No such signal' : 'No signal yet'}>
            What other systems say stands here, with what it did or why it did nothing.
          </EmptyState>
        }
        columns={[
          { key: 'event', header: 'Signal', cell: (row) => <What row={row} /> },
          { key: 'from', header: 'From', cell: (row) => row.sourceName },
          {
            key: 'state',
            header: 'Outcome',
            cell: (row) => <Badge tone={WORDS[row.state][1]}>{WORDS[row.state][0]}</Badge>,
          },
          { key: 'outcome', header: 'What it did', cell: (row) => <Outcome row={row} /> },
          {
            key: 'txn',
            header: 'Transaction',
            narrow: 'left out',
            cell: (row) => (row.txn ? <Identifier value={row.txn} max={14} /> : '–'),
          },
          { key: 'at', header: 'Received', cell: (row) => <When at={row.receivedAt} /> },
        ]}
      />
    </Panel>
  );
}
