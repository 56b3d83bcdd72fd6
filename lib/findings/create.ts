import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { createFindingSchema, type Found } from '@/lib/findings/model';
import { identityExists, insertMissing } from '@/lib/findings/store';
import { tell } from '@/lib/findings/tell';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

/** An analyst writes down what no detector saw. Errors: `not_found` (identity), `input.invalid`. */
export async function create(ctx: Ctx, input: z.input<typeof createFindingSchema>): Promise<{ id: string }> {
  authorise(ctx, 'finding.write');
  const given = createFindingSchema.parse(input);
  const id = newId();
  const now = clock.now().toISOString();
  const found: Found = {
    identityId: given.identityId,
    detector: 'manual',
    cause: `manual:${id}`,
    severity: given.severity,
    title: given.title,
    summary: given.summary,
    reasons: [`Set by ${ctx.actor.name}.`],
    evidence: { sessions: given.sessions, decisions: given.decisions, events: [] },
    firstSeenAt: now,
    lastSeenAt: now,
  };
  await transaction(async (tx) => {
    if (!(await identityExists(tx, given.identityId))) throw new BraidError('not_found', 'There is no such identity.');
    await insertMissing(tx, id, found, []);
    await record(tx, ctx, {
      action: 'finding.create',
      target: { type: 'finding', id, name: given.title },
      detail: { identityId: given.identityId, severity: given.severity },
    });
    await tell(tx, 'finding.raised', [{ ...found, id, occurrences: 1 }]);
    await hint(tx, 'finding', [id]);
  });
  return { id };
}
