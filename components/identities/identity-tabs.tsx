'use client';

import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { DecisionTable } from '@/components/decisions/decision-table';
import { UsualPanel } from '@/components/findings/usual-panel';
import { Governance, type GovernanceActions } from '@/components/identities/governance';
import classes from '@/components/identities/identities.module.css';
import { ReuseGraph } from '@/components/identities/reuse-graph';
import { CredentialTable, FindingTable, RevocationTable } from '@/components/identities/tables';
import { LaneList } from '@/components/lanes/lane-list';
import { PosturePanel } from '@/components/posture/posture-panel';
import { RunTable } from '@/components/runs/run-table';
import { EmptyState } from '@/components/ui/empty-state';
import panel from '@/components/ui/ui.module.css';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import type { DecisionRow } from '@/lib/decisions/model';
import type { FindingRow } from '@/lib/findings/model';
import type { Page } from '@/lib/http/model';
import type { IdentityDetail } from '@/lib/identities/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { RevocationRow } from '@/lib/revocations/model';
import type { RunRow } from '@/lib/sessions/run-model';

const TABS = [
  'decisions',
  'findings',
  'posture',
  'usual',
  'lanes',
  'runs',
  'credentials',
  'revocations',
  'governance',
] as const;
type Tab = (typeof TABS)[number];

interface IdentityTabsProps {
  identity: IdentityDetail;
  openFindings: number;
  decisions: Page<DecisionRow>;
  actions: GovernanceActions;
  revocations: RevocationActions;
}

/** What it did, what was found, what it authenticates with, what was ended, and who answers for it. The tab is in the URL. */
export function IdentityTabs({ identity, openFindings, decisions, actions, revocations }: IdentityTabsProps) {
  const [{ tab }, set] = useFilters(['tab']);
  const current: Tab = TABS.find((one) => one === tab) ?? 'decisions';
  const label: Record<Tab, ReactNode> = {
    decisions: 'Decisions',
    findings: openFindings > 0 ? `Findings ${openFindings}` : 'Findings',
    posture: 'Posture',
    usual: 'Usual',
    lanes: 'Lanes',
    runs: 'Runs',
    credentials: identity.credentialsTotal > 0 ? `Credentials ${identity.credentialsTotal}` : 'Credentials',
    revocations: 'Revocations',
    governance: 'Governance',
  };
  return (
    <section className={panel.panel} aria-label={`More about ${identity.name}`}>
      <Tabs
        value={current}
        onChange={(value) => void set({ tab: value === 'decisions' ? null : value })}
        keepMounted={false}
      >
        <Tabs.List px="xs" pt={4}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one} className={classes.tab}>
              {label[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="decisions">
          <Decisions identity={identity} initial={decisions} />
        </Tabs.Panel>
        <Tabs.Panel value="findings">
          <Findings identity={identity} />
        </Tabs.Panel>
        <Tabs.Panel value="posture">
          <PosturePanel identityId={identity.id} />
        </Tabs.Panel>
        <Tabs.Panel value="usual">
          <UsualPanel identityId={identity.id} forget={actions.forgetExpected} />
        </Tabs.Panel>
        <Tabs.Panel value="lanes">
          <LaneList identity={identity} hold={actions.holdLane} revocations={revocations} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <Runs identity={identity} />
        </Tabs.Panel>
        <Tabs.Panel value="credentials">
          <CredentialTable
            identityId={identity.id}
            credentials={identity.credentials}
            total={identity.credentialsTotal}
          />
          <ReuseGraph identityId={identity.id} />
        </Tabs.Panel>
        <Tabs.Panel value="revocations">
          <Revocations identity={identity} />
        </Tabs.Panel>
        <Tabs.Panel value="governance" p="md">
          <Governance identity={identity} actions={actions} />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

function Decisions({ identity, initial }: { identity: IdentityDetail; initial: Page<DecisionRow> }) {
  const list = useInfiniteApi<DecisionRow>('/decisions', { identityId: identity.id, limit: '20' }, initial);
  return (
    <DecisionTable
      list={list}
      hideIdentity
      caption={`Decisions on ${identity.name}, newest first`}
      maxHeight={560}
      empty={
        <EmptyState title="No decision yet">No service has asked the decision point about {identity.name}.</EmptyState>
      }
    />
  );
}

function Findings({ identity }: { identity: IdentityDetail }) {
  return <FindingTable list={useInfiniteApi<FindingRow>('/findings', { identityId: identity.id })} />;
}

function Runs({ identity }: { identity: IdentityDetail }) {
  return (
    <RunTable
      list={useInfiniteApi<RunRow>('/runs', { identityId: identity.id })}
      empty={
        <EmptyState title="No run it acts in">
          A run appears here when one of its sessions names a conversation, trace or pipeline run.
        </EmptyState>
      }
    />
  );
}

function Revocations({ identity }: { identity: IdentityDetail }) {
  return <RevocationTable list={useInfiniteApi<RevocationRow>('/revocations', { identityId: identity.id })} />;
}
