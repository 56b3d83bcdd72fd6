import type { Metadata } from 'next';
import { startDecisions } from '@/app/(console)/overview-actions';
import { Doors } from '@/components/overview/doors';
import { OverviewPage } from '@/components/overview/overview-page';
import { currentOperator } from '@/lib/access/operator';
import { show } from '@/lib/overview/show';
import { env } from '@/lib/platform/env';
import { list as listPolicies } from '@/lib/policies/list';

export const metadata: Metadata = { title: 'Overview' };

export default async function Overview() {
  const ctx = await currentOperator();
  const [overview, policies] = await Promise.all([show(ctx), listPolicies(ctx)]);
  const first = { pdpUrl: env().BRAID_PDP_URL, policyMissing: policies.items.length === 0, startDecisions };
  const doors = <Doors first={first} />;
  return <OverviewPage initial={overview} doors={doors} />;
}
