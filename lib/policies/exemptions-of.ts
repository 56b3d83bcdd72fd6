import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { check } from '@/lib/policies/check';
import type { ExemptionRow } from '@/lib/policies/life-model';
import { listExemptions } from '@/lib/policies/list-exemptions';
import { rows } from '@/lib/policies/store';

/** What an identity is exempt from, and every rule of the active sets that it could be, as `set/rule`. */
export async function exemptionsOf(
  ctx: Ctx,
  query: { identityId: string },
): Promise<{ items: ExemptionRow[]; rules: string[] }> {
  authorise(ctx, 'console.read');
  const [items, active] = await Promise.all([listExemptions(ctx, query), rows({ state: 'active' })]);
  const guards = active.flatMap(({ name, source }) =>
    (check(source).document?.rules ?? []).filter((rule) => !('allow' in rule)).map((rule) => `${name}/${rule.id}`),
  );
  return { items, rules: guards };
}
