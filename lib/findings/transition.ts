import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { learnExpected } from '@/lib/findings/learn-expected';
import type { FindingState } from '@/lib/findings/model';
import { type StateChange, changeState as store } from '@/lib/findings/store';
import { tell } from '@/lib/findings/tell';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

export interface Change {
  id: string;
  action: string;
  to: FindingState;
  from: readonly FindingState[];
  reason: string;
  suppressUntil?: Date;
  suppressOwner?: string;
  disposition?: string;
}

const TOLD = {
  open: 'finding.reopened',
  acknowledged: 'finding.acknowledged',
  suppressed: 'finding.suppressed',
  closed: 'finding.closed',
} as const;

/** What all changes of a finding's state have in common; `read` parses what was given. Errors: `not_found`, `conflict`. */
export async function transition(ctx: Ctx, read: () => Change): Promise<{ id: string; state: FindingState }> {
  authorise(ctx, 'finding.write');
  const change = read();
  const { id } = change;
  const now = clock.now();
  const row: StateChange = {
    state: change.to,
    stateBy: ctx.actor.name,
    stateReason: change.reason || null,
    stateAt: now,
    suppressUntil: change.suppressUntil ?? null,
    suppressOwner: change.suppressOwner ?? null,
    disposition: change.disposition ?? null,
  };
  return transaction(async (tx) => {
    const before = await store(tx, id, change.from, row);
    if (!before) throw new BraidError('not_found', 'There is no such finding.');
    if (!before.changed) throw new BraidError('conflict', `This finding is ${before.state} already.`);
    const benign = change.to === 'closed' && change.disposition === 'benign';
    const expected = await learnExpected(tx, ctx, before.judged, { benign, reason: change.reason });
    await record(tx, ctx, {
      action: change.action,
      target: { type: 'finding', id, name: before.title },
      reason: change.reason || undefined,
      detail: {
        from: before.state,
        to: change.to,
        ...(change.disposition ? { disposition: change.disposition } : {}),
        ...(change.suppressUntil
          ? { until: change.suppressUntil.toISOString(), owner: change.suppressOwner ?? '' }
          : {}),
        ...(expected
          ? { expected: { cause: expected.cause, networks: [...expected.networks], agents: [...expected.agents] } }
          : {}),
      },
    });
    await tell(tx, TOLD[change.to], [before.finding], { name: ctx.actor.name, reason: change.reason || null });
    await hint(tx, 'finding', [id]);
    return { id, state: change.to };
  });
}
