import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { huntIdSchema } from '@/lib/hunts/model';
import { changeHunt, readHunt } from '@/lib/hunts/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** Stops a hunt that runs; what it has found so far stays. Errors: `not_found`, `conflict`. */
export async function stop(ctx: Ctx, input: z.input<typeof huntIdSchema>): Promise<{ id: string }> {
  authorise(ctx, 'finding.write');
  const { id } = huntIdSchema.parse(input);
  const hunt = await readHunt(id);
  if (!hunt) throw new BraidError('not_found', 'There is no such hunt.');
  if (hunt.state !== 'running') throw new BraidError('conflict', 'This hunt is over already.');
  await transaction(async (tx) => {
    await changeHunt(tx, id, { state: 'stopped', finishedAt: clock.now() });
    await record(tx, ctx, { action: 'hunt.stop', target: { type: 'hunt', id, name: `${hunt.from} to ${hunt.to}` } });
    await hint(tx, 'hunt', [id]);
  });
  return { id };
}
