import type { Ctx } from '@/lib/access/model';
import type { Prisma } from '@/lib/db/generated/client';
import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';
import { newId } from '@/lib/platform/ids';

export interface AuditRecord {
  /** `noun.verb`, past deeds in the present: `identity.revoke`, `operator.create`. */
  action: string;
  target?: { type: string; id: string; name?: string };
  reason?: string;
  /** What changed. Never a secret. */
  detail?: Prisma.InputJsonObject;
}

/**
 * Writes an audit row in the mutation's own transaction: if it can't be written, the mutation does not happen. What an operator
 * does while they hold a role for a time is written down under that grant.
 */
export async function record(tx: Tx, ctx: Ctx, entry: AuditRecord): Promise<void> {
  const { actor } = ctx;
  const grantId = actor.kind === 'operator' ? actor.grant?.id : undefined;
  await tx.auditEntry.create({
    data: {
      id: newId(),
      actorKind: actor.kind,
      actorId: 'id' in actor ? actor.id : null,
      actorName: actor.name,
      action: entry.action,
      targetType: entry.target?.type,
      targetId: entry.target?.id,
      targetName: entry.target?.name,
      reason: entry.reason,
      detail: entry.detail ?? {},
      requestId: ctx.requestId,
      grantId,
    },
  });
  if (grantId) await hint(tx, 'grant', [grantId]); // its page lists what is done under it
}
