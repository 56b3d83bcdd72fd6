import type { Ctx } from '@/lib/access/model';
import type { ExemptionRow, ShadowResults, TestFile } from '@/lib/policies/life-model';
import { list } from '@/lib/policies/list';
import { listExemptions } from '@/lib/policies/list-exemptions';
import { shadowResults } from '@/lib/policies/shadow-results';
import type { PolicySetDetail } from '@/lib/policies/show';
import { draftOf, rows } from '@/lib/policies/store';

export interface Surroundings {
  /** What its shadow would have answered; null: nothing of it is in shadow. */
  shadow: ShadowResults | null;
  exemptions: ExemptionRow[];
  hasDraft: boolean;
  /** Fixtures of the version shown. */
  tests: TestFile[];
  /** No other set is enforced: without it everything is denied. */
  last: boolean;
}

/** What a set's page shows beside the set itself. */
export async function surroundings(ctx: Ctx, { set, document, versions }: PolicySetDetail): Promise<Surroundings> {
  const watching =
    versions.some((row) => row.state === 'shadow') ||
    (set.state === 'active' && (set.mode === 'shadow' || document?.rules.some((rule) => rule.mode === 'shadow')));
  const [standing, shadow, exemptions, draft, stored] = await Promise.all([
    list(ctx),
    watching ? shadowResults(ctx, { set: set.name }) : null,
    listExemptions(ctx, { set: set.name, past: true }),
    draftOf(set.name),
    rows({ name: set.name }),
  ]);
  const others = standing.items.filter(
    (row) => row.state === 'active' && row.mode === 'enforce' && row.name !== set.name,
  );
  const tests = stored.find((row) => row.version === set.version)?.tests;
  return {
    shadow,
    exemptions,
    hasDraft: draft !== null,
    tests: Array.isArray(tests) ? (tests as TestFile[]) : [],
    last: others.length === 0,
  };
}
