import type { Ending } from '@/lib/access/grants/model';
import { type Concerned, changeGrant, lockOpen } from '@/lib/access/grants/store';
import { targetOf } from '@/lib/access/grants/tell';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';

/** Ends what falls with something else (a sign-in, an operator, a role), in the transaction in which that falls. */
export async function endWith(tx: Tx, ctx: Ctx, how: Ending, concerned: Concerned): Promise<void> {
  const now = clock.now();
  const open = await lockOpen(tx, concerned, now);
  for (const grant of open) {
    await changeGrant(tx, grant.id, { state: 'ended', endedAt: now, endedBy: ctx.actor.name, endedHow: how });
    await record(tx, ctx, { action: 'grant.end', target: targetOf(grant), detail: { how } });
  }
  const ids = open.map((grant) => grant.id);
  if (ids.length) await hint(tx, 'grant', ids);
}
