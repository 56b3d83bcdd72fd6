import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import type { Prisma } from '@/lib/db/generated/client';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { reopenSchema, STEPS } from '@/lib/playbooks/model';
import { changePlaybook, changeStep, lockPlaybook, openOne } from '@/lib/playbooks/store';

/**
 * Opens a step again that was done or waived, with the reason. What was called contained is not contained any more, until the
 * step is done again and somebody says so; what stood there is in the audit. Errors: `not_found`, `conflict`.
 */
export async function reopen(ctx: Ctx, input: z.input<typeof reopenSchema>): Promise<{ id: string }> {
  authorise(ctx, 'finding.write');
  const { id, kind, reason } = reopenSchema.parse(input);
  return transaction(async (tx) => {
    const playbook = await lockPlaybook(tx, id);
    const step = playbook?.steps.find((one) => one.kind === kind);
    if (!playbook || !step) throw new BraidError('not_found', 'There is no such playbook.');
    if (step.state === 'open') throw new BraidError('conflict', `${STEPS[kind]} is open already.`);
    const contained = playbook.state === 'contained';
    const other = contained ? await openOne(tx, playbook.identityId, playbook.findingId) : null;
    if (other)
      throw new BraidError('conflict', 'Another playbook was started for this since, and is open: go on there.');
    await changeStep(tx, id, kind, { state: 'open', evidence: {}, reason, at: clock.now(), by: ctx.actor.name });
    if (contained) await changePlaybook(tx, id, { state: 'open', containedAt: null, containedBy: null, summary: null });
    await record(tx, ctx, {
      action: 'playbook.reopen',
      target: { type: 'playbook', id, name: STEPS[kind] },
      reason,
      detail: {
        kind,
        identityId: playbook.identityId,
        findingId: playbook.findingId,
        was: { state: step.state, evidence: step.evidence as Prisma.InputJsonObject, reason: step.reason, by: step.by },
        withdrawn: contained ? { containedBy: playbook.containedBy, summary: playbook.summary } : null,
      },
    });
    await hint(tx, 'playbook', [id]);
    return { id };
  });
}
