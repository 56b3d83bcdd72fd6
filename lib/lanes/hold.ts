import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { type Held, holdSchema } from '@/lib/lanes/model';
import { identityName, writeHeld } from '@/lib/lanes/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** An analyst says whose a lane is: the operator's, an attacker's, or not known. Errors: `not_found`, `input.invalid`. */
export async function hold(ctx: Ctx, input: z.input<typeof holdSchema>): Promise<{ fingerprint: string; held: Held }> {
  authorise(ctx, 'finding.write');
  const lane = holdSchema.parse(input);
  return transaction(async (tx) => {
    const name = await identityName(tx, lane.identityId);
    if (name === null) throw new BraidError('not_found', 'There is no such identity.');
    await writeHeld(tx, { ...lane, byName: ctx.actor.name, at: clock.now() });
    await record(tx, ctx, {
      action: 'lane.hold',
      target: { type: 'identity', id: lane.identityId, name },
      detail: { fingerprint: lane.fingerprint, lane: lane.name, held: lane.held },
    });
    await hint(tx, 'identity', [lane.identityId]);
    return { fingerprint: lane.fingerprint, held: lane.held };
  });
}
