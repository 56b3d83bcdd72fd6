'use client';

import { ConcurrencyPanel } from '@/components/identities/concurrency-panel';
import type { GovernanceActions } from '@/components/identities/governance';
import classes from '@/components/identities/identities.module.css';
import { IdentityHeader } from '@/components/identities/identity-header';
import { IdentityStats } from '@/components/identities/identity-stats';
import { IdentityTabs } from '@/components/identities/identity-tabs';
import { EndsPanel, ExposurePanel, FindingsPanel } from '@/components/identities/side-panels';
import { type ExemptionsOf, IdentityExemptions } from '@/components/policies/identity-exemptions';
import { TriagePanel } from '@/components/triage/triage-panel';
import { useApi } from '@/components/ui/use-api';
import type { WorkflowActions } from '@/components/workflows/actions-model';
import { IdentityWorkflows } from '@/components/workflows/identity-workflows';
import type { DecisionRow } from '@/lib/decisions/model';
import type { Page } from '@/lib/http/model';
import type { IdentityDetail } from '@/lib/identities/model';
import type { Standing } from '@/lib/identities/standing-model';
import type { StartPlaybook } from '@/lib/playbooks/actions-model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { Concurrency } from '@/lib/sessions/model';

interface IdentityPageProps {
  initial: { identity: IdentityDetail; standing: Standing; concurrency: Concurrency; decisions: Page<DecisionRow> };
  /** When the server read it, ISO. */
  at: string;
  revocations: RevocationActions;
  /** As `revocations`; gives back what ended sessions hold. */
  giveBack: RevocationActions;
  actions: GovernanceActions;
  exemptions: ExemptionsOf;
  workflows: Pick<WorkflowActions, 'add'>;
  startPlaybook: StartPlaybook;
}

/** One identity: what its sessions do together, what that uses up, and how it ends. */
export function IdentityPage({
  initial,
  at,
  revocations,
  giveBack,
  actions,
  exemptions,
  workflows,
  startPlaybook,
}: IdentityPageProps) {
  const path = `/identities/${initial.identity.id}`;
  const found = useApi<IdentityDetail>(path, {}, { initialData: initial.identity });
  const { data: standing = initial.standing } = useApi<Standing>(
    `${path}/standing`,
    {},
    { initialData: initial.standing },
  );
  const { data: identity = initial.identity, dataUpdatedAt } = found;
  const nowMs = identity === initial.identity ? Date.parse(at) : dataUpdatedAt;
  return (
    <>
      <IdentityHeader
        identity={identity}
        newest={standing.newest}
        unproven={standing.unproven}
        nowMs={nowMs}
        actions={revocations}
        startPlaybook={startPlaybook}
      />
      <IdentityStats identity={identity} standing={standing} usual={initial.concurrency.usual} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <ConcurrencyPanel
            identity={identity}
            initial={initial.concurrency}
            exposures={standing.exposures}
            actions={revocations}
          />
          <IdentityTabs
            identity={identity}
            openFindings={standing.findings.length}
            decisions={initial.decisions}
            actions={actions}
            revocations={revocations}
          />
        </div>
        <div className={`${classes.column} ${classes.side}`}>
          <ExposurePanel identity={identity} exposures={standing.exposures} giveBack={giveBack} />
          <TriagePanel identity={identity} triage={standing.triage} actions={revocations} />
          <EndsPanel identity={identity} standing={standing} />
          <FindingsPanel identity={identity} standing={standing} />
          <IdentityWorkflows identity={identity} actions={workflows} />
          <IdentityExemptions identity={identity} of={exemptions} />
        </div>
      </div>
    </>
  );
}
