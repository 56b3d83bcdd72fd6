import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { readRule, writeRule } from '@/lib/sessions/abandoned/store';
import { type AbandonRule, type SetAbandonRule, setAbandonRuleSchema } from '@/lib/sessions/abandoned-model';

/** Says when a session that stands open counts as abandoned, and whether it is ended then. Binds with the next pass, within 10 s. */
export async function setAbandoned(ctx: Ctx, input: SetAbandonRule): Promise<AbandonRule> {
  authorise(ctx, 'policy.manage');
  const { reason, ...rule } = setAbandonRuleSchema.parse(input);
  const before = await readRule();
  await transaction(async (tx) => {
    await writeRule(tx, rule, clock.now());
    await record(tx, ctx, {
      action: 'session.abandon_rule',
      target: { type: 'setting', id: 'sessions.abandoned', name: 'abandoned sessions' },
      reason,
      detail: { before, after: rule },
    });
    await hint(tx, 'session');
  });
  return rule;
}
