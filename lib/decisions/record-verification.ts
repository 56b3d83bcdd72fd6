import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import type { Verification } from '@/lib/decisions/verify/model';
import { insertRun } from '@/lib/decisions/verify/runs/store';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

/** Remembers a proof that was run at the command line, so that the audit page tells of it. */
export async function recordVerification(ctx: Ctx, result: Verification): Promise<void> {
  authorise(ctx, 'report.take');
  const finishedAt = clock.now();
  const id = newId();
  await transaction(async (tx) => {
    const { kind, name } = ctx.actor;
    await insertRun(tx, {
      id,
      state: result.ok ? 'ok' : 'broken',
      actorKind: kind,
      actorName: name,
      startedAt: new Date(finishedAt.getTime() - result.seconds * 1000),
      finishedAt,
      result,
    });
    await record(tx, ctx, {
      action: 'audit.verify',
      target: { type: 'verification', id },
      detail: { ok: result.ok, problems: result.problemsTotal },
    });
    await hint(tx, 'audit', []);
  });
}
