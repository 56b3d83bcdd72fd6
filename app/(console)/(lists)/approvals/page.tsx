import type { Metadata } from 'next';
import { ifAsked } from '@/app/(console)/if-there';
import { RequestList } from '@/components/approvals/request-list';
import { currentOperator } from '@/lib/access/operator';
import { count } from '@/lib/approvals/count';
import { list } from '@/lib/approvals/list';
import { listRequestsSchema } from '@/lib/approvals/model';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const asked = ifAsked(listRequestsSchema, await searchParams, (query) => list(ctx, query));
  const [initial, waiting] = await Promise.all([asked, count(ctx)]);
  return <RequestList initial={initial} waiting={waiting} />;
}
