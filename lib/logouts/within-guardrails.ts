import type { Ctx } from '@/lib/access/model';
import { derivedId } from '@/lib/platform/ids';
import { admitPolicy } from '@/lib/responses/admit-policy';

interface Asked {
  kind: 'terminate' | 'pause';
  identityId: string;
  sessionIds?: string[];
  reason: string;
  /** What makes the order one, however often it is received: its issuer and id. */
  order: { issuer: string; jti: string };
}

/**
 * Nobody looks before another system's order is carried out: what bounds policies bounds it, before anything is done. null: a
 * guardrail refuses it, and that is told. Asked twice it answers the same.
 */
export function withinGuardrails(ctx: Ctx, { order, ...act }: Asked): Promise<{ responseId: string } | null> {
  const decisionId = derivedId('order', order.issuer, order.jti, act.identityId);
  return admitPolicy(ctx, { ...act, by: ctx.actor.name, decisionId, sessionId: null });
}
