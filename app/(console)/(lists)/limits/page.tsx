import type { Metadata } from 'next';
import { ifAsked } from '@/app/(console)/if-there';
import { NearList } from '@/components/exposures/near-list';
import { currentOperator } from '@/lib/access/operator';
import { listNear } from '@/lib/exposures/list-near';
import { nearQuerySchema } from '@/lib/exposures/near-model';

export const metadata: Metadata = { title: 'Near their limit' };

export default async function LimitsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const initial = await ifAsked(nearQuerySchema, await searchParams, (query) => listNear(ctx, query));
  return <NearList initial={initial} />;
}
