import type { Metadata } from 'next';
import { startDecisions } from '@/app/(console)/overview-actions';
import { Doors } from '@/components/overview/doors';
import { OverviewPage } from '@/components/overview/overview-page';
import { currentOperator } from '@/lib/access/operator';
import { show } from '@/lib/overview/show';
import { env } from '@/lib/platform/env';

export const metadata: Metadata = { title: 'Overview' };

export default async function Overview() {
  const overview = await show(await currentOperator());
  const doors = <Doors pdpUrl={env().BRAID_PDP_URL} startDecisions={startDecisions} />;
  return <OverviewPage initial={overview} doors={doors} />;
}
