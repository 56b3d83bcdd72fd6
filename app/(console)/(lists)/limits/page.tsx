import type { Metadata } from 'next';
import { NearList } from '@/components/exposures/near-list';
import { currentOperator } from '@/lib/access/operator';
import { listNear } from '@/lib/exposures/list-near';
import { nearQuerySchema } from '@/lib/exposures/near-model';

export const metadata: Metadata = { title: 'Near their limit' };

export default async function LimitsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const query = nearQuerySchema.catch(nearQuerySchema.parse({})).parse(await searchParams);
  return <NearList initial={await listNear(ctx, query)} />;
}
