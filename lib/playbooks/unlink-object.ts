import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { changeObject } from '@/lib/playbooks/objects/store';
import { OBJECT_KINDS, type ObjectKind, unlinkSchema } from '@/lib/playbooks/objects-model';
import { lockPlaybook } from '@/lib/playbooks/store';

/** Takes something out of the case, with the reason; that it was in it stays. Errors: `not_found`, `conflict`. */
export async function unlinkObject(ctx: Ctx, input: z.input<typeof unlinkSchema>): Promise<{ id: string }> {
  authorise(ctx, 'finding.write');
  const { id, objectId, reason } = unlinkSchema.parse(input);
  return transaction(async (tx) => {
    const playbook = await lockPlaybook(tx, id);
    const object = playbook?.objects.find((one) => one.id === objectId && !one.removedAt);
    if (!playbook || !object) throw new BraidError('not_found', 'There is no such object in this case.');
    if (playbook.state === 'contained')
      throw new BraidError('conflict', 'This is contained: reopen a step to change what belongs to it.');
    await changeObject(tx, objectId, { removedAt: clock.now(), removedBy: ctx.actor.name, removedReason: reason });
    await record(tx, ctx, {
      action: 'playbook.unlink',
      target: { type: 'playbook', id, name: OBJECT_KINDS[object.kind as ObjectKind] },
      reason,
      detail: { kind: object.kind, ref: object.ref, role: object.role, identityId: playbook.identityId },
    });
    await hint(tx, 'playbook', [id]);
    return { id };
  });
}
