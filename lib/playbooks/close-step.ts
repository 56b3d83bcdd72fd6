import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { STEPS, type StepEvidence, type StepKind } from '@/lib/playbooks/model';
import { changeStep, lockPlaybook } from '@/lib/playbooks/store';

interface Closing {
  id: string;
  kind: StepKind;
  state: 'done' | 'waived';
  evidence: StepEvidence;
  reason: string | null;
}

/** Writes that a step is done or waived. A contained playbook does not change any more. Errors: `not_found`, `conflict`. */
export async function closeStep(ctx: Ctx, { id, kind, state, evidence, reason }: Closing): Promise<{ id: string }> {
  return transaction(async (tx) => {
    const playbook = await lockPlaybook(tx, id);
    if (!playbook) throw new BraidError('not_found', 'There is no such playbook.');
    if (playbook.state === 'contained')
      throw new BraidError('conflict', 'This is contained: reopen the step to change it.');
    await changeStep(tx, id, kind, { state, evidence, reason, at: clock.now(), by: ctx.actor.name });
    await record(tx, ctx, {
      action: state === 'done' ? 'playbook.step' : 'playbook.waive',
      target: { type: 'playbook', id, name: STEPS[kind] },
      reason: reason ?? undefined,
      detail: { kind, identityId: playbook.identityId, findingId: playbook.findingId, ...evidence },
    });
    await hint(tx, 'playbook', [id]);
    return { id };
  });
}
