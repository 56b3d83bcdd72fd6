import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type ExemptionQuery, type ExemptionRow, exemptionQuerySchema } from '@/lib/policies/life-model';
import { exemptions, type StoredExemption } from '@/lib/policies/store';

/** Exemptions of a set, of an identity (its own and its workflows'), or all; newest first, at most 500. */
export async function listExemptions(ctx: Ctx, query: ExemptionQuery): Promise<ExemptionRow[]> {
  authorise(ctx, 'console.read');
  const { set, identityId, past } = exemptionQuerySchema.parse(query);
  return (await exemptions({ set, identityId, past: past === true })).map(rowOf);
}

const rowOf = (row: StoredExemption): ExemptionRow => ({
  id: row.id,
  set: row.policy_set,
  rule: row.rule_id,
  identity: row.identity_id ? { id: row.identity_id, name: row.identity_name ?? 'unknown' } : null,
  workflow: row.workflow_id ? { id: row.workflow_id, name: row.workflow_name ?? 'unknown' } : null,
  state: row.ended_at ? 'ended' : row.over ? 'expired' : 'active',
  until: row.until.toISOString(),
  reason: row.reason,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
  endedAt: row.ended_at?.toISOString() ?? null,
  endedBy: row.ended_by,
  endReason: row.end_reason,
});
