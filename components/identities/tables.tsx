'use client';

import { Because, RiskBadge } from '@/components/risks/risk-words';
import { Badge } from '@/components/ui/badge';
import { type Column, DataList } from '@/components/ui/data-list';
import { duration } from '@/components/ui/dates';
import { EmptyState } from '@/components/ui/empty-state';
import { Identifier, shortened } from '@/components/ui/identifier';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import type { InfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { FindingRow } from '@/lib/findings/model';
import type { CredentialRow } from '@/lib/identities/model';
import { KIND_WORDS, reasonWords, verifiedMs } from '@/lib/revocations/format';
import type { RevocationRow } from '@/lib/revocations/model';
import type { CredentialRisks } from '@/lib/risks/model';

const CREDENTIALS: Column<CredentialRow>[] = [
  { key: 'name', header: 'Credential', cell: (row) => <Identifier value={row.externalId} max={40} /> },
  { key: 'kind', header: 'Kind', cell: (row) => row.kind.replaceAll('_', ' ') },
  { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.state} /> },
  {
    key: 'source',
    header: 'Known from',
    cell: (row) => (
      <>
        {row.source}{' '}
        {row.listed ? null : <Badge title="Seen in use; its system does not list it to Braid">only seen</Badge>}
      </>
    ),
  },
  { key: 'used', header: 'Last used', cell: (row) => <When at={row.lastUsedAt} never="unknown" /> },
  { key: 'expires', header: 'Expires', cell: (row) => <When at={row.expiresAt} never="unknown" /> },
];

interface CredentialTableProps {
  identityId: string;
  credentials: CredentialRow[];
  total: number;
}

/** Each with the risk of its own: what its sessions did is not in it. */
export function CredentialTable({ identityId, credentials, total }: CredentialTableProps) {
  const { data } = useApi<CredentialRisks>(`/identities/${identityId}/credential-risks`);
  const risks = new Map(data?.items.map((one) => [one.credentialId, one]));
  const risk: Column<CredentialRow> = {
    key: 'risk',
    header: 'Risk',
    cell: (row) => {
      const found = risks.get(row.id);
      if (!found) return null;
      return found.level ? (
        <>
          <RiskBadge risk={found} />
          <Because risk={found} most={2} />
        </>
      ) : (
        'nothing found'
      );
    },
  };
  return (
    <DataList
      caption={`Credentials, ${credentials.length} of ${total}`}
      rows={credentials}
      columns={[...CREDENTIALS, risk]}
      rowKey={(row) => row.id}
      empty={
        <EmptyState title="No credential is known">
          What it authenticates with shows up when a connector lists it or a session is seen with it.
        </EmptyState>
      }
    />
  );
}

const FINDINGS: Column<FindingRow>[] = [
  { key: 'title', header: 'Finding', cell: (row) => row.title },
  { key: 'severity', header: 'Severity', cell: (row) => <StateBadge state={row.severity} /> },
  { key: 'times', header: 'Times', align: 'right', cell: (row) => row.occurrences },
  { key: 'last', header: 'Last seen', cell: (row) => <When at={row.lastSeenAt} /> },
  {
    key: 'state',
    header: 'State',
    cell: (row) => <StateBadge state={row.state} title={row.stateReason ?? undefined} />,
  },
];

export function FindingTable({ list }: { list: InfiniteApi<FindingRow> }) {
  return (
    <DataList
      caption="Findings about this identity"
      list={list}
      columns={FINDINGS}
      rowKey={(row) => row.id}
      rowHref={(row) => `/findings/${row.id}`}
      empty={<EmptyState title="Nothing found">Detectors look at what its sessions do together.</EmptyState>}
    />
  );
}

const REVOCATIONS: Column<RevocationRow>[] = [
  {
    key: 'kind',
    header: 'What',
    cell: (row) =>
      row.sessionIds.length > 1 && row.kind === 'terminate'
        ? `${row.sessionIds.length} sessions ended`
        : KIND_WORDS[row.kind],
  },
  { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.state} /> },
  { key: 'why', header: 'Why', cell: (row) => shortened(row.reason || reasonWords(row.reasonCode), 80) },
  { key: 'by', header: 'By', cell: (row) => row.actorName },
  { key: 'at', header: 'Requested', cell: (row) => <When at={row.requestedAt} /> },
  {
    key: 'took',
    header: 'To verified',
    align: 'right',
    cell: (row) => {
      const took = verifiedMs(row);
      return took === null ? '–' : duration(took);
    },
  },
];

export function RevocationTable({ list }: { list: InfiniteApi<RevocationRow> }) {
  return (
    <DataList
      caption="What was ended, paused and restored"
      list={list}
      columns={REVOCATIONS}
      rowKey={(row) => row.id}
      rowHref={(row) => `/revocations/${row.id}`}
      empty={
        <EmptyState title="Its access was never touched">
          Every end, pause and restore stays here with its proof.
        </EmptyState>
      }
    />
  );
}
