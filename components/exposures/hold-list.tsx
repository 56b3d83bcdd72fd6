'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { ReasonDialog } from '@/components/policies/reason-dialog';
import { useMay } from '@/components/shell/operator-context';
import { Badge } from '@/components/ui/badge';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import { amountText, meterText, plural, scopeWord, severalSets } from '@/lib/exposures/format';
import { mayGiveBack, type OpenHold } from '@/lib/exposures/holds/model';
import type { ActionResult, Page } from '@/lib/http/model';

type Release = (input: { id: string; reason: string }) => Promise<ActionResult<{ id: string }>>;

const KINDS = { hold: 'reservation', lease: 'lease', approval: 'request for approval' } as const;

/** Why it may never come back by itself before its time is over. */
const deadWhy = (row: OpenHold): string | null =>
  row.tokenRevoked ? 'token revoked' : row.sessionEnded ? 'session ended' : null;

function sentence(rows: readonly OpenHold[], more: boolean): string {
  if (!rows.length) return 'Nothing is held.';
  const leases = rows.filter((row) => row.kind === 'lease').length;
  const dead = rows.filter((row) => deadWhy(row)).length;
  const only = leases === rows.length;
  const count = `${rows.length}${more ? ' and more' : ''}`;
  const held = only
    ? `${count} ${plural(rows.length, 'lease is', 'leases are')} held`
    : `${count} ${plural(rows.length, 'hold is', 'holds are')} open`;
  const of = leases && !only ? `, ${leases} of them ${plural(leases, 'a lease', 'leases')}` : '';
  return `${held}${of}${dead ? `; ${dead} of a holder that is gone` : ''}.`;
}

const columns = (several: boolean): Column<OpenHold>[] => [
  {
    key: 'holder',
    header: 'Holder',
    cell: (row) => (
      <>
        <Link href={`/identities/${row.identityId}`} className="mono" prefetch={false}>
          {row.identityName}
        </Link>
        {row.sessionId ? (
          <>
            {' · '}
            <Link href={`/sessions/${row.sessionId}`} prefetch={false}>
              {row.sessionLabel ?? 'session'}
            </Link>
          </>
        ) : null}{' '}
        {deadWhy(row) ? <Badge tone="amber">{deadWhy(row)}</Badge> : null}
      </>
    ),
  },
  {
    key: 'kind',
    header: 'Holds as',
    cell: (row) => (row.allotted ? 'allotment' : KINDS[row.kind]),
    narrow: 'left out',
  },
  {
    key: 'what',
    header: 'What',
    cell: (row) =>
      row.lines.map((line) => (
        <div key={line.exposureId}>
          <Link href={`/decisions/path?exposure=${line.exposureId}`} prefetch={false} title="How it got there">
            <span className="mono">{meterText(line, several)}</span> {scopeWord(line.scope)} {line.keyName ?? line.key}
          </Link>
          {row.kind === 'hold' ? ` · ${amountText(line.amount, line.scale, line.unit)}` : null}
        </div>
      )),
  },
  { key: 'token', header: 'Asked by', cell: (row) => row.tokenName ?? '–', narrow: 'left out' },
  {
    key: 'since',
    header: 'Since',
    cell: (row) => (
      <Link href={`/decisions/${row.decisionId}`} prefetch={false} title="The decision that allowed it">
        <When at={row.createdAt} />
      </Link>
    ),
  },
  { key: 'expires', header: 'Expires', cell: (row) => <When at={row.expiresAt} /> },
];

/** What callers hold now. Who holds without working any more is given back here, with a reason. */
export function HoldList({ initial, release }: { initial: Page<OpenHold> | undefined; release: Release }) {
  const [filters] = useFilters(['kind', 'exposureId', 'identityId']);
  const list = useInfiniteApi<OpenHold>('/holds', filters, initial);
  const may = useMay('session.terminate');
  const [chosen, setChosen] = useState<OpenHold>();
  const buttons: Column<OpenHold> = {
    key: 'act',
    header: '',
    align: 'right',
    cell: (row) =>
      may && mayGiveBack(row) ? (
        <Button size="compact-sm" onClick={() => setChosen(row)}>
          Release…
        </Button>
      ) : null,
  };
  return (
    <>
      <PageHeader
        title={sentence(list.rows, list.more !== undefined)}
        sub="Reserved and not settled yet, and leases: a caller gives them back, or they expire. What a crashed job holds can be released here."
      />
      <FilterBar
        selects={[
          {
            key: 'kind',
            label: 'Holds as',
            options: [
              { value: 'lease', label: 'lease' },
              { value: 'hold', label: 'reservation' },
              { value: 'approval', label: 'request for approval' },
            ],
          },
        ]}
        also={['exposureId', 'identityId']}
      />
      <Panel flush>
        <DataList
          caption="Open holds, the latest first"
          list={list}
          rowKey={(row) => row.id}
          empty={
            <EmptyState title={Object.values(filters).some(Boolean) ? 'Nothing is held there' : 'Nothing is held'}>
              What a caller reserves with an explicit settlement, or leases, stands here until it is settled, released
              or expired.
            </EmptyState>
          }
          columns={[...columns(severalSets(list.rows.flatMap((row) => row.lines))), buttons]}
        />
      </Panel>
      <ReasonDialog
        opened={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        title={`Release what ${chosen?.identityName ?? ''} holds`}
        confirm="Release it"
        danger
        kept="Kept in the audit log"
        onConfirm={async (reason) => {
          const answer = await release({ id: chosen!.id, reason });
          if (answer.data) list.retry();
          return answer;
        }}
      >
        Nothing of it counts from then on, and others may take its place. If the holder still works, both do: end its
        session as well.
      </ReasonDialog>
    </>
  );
}
