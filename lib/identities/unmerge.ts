import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { expectAnew } from '@/lib/findings/expect-anew';
import { type UnmergeInput, unmergeSchema } from '@/lib/identities/merge-model';
import {
  lockBoth,
  lockMerge,
  markUndone,
  moveBack,
  refuseRotating,
  touchSuccessors,
} from '@/lib/identities/merges/store';
import { refuseReopening } from '@/lib/identities/refuse-reopening';
import { lockNamespaces } from '@/lib/identities/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { lock as lockWorkflows } from '@/lib/workflows/lock';

/**
 * Undoes a merge: names and sessions that moved go back, as far as they are still where they moved to, and so do sessions that
 * its names opened since, with their events, credentials and the findings that are about nothing else. Decisions and
 * revocations stay as they were sealed. What goes back is read by detection again. Where either was paused or revoked since, it takes who may restore: names given back would be active again. Errors: `access.denied`, `not_found`,
 * `conflict`.
 */
export async function unmerge(ctx: Ctx, input: UnmergeInput): Promise<{ id: string }> {
  authorise(ctx, 'identity.annotate');
  const { id, reason } = unmergeSchema.parse(input);
  return transaction(async (tx) => {
    await lockWorkflows(tx);
    const merged = await lockMerge(tx, id);
    if (!merged) throw new BraidError('not_found', 'There is no such merge.');
    if (merged.undoneAt) throw new BraidError('conflict', 'This merge was undone already.');
    const { fromId, intoId, moved } = merged;
    await lockNamespaces(
      tx,
      moved.names.map((name) => name.issuer),
    );
    const [from, into] = await lockBoth(tx, [fromId, intoId]);
    if (!from || !into) throw new BraidError('not_found', 'One of the identities no longer exists.');
    refuseReopening(ctx, [from, into]);
    await refuseRotating(tx, [fromId, intoId]);
    const back = await moveBack(tx, merged);
    if (back.reach) await expectAnew(tx, fromId, back.reach);
    await touchSuccessors(tx, fromId);
    await markUndone(tx, id, ctx.actor.name.slice(0, 300), clock.now());
    await record(tx, ctx, {
      action: 'identity.unmerge',
      target: { type: 'identity', id: intoId, name: into.name },
      reason,
      detail: {
        mergeId: id,
        from: { id: fromId, name: from.name },
        names: moved.names.slice(0, 50),
        sessions: back.sessions.length,
        sessionIds: back.sessions.slice(0, 50),
        findings: back.findings.slice(0, 50),
      },
    });
    await hint(tx, 'identity', [fromId, intoId]);
    await hint(tx, 'session');
    if (back.findings.length > 0) await hint(tx, 'finding', back.findings);
    return { id };
  });
}
