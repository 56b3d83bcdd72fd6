'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { Scopes } from '@/components/consents/scopes';
import { TakeBackDialog } from '@/components/consents/take-back-dialog';
import { systemName } from '@/components/sessions/system-name';
import { useMay } from '@/components/shell/operator-context';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import ui from '@/components/ui/ui.module.css';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { ConsentRevoked, ConsentRow, RevokeConsent } from '@/lib/consents/model';
import { plural } from '@/lib/exposures/format';
import type { ActionResult, Page } from '@/lib/http/model';

const KEYS = ['q', 'state', 'source', 'identityId'] as const;

function sentence(rows: readonly ConsentRow[]): string {
  const given = rows.filter((row) => row.state === 'given');
  const beyond = given.filter((row) => row.beyond.length > 0).length;
  const unused = given.filter((row) => row.unused.length > 0).length;
  if (rows.length === 0) return 'No log that Braid reads has told of a consent yet.';
  if (beyond > 0) return `${beyond} ${plural(beyond, 'app uses', 'apps use')} more than was consented to.`;
  if (unused > 0) return `${unused} ${plural(unused, 'app was', 'apps were')} allowed more than they use.`;
  return `${given.length} ${plural(given.length, 'consent is', 'consents are')} given.`;
}

interface ConsentPageProps {
  initial: Page<ConsentRow> | undefined;
  revoke: (input: RevokeConsent) => Promise<ActionResult<ConsentRevoked>>;
}

/** Which app was allowed what, by whom and when, and what it used of it. */
export function ConsentPage({ initial, revoke }: ConsentPageProps) {
  const [filters] = useFilters(KEYS);
  const list = useInfiniteApi<ConsentRow>('/consents', filters, initial);
  const [revoking, setRevoking] = useState<ConsentRow>();
  const may = useMay('identity.revoke');
  return (
    <>
      <PageHeader
        title={sentence(list.rows)}
        sub="Delegated access, as the logs of its systems tell it: granted beside used. What no log tells is shown as not told."
      />
      <FilterBar
        nothing={list.empty}
        search="App, grantor or scope"
        selects={[{ key: 'state', label: 'State', options: ['given', 'expired', 'revoked'] }]}
        also={['source', 'identityId']}
      />
      <Panel flush>
        <DataList
          caption="Consents, newest first"
          list={list}
          rowKey={(row) => row.id}
          empty={
            Object.values(filters).some(Boolean) ? (
              <EmptyState title="No consent matches these filters" />
            ) : (
              <EmptyState title="No consent yet">
                Okta, Entra, Microsoft 365, GitHub and Keycloak log who allowed an app what: connect one, or import its
                log.
              </EmptyState>
            )
          }
          columns={columns(may ? setRevoking : null)}
        />
      </Panel>
      <TakeBackDialog consent={revoking} onClose={() => setRevoking(undefined)} revoke={revoke} onDone={list.retry} />
    </>
  );
}

const columns = (ask: ((row: ConsentRow) => void) | null): Column<ConsentRow>[] => [
  {
    key: 'app',
    header: 'App',
    cell: (row) =>
      row.appIdentity ? (
        <Link href={`/identities/${row.appIdentity.id}`}>{row.appIdentity.name}</Link>
      ) : (
        <span className={ui.mono}>{row.app}</span>
      ),
  },
  { key: 'source', header: 'System', cell: (row) => systemName(row.source), width: 110, narrow: 'left out' },
  {
    key: 'grantor',
    header: 'Allowed by',
    cell: (row) => <Link href={`/identities/${row.identityId}`}>{row.grantor}</Link>,
  },
  { key: 'at', header: 'When', cell: (row) => <When at={row.at} />, width: 110 },
  { key: 'scopes', header: 'Granted and used', cell: (row) => <Scopes row={row} /> },
  {
    key: 'used',
    header: 'Last used',
    cell: (row) => <When at={row.lastUsedAt} never="not seen" />,
    width: 110,
    narrow: 'left out',
  },
  {
    key: 'live',
    header: 'Live',
    align: 'right',
    width: 60,
    cell: (row) =>
      row.appIdentity ? (
        <Link href={`/sessions?identityId=${row.appIdentity.id}&live=true`}>{row.liveSessions}</Link>
      ) : (
        row.liveSessions
      ),
  },
  {
    key: 'state',
    header: 'State',
    width: 110,
    cell: (row) => (
      <span title={row.revokedHow ?? undefined}>
        <StateBadge state={row.state} />
      </span>
    ),
  },
  {
    key: 'actions',
    header: '',
    align: 'right',
    width: 100,
    cell: (row) =>
      ask && row.state !== 'revoked' ? (
        <Button
          size="compact-sm"
          variant={row.revocableBy ? 'default' : 'subtle'}
          title={
            row.revocableBy
              ? `${row.revocableBy.name} takes it back`
              : `Has to be removed at ${systemName(row.source)} itself: no connected system can`
          }
          onClick={() => ask(row)}
          aria-label={`Revoke consent to ${row.app}`}
        >
          Revoke…
        </Button>
      ) : null,
  },
];
