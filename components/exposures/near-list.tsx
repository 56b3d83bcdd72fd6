'use client';

import Link from 'next/link';
import { ExposureBar } from '@/components/exposures/exposure-bars';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import { amountText, meterText, percentOf, plural, scopeWord, severalSets, windowText } from '@/lib/exposures/format';
import type { NearRow } from '@/lib/exposures/near-model';
import type { Page } from '@/lib/http/model';

const standsAt = (row: NearRow): number => percentOf(BigInt(row.settled) + BigInt(row.held), row.limit);

function sentence(rows: readonly NearRow[], more: boolean): string {
  const [nearest] = [...rows].sort((a, b) => standsAt(b) - standsAt(a));
  if (!nearest) return 'Nothing stands near its limit.';
  const many = more
    ? `${rows.length} and more exposures stand`
    : `${rows.length} ${plural(rows.length, 'exposure stands', 'exposures stand')}`;
  return `${many} near ${rows.length === 1 && !more ? 'its limit' : 'their limits'}; ${nearest.keyName ?? nearest.key} is at ${standsAt(nearest)} %.`;
}

const columns = (several: boolean): Column<NearRow>[] => [
  {
    key: 'exposure',
    header: 'Exposure',
    cell: (row) => (
      <Link href={`/decisions/path?exposure=${row.id}`} prefetch={false} title="How it got there">
        <span className="mono">{meterText(row, several)}</span> {scopeWord(row.scope)} {row.keyName ?? row.key}
      </Link>
    ),
  },
  {
    key: 'stands',
    header: 'Stands at',
    cell: (row) => (
      <div style={{ minWidth: 180 }}>
        <ExposureBar exposure={row} />
        {standsAt(row)} %: {amountText(BigInt(row.settled) + BigInt(row.held), row.scale)} of{' '}
        {amountText(row.limit, row.scale, row.unit)}
      </div>
    ),
  },
  { key: 'left', header: 'Left', align: 'right', cell: (row) => amountText(row.available, row.scale, row.unit) },
  { key: 'window', header: 'Counted', cell: (row) => windowText(row.windowSecs, row.calendar) },
  {
    key: 'who',
    header: 'Moved by',
    cell: (row) =>
      row.identities.map((one, at) => (
        <span key={one.id}>
          {at ? ', ' : ''}
          <Link href={`/identities/${one.id}`} className="mono" prefetch={false}>
            {one.name}
          </Link>
        </span>
      )),
  },
  { key: 'since', header: 'Near since', cell: (row) => (row.since ? <When at={row.since} /> : 'just now') },
];

/** What stands at a warning level of its limit: before anything is refused. */
export function NearList({ initial }: { initial: Page<NearRow> | undefined }) {
  const [filters] = useFilters(['set', 'level']);
  const list = useInfiniteApi<NearRow>('/exposures/near', filters, initial);
  return (
    <>
      <PageHeader
        title={sentence(list.rows, list.more !== undefined)}
        sub="Before anything is refused: what policies warn of, 80 and 90 % unless they say otherwise. A notification route can tell people of it."
      />
      <FilterBar
        selects={[
          {
            key: 'level',
            label: 'Level',
            options: [
              { value: '80', label: '80 % and above' },
              { value: '90', label: '90 % and above' },
            ],
          },
        ]}
        also={['set']}
      />
      <Panel flush>
        <DataList
          caption="Exposures near their limit, the highest level first"
          list={list}
          rowKey={(row) => row.id}
          empty={
            Object.values(filters).some(Boolean) ? (
              <EmptyState title="Nothing stands there" />
            ) : (
              <EmptyState title="Nothing stands near its limit">
                As soon as an exposure reaches the first level its rule warns at, it stands here with who moved it.
              </EmptyState>
            )
          }
          columns={columns(severalSets(list.rows))}
        />
      </Panel>
    </>
  );
}
