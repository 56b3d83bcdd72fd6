import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { admitPolicy } from '@/lib/responses/admit-policy';
import { request } from '@/lib/revocations/request';
import { findIdentity } from '@/lib/revocations/store';

export const carryOutSchema = z.strictObject({
  kind: z.enum(['terminate', 'pause', 'revoke']),
  /** The rule that wants it: `set/rule`. */
  by: z.string().min(1).max(200),
  decisionId: z.uuid(),
  identityId: z.uuid(),
  sessionId: z.uuid(),
  reason: z.string().max(2000),
});
export type CarryOutInput = z.infer<typeof carryOutSchema>;

const STATE = { pause: 'paused', revoke: 'revoked' } as const;
/** It ended by itself, is already over, or is never ended by Braid: nothing is left to do. */
const SETTLED = ['conflict', 'connector.protected', 'identity.revoked', 'not_found'];

/**
 * Carries out what a policy rule wants beside its verdict, as the actor `policy:<set>/<rule>`: ends the session that asked,
 * or pauses or revokes its identity everywhere. The decision has closed the identity already; where somebody has opened it
 * again since, that stands. Done twice it is done once. A guardrail may refuse it, which is told. Answers the revocation, or null
 * where nothing was left to do.
 */
export async function carryOut(ctx: Ctx, input: CarryOutInput): Promise<{ revocationId: string | null }> {
  authorise(ctx, 'identity.revoke');
  const { kind, by, decisionId, identityId, sessionId, reason } = carryOutSchema.parse(input);
  const why = {
    reasonCode: 'unexpected_behaviour' as const,
    reason: `${reason} (decision ${decisionId})`.slice(0, 2000),
  };
  const policy: Ctx = { actor: { kind: 'policy', name: by } };
  try {
    const admitted = () => admitPolicy(policy, { kind, by, decisionId, identityId, sessionId, reason: why.reason });
    if (kind === 'terminate') {
      const agreed = await admitted();
      if (!agreed) return { revocationId: null };
      return { revocationId: (await request(policy, { kind, sessionIds: [sessionId], ...why }, agreed)).revocationId };
    }
    const identity = await findIdentity(identityId);
    if (identity?.state !== STATE[kind] || identity.stateChangedBy !== by) return { revocationId: null };
    const agreed = await admitted();
    if (!agreed) return { revocationId: null };
    return { revocationId: (await request(policy, { kind, identityId, ...why }, agreed)).revocationId };
  } catch (error) {
    if (!(error instanceof BraidError) || !SETTLED.includes(error.code)) throw error;
    log.info({ code: error.code, by, kind, identityId, sessionId }, 'nothing left to carry out');
    return { revocationId: null };
  }
}
