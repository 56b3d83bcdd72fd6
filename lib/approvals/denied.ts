import { type Ctx, systemCtx } from '@/lib/access/model';
import type { Submitted } from '@/lib/approvals/model';
import { issuerOf } from '@/lib/approvals/store';
import { REQUESTABLE_MS } from '@/lib/decisions/access-context';
import { canonical } from '@/lib/decisions/canonical';
import type { DecisionDetail } from '@/lib/decisions/model';
import { show } from '@/lib/decisions/show';
import { MACHINERY } from '@/lib/exposures/approval';
import { BraidError } from '@/lib/platform/errors';
import type { Asked } from '@/lib/policies/compiled-model';

/** The refusal a request is bound to, with the question as it was recorded. */
export interface Denied {
  detail: DecisionDetail;
  asked: Asked;
  /** Braid's part of its context: which session asked, with which credential. */
  braid: Record<string, unknown>;
}

const unbound = (message: string) => new BraidError('approval.binding', message);

/**
 * Finds the refusal a submission names and holds it to what was recorded then: this caller's, refused, still fresh, and the
 * same subject, resource, action and context. What a submission adds to the context is its own. Throws `approval.binding`,
 * `approval.denial_expired`, `approval.not_requestable`.
 */
export async function deniedDecision(ctx: Ctx, submitted: Submitted, nowMs: number): Promise<Denied> {
  const detail = await show(systemCtx('approvals'), { id: submitted.denial.evaluation_id }).catch((error: unknown) => {
    throw error instanceof BraidError && error.code === 'not_found' ? unbound('There is no such evaluation.') : error;
  });
  const { decision, trace } = detail;
  if ((await issuerOf(decision.id)) !== (ctx.actor.kind === 'token' ? ctx.actor.issuer : 'default'))
    throw unbound('There is no such evaluation.');
  if (decision.verdict === 'allow')
    throw new BraidError('approval.not_requestable', 'This evaluation was allowed: there is nothing to approve.');
  const untilMs = Date.parse(decision.at) + REQUESTABLE_MS;
  if (Math.abs(Date.parse(submitted.denial.expires_at) - untilMs) > 1000)
    throw unbound('denial.expires_at is not what the evaluation said.');
  if (nowMs > untilMs) throw new BraidError('approval.denial_expired', 'The refusal is too old: ask again first.');
  const asked = trace.request as unknown as Asked;
  for (const part of ['subject', 'resource', 'action'] as const)
    if (canonical(bare(submitted[part])) !== canonical(bare(asked[part])))
      throw unbound(`${part} is not the one that was refused.`);
  const recorded = Object.entries(asked.context).filter(([name]) => !MACHINERY.includes(name));
  const given = submitted.context;
  if (given && recorded.some(([name, value]) => canonical(given[name] ?? null) !== canonical(value ?? null)))
    throw unbound('context changes or leaves out what was refused.');
  return { detail, asked, braid: (asked.context.braid ?? {}) as Record<string, unknown> };
}

/** Who acts for the subject may stand in its properties; that is no part of who the subject is. */
function bare(entity: { properties?: Record<string, unknown> }): unknown {
  if (!entity.properties || !('act' in entity.properties)) return entity;
  const { act: _, ...properties } = entity.properties;
  return { ...entity, properties };
}
