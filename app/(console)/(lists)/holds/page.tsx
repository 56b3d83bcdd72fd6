import type { Metadata } from 'next';
import { release } from '@/app/(console)/holds/actions';
import { ifAsked } from '@/app/(console)/if-there';
import { HoldList } from '@/components/exposures/hold-list';
import { currentOperator } from '@/lib/access/operator';
import { openHoldsSchema } from '@/lib/exposures/holds/model';
import { listHolds } from '@/lib/exposures/list-holds';

export const metadata: Metadata = { title: 'Held now' };

export default async function HoldsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const initial = await ifAsked(openHoldsSchema, await searchParams, (query) => listHolds(ctx, query));
  return <HoldList initial={initial} release={release} />;
}
