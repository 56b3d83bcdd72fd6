import { waitingFor } from '@/lib/access/grants/store';
import { type Ctx, may } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';

/** How many wait for an answer of the operator who looks: 0 for whoever can't answer. */
export async function countWaiting({ actor }: Ctx): Promise<number> {
  return actor.kind === 'operator' && may(actor, 'operator.manage') ? waitingFor(actor.id, clock.now()) : 0;
}
