'use client';

import { Text } from '@mantine/core';
import Link from 'next/link';
import { Amount } from '@/components/ui/amount';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { SessionName, useSessionColours } from '@/components/ui/session-colours';
import { StateBadge } from '@/components/ui/state-badge';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { EvidenceDecision, EvidenceRevocation } from '@/lib/findings/evidence-model';
import type { FindingDetail } from '@/lib/findings/model';

/** The evidence, opened: which sessions, which decisions, which events. Each row leads on. */
export function EvidencePanels({ finding }: { finding: FindingDetail }) {
  useSessionColours(finding.sessions.map((session) => session.id));
  const labels = new Map(finding.sessions.map((session) => [session.id, session.label]));
  const nothing =
    finding.sessions.length + finding.decisions.length + finding.events.length === 0 && !finding.revocation;
  if (nothing)
    return (
      <Panel title="Evidence">
        <EmptyState title="No evidence is attached">
          {finding.detector === 'manual'
            ? 'This finding was written down by a person.'
            : 'It names no session, decision or event, or retention has dropped them.'}
        </EmptyState>
      </Panel>
    );
  return (
    <>
      {finding.revocation ? <Ended revocation={finding.revocation} /> : null}
      {finding.decisions.length > 0 ? <Decisions decisions={finding.decisions} labels={labels} /> : null}
      {finding.sessions.length > 0 ? <Sessions finding={finding} /> : null}
      {finding.events.length > 0 ? <Events finding={finding} /> : null}
    </>
  );
}

/** What was ended, and came back. */
function Ended({ revocation }: { revocation: EvidenceRevocation }) {
  return (
    <Panel title="Its access had been ended">
      <Text size="sm">
        <Link href={`/revocations/${revocation.id}`}>
          {revocation.kind === 'pause' ? 'Pause' : 'Revocation'} of <When at={revocation.requestedAt} show="absolute" />
        </Link>{' '}
        by {revocation.actorName} <StateBadge state={revocation.state} />
      </Text>
    </Panel>
  );
}

function Decisions({ decisions, labels }: { decisions: EvidenceDecision[]; labels: Map<string, string> }) {
  const split = decisions.filter((decision) => decision.verdict !== 'allow' && decision.alone === 'allow').length;
  return (
    <Panel
      title={`${decisions.length} ${plural(decisions.length, 'decision')}`}
      note={split > 0 ? `${split} a per-session control would have allowed` : undefined}
      flush
    >
      <DataList
        caption="Decisions this finding stands on"
        rows={[...decisions].reverse()}
        rowKey={(row) => row.id}
        rowHref={(row) => `/decisions/${row.id}`}
        maxHeight={420}
        empty={null}
        columns={[
          { key: 'at', header: 'Time', cell: (row) => <When at={row.at} show="time" />, width: 110 },
          {
            key: 'session',
            header: 'Session',
            cell: (row) => (
              <SessionName id={row.sessionId} label={(row.sessionId && labels.get(row.sessionId)) || 'none'} />
            ),
          },
          {
            key: 'asked',
            header: 'Asked',
            cell: (row) => (
              <>
                {row.action}
                <Text component="span" size="xs" c="dimmed" display="block">
                  {row.resource}
                </Text>
              </>
            ),
          },
          {
            key: 'amount',
            header: 'Amount',
            align: 'right',
            cell: (row) => (row.amount ? <Amount minor={row.amount} scale={row.scale} unit={row.unit} /> : '–'),
          },
          { key: 'together', header: 'Together', cell: (row) => <VerdictBadge verdict={row.verdict} /> },
          { key: 'alone', header: 'Alone', cell: (row) => <VerdictBadge verdict={row.alone} /> },
        ]}
      />
    </Panel>
  );
}

function Sessions({ finding }: { finding: FindingDetail }) {
  const live = finding.sessions.filter((session) => session.endedAt === null).length;
  return (
    <Panel
      title={`${finding.sessions.length} ${plural(finding.sessions.length, 'session')}`}
      note={live > 0 ? `${live} still live` : 'all ended'}
      flush
    >
      <DataList
        caption="Sessions this finding stands on"
        rows={finding.sessions}
        rowKey={(row) => row.id}
        rowHref={(row) => `/identities/${finding.identityId}?session=${row.id}`}
        maxHeight={420}
        empty={null}
        columns={[
          { key: 'label', header: 'Session', cell: (row) => <SessionName id={row.id} label={row.label} /> },
          { key: 'place', header: 'From', cell: (row) => [row.region, row.network].filter(Boolean).join(' · ') || '–' },
          { key: 'start', header: 'Started', cell: (row) => <When at={row.startedAt} /> },
          { key: 'end', header: 'Ended', cell: (row) => <When at={row.endedAt} /> },
          { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.state} /> },
        ]}
      />
    </Panel>
  );
}

function Events({ finding }: { finding: FindingDetail }) {
  return (
    <Panel title={`${finding.events.length} ${plural(finding.events.length, 'event')}`} flush>
      <DataList
        caption="Events this finding stands on"
        rows={finding.events}
        rowKey={(row) => row.id}
        maxHeight={320}
        empty={null}
        columns={[
          { key: 'at', header: 'Time', cell: (row) => <When at={row.at} show="absolute" /> },
          { key: 'action', header: 'Action', cell: (row) => row.action },
          { key: 'outcome', header: 'Outcome', cell: (row) => row.outcome },
          { key: 'network', header: 'From', cell: (row) => row.network ?? '–' },
        ]}
      />
    </Panel>
  );
}
