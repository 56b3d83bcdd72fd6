import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { check } from '@/lib/policies/check';
import { type ExemptInput, exemptInputSchema, MAX_EXEMPT_MS } from '@/lib/policies/life-model';
import * as store from '@/lib/policies/store';
import { suggest } from '@/lib/policies/suggest';

/**
 * Lets a rule of an active set not bind one identity, or all of a workflow, until an instant (a year from now at most). The
 * rule still fires and stands in the trace; from `until` on it binds again by itself. Counts go on meanwhile. Throws
 * `not_found`, and `input.invalid` for a rule that is none, that grants, or for a time that is past.
 */
export async function exempt(ctx: Ctx, input: ExemptInput): Promise<{ id: string; until: string }> {
  authorise(ctx, 'policy.manage');
  const { set, rule, identityId, workflowId, until, reason } = exemptInputSchema.parse(input);
  const untilMs = Date.parse(until);
  if (untilMs <= clock.ms()) throw new BraidError('input.invalid', 'That time is past.');
  if (untilMs > clock.ms() + MAX_EXEMPT_MS)
    throw new BraidError(
      'input.invalid',
      'An exemption ends within a year: what should hold for ever belongs in the policy.',
    );
  return transaction(async (tx) => {
    const { active } = await store.lockSet(tx, set);
    if (!active) throw new BraidError('not_found', `No version of ${set} is active.`);
    mustGuard(active.source, set, rule);
    const name = await store.subjectName(tx, { identityId, workflowId });
    if (name === null) throw new BraidError('not_found', `There is no such ${identityId ? 'identity' : 'workflow'}.`);
    const id = newId();
    const [at, by] = [new Date(untilMs), ctx.actor.name];
    await store.insertExemption(tx, {
      id,
      policySet: set,
      ruleId: rule,
      identityId: identityId ?? null,
      workflowId: workflowId ?? null,
      until: at,
      reason,
      createdBy: by,
    });
    await record(tx, ctx, {
      action: 'policy.exempt',
      target: identityId ? { type: 'identity', id: identityId, name } : { type: 'workflow', id: workflowId!, name },
      reason,
      detail: { exemption: id, set, rule, until: at.toISOString() },
    });
    await hint(tx, 'policy', [id]);
    if (identityId) await hint(tx, 'identity', [identityId]);
    return { id, until: at.toISOString() };
  });
}

function mustGuard(source: string, set: string, rule: string): void {
  const { document } = check(source);
  const found = document?.rules.find((one) => one.id === rule);
  const ids = document?.rules.map((one) => one.id) ?? [];
  if (!found) throw new BraidError('input.invalid', `${set} has no rule "${rule}".${suggest(rule, ids)}`);
  if ('allow' in found) throw new BraidError('input.invalid', `${rule} grants: there is nothing to be exempt from.`);
}
