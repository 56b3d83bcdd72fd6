import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { newId, sha256Hex } from '@/lib/platform/ids';
import { periodOf } from '@/lib/policies/backtests/backtest';
import * as store from '@/lib/policies/backtests/store';
import { type BacktestInput, backtestInputSchema } from '@/lib/policies/life-model';
import { readChecked } from '@/lib/policies/read-checked';

/** Asks for a backtest, run by the batch worker; its progress and result are read with `showBacktest`. Throws `policy.invalid`. */
export async function requestBacktest(ctx: Ctx, input: BacktestInput): Promise<{ id: string; total: number }> {
  authorise(ctx, 'policy.manage');
  const { source, limit, ...asked } = backtestInputSchema.parse(input);
  const { document } = readChecked({ source });
  const { from, to } = periodOf(asked);
  const total = await store.countDecisions(from, to, limit);
  return transaction(async (tx) => {
    const [id, hash] = [newId(), sha256Hex(source)];
    const [fromAt, toAt, requestedBy] = [new Date(from), new Date(to), ctx.actor.name];
    await store.insertBacktest(tx, { id, policySet: document.set, source, hash, fromAt, toAt, total, requestedBy });
    await record(tx, ctx, {
      action: 'policy.backtest',
      target: { type: 'policy_set', id, name: document.set },
      detail: { hash, from, to, decisions: total },
    });
    await enqueue(tx, 'run-backtest', { id, limit }, { queue: 'backtests', maxAttempts: 3 });
    return { id, total };
  });
}
