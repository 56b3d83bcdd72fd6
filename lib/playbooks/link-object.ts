import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { linkOne, namesOfRefs } from '@/lib/playbooks/objects/store';
import { linkSchema, OBJECT_KINDS } from '@/lib/playbooks/objects-model';
import { lockPlaybook } from '@/lib/playbooks/store';

/**
 * Puts an identity, session or workload into the case; one that is in it already gets this role and reason. Where the sessions
 * of the incident are said to be over, what is involved is put in only after that step was reopened. Errors: `not_found`, `conflict`.
 */
export async function linkObject(
  ctx: Ctx,
  input: z.input<typeof linkSchema>,
): Promise<{ id: string; objectId: string }> {
  authorise(ctx, 'finding.write');
  const { id, kind, ref, role, reason } = linkSchema.parse(input);
  return transaction(async (tx) => {
    const playbook = await lockPlaybook(tx, id);
    if (!playbook) throw new BraidError('not_found', 'There is no such playbook.');
    if (playbook.state === 'contained')
      throw new BraidError('conflict', 'This is contained: reopen a step to change what belongs to it.');
    const named = kind === 'identity' || kind === 'session';
    const known = named && z.uuid().safeParse(ref).success ? (await namesOfRefs([{ kind, ref }], tx)).get(ref) : null;
    if (named && !known) throw new BraidError('not_found', `There is no such ${kind}.`);
    if (kind === 'identity' && ref === playbook.identityId)
      throw new BraidError('conflict', 'The incident is about this identity: it is in the case anyway.');
    const over = playbook.steps.find((step) => step.kind === 'session_termination')?.state === 'done';
    if (over && role === 'involved')
      throw new BraidError(
        'conflict',
        'Its sessions are said to be over: reopen that step, so that this ends as well.',
      );
    const row = { playbookId: id, kind, ref, role, reason, linkedAt: clock.now(), linkedBy: ctx.actor.name };
    const { id: objectId } = await linkOne(tx, { id: newId(), ...row });
    await record(tx, ctx, {
      action: 'playbook.link',
      target: { type: 'playbook', id, name: OBJECT_KINDS[kind] },
      reason,
      detail: { kind, ref, role, name: known?.name ?? ref, identityId: playbook.identityId },
    });
    await hint(tx, 'playbook', [id]);
    return { id, objectId };
  });
}
