import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { keep, signedOf } from '@/lib/decisions/checkpoint/keep';
import type { CheckpointReason, CheckpointText, Signed } from '@/lib/decisions/checkpoint/model';
import { writeCheckpoint } from '@/lib/decisions/checkpoint/write';

/**
 * Takes a signed checkpoint over every writer's head: of all that was committed when it was asked for. It is stored, said in
 * the process log and kept in BRAID_HOME. One that a person asks for is audited.
 */
export async function checkpoint(ctx: Ctx, reason: CheckpointReason): Promise<{ seq: string; signed: Signed }> {
  authorise(ctx, 'report.take');
  const taken = await transaction(
    async (tx) => {
      const written = await writeCheckpoint(tx, reason);
      const { root } = JSON.parse(written.text) as CheckpointText;
      if (ctx.actor.kind !== 'system')
        await record(tx, ctx, {
          action: 'audit.checkpoint',
          target: { type: 'checkpoint', id: written.seq.toString() },
          detail: { root },
        });
      await hint(tx, 'audit', []);
      return written;
    },
    { timeoutMs: 60_000 },
  );
  keep(taken);
  return { seq: taken.seq.toString(), signed: signedOf(taken) };
}
