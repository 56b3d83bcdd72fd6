import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { refuseNotHunted } from '@/lib/hunts/hunted-model';
import { type HuntInput, huntInputSchema } from '@/lib/hunts/model';
import { insertHunt, runningOf } from '@/lib/hunts/store';
import { enqueue } from '@/lib/jobs/enqueue';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

/** Hunts of one actor that run or wait. */
const RUNNING_MOST = 3;

/** Asks for a hunt through stored history; the batch worker runs one at a time. Errors: `access.denied`, `input.invalid`, `conflict`. */
export async function start(ctx: Ctx, input: HuntInput): Promise<{ id: string }> {
  authorise(ctx, 'finding.write');
  const given = huntInputSchema.parse(input);
  refuseNotHunted(given.detectors);
  if (Date.parse(given.to) <= Date.parse(given.from))
    throw new BraidError('input.invalid', 'The period ends before it begins.');
  const id = newId();
  await transaction(async (tx) => {
    if ((await runningOf(tx, ctx.actor.name)) >= RUNNING_MOST)
      throw new BraidError(
        'conflict',
        `You have ${RUNNING_MOST} hunts that are not over. Wait for one to end, or stop it.`,
      );
    await insertHunt(tx, {
      id,
      detectors: given.detectors,
      identityId: given.identityId ?? null,
      from: new Date(given.from),
      to: new Date(given.to),
      raises: given.raises,
      actorName: ctx.actor.name,
    });
    await enqueue(tx, 'run-hunt', { huntId: id }, { key: `hunt:${id}`, queue: 'hunts' });
    await record(tx, ctx, {
      action: 'hunt.start',
      target: { type: 'hunt', id, name: `${given.from} to ${given.to}` },
      detail: { detectors: given.detectors, raises: given.raises, identityId: given.identityId ?? null },
    });
    await hint(tx, 'hunt', [id]);
  });
  return { id };
}
