import { standingAt } from '@/lib/access/grants/state';
import { changeGrant, lockGrant, overAt } from '@/lib/access/grants/store';
import { targetOf } from '@/lib/access/grants/tell';
import { systemCtx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';

const AT_ONCE = 100;

/** Writes down what ended by itself, and tells the pages. It had ended at its time already: nothing waits for this. */
export async function expire(): Promise<number> {
  const ctx = systemCtx('grants');
  const due = await overAt(clock.now(), AT_ONCE);
  for (const { id } of due)
    await transaction(async (tx) => {
      const grant = await lockGrant(tx, id);
      if (grant?.state !== 'asked' && grant?.state !== 'granted') return;
      const { how, endedAt } = standingAt(grant, clock.now());
      if (!how || !endedAt) return;
      await changeGrant(tx, id, { state: 'ended', endedAt, endedBy: null, endedHow: how });
      await record(tx, ctx, {
        action: how === 'lapsed' ? 'grant.lapse' : 'grant.expire',
        target: targetOf(grant),
        detail: { at: endedAt.toISOString() },
      });
      await hint(tx, 'grant', [id]);
    });
  return due.length;
}
