import type { Ctx } from '@/lib/access/model';
import type { ExemptionRow, ShadowResults } from '@/lib/policies/life-model';
import { list } from '@/lib/policies/list';
import { listExemptions } from '@/lib/policies/list-exemptions';
import { shadowResults } from '@/lib/policies/shadow-results';
import type { PolicySetDetail } from '@/lib/policies/show';
import { draftOf } from '@/lib/policies/store';

export interface Surroundings {
  /** What its shadow would have answered; null: nothing of it is in shadow. */
  shadow: ShadowResults | null;
  exemptions: ExemptionRow[];
  hasDraft: boolean;
  /** No other set is enforced: without it everything is denied. */
  last: boolean;
}

/** What a set's page shows beside the set itself. */
export async function surroundings(ctx: Ctx, { set, document, versions }: PolicySetDetail): Promise<Surroundings> {
  const watching =
    versions.some((row) => row.state === 'shadow') ||
    (set.state === 'active' && (set.mode === 'shadow' || document?.rules.some((rule) => rule.mode === 'shadow')));
  const [standing, shadow, exemptions, draft] = await Promise.all([
    list(ctx),
    watching ? shadowResults(ctx, { set: set.name }) : null,
    listExemptions(ctx, { set: set.name, past: true }),
    draftOf(set.name),
  ]);
  const others = standing.items.filter(
    (row) => row.state === 'active' && row.mode === 'enforce' && row.name !== set.name,
  );
  return { shadow, exemptions, hasDraft: draft !== null, last: others.length === 0 };
}
