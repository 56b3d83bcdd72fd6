import type { Actor, Ctx } from '@/lib/access/model';
import { changeRequest, type Stored } from '@/lib/approvals/store';
import type { AuditRecord } from '@/lib/audit/record';
import type { Prisma } from '@/lib/db/generated/client';
import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';
import { canonical } from '@/lib/decisions/canonical';
import { newSecret, sha256Hex } from '@/lib/platform/ids';

export interface Grant {
  nowMs: number;
  uses: number;
  secs: number;
  reason: string;
  provenance: Prisma.InputJsonObject;
}

/** As whom an actor is written down. */
export const byOf = (actor: Actor) => ({
  answeredByKind: actor.kind,
  answeredById: 'id' in actor ? actor.id : null,
  answeredBy: actor.name,
});

export const targetOf = (request: Stored) => ({
  type: 'approval',
  id: request.id,
  name: `${(request.action as { name: string }).name} on ${(request.resource as { id: string }).id}`.slice(0, 500),
});

/** Digest of everything an approval is bound to: whoever changes that changes what was approved. */
export const boundDigest = ({ issuer, identityId, subject, action, resource, context, rules }: Stored): string =>
  sha256Hex(canonical({ issuer, identityId, subject, action, resource, context, rules }));

/** The audit row of an approval. */
export const grantRecord = (request: Stored, given: Grant): AuditRecord => ({
  action: 'approval.approve',
  target: targetOf(request),
  reason: given.reason || undefined,
  detail: {
    identityId: request.identityId,
    decisionId: request.decisionId,
    uses: given.uses,
    until: untilOf(given).toISOString(),
    bound: boundDigest(request),
    provenance: given.provenance,
  },
});

const untilOf = (given: Grant): Date => new Date(given.nowMs + given.secs * 1000);

/** Writes an approval: its own secret id, how long and how often it lets pass, and on whose word. */
export async function grant(tx: Tx, ctx: Ctx, request: Stored, given: Grant): Promise<Stored> {
  await hint(tx, 'approval', [request.id]);
  return changeRequest(tx, request.id, {
    state: 'approved',
    ...byOf(ctx.actor),
    answeredAt: new Date(given.nowMs),
    answerReason: given.reason || null,
    uses: given.uses,
    approvalId: `apr_${newSecret(24)}`,
    approvedUntil: untilOf(given),
    provenance: given.provenance,
  });
}
