import type { Metadata } from 'next';
import { release } from '@/app/(console)/holds/actions';
import { HoldList } from '@/components/exposures/hold-list';
import { currentOperator } from '@/lib/access/operator';
import { openHoldsSchema } from '@/lib/exposures/holds/model';
import { listHolds } from '@/lib/exposures/list-holds';

export const metadata: Metadata = { title: 'Held now' };

export default async function HoldsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const query = openHoldsSchema.catch(openHoldsSchema.parse({})).parse(await searchParams);
  return <HoldList initial={await listHolds(ctx, query)} release={release} />;
}
