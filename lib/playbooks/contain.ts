import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { grantedAgain } from '@/lib/playbooks/granted-again';
import { containSchema, type StepRow } from '@/lib/playbooks/model';
import { openSteps } from '@/lib/playbooks/state';
import { changePlaybook, lockPlaybook } from '@/lib/playbooks/store';

/** Calls an incident contained: only when each step is done or waived with a reason. Errors: `not_found`, `conflict`. */
export async function contain(ctx: Ctx, input: z.input<typeof containSchema>): Promise<{ id: string }> {
  authorise(ctx, 'finding.write');
  const { id, summary } = containSchema.parse(input);
  return transaction(async (tx) => {
    const playbook = await lockPlaybook(tx, id);
    if (!playbook) throw new BraidError('not_found', 'There is no such playbook.');
    if (playbook.state === 'contained') throw new BraidError('conflict', 'This is contained already.');
    const open = openSteps(playbook.steps as unknown as StepRow[]);
    if (open.length)
      throw new BraidError(
        'conflict',
        `Not contained yet: ${open.join(', ')} ${open.length === 1 ? 'is' : 'are'} neither done nor waived.`,
      );
    const back = await grantedAgain(tx, playbook);
    if (back.length)
      throw new BraidError(
        'conflict',
        `Not contained yet: what was taken away is granted again: ${back.join('; ')}`.slice(0, 500),
      );
    await changePlaybook(tx, id, {
      state: 'contained',
      summary,
      containedAt: clock.now(),
      containedBy: ctx.actor.name,
    });
    await record(tx, ctx, {
      action: 'playbook.contain',
      target: { type: 'playbook', id },
      reason: summary,
      detail: {
        identityId: playbook.identityId,
        findingId: playbook.findingId,
        steps: playbook.steps.map((step) => ({ kind: step.kind, state: step.state })),
      },
    });
    await hint(tx, 'playbook', [id]);
    return { id };
  });
}
