import type { Metadata } from 'next';
import { startHunt, stopHunt } from '@/app/(console)/findings/actions';
import { HuntPage } from '@/components/hunts/hunt-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/hunts/list';
import { clock } from '@/lib/platform/clock';

export const metadata: Metadata = { title: 'Hunt' };

export default async function HuntsPage() {
  const ctx = await currentOperator();
  const initial = await list(ctx, { limit: 20 });
  return (
    <>
      <Crumb parts={[{ label: 'Hunt' }]} />
      <HuntPage initial={initial} now={clock.now().toISOString()} actions={{ start: startHunt, stop: stopHunt }} />
    </>
  );
}
