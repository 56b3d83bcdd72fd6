import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { RuleRow } from '@/lib/responses/model';
import { countsOf, readRules } from '@/lib/responses/store';

/** Every rule that acts on findings, the oldest first, with how often it acted and was refused. */
export async function listRules(ctx: Ctx): Promise<{ items: RuleRow[]; nextCursor: null }> {
  authorise(ctx, 'console.read');
  const rules = await readRules();
  const counts = await countsOf(rules.map((rule) => rule.id));
  const items = rules.map(
    (rule) =>
      ({
        ...rule,
        createdAt: rule.createdAt.toISOString(),
        updatedAt: rule.updatedAt.toISOString(),
        done: counts.get(rule.id)?.done ?? 0,
        refused: counts.get(rule.id)?.refused ?? 0,
      }) as RuleRow,
  );
  return { items, nextCursor: null };
}
