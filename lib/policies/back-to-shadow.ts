import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import type { TestFile } from '@/lib/policies/life-model';
import { rollBackIn } from '@/lib/policies/roll-back';
import * as store from '@/lib/policies/store';

export interface PutInForce {
  name: string;
  version: number;
  /** The version it replaced; null: the set was not in force. */
  replaces: number | null;
}

/**
 * Takes back what a promotion put in force, as long as that is still what is active: what it replaced is active again, as a new
 * version, or the set is out of force as it was; and it stands in shadow again, unless another version has come there. In the
 * caller's transaction, who has asked whether it may be done. Throws `conflict` where the set was changed since.
 */
export async function backToShadow(
  tx: Tx,
  ctx: Ctx,
  { name, version, replaces }: PutInForce,
  reason: string,
): Promise<void> {
  const { active, shadow } = await store.lockSet(tx, name);
  if (active?.version !== version)
    throw new BraidError(
      'conflict',
      active
        ? `Version ${active.version} of ${name} is active by now: somebody changed it since.`
        : `${name} is out of force by now: somebody retired it since.`,
    );
  if (replaces !== null) await rollBackIn(tx, ctx, { name, version: replaces, reason });
  else {
    await store.retireIn(tx, name, 'active');
    await record(tx, ctx, {
      action: 'policy.retire',
      target: { type: 'policy_set', id: active.id, name },
      reason,
      detail: { version, hash: active.hash },
    });
  }
  if (shadow) return;
  const again = {
    id: newId(),
    name,
    version: (await store.lastVersion(tx, name)) + 1,
    hash: active.hash,
    source: active.source,
    mode: active.mode,
    tests: active.tests as unknown as TestFile[],
    basedOn: version,
  };
  await store.insertVersion(tx, again, { by: ctx.actor.name, reason: `Back in shadow: ${reason}` }, 'shadow');
  await record(tx, ctx, {
    action: 'policy.shadow',
    target: { type: 'policy_set', id: again.id, name },
    reason,
    detail: { version: again.version, hash: again.hash, mode: again.mode, replaces: null },
  });
  await hint(tx, 'policy', [active.id, again.id]);
}
