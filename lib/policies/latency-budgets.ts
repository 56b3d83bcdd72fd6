import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { check } from '@/lib/policies/check';
import { latencyMs } from '@/lib/policies/model';
import { rows } from '@/lib/policies/store';

/** What active sets say a decision may take, by set: those that say it. */
export async function latencyBudgets(ctx: Ctx): Promise<{ policySet: string; budgetMs: number }[]> {
  authorise(ctx, 'console.read');
  const standing = await rows({ state: 'active' });
  return standing.flatMap((row) => {
    const text = check(row.source).document?.latency_budget;
    const budgetMs = text === undefined ? null : latencyMs(text);
    return budgetMs === null ? [] : [{ policySet: row.name, budgetMs }];
  });
}
