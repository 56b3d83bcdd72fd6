'use client';

import type { PolicyActions } from '@/components/policies/actions-model';
import { ExemptButton } from '@/components/policies/exempt-dialog';
import { ExemptionList } from '@/components/policies/exemption-list';
import { Panel } from '@/components/ui/panel';
import type { ExemptionRow } from '@/lib/policies/life-model';

export interface ExemptionsOf {
  items: ExemptionRow[];
  /** Guard rules of the active sets, as `set/rule`. */
  rules: string[];
  actions: Pick<PolicyActions, 'exempt' | 'endExemption'>;
}

/** Which rules do not bind an identity, by itself or by its workflows. */
export function IdentityExemptions({ identity, of }: { identity: { id: string; name: string }; of: ExemptionsOf }) {
  return (
    <Panel title="Exemptions" note={<ExemptButton rules={of.rules} identity={identity} exempt={of.actions.exempt} />}>
      <ExemptionList query={{ identityId: identity.id }} initial={{ items: of.items }} end={of.actions.endExemption} />
    </Panel>
  );
}
